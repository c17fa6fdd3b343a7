#pragma once

/// \file
/// What holds for every stage and every pipeline, however they are written.

#include "rules/pipeline_book.hpp"

#include <mortise/hook.hpp>

#include <string>
#include <string_view>

namespace mortise::plugins::pipelines {

/// The hooks of stages: create and update; delete.
void check_stage(const PipelineBook& book, Draft& draft);
void check_stage_removal(const PipelineBook& book, Draft& draft);

/// The hooks of pipelines: create and update; delete.
void check_pipeline(const Settings& settings, Draft& draft);
void check_pipeline_removal(const PipelineBook& book, Draft& draft);

/// The key of a stage: "sales/closed-won" for "Closed won" in "Sales".
std::string stage_key(std::string_view pipeline, std::string_view stage);

/// The currency that a pipeline, or an amount without one, has if nothing is said.
std::string_view default_currency(const Settings& settings);

/// How far apart the positions of stages are, so that one fits in between.
inline constexpr std::int64_t position_step = 10;

} // namespace mortise::plugins::pipelines
