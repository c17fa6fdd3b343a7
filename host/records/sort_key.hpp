#pragma once

/// \file
/// The human order of a text field: a key that is stored beside the text, made of the collation of the
/// installation. Lists sort by it, and records are found by the beginning of a name through it, whatever its
/// accents and case.

#include "base/collator.hpp"
#include "records/field_indexes.hpp"
#include "records/schema.hpp"

#include <mortise/result.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise::host {

class Connection;
struct Row;

/// Longer keys are cut: texts that agree so far are then in no particular order.
inline constexpr std::size_t sort_key_bytes = 64;

/// The key of a value; empty for null.
std::string sort_key_of(const Collator& collator, const Value& value);
/// All keys from `first` to before `second` are those of texts that begin with `prefix`, accents and case
/// apart.
std::pair<std::string, std::string> sort_key_range(const Collator& collator, std::string_view prefix);

/// That of a sorted field's keys.
FieldIndex sort_index(const RecordType& type, const Field& field);

/// Gives every sorted field its column, index and keys, and takes them from fields that no longer are
/// sorted. When the rules of the collation changed since (another version of the system's tables), all keys
/// are made anew. Types that `before` has as they are were completed then; null: all are looked at. In a
/// transaction of the writer.
Result<void> complete_sort_keys(
    Connection& connection, const Schema& schema, const Schema* before, const Collator& collator
);

} // namespace mortise::host
