#pragma once

/// \file
/// From JSON to a `Condition`. Checks the form; whether fields and types exist is checked by
/// `sql_condition.hpp`, which knows them.

#include "conditions/condition.hpp"

#include <mortise/result.hpp>

namespace mortise::plugins::segmentation {

/// Errors: invalid, with the JSON pointer of the clause in `where` and the remedy in `hint`.
Result<Condition> parse_condition(const Value& json);

} // namespace mortise::plugins::segmentation
