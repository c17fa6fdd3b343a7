#pragma once

/// \file
/// A report from JSON.

#include "definition/definition.hpp"

#include <mortise/result.hpp>

namespace mortise::plugins::reporting {

/// Error: invalid, with a JSON pointer to the place and how to mend it.
Result<Definition> parse_definition(const Value& json);

} // namespace mortise::plugins::reporting
