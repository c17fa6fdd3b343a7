#pragma once

/// \file
/// What an undo makes of records: the changes that bring them there, and what is left as it is since it is of
/// restricted contacts.

#include "records/row.hpp"
#include "records/schema.hpp"
#include "records/undo.hpp"
#include "records/unit_of_work.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

namespace mortise::host {

class Connection;

/// A record as it will be, and what that takes.
struct UndoPlan {
    TypePointer type;
    Row row;
    std::int64_t version{0}; ///< that the plan starts from
    bool was_deleted{false};
    bool remove{false};
    Map values;
    std::vector<Id> contacts; ///< whose data it is now

    bool goes() const noexcept; ///< is there and is to be deleted
};

using UndoPlans = std::map<std::int64_t, UndoPlan>; ///< by record

/// The changes of all plans: first what comes back, what others go with before those; last what goes, the
/// other way round. Adds the records that change to `records`.
std::vector<Change> undo_changes(const UndoPlans& plans, std::size_t& records);

/// Takes out of the plans what is data of restricted contacts, where the one who asks may not change it, and
/// what would change it along; tells of it as conflicts. Gives whether units of what is left are by hand.
Result<bool> leave_restricted(
    Connection& reader,
    const Schema& schema,
    const CallContext& context,
    bool by_hand,
    UndoPlans& plans,
    UndoOutcome& outcome
);

} // namespace mortise::host
