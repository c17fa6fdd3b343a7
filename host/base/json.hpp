#pragma once

/// \file
/// JSON in and out: documents from outside checked strictly, and the one mapping between JSON and
/// `mortise::Value` (ids as text of digits, money as {"amount","currency"}, times as RFC 3339 in UTC, bytes
/// as base64, ...). All functions are pure and may be called from any thread.

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <boost/json/fwd.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace mortise::host {

/// Deepest nesting of arrays and objects that is read.
inline constexpr std::size_t max_json_depth = 32;

/// Reads one JSON document (RFC 8259). A byte order mark at the start is skipped. Refuses what is not UTF-8,
/// nesting deeper than `max_json_depth`, a key that stands twice in an object, numbers out of range, and
/// anything after the document.
/// \param what  names the document in the message, such as "plugin.json"
/// Errors: `invalid` (or `limit` for depth) with `where` = "line L, column C", columns counted in characters.
Result<boost::json::value> parse_json(std::string_view text, std::string_view what);

/// The same into a `Value`: objects become maps, arrays lists, numbers integers or reals, and an integer
/// above the largest int64 becomes text of its digits. Nothing else is guessed: a time stays text.
Result<Value> parse_value(std::string_view json, std::string_view what);

/// Compact JSON. Reals are written as the shortest text that reads back as the same, always with a point or
/// an exponent; what is no number (infinite, NaN) becomes null; text that is not UTF-8 has U+FFFD for each
/// wrong byte.
std::string to_json(const boost::json::value& json);

/// JSON for people: two spaces for each level, one item a line; empty arrays and objects on one line.
std::string to_pretty_json(const boost::json::value& json);

boost::json::value json_of(const Value& value);
/// What `parse_value` gives for the same document.
Value value_of(const boost::json::value& json);

/// The same text as `to_json(json_of(value))`, written directly: for the event log and what else is hot.
std::string json_text(const Value& value);
void append_json_text(std::string& out, const Value& value);

/// Appends `text` as a JSON string with its quotes.
void append_json_string(std::string& out, std::string_view text);

} // namespace mortise::host
