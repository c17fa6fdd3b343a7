#pragma once

/// \file
/// Binds the values that came with a query.

#include "store/guard.hpp"
#include "store/statement.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <vector>

namespace mortise::host {

/// Each parameter of the statement must have a value, and each value a parameter.
Result<void>
bind_parameters(Statement& statement, const NamedParameters& named, const std::vector<Value>& positional);

} // namespace mortise::host
