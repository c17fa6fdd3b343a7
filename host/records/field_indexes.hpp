#pragma once

/// \file
/// The indexes that a field's declaration asks for.

#include "records/schema.hpp"

#include <mortise/result.hpp>

#include <string>

namespace mortise::host {

class Connection;

struct FieldIndex {
    std::string name;
    std::string sql; ///< makes it where it is not there
};

/// That of an indexed field.
FieldIndex lookup_index(const RecordType& type, const Field& field);

/// Makes the indexes of a field that is unique or indexed, and drops those of one that no longer is.
Result<void> create_field_indexes(Connection& connection, const RecordType& type, const Field& field);

} // namespace mortise::host
