#include "plugins/plugin_manager_state.hpp"

namespace mortise::host {

Result<void> PluginManager::State::load_quotas(const ManagedPlugin& plugin)
{
    MORTISE_TRY(const Map changed, store.host_settings(plugin.id, quota_prefix));
    for (const auto& [name, value] : changed)
        if (const auto* limit = value.as<std::int64_t>()) // one that a later host knew is left alone
            static_cast<void>(plugin.quotas->set(name, *limit));
    return {};
}

Result<void>
PluginManager::State::set_quota(const ManagedPlugin& plugin, std::string_view name, const Value& value)
{
    const std::string setting = std::string{quota_prefix} + std::string{name};
    const auto* limit = value.as<std::int64_t>();
    if (!limit && !value.is_null())
        return Error{
            .code = ErrorCode::invalid,
            .message = setting + " is a whole number",
            .key = "quotas.number",
            .where = setting,
        };
    MORTISE_CHECK(limit ? plugin.quotas->set(name, *limit) : plugin.quotas->reset(name));
    return store.set_setting(plugin.id, setting, value);
}

Result<Map> PluginManager::quotas(std::string_view id) const
{
    MORTISE_TRY(const auto plugin, m_state->require(id));
    Map limits;
    for (const QuotaInfo& info : host::quotas())
        limits.append(std::string{info.name}, static_cast<std::int64_t>((*plugin->quotas)[info.quota]));
    return limits;
}

Result<void> PluginManager::State::load_net_options(const ManagedPlugin& plugin)
{
    MORTISE_TRY(const Map changed, store.host_settings(plugin.id, net_option_prefix));
    for (const auto& [name, value] : changed) // one that a later host knew is left alone
        static_cast<void>(plugin.net_options->set(name, value));
    return {};
}

Result<void>
PluginManager::State::set_net_option(const ManagedPlugin& plugin, std::string_view name, const Value& value)
{
    MORTISE_CHECK(plugin.net_options->set(name, value));
    return store.set_setting(plugin.id, std::string{net_option_prefix} + std::string{name}, value);
}

Result<Map> PluginManager::net_options(std::string_view id) const
{
    MORTISE_TRY(const auto plugin, m_state->require(id));
    return plugin->net_options->all();
}

} // namespace mortise::host
