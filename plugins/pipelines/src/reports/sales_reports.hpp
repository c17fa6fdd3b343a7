#pragma once

/// \file
/// Reports on how selling goes: funnel and velocity. All throw Failure.

#include <mortise/command.hpp>

namespace mortise::plugins::pipelines {

/// Of the opportunities that began in the days: how many ever reached each stage.
Value funnel(const Host& host, const Arguments& arguments);
/// What a pipeline brings in a day: opportunities times win rate times average won amount, by the days that
/// winning takes.
Value velocity(const Host& host, const Arguments& arguments);

} // namespace mortise::plugins::pipelines
