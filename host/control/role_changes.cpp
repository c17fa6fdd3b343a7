#include "base/json.hpp"
#include "control/user_rules.hpp"
#include "control/users.hpp"
#include "records/records.hpp"
#include "records/writer.hpp"
#include "store/database.hpp"

#include <algorithm>

namespace mortise::host {
namespace {

Result<void> may_make_roles(const Principal& principal)
{
    if (principal.is_system || (principal.scope == RowScope::all && !principal.plugin)) return {};
    return Error{
        ErrorCode::denied,
        principal.name() + " may not do this: roles are made by administrators",
        "access.admin",
        {},
        "ask an administrator"
    };
}

Error built_in(std::string_view name)
{
    return {
        ErrorCode::refused,
        "the role " + std::string{name} + " is built in and stays as it is",
        "roles.built_in",
        std::string{name},
        "make a role of your own under another name"
    };
}

Value told_of(const Role& role)
{
    return value_of(boost::json::value(json_of(role)));
}

Result<void> write_role(Connection& connection, const Role& role, Instant now)
{
    MORTISE_TRY(
        Statement * write,
        connection.cached(
            "INSERT INTO \"mt$role\" (name, rights, changed) VALUES (?1, ?2, ?3) ON CONFLICT (name) DO "
            "UPDATE SET rights = ?2, changed = ?3"
        )
    );
    const std::string text = to_json(boost::json::value(json_of(role)));
    write->bind(1, std::string_view{role.name});
    write->bind(2, std::string_view{text});
    write->bind(3, now.microseconds);
    return write->run();
}

std::vector<std::string> names_of(const std::map<std::string, Role, std::less<>>& roles)
{
    std::vector<std::string> names;
    names.reserve(roles.size());
    for (const auto& [name, role] : roles)
        names.push_back(name);
    return names;
}

} // namespace

Result<Role> Users::add_role(const CallContext& context, Role role)
{
    const std::scoped_lock alone{m_changing};
    MORTISE_CHECK(may_make_roles(context.principal));
    if (find_built_in_role(role.name)) return built_in(role.name);
    if (state()->roles.contains(role.name))
        return Error{
            ErrorCode::exists,
            "there is a role " + role.name + " already",
            "roles.exists",
            role.name,
            "change it: mortise roles change"
        };
    EventDraft event;
    event.type = "role.added";
    event.data = Map{{"role", role.name}, {"after", told_of(role)}};
    MORTISE_CHECK(commit(context, std::move(event), [&](Connection& connection) {
        return write_role(connection, role, m_clock.now());
    }));
    return role;
}

Result<Role> Users::change_role(const CallContext& context, Role role)
{
    const std::scoped_lock alone{m_changing};
    MORTISE_CHECK(may_make_roles(context.principal));
    if (find_built_in_role(role.name)) return built_in(role.name);
    const auto now = state();
    const auto found = now->roles.find(role.name);
    if (found == now->roles.end()) return unknown_role(role.name, names_of(now->roles));
    EventDraft event;
    event.type = "role.changed";
    event.data = Map{{"role", role.name}, {"before", told_of(found->second)}, {"after", told_of(role)}};
    MORTISE_CHECK(commit(context, std::move(event), [&](Connection& connection) {
        return write_role(connection, role, m_clock.now());
    }));
    return role;
}

Result<void> Users::remove_role(const CallContext& context, std::string_view name)
{
    const std::scoped_lock alone{m_changing};
    MORTISE_CHECK(may_make_roles(context.principal));
    if (find_built_in_role(name)) return built_in(name);
    const auto now = state();
    const auto found = now->roles.find(name);
    if (found == now->roles.end()) return unknown_role(name, names_of(now->roles));
    std::string holders;
    for (const User& user : now->users)
        if (std::ranges::find(user.roles, name) != user.roles.end())
            holders += (holders.empty() ? "" : ", ") + user.name;
    if (!holders.empty())
        return Error{
            ErrorCode::refused,
            "the role " + std::string{name} + " is one that " + holders + " have",
            "roles.in_use",
            std::string{name},
            "give them others first: mortise users change NAME --role OTHER"
        };
    EventDraft event;
    event.type = "role.removed";
    event.data = Map{{"role", name}, {"before", told_of(found->second)}};
    return commit(context, std::move(event), [&](Connection& connection) -> Result<void> {
        MORTISE_TRY(Statement * erase, connection.cached("DELETE FROM \"mt$role\" WHERE name = ?"));
        erase->bind(1, name);
        return erase->run();
    });
}

} // namespace mortise::host
