#pragma once

/// \file
/// What holds for every opportunity, however it is written: it stands in a stage of its pipeline, and what
/// the stage means (status, probability, when it was closed) follows.

#include "rules/pipeline_book.hpp"

#include <mortise/hook.hpp>

namespace mortise::plugins::pipelines {

/// The hook opportunity.create and opportunity.update. Pure: it looks at the arguments alone.
void check_opportunity(const Settings& settings, const PipelineBook& book, Draft& draft);

} // namespace mortise::plugins::pipelines
