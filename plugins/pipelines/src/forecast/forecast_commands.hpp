#pragma once

/// \file
/// The forecast, and what changed in it. All throw Failure.

#include <mortise/command.hpp>
#include <mortise/work.hpp>

namespace mortise::plugins::pipelines {

/// Open opportunities by category with those won, in a period.
Value forecast(const Host& host, const Arguments& arguments);
/// From the snapshot of one day to another, or to now: start, every kind of change, end.
Value forecast_changes(const Host& host, const Arguments& arguments);
/// Starts the job that takes today's snapshot.
Value start_snapshot(const Host& host, const Arguments& arguments, Work& work);

} // namespace mortise::plugins::pipelines
