#include "access/role.hpp"

#include <algorithm>

namespace mortise::host {

namespace {

constexpr std::array all_capabilities{
    Capability::export_records,
    Capability::import_records,
    Capability::bulk,
    Capability::merge,
    Capability::erase,
    Capability::plugins,
    Capability::people,
    Capability::audit
};

std::vector<Role> make_built_in_roles()
{
    std::vector<Role> roles;
    roles.push_back(
        {.name = std::string{administrator_role},
         .description = "may do everything",
         .built_in = true,
         .administrator = true,
         .capabilities = {all_capabilities.begin(), all_capabilities.end()}}
    );
    roles.push_back(
        {.name = std::string{member_role},
         .description = "does everything with records of its own, and sees no others",
         .built_in = true,
         .types
         = {{std::string{every_type},
             {.read = Level::own, .write = Level::own, .remove = Level::own, .create = true}}},
         .commands = {"*"},
         .capabilities
         = {Capability::export_records, Capability::import_records, Capability::bulk, Capability::merge}}
    );
    roles.push_back(
        {.name = std::string{viewer_role},
         .description = "sees all records and changes none",
         .built_in = true,
         .types = {{std::string{every_type}, {.read = Level::all}}}}
    );
    return roles;
}

} // namespace

Level TypeRule::level(Action action) const noexcept
{
    switch (action) {
    case Action::read:
        return read;
    case Action::create:
        return create ? Level::own : Level::none;
    case Action::write:
        return write;
    case Action::remove:
        return remove;
    }
    return Level::none;
}

const TypeRule* Role::rule_of(std::string_view type) const noexcept
{
    auto found = types.find(type);
    if (found == types.end()) found = types.find(every_type);
    return found == types.end() ? nullptr : &found->second;
}

const std::string* Role::pattern_of(std::string_view command) const noexcept
{
    const auto found = std::ranges::find_if(commands, [command](const std::string& pattern) {
        return matches_command(pattern, command);
    });
    return found == commands.end() ? nullptr : &*found;
}

std::span<const Role> built_in_roles()
{
    static const std::vector<Role> roles = make_built_in_roles();
    return roles;
}

const Role* find_built_in_role(std::string_view name)
{
    const auto roles = built_in_roles();
    const auto found = std::ranges::find_if(roles, [name](const Role& role) {
        return std::string_view{role.name} == name;
    });
    return found == roles.end() ? nullptr : &*found;
}

bool matches_command(std::string_view pattern, std::string_view name) noexcept
{
    if (pattern == "*") return true;
    if (pattern.ends_with(".*")) return name.starts_with(pattern.substr(0, pattern.size() - 1));
    return pattern == name;
}

std::string_view name_of(Level level) noexcept
{
    constexpr std::array<std::string_view, 3> names{"none", "own", "all"};
    return names[static_cast<std::size_t>(level)];
}

std::string_view name_of(Action action) noexcept
{
    constexpr std::array<std::string_view, 4> names{"read", "create", "write", "delete"};
    return names[static_cast<std::size_t>(action)];
}

std::string_view name_of(Capability capability) noexcept
{
    constexpr std::array<std::string_view, all_capabilities.size()> names{
        "export", "import", "bulk", "merge", "erase", "plugins", "people", "audit"
    };
    return names[static_cast<std::size_t>(capability)];
}

std::optional<Action> parse_action(std::string_view name) noexcept
{
    for (const Action action : {Action::read, Action::create, Action::write, Action::remove})
        if (name_of(action) == name) return action;
    return std::nullopt;
}

std::optional<Capability> parse_capability(std::string_view name) noexcept
{
    for (const Capability capability : all_capabilities)
        if (name_of(capability) == name) return capability;
    return std::nullopt;
}

std::span<const Capability> capabilities() noexcept
{
    return all_capabilities;
}

} // namespace mortise::host
