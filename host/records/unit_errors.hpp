#pragma once

/// \file
/// What a caller is told whose unit of work cannot be: about versions, and about its changes to each other.

#include "records/prepared_unit.hpp"
#include "records/row.hpp"
#include "records/schema.hpp"
#include "records/unit_of_work.hpp"

#include <mortise/result.hpp>

namespace mortise::host {

class Connection;

/// Fails with what a person needs who saw an older version: for each field that differs, what they saw, what
/// is there now, and what they wanted.
Result<void>
conflict_error(Connection& reader, const RecordType& type, const Row& current, const Change& asked);

/// The record is no longer as it was when the unit was prepared: to be prepared anew.
Error changed_meanwhile(const PreparedChange& change);

/// A unit writes one version of a record. Asking again does not help, so this is not to be tried again.
Error record_twice(const RecordType& type, Id id);

/// Refuses a unit of which two changes would write the same record.
Result<void> refuse_records_twice(const PreparedUnit& unit);

/// An update that leaves everything as it was: it writes no version.
bool is_nothing(const PreparedChange& change) noexcept;

} // namespace mortise::host
