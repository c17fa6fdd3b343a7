#pragma once

/// \file
/// Takes back what commits did, where it is still as they left it. What stands in the way is listed, and
/// nothing is done unless it is forced; what left the house cannot be taken back and is listed too.
///
/// Thread-safety: every member may be called from any thread at any time.

#include "access/principal.hpp"
#include "records/records.hpp"

#include <mortise/result.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace mortise::host {

class Database;

/// A value that cannot be taken back because it was changed again, or a record that was, or one that is data
/// of a contact whose processing is restricted.
struct UndoConflict {
    std::string type;
    Id id;
    std::string field; ///< empty: the whole record
    std::string reason;
};

struct UndoOutcome {
    std::size_t records{0}; ///< that were put back
    std::vector<UndoConflict> conflicts; ///< that were left as they are
    std::size_t restricted{0}; ///< conflicts that are of restricted contacts
    std::vector<std::int64_t> external; ///< numbers of events that left the house
    std::vector<std::int64_t> commits; ///< numbers of the commits that did it
};

enum class UndoForce : std::uint8_t { no, yes };

/// With a dry run, what would be done is told, conflicts too, and nothing is written.
class Undo {
public:
    Undo(Database& database, Records& records) : m_database{database}, m_records{records} { }

    /// Takes back commits by their numbers. What is data of restricted contacts stays, unless the one who
    /// asks may change it, by hand. Errors: not_found if there is none; conflict, with the list in `details`,
    /// if something stands in the way and it is not forced.
    Result<UndoOutcome>
    commits(const CallContext& context, std::span<const std::int64_t> numbers, UndoForce force);
    /// Takes back a whole import, updates included, and marks it as undone. That is never by hand.
    Result<UndoOutcome> import(const CallContext& context, Id import, UndoForce force);

private:
    Result<UndoOutcome> take_back(
        const CallContext& context, std::span<const std::int64_t> numbers, UndoForce force, bool by_hand
    );
    Result<std::vector<std::int64_t>> commits_of_import(Id import) const;

    Database& m_database;
    Records& m_records;
};

} // namespace mortise::host
