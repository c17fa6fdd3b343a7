#include "control/users.hpp"

#include "control/nearest.hpp"
#include "records/records.hpp"
#include "records/writer.hpp"
#include "store/database.hpp"

#include <algorithm>
#include <mutex>

namespace mortise::host {
namespace {

constexpr std::size_t longest_name = 64;

bool is_name_letter(char c) noexcept
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
        || std::string_view{"._-@+"}.find(c) != std::string_view::npos;
}

Result<void> check_name(std::string_view name)
{
    if (!name.empty() && name.size() <= longest_name && std::ranges::all_of(name, is_name_letter)) return {};
    return Error{
        ErrorCode::invalid,
        "\"" + std::string{name.substr(0, longest_name)} + "\" cannot be a user's name",
        "users.name",
        "/name",
        "use letters, digits and . _ - @ +, at most 64"
    };
}

Principal principal_of(const User& user)
{
    Principal principal;
    principal.user = user.id;
    principal.user_name = user.name;
    principal.scope = user.scope;
    return principal;
}

Error taken(std::string_view what, std::string_view by)
{
    return {
        ErrorCode::exists, std::string{what} + " is taken by user " + std::string{by}, "users.exists", {}, {}
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

Result<void> Users::open()
{
    MORTISE_CHECK(m_writer.run([](Connection& connection) {
        return connection.execute("CREATE TABLE IF NOT EXISTS \"mt$user\" (id INTEGER PRIMARY KEY, name TEXT "
                                  "NOT NULL UNIQUE, scope TEXT NOT NULL, "
                                  "os_user TEXT UNIQUE, created_at INTEGER NOT NULL)");
    }));
    return read();
}

Result<void> Users::read()
{
    std::vector<User> users;
    {
        const ReadLease reader = m_database.read();
        MORTISE_TRY(
            Statement select,
            reader->prepare("SELECT id, name, scope, os_user, created_at FROM \"mt$user\" ORDER BY name")
        );
        while (true) {
            MORTISE_TRY(const bool more, select.step());
            if (!more) break;
            users.push_back(
                {Id{select.integer(0)},
                 std::string{select.text(1)},
                 parse_row_scope(select.text(2)).value_or(RowScope::own),
                 std::string{select.text(3)},
                 Instant{select.integer(4)}}
            );
        }
    }
    const std::unique_lock lock{m_mutex};
    m_users = std::move(users);
    return {};
}

Result<User> Users::add(std::string_view name, RowScope scope, std::string_view os_user)
{
    MORTISE_CHECK(check_name(name));
    for (const User& user : list()) {
        if (user.name == name) return taken("the name " + std::string{name}, user.name);
        if (!os_user.empty() && user.os_user == os_user)
            return taken("the system's user " + std::string{os_user}, user.name);
    }
    MORTISE_TRY(const Id id, m_records.reserve(1));
    const User user{id, std::string{name}, scope, std::string{os_user}, m_clock.now()};
    MORTISE_CHECK(m_writer.run([&user](Connection& connection) -> Result<void> {
        MORTISE_TRY(
            Statement * insert,
            connection.cached(
                "INSERT INTO \"mt$user\" (id, name, scope, os_user, created_at) VALUES (?, ?, ?, ?, ?)"
            )
        );
        insert->bind(1, user.id.number);
        insert->bind(2, std::string_view{user.name});
        insert->bind(3, name_of(user.scope));
        if (user.os_user.empty())
            insert->bind_null(4);
        else
            insert->bind(4, std::string_view{user.os_user});
        insert->bind(5, user.created_at.microseconds);
        return insert->run();
    }));
    MORTISE_CHECK(read());
    return user;
}

std::vector<User> Users::list() const
{
    const std::shared_lock lock{m_mutex};
    return m_users;
}

bool Users::empty() const
{
    const std::shared_lock lock{m_mutex};
    return m_users.empty();
}

Result<Principal> Users::principal_of_os_user(std::string_view os_user) const
{
    const std::shared_lock lock{m_mutex};
    const auto found = std::ranges::find(m_users, os_user, &User::os_user);
    if (!os_user.empty() && found != m_users.end()) return host::principal_of(*found);
    return Error{
        ErrorCode::denied,
        "the system's user " + std::string{os_user} + " is no user of this host",
        "users.unknown",
        {},
        "let an admin run: mortise users add NAME --scope own --os-user " + std::string{os_user}
    };
}

Result<Principal> Users::principal_of(std::string_view name) const
{
    const std::shared_lock lock{m_mutex};
    const auto found = std::ranges::find(m_users, name, &User::name);
    if (found != m_users.end()) return host::principal_of(*found);
    std::vector<std::string> names;
    for (const User& user : m_users)
        names.push_back(user.name);
    const std::string near = nearest(name, names);
    return Error{
        ErrorCode::not_found,
        "there is no user " + std::string{name.substr(0, longest_name)},
        "users.not_found",
        {},
        near.empty() ? "mortise users lists them" : "did you mean " + near + "?"
    };
}

} // namespace mortise::host
