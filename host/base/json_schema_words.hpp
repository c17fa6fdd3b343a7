#pragma once

/// \file
/// How a broken rule is told: values in short, lists, "did you mean"; and the formats that are checked.
/// Private to json_schema*.cpp, but for `hint_for`.

#include "base/json_schema_node.hpp"

#include <boost/json/fwd.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

/// A value as an error shows it: short.
std::string shown(const boost::json::value& value);
std::string shown_list(const boost::json::array& values);
/// "a text or null" for TypeBits.
std::string shown_types(std::uint8_t types);
/// "1 letter", "3 letters".
std::string number_of(std::size_t count, std::string_view what);

/// "did you mean "owner"?" if a known name is near, else a list of the known ones; empty if there are none.
std::string hint_for(std::string_view wrong, const std::vector<std::string>& known);

bool has_format(std::string_view text, SchemaFormat format);
/// "a date like 2026-02-28"
std::string_view words_of(SchemaFormat format);

} // namespace mortise::host
