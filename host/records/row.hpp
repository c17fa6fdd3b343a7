#pragma once

/// \file
/// One record as the host handles it: the columns that every type has, and the values of its fields by slot.

#include "records/schema.hpp"

#include <mortise/value.hpp>

#include <string_view>
#include <vector>

namespace mortise::host {

struct Row {
    Id id;
    std::int64_t version{0}; ///< 1 after creation; grows by one with each change
    Id owner;
    Instant created_at;
    Instant updated_at;
    Instant deleted_at; ///< 0: not deleted
    std::int64_t since{0}; ///< number of the commit that wrote this version
    std::vector<Value> values; ///< by slot; null where the record has none

    bool is_deleted() const noexcept { return deleted_at.microseconds != 0; }
};

/// The row as a map: id, type, version, owner, created_at, updated_at, deleted_at (only when deleted), then
/// each field that is not null.
Map map_of(const RecordType& type, const Row& row);

/// A field or one of the common columns ("id", "version", "owner", ...) by name; the null value if there is
/// none.
Value value_of(const RecordType& type, const Row& row, std::string_view name);

} // namespace mortise::host
