#include "control/users.hpp"

#include "base/json.hpp"
#include "control/nearest.hpp"
#include "control/user_rules.hpp"
#include "records/records.hpp"
#include "records/writer.hpp"
#include "store/database.hpp"

#include <algorithm>
#include <array>

namespace mortise::host {
namespace {

/// For databases from before the column was.
Result<void> add_column(Connection& connection, std::string_view name, const std::string& declared)
{
    MORTISE_TRY(
        Statement has, connection.prepare("SELECT 1 FROM pragma_table_info('mt$user') WHERE name = ?")
    );
    has.bind(1, name);
    MORTISE_TRY(const bool found, has.step());
    has.reset();
    if (found) return {};
    return connection.execute("ALTER TABLE \"mt$user\" ADD COLUMN " + std::string{name} + ' ' + declared);
}

Result<std::vector<std::string>> roles_in(const Statement& row, int column, RowScope scope)
{
    if (row.is_null(column)) // from before there were roles
        return std::vector{std::string{scope == RowScope::all ? administrator_role : member_role}};
    MORTISE_TRY(const Value list, parse_value(row.text(column), "roles of a user"));
    std::vector<std::string> roles;
    for (const Value& role : list.get_or(List{}))
        roles.emplace_back(role.text());
    return roles;
}

Result<std::vector<User>> read_users(Connection& reader)
{
    MORTISE_TRY(
        Statement select,
        reader.prepare(
            "SELECT id, name, scope, os_user, created_at, roles, enabled FROM \"mt$user\" ORDER BY name"
        )
    );
    std::vector<User> users;
    while (true) {
        MORTISE_TRY(const bool more, select.step());
        if (!more) return users;
        User user{
            Id{select.integer(0)},
            std::string{select.text(1)},
            parse_row_scope(select.text(2)).value_or(RowScope::own),
            std::string{select.text(3)},
            Instant{select.integer(4)}
        };
        MORTISE_TRY(user.roles, roles_in(select, 5, user.scope));
        user.scope = has_administrator(user.roles) ? RowScope::all : RowScope::own;
        user.enabled = select.integer(6) != 0;
        users.push_back(std::move(user));
    }
}

Result<std::map<std::string, Role, std::less<>>> read_roles(Connection& reader)
{
    MORTISE_TRY(Statement select, reader.prepare("SELECT rights FROM \"mt$role\" ORDER BY name"));
    std::map<std::string, Role, std::less<>> roles;
    while (true) {
        MORTISE_TRY(const bool more, select.step());
        if (!more) return roles;
        MORTISE_TRY(const boost::json::value json, parse_json(select.text(0), "a role"));
        MORTISE_TRY(Role role, parse_role(json));
        std::string name = role.name;
        roles.emplace(std::move(name), std::move(role));
    }
}

Error disabled(const User& user, std::string_view administrators)
{
    return {
        ErrorCode::denied,
        "user " + user.name + " is disabled",
        "users.disabled",
        user.name,
        "an administrator (" + std::string{administrators} + ") may let it in again: mortise users change "
            + user.name + " --enable"
    };
}

} // namespace

std::string_view name_of(RowScope scope) noexcept
{
    switch (scope) {
    case RowScope::own:
        return "own";
    case RowScope::all:
        return "all";
    }
    return "own";
}

std::optional<RowScope> parse_row_scope(std::string_view name) noexcept
{
    if (name == "own") return RowScope::own;
    if (name == "all") return RowScope::all;
    return std::nullopt;
}

Result<void> Users::open(std::string folder_owner)
{
    m_folder_owner = std::move(folder_owner);
    MORTISE_CHECK(m_writer.run([](Connection& connection) -> Result<void> {
        MORTISE_CHECK(connection.execute(R"(
            CREATE TABLE IF NOT EXISTS "mt$user" (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, scope TEXT NOT NULL,
                os_user TEXT UNIQUE, created_at INTEGER NOT NULL);
            CREATE TABLE IF NOT EXISTS "mt$role" (name TEXT PRIMARY KEY, rights TEXT NOT NULL, changed INTEGER NOT NULL)
                WITHOUT ROWID;
        )"));
        MORTISE_CHECK(add_column(connection, "roles", "TEXT"));
        return add_column(connection, "enabled", "INTEGER NOT NULL DEFAULT 1");
    }));
    return read();
}

Result<void> Users::read()
{
    auto fresh = std::make_shared<State>();
    {
        const ReadLease reader = m_database.read();
        MORTISE_TRY(fresh->users, read_users(*reader));
        MORTISE_TRY(fresh->roles, read_roles(*reader));
    }
    for (const User& user : fresh->users) {
        std::vector<Role> roles;
        for (const std::string& name : user.roles) {
            const auto made = fresh->roles.find(name);
            const Role* role = made == fresh->roles.end() ? find_built_in_role(name) : &made->second;
            if (role) roles.push_back(*role);
        }
        fresh->rights.emplace(user.id.number, std::make_shared<const Rights>(std::move(roles)));
    }
    const std::unique_lock lock{m_mutex};
    m_state = std::move(fresh);
    return {};
}

std::shared_ptr<const Users::State> Users::state() const
{
    const std::shared_lock lock{m_mutex};
    return m_state;
}

std::vector<User> Users::list() const
{
    return state()->users;
}

bool Users::empty() const
{
    return state()->users.empty();
}

Result<User> Users::find(std::string_view name) const
{
    const auto now = state();
    const auto found = std::ranges::find(now->users, name, &User::name);
    if (found != now->users.end()) return *found;
    return unknown_user(name, now->users);
}

std::vector<Role> Users::roles() const
{
    const auto now = state();
    std::vector<Role> roles{built_in_roles().begin(), built_in_roles().end()};
    for (const auto& [name, role] : now->roles)
        roles.push_back(role);
    return roles;
}

Result<Role> Users::find_role(std::string_view name) const
{
    std::vector<std::string> names;
    for (Role& role : roles()) {
        if (role.name == name) return std::move(role);
        names.push_back(role.name);
    }
    return unknown_role(name, names);
}

/// Who has nothing but what a member has is what users with scope `own` always were.
Principal Users::principal_of(const State& state, const User& user) const
{
    Principal principal;
    principal.user = user.id;
    principal.user_name = user.name;
    principal.scope = user.scope;
    const bool is_member = user.roles.size() == 1 && user.roles.front() == member_role;
    if (!user.is_administrator() && !is_member) principal.rights = state.rights.at(user.id.number);
    return principal;
}

Result<Principal> Users::principal_of_os_user(std::string_view os_user) const
{
    const auto now = state();
    const auto& users = now->users;
    const auto found = std::ranges::find(users, os_user, &User::os_user);
    if (!os_user.empty() && found != users.end()) {
        if (found->enabled) return principal_of(*now, *found);
        return disabled(*found, administrators_of(users));
    }
    const auto is_of_house
        = [this](std::string_view name) { return name == "root" || name == m_folder_owner; };
    const bool is_led_by_another = std::ranges::any_of(users, [&](const User& user) {
        return can_lead(user) && !is_of_house(user.os_user);
    });
    if (is_of_house(os_user) && !is_led_by_another) {
        const auto leader = std::ranges::find_if(users, can_lead);
        const auto any = std::ranges::find_if(users, &User::is_administrator);
        if (leader != users.end()) return principal_of(*now, *leader);
        if (any != users.end()) return principal_of(*now, *any);
    }
    const std::string who{os_user};
    return Error{
        ErrorCode::denied,
        "the system's user " + who + " is no user of this host",
        "users.unknown",
        who,
        "an administrator (" + administrators_of(users)
            + ") may add it: mortise users add NAME --role ROLE --os-user " + who
    };
}

Result<Principal> Users::principal_of(std::string_view name) const
{
    MORTISE_TRY(const User user, find(name));
    const auto now = state();
    if (!user.enabled) return disabled(user, administrators_of(now->users));
    if (!now->rights.contains(user.id.number)) return unknown_user(name, now->users); // removed meanwhile
    return principal_of(*now, user);
}

Result<std::shared_ptr<const Rights>> Users::rights_of(std::string_view name) const
{
    const auto now = state();
    const auto found = std::ranges::find(now->users, name, &User::name);
    if (found == now->users.end()) return unknown_user(name, now->users);
    return now->rights.at(found->id.number);
}

} // namespace mortise::host
