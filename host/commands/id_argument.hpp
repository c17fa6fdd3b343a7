#pragma once

/// \file
/// An id among the arguments of a command: a number, or a text of digits as JSON has ids.

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <string>
#include <string_view>

namespace mortise::host {

/// Error: invalid with the key `AREA.argument` if it is none; `where` is the place among the arguments, such
/// as
/// "/contact".
Result<Id> id_argument(const Value& value, std::string_view area, std::string where);

} // namespace mortise::host
