#pragma once

/// \file
/// A contact's e-mail address and phone number are those of its primary contact points: writing one writes
/// the other, in the same unit of work.

#include "records/prepared_unit.hpp"

#include <mortise/result.hpp>

namespace mortise::host {

/// Brings a contact point's value to the normal form of its kind, and keeps what was given as `raw`.
Result<void> normalise_point(const RecordType& type, PreparedChange& change);

/// Adds to the unit what follows from it. What the unit says of a contact itself goes before what it says of
/// its points:
///
/// - A new address of a contact becomes its primary point: one of its points if it has it already, else the
///   primary one is changed, else a point is made. Clearing it removes the primary point.
/// - A point that is made or marked as primary, or the first of its kind, gives the contact its address; the
///   one that was primary stays as another one. When the primary point goes, the oldest that is left follows.
/// - Points go, come back and change owner with their contact.
///
/// Idempotent: called again after hooks amended something, it follows them.
Result<void> follow_contact_points(const Preparation& preparation, PreparedUnit& unit);

} // namespace mortise::host
