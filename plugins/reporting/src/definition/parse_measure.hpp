#pragma once

/// \file
/// Dimensions and measures from JSON; used by parse_definition.

#include "definition/definition.hpp"

#include <mortise/result.hpp>

namespace mortise::plugins::reporting {

Result<Dimension> parse_dimension(const Value& json, const std::string& at);
Result<Measure> parse_measure(const Value& json, const std::string& at);
/// An exact number of at most 12 digits behind the point, from a number or a text.
Result<Decimal> decimal_at(const Value& value, const std::string& at);

} // namespace mortise::plugins::reporting
