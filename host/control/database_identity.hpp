#pragma once

/// \file
/// Which database it is: an id for ever, and an incarnation that restoring raises, since what a restored
/// database goes on to write is not what the one that was saved went on to write.

#include <mortise/result.hpp>

#include <cstdint>
#include <string>

namespace mortise::host {

class Connection;

struct DatabaseIdentity {
    std::string id; ///< 32 hexadecimal digits; empty if it has none yet
    std::int64_t incarnation{1};
    std::int64_t format{1};

    /// What events name as their source, and exports as the database that they come of: "mortise:ID", from
    /// the second incarnation on "mortise:ID.2".
    std::string source() const;
};

Result<DatabaseIdentity> read_identity(Connection& connection);
/// The same after it was given an id where it has none. Writer, in a transaction.
Result<DatabaseIdentity> make_identity(Connection& writer);
/// Writer, in a transaction.
Result<void> set_incarnation(Connection& writer, std::int64_t incarnation);

} // namespace mortise::host
