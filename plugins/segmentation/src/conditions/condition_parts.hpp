#pragma once

/// \file
/// The parts that clauses are made of, from JSON: names, comparisons, lengths of time. `at` is the JSON
/// pointer of what is read, for messages.

#include "conditions/condition.hpp"

#include <mortise/result.hpp>

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::plugins::segmentation {

/// An error of the form of a condition.
Error wrong(std::string_view where, std::string message, std::string hint);

/// Whether it may be the name of a field or type.
bool is_name(std::string_view text) noexcept;
/// At the dots.
std::vector<std::string> split(std::string_view text);

/// Refuses keys that nobody reads, so that a slip of the pen is not silently something else.
Result<void> only(const Map& map, const std::string& at, std::initializer_list<std::string_view> known);
/// A percentage in hundredths of a percent.
Result<std::int64_t> share(const Value& value, const std::string& at);
/// A field behind at most `most` - 1 references.
Result<std::vector<std::string>> names(const Value& value, const std::string& at, std::size_t most);
/// A key of an event's data, and keys inside it.
Result<std::vector<std::string>> data_path(const Value& value, const std::string& at);
/// The members `is` and `value`.
Result<void> comparison(const Map& map, const std::string& at, Comparison& out);
Result<void> span(const Value& value, const std::string& at, Span& out);
/// The member `within` of an events clause.
Result<void> window(const Value& within, const std::string& at, Condition& out);
/// The currency that a top clause measures in; none is no error.
Result<void> currency(const Value& value, const std::string& at, Condition& out);
/// Whether a measure can be compared so.
Result<void> measure_test(const Condition& out, const std::string& at, bool is_moment);

} // namespace mortise::plugins::segmentation
