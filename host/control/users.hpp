#pragma once

/// \file
/// The people who may use a host, and the roles that say what each of them may do. Kept in the database;
/// every change is an event of the audit trail. People come as users of the operating system: who is at the
/// other end of a connection, the kernel tells. Passwords and tokens come with the ways of reaching a host
/// that need them.

#include "access/principal.hpp"
#include "access/role.hpp"
#include "base/clock.hpp"
#include "records/unit_of_work.hpp"

#include <mortise/result.hpp>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

class Connection;
class Database;
class Records;
class Writer;

struct User {
    Id id;
    std::string name;
    RowScope scope{RowScope::own}; ///< `all`: an administrator
    std::string os_user; ///< empty: comes in no way yet, but records may be owned
    Instant created_at;
    std::vector<std::string> roles{};
    bool enabled{true};

    bool is_administrator() const noexcept { return scope == RowScope::all; }
};

struct UserDraft {
    std::string name{};
    std::vector<std::string> roles{};
    std::string os_user{};
    bool enabled{true};
};

/// What is left out stays.
struct UserChange {
    std::optional<std::vector<std::string>> roles{};
    std::optional<std::string> os_user{}; ///< empty: it comes in no way any more
    std::optional<bool> enabled{};
};

std::string_view name_of(RowScope scope) noexcept;
std::optional<RowScope> parse_row_scope(std::string_view name) noexcept;

/// Thread-safety: every member may be called from any thread at any time.
class Users {
public:
    Users(Database& database, Writer& writer, Records& records, const Clock& clock)
        : m_database{database},
          m_writer{writer},
          m_records{records},
          m_clock{clock}
    {
    }

    /// Makes the tables if they are not there, and reads them. `folder_owner`: the user of the operating
    /// system to whom the data folder belongs.
    Result<void> open(std::string folder_owner);

    /// Changes of people. Errors: `invalid` for a name that is none or an account that is not there,
    /// `not_found` for a user or role that is not there, `exists` if the name or the account is taken,
    /// `denied` if the caller may not do this (see docs/people.md), `refused` if nobody would be left who is
    /// an administrator and can come in.
    Result<User> add(const CallContext& context, const UserDraft& draft);
    Result<User> change(const CallContext& context, std::string_view name, const UserChange& change);
    Result<void> remove(const CallContext& context, std::string_view name);
    /// By the host itself: a user with the role `administrator` (`all`) or `member` (`own`).
    Result<User> add(std::string_view name, RowScope scope, std::string_view os_user);
    /// By name.
    std::vector<User> list() const;
    Result<User> find(std::string_view name) const;
    bool empty() const;

    /// The built-in roles, then the others by name.
    std::vector<Role> roles() const;
    Result<Role> find_role(std::string_view name) const;
    /// Roles are made by administrators. Errors: `exists`, `not_found`, `denied`; `refused` for a built-in
    /// role, and for removing one that somebody has. That a role names what is there is looked at before
    /// (role_check.hpp).
    Result<Role> add_role(const CallContext& context, Role role);
    Result<Role> change_role(const CallContext& context, Role role);
    Result<void> remove_role(const CallContext& context, std::string_view name);

    /// Who a user of the operating system is here. `denied` if nobody, or if the user is disabled. While no
    /// administrator comes as anybody else, the owner of the data folder and root are administrators.
    Result<Principal> principal_of_os_user(std::string_view os_user) const;
    /// `not_found` if there is no such user, `denied` if it is disabled.
    Result<Principal> principal_of(std::string_view name) const;
    /// What a user may do, as its roles say it; of an administrator everything.
    Result<std::shared_ptr<const Rights>> rights_of(std::string_view name) const;

private:
    struct State {
        std::vector<User> users{}; // by name
        std::map<std::string, Role, std::less<>> roles{}; // without those that are built in
        std::map<std::int64_t, std::shared_ptr<const Rights>> rights{}; // by the user's id
    };
    using Write = std::function<Result<void>(Connection&)>;

    std::shared_ptr<const State> state() const;
    Result<void> read();
    Result<void> commit(const CallContext& context, EventDraft event, Write write);
    Principal principal_of(const State& state, const User& user) const;
    Result<void> check_roles(const State& state, const std::vector<std::string>& roles) const;
    Result<void> may_manage(
        const Principal& principal,
        const State& state,
        const User* before,
        const std::vector<std::string>& roles
    ) const;

    Database& m_database;
    Writer& m_writer;
    Records& m_records;
    const Clock& m_clock;
    std::string m_folder_owner;
    std::mutex m_changing; // one change at a time
    mutable std::shared_mutex m_mutex; // guards the pointer
    std::shared_ptr<const State> m_state{std::make_shared<const State>()};
};

} // namespace mortise::host
