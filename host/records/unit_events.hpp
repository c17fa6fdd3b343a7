#pragma once

/// \file
/// The events of a unit of work: one that tells of each change, then those that its caller publishes.

#include "records/prepared_unit.hpp"

#include <mortise/result.hpp>

namespace mortise::host {

/// Fills `prepared.events` from its changes, which are final, and from the drafts of `unit`. Errors:
/// not_found when a draft is about a record that is not there.
Result<void> make_events(const Preparation& given, const UnitOfWork& unit, PreparedUnit& prepared);

} // namespace mortise::host
