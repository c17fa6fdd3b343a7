#pragma once

/// \file
/// A contact's organisation and job title are those of its primary relation of today: `works_at` of a person,
/// `part_of` of an organisation. A contact that has no such relation has just the field. Why: decision 0044.

#include "records/prepared_unit.hpp"

#include <mortise/result.hpp>

namespace mortise::host {

/// Adds to the unit what follows from it. What the unit says of a contact itself goes before what it says of
/// its relations:
///
/// - Another organisation of a contact that has relations ends the primary one yesterday (takes it away if it
///   began later), and makes one to the new organisation primary: one that is there, else a new one from
///   today on.
/// - A relation that is the first, or is marked as primary, gives the contact its organisation and job title.
/// The
///   one that was primary stays as another one; where it was only the field, it becomes a relation. When the
///   primary one ends or goes, the oldest that is left follows.
///
/// Idempotent: called again after hooks amended something, it follows them.
Result<void> follow_employment(const Preparation& preparation, PreparedUnit& unit);

} // namespace mortise::host
