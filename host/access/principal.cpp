#include "access/principal.hpp"

#include "access/permission.hpp"

#include <algorithm>
#include <atomic>

namespace mortise::host {

namespace {

std::uint64_t next_version()
{
    static std::atomic<std::uint64_t> version{0};
    return ++version;
}

} // namespace

PluginGrants::PluginGrants(std::string plugin, std::vector<std::string> permissions)
    : m_plugin{std::move(plugin)},
      m_permissions{std::move(permissions)},
      m_version{next_version()}
{
    std::ranges::sort(m_permissions);
}

bool PluginGrants::allows(std::string_view permission) const noexcept
{
    const auto is_granted = [this](std::string_view wanted) {
        return std::ranges::binary_search(m_permissions, wanted, std::less<>{}, [](const auto& granted) {
            return std::string_view{granted};
        });
    };
    if (is_granted(permission)) return true;
    return permission.ends_with(".read") && permission != "events.read" && is_granted(every_type_read);
}

Principal Principal::system()
{
    Principal principal;
    principal.scope = RowScope::all;
    principal.is_system = true;
    return principal;
}

std::string Principal::name() const
{
    std::string name = user ? "user:" + user_name : std::string{};
    if (plugin) name += (name.empty() ? "plugin:" : "+plugin:") + plugin->plugin();
    return name.empty() ? "system" : name;
}

bool Principal::plugin_allows(std::string_view permission) const noexcept
{
    return !plugin || plugin->allows(permission);
}

Id Principal::row_owner() const noexcept
{
    return user && scope == RowScope::own ? user : Id{};
}

Result<void> Principal::require(std::string_view permission) const
{
    if (plugin_allows(permission)) return {};
    return Error{
        .code = ErrorCode::denied,
        .message = "plugin " + plugin->plugin() + " has no permission \"" + std::string{permission} + "\"",
        .key = "access.permission_missing",
        .where = std::string{permission},
        .hint = "ask for it under \"permissions\" in plugin.json and let an admin grant it",
    };
}

} // namespace mortise::host
