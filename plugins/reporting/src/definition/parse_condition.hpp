#pragma once

/// \file
/// Conditions and periods from JSON.

#include "definition/condition.hpp"

#include <mortise/result.hpp>

namespace mortise::plugins::reporting {

Result<Condition> parse_condition(const Value& json, const std::string& at);
/// "last_quarter", {"last": 30, "unit": "day"}, or {"from": "2026-01-01", "to": "2026-03-31"}, both included.
Result<Period> parse_period(const Value& json, const std::string& at);

} // namespace mortise::plugins::reporting
