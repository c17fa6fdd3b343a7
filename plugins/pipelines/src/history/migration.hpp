#pragma once

/// \file
/// What an upgrade fills in.

#include <mortise/host.hpp>
#include <mortise/work.hpp>

namespace mortise::plugins::pipelines {

/// Fills in the forecast category of the next opportunities behind `after` that have none; gives the last
/// that is done, 0 when none is left.
Id fill_forecast(const Host& host, Id after, Work& work);

} // namespace mortise::plugins::pipelines
