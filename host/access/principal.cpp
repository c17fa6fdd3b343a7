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

PluginGrants::PluginGrants(
    std::string plugin, std::vector<std::string> permissions, std::shared_ptr<PermissionUses> uses
)
    : m_plugin{std::move(plugin)},
      m_permissions{std::move(permissions)},
      m_uses{std::move(uses)},
      m_version{next_version()}
{
    std::ranges::sort(m_permissions);
    m_counters.reserve(m_permissions.size());
    for (const std::string& permission : m_permissions)
        m_counters.push_back(&m_uses->of(permission));
}

PermissionUses::Counter* PluginGrants::granting(std::string_view permission) const noexcept
{
    const auto find = [this](std::string_view wanted) -> PermissionUses::Counter* {
        const auto found = std::ranges::lower_bound(m_permissions, wanted, {}, [](const auto& granted) {
            return std::string_view{granted};
        });
        if (found == m_permissions.end() || *found != wanted) return nullptr;
        return m_counters[static_cast<std::size_t>(found - m_permissions.begin())];
    };
    PermissionUses::Counter* counter = find(permission);
    if (!counter && permission.ends_with(".read") && permission != "events.read")
        counter = find(every_type_read);
    return counter;
}

bool PluginGrants::use(std::string_view permission, std::uint64_t times) const noexcept
{
    PermissionUses::Counter* counter = granting(permission);
    if (counter) counter->count(times);
    return counter != nullptr;
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

Principal Principal::widened() const
{
    Principal wide = *this;
    if (rights)
        wide.own_rights = rights;
    else if (!own_rights && !is_system && scope == RowScope::own) // it has no capability, and gets none
        wide.own_rights = std::make_shared<const Rights>(std::vector<Role>{});
    wide.scope = RowScope::all;
    wide.rights = nullptr;
    return wide;
}

Id Principal::row_owner(std::string_view type, Action action) const noexcept
{
    if (!rights) return row_owner();
    return rights->of(type).level(action) == Level::all ? Id{} : user;
}

bool Principal::can(Capability capability) const noexcept
{
    const Rights* own = rights ? rights.get() : own_rights.get();
    return own ? own->can(capability) : is_system || scope == RowScope::all;
}

Result<void> Principal::require(std::string_view permission) const
{
    if (!plugin || plugin->use(permission)) return {};
    return Error{
        .code = ErrorCode::denied,
        .message = "plugin " + plugin->plugin() + " has no permission \"" + std::string{permission} + "\"",
        .key = "access.permission_missing",
        .where = std::string{permission},
        .hint = "ask for it under \"permissions\" in plugin.json and let an admin grant it",
    };
}

} // namespace mortise::host
