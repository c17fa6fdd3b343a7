#pragma once

/// \file
/// Making pipelines, and taking stages away.

#include <mortise/command.hpp>
#include <mortise/work.hpp>

namespace mortise::plugins::pipelines {

/// Makes a pipeline with its stages. Throws Failure.
Value create_pipeline(const Host& host, const Arguments& arguments, Work& work);
/// Deletes a stage, after its opportunities have moved to another. Throws Failure.
Value delete_stage(const Host& host, const Arguments& arguments, Work& work);
/// Makes the pipeline "Sales" if there is no pipeline at all. Throws Failure.
Value set_up(const Host& host, Work& work);

} // namespace mortise::plugins::pipelines
