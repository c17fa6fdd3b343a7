#pragma once

/// \file
/// How a row of an export says which record it was.

#include <mortise/result.hpp>
#include <mortise/value.hpp>

namespace mortise::host {

/// "7" or 7 -> 7
Result<std::int64_t> parse_exported_id(const Value& value);
Error no_exported_from();

} // namespace mortise::host
