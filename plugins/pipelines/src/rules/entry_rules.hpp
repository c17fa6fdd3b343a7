#pragma once

/// \file
/// What a stage asks of the opportunities in it: fields that must have a value, and a checklist.

#include "rules/pipeline_book.hpp"

#include <mortise/hook.hpp>

namespace mortise::plugins::pipelines {

/// Refuses to enter a stage before its fields have values and its checklist is ticked, and to empty one of
/// those fields while the opportunity is in the stage.
void check_entry(const Stage& stage, Draft& draft);

} // namespace mortise::plugins::pipelines
