#pragma once

/// \file
/// The indexes that a field's declaration asks for.

#include "records/schema.hpp"

#include <mortise/result.hpp>

namespace mortise::host {

class Connection;

/// Makes the indexes of a field that is unique or indexed, and drops those of one that no longer is.
Result<void> create_field_indexes(Connection& connection, const RecordType& type, const Field& field);

} // namespace mortise::host
