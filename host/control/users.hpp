#pragma once

/// \file
/// The people who may use a host: their names, which rows they may see, and as which users of the operating
/// system they come. Passwords and tokens come with the ways of reaching a host that need them.

#include "access/principal.hpp"
#include "base/clock.hpp"

#include <mortise/result.hpp>

#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

class Database;
class Records;
class Writer;

struct User {
    Id id;
    std::string name;
    RowScope scope{RowScope::own};
    std::string os_user; ///< empty: comes in no way yet, but records may be owned
    Instant created_at;
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

    /// Makes the table if it is not there, and reads it.
    Result<void> open();
    /// Errors: `invalid` for a name that is none, `exists` if the name or the user of the operating system is
    /// taken.
    Result<User> add(std::string_view name, RowScope scope, std::string_view os_user);
    /// By name.
    std::vector<User> list() const;
    bool empty() const;

    /// Who a user of the operating system is here. `denied` if nobody.
    Result<Principal> principal_of_os_user(std::string_view os_user) const;
    /// `not_found` if there is no such user.
    Result<Principal> principal_of(std::string_view name) const;

private:
    Result<void> read();

    Database& m_database;
    Writer& m_writer;
    Records& m_records;
    const Clock& m_clock;
    mutable std::shared_mutex m_mutex;
    std::vector<User> m_users; // by name
};

} // namespace mortise::host
