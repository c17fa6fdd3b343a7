#pragma once

/// \file
/// A value of any kind as the heading of a group.

#include <mortise/value.hpp>

#include <string>

namespace mortise::plugins::pipelines {

std::string label_text(const Value& value);

} // namespace mortise::plugins::pipelines
