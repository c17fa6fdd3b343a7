#pragma once

/// \file
/// The reports, as commands that only read. Money is summed in minor units and by currency, never across
/// currencies. All throw Failure.

#include <mortise/command.hpp>

namespace mortise::plugins::pipelines {

Value pipeline_by_stage(const Host& host, const Arguments& arguments);
Value won_sum(const Host& host, const Arguments& arguments);
Value win_rate(const Host& host, const Arguments& arguments);
Value rotting_opportunities(const Host& host, const Arguments& arguments);

} // namespace mortise::plugins::pipelines
