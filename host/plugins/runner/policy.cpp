/// \file
/// What an administrator says about all plugins: how those run that came from elsewhere, and in how strong a
/// box at least.

#include "plugins/plugin_manager_state.hpp"
#include "records/catalog.hpp"
#include "records/records.hpp"

#include <algorithm>

namespace mortise::host {

namespace {

constexpr std::string_view mode_setting = "plugins.default_mode";
constexpr std::string_view tier_setting = "plugins.min_tier";
constexpr std::string_view country_setting = "contacts.country";
constexpr std::string_view isolated_mode = "isolated";
constexpr std::string_view in_process_mode = "in-process";

Error unfit(std::string_view name, std::string message)
{
    return {
        .code = ErrorCode::invalid,
        .message = std::string{name} + std::move(message),
        .key = "plugins.policy",
        .where = std::string{name},
    };
}

Result<void> check_policy(std::string_view name, const Value& value)
{
    const std::string_view given = value.text();
    if (name == mode_setting) {
        if (value.is_null() || given == isolated_mode || given == in_process_mode) return {};
        return unfit(name, " is \"isolated\" or \"in-process\"");
    }
    if (name == tier_setting) {
        if (value.is_null() || tier_named(given)) return {};
        return unfit(name, " is \"none\", \"process\", \"filtered\", \"boxed\" or \"sealed\"");
    }
    return Error{
        .code = ErrorCode::not_found,
        .message = "the host has no setting \"" + std::string{name} + '"',
        .key = "settings.unknown",
        .where = std::string{name},
        .hint = "there are " + std::string{mode_setting} + ", " + std::string{tier_setting} + " and "
            + std::string{country_setting},
    };
}

} // namespace

Result<void> PluginManager::State::load_policy()
{
    MORTISE_TRY(const Map given, store.host_settings(host_id, "plugins."));
    const auto text = [&](std::string_view name) {
        const Value* found = given.find(name);
        return found != nullptr ? found->text() : std::string_view{};
    };
    isolates_others = text("default_mode") != in_process_mode;
    least_tier = tier_named(text("min_tier")).value_or(BoxTier::none);
    return {};
}

Map PluginManager::State::policy() const
{
    return {
        {std::string{mode_setting}, isolates_others ? isolated_mode : in_process_mode},
        {std::string{tier_setting}, name_of(least_tier)},
        {std::string{country_setting}, services.records.schema()->country()},
    };
}

/// With `admin` held. What runs otherwise than it now should is closed, and starts again when it is needed.
Result<void> PluginManager::State::set_policy(std::string_view name, const Value& value)
{
    if (name == country_setting)
        return services.records.set_country(value.is_null() ? default_country : value.text());
    MORTISE_CHECK(check_policy(name, value));
    MORTISE_CHECK(store.set_setting(host_id, name, value));
    MORTISE_CHECK(load_policy());
    return apply_policy();
}

Result<void> PluginManager::State::apply_policy()
{
    for (const auto& plugin : all()) {
        bool was_isolated = false;
        {
            const std::scoped_lock lock{plugin->mutex};
            was_isolated = plugin->isolated;
        }
        MORTISE_CHECK(load_isolation(*plugin));
        const auto instance = plugin->slot->instance.load();
        if (!instance) continue;
        bool is_unfit = false;
        {
            const std::scoped_lock lock{plugin->mutex};
            is_unfit = plugin->isolated != was_isolated
                || (plugin->isolated && instance->box().tier() < least_tier.load());
        }
        if (is_unfit || refused_by_policy(*plugin)) static_cast<void>(close(*plugin, default_patience));
    }
    return {};
}

/// Code of others in the host's own process is in no box at all.
std::optional<Error> PluginManager::State::refused_by_policy(const ManagedPlugin& plugin) const
{
    const BoxTier least = least_tier;
    const std::scoped_lock lock{plugin.mutex};
    if (least == BoxTier::none || plugin.isolated || plugin.of_the_system
        || services.linked.contains(plugin.id))
        return std::nullopt;
    return Error{
        .code = ErrorCode::refused,
        .message = plugin.id
            + " would run in the host's own process, and the host's setting plugins.min_tier wants a "
              "box of tier \""
            + std::string{name_of(least)} + '"',
        .key = "plugins.tier",
        .where = plugin.id,
        .hint = "run \"mortise plugins isolate " + plugin.id + '"',
    };
}

/// mortise-runner: where the folders say, or beside the folder of the system's plugins, or beside this
/// program.
std::filesystem::path PluginManager::State::runner_program() const
{
    if (!folders.runner.empty()) return folders.runner;
    std::filesystem::path beside_plugins = folders.installed.parent_path() / "mortise-runner";
    std::error_code trouble;
    if (std::filesystem::exists(beside_plugins, trouble)) return beside_plugins;
    const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", trouble);
    const std::filesystem::path beside_program
        = program.parent_path().parent_path() / "lib" / "mortise" / "mortise-runner";
    return std::filesystem::exists(beside_program, trouble) ? beside_program : beside_plugins;
}

} // namespace mortise::host
