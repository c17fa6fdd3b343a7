#pragma once

/// \file
/// What the deletion of a record does to those that refer to it, as the referring fields declare
/// (`on_delete`): they lose the value, go too, or stand in the way.

#include "records/prepared_unit.hpp"

#include <mortise/result.hpp>

namespace mortise::host {

class Connection;

/// Adds to the unit what its deletions do to other records: those are deleted, or a field of theirs is
/// cleared, and so on with what refers to those. What the unit itself deletes, or lets refer to another
/// record, is left as it is. May be called again when the unit has grown. Errors: limit when the unit becomes
/// too large.
Result<void> follow_deletions(const Preparation& preparation, PreparedUnit& unit);

/// Fails with `conflict` and the key "records.in_use" when a record that the unit deletes is one that others
/// must not lose. Called after the hooks, so that a plugin can say it better.
Result<void> refuse_deletions_in_use(const Preparation& preparation, const PreparedUnit& unit);

/// Once everything is written: fails with "records.changed_meanwhile" when, since the unit was prepared,
/// somebody began to refer to a record that it deletes, or deleted one that it refers to.
Result<void> check_bonds(Connection& connection, const PreparedUnit& unit);

} // namespace mortise::host
