#include "base/json.hpp"
#include "control/user_rules.hpp"
#include "control/users.hpp"
#include "records/records.hpp"
#include "records/writer.hpp"
#include "store/database.hpp"

#include <algorithm>

namespace mortise::host {
namespace {

std::vector<std::string> in_order(std::vector<std::string> roles)
{
    std::ranges::sort(roles);
    const auto [first, last] = std::ranges::unique(roles);
    roles.erase(first, last);
    return roles;
}

Value list_of(const std::vector<std::string>& names)
{
    List list;
    for (const std::string& name : names)
        list.emplace_back(name);
    return Value{std::move(list)};
}

Map told_of(const User& user)
{
    return Map{{"os_user", user.os_user}, {"roles", list_of(user.roles)}, {"enabled", user.enabled}};
}

Result<void> write_user(Connection& connection, const User& user)
{
    MORTISE_TRY(
        Statement * write,
        connection.cached(
            "INSERT INTO \"mt$user\" (id, name, scope, os_user, created_at, roles, enabled) VALUES "
            "(?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (id) DO UPDATE SET scope = ?3, os_user = ?4, "
            "roles = ?6, enabled = ?7"
        )
    );
    write->bind(1, user.id.number);
    write->bind(2, std::string_view{user.name});
    write->bind(3, name_of(user.scope));
    if (user.os_user.empty())
        write->bind_null(4);
    else
        write->bind(4, std::string_view{user.os_user});
    write->bind(5, user.created_at.microseconds);
    write->bind(6, std::string_view{json_text(list_of(user.roles))});
    write->bind(7, user.enabled ? 1 : 0);
    return write->run();
}

Error may_not_manage(const Principal& principal, std::string why)
{
    return {
        ErrorCode::denied,
        principal.name() + " may not do this: " + std::move(why),
        "access.people",
        {},
        "ask an administrator"
    };
}

bool is_administrator(const Principal& principal)
{
    return principal.is_system || (principal.scope == RowScope::all && !principal.plugin);
}

} // namespace

/// The change and its event in one transaction. The host's own changes, of the first user, are no news.
Result<void> Users::commit(const CallContext& context, EventDraft event, Write write)
{
    UnitOfWork unit;
    event.event_class = EventClass::audit;
    if (!context.principal.is_system) unit.events.push_back(std::move(event));
    unit.also = std::move(write);
    MORTISE_CHECK(m_records.commit(context, std::move(unit)));
    return read();
}

Result<void> Users::check_roles(const State& state, const std::vector<std::string>& roles) const
{
    std::vector<std::string> known;
    for (const Role& role : built_in_roles())
        known.push_back(role.name);
    for (const auto& [name, role] : state.roles)
        known.push_back(name);
    for (const std::string& role : roles)
        if (std::ranges::find(known, role) == known.end()) return unknown_role(role, known);
    return {};
}

/// An administrator manages everybody. Who looks after people otherwise gives nobody more than it has itself:
/// not to itself, not to administrators, and no role with a capability that it lacks.
Result<void> Users::may_manage(
    const Principal& principal, const State& state, const User* before, const std::vector<std::string>& roles
) const
{
    if (is_administrator(principal)) return {};
    if (principal.plugin || !principal.can(Capability::people))
        return may_not_manage(principal, "it needs the capability \"people\"");
    if (before && before->id == principal.user) return may_not_manage(principal, "nobody changes itself");
    if (before && before->is_administrator())
        return may_not_manage(principal, before->name + " is an administrator");
    for (const std::string& name : roles) {
        const auto made = state.roles.find(name);
        const Role* role = made == state.roles.end() ? find_built_in_role(name) : &made->second;
        const bool had = before && std::ranges::find(before->roles, name) != before->roles.end();
        if (!role || had) continue;
        for (const Capability capability : role->capabilities)
            if (!principal.can(capability))
                return may_not_manage(
                    principal,
                    "the role " + name + " has the capability \"" + std::string{name_of(capability)}
                        + "\", which it lacks itself"
                );
    }
    return {};
}

Result<User> Users::add(const CallContext& context, const UserDraft& draft)
{
    const std::scoped_lock alone{m_changing};
    const auto now = state();
    const std::vector<std::string> roles = in_order(draft.roles);
    MORTISE_CHECK(may_manage(context.principal, *now, nullptr, roles));
    MORTISE_CHECK(check_user_name(draft.name));
    MORTISE_CHECK(check_roles(*now, roles));
    for (const User& user : now->users) {
        if (user.name == draft.name) return taken("the name " + draft.name, user.name);
        if (!draft.os_user.empty() && user.os_user == draft.os_user)
            return taken("the system's user " + draft.os_user, user.name);
    }
    if (!context.principal.is_system) MORTISE_CHECK(check_account(draft.os_user));
    MORTISE_TRY(const Id id, m_records.reserve(1));
    User user{
        id,
        draft.name,
        has_administrator(roles) ? RowScope::all : RowScope::own,
        draft.os_user,
        m_clock.now(),
        roles,
        draft.enabled
    };
    Map data = told_of(user);
    data.set("user", user.name);
    data.set("id", user.id);
    EventDraft event;
    event.type = "user.added";
    event.data = std::move(data);
    MORTISE_CHECK(commit(context, std::move(event), [&user](Connection& connection) {
        return write_user(connection, user);
    }));
    return user;
}

Result<User> Users::add(std::string_view name, RowScope scope, std::string_view os_user)
{
    CallContext context;
    context.principal = Principal::system();
    const std::string role{scope == RowScope::all ? administrator_role : member_role};
    return add(context, {.name = std::string{name}, .roles = {role}, .os_user = std::string{os_user}});
}

Result<User> Users::change(const CallContext& context, std::string_view name, const UserChange& change)
{
    const std::scoped_lock alone{m_changing};
    const auto now = state();
    std::vector<User> after = now->users;
    const auto found = std::ranges::find(after, name, &User::name);
    if (found == after.end()) return unknown_user(name, now->users);
    const User before = *found;
    User& user = *found;
    if (change.roles) user.roles = in_order(*change.roles);
    user.scope = has_administrator(user.roles) ? RowScope::all : RowScope::own;
    if (change.os_user) user.os_user = *change.os_user;
    if (change.enabled) user.enabled = *change.enabled;
    MORTISE_CHECK(may_manage(context.principal, *now, &before, user.roles));
    MORTISE_CHECK(check_roles(*now, user.roles));
    if (user.os_user != before.os_user) {
        for (const User& other : now->users)
            if (!user.os_user.empty() && other.os_user == user.os_user)
                return taken("the system's user " + user.os_user, other.name);
        MORTISE_CHECK(check_account(user.os_user));
    }
    MORTISE_CHECK(check_somebody_leads(now->users, after));
    EventDraft event;
    event.type = "user.changed";
    event.data = Map{{"user", user.name}, {"before", told_of(before)}, {"after", told_of(user)}};
    MORTISE_CHECK(commit(context, std::move(event), [&user](Connection& connection) {
        return write_user(connection, user);
    }));
    return user;
}

Result<void> Users::remove(const CallContext& context, std::string_view name)
{
    const std::scoped_lock alone{m_changing};
    const auto now = state();
    std::vector<User> after = now->users;
    const auto found = std::ranges::find(after, name, &User::name);
    if (found == after.end()) return unknown_user(name, now->users);
    const User user = *found;
    MORTISE_CHECK(may_manage(context.principal, *now, &user, {}));
    after.erase(found);
    MORTISE_CHECK(check_somebody_leads(now->users, after));
    EventDraft event;
    event.type = "user.removed";
    event.data = Map{{"user", user.name}, {"id", user.id}, {"before", told_of(user)}};
    return commit(context, std::move(event), [&user](Connection& connection) -> Result<void> {
        MORTISE_TRY(Statement * erase, connection.cached("DELETE FROM \"mt$user\" WHERE id = ?"));
        erase->bind(1, user.id.number);
        return erase->run();
    });
}

} // namespace mortise::host
