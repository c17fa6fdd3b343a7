#pragma once

/// \file
/// Daily snapshots of opportunities. A row is written only for one that differs from its last row, so that a
/// year of days costs what really changed; the state on a day is each one's newest row until then.

#include "forecast/bridge.hpp"

#include <mortise/command.hpp>

#include <optional>
#include <vector>

namespace mortise::plugins::pipelines {

/// The job: takes the snapshot of today, once. One that was broken off goes on where it was.
Value take_snapshot(const Host& host, const Job& job);

/// How opportunities are now.
std::vector<DealState> states_now(const Host& host);
/// The first day that a snapshot tells of; none before the first was taken.
std::optional<Date> first_day_kept(const Host& host);
/// How they were when the snapshot of that day was taken. Throws Failure: not_found if there is none of that
/// day or before it; its words name the first.
std::vector<DealState> states_on(const Host& host, Date day);

} // namespace mortise::plugins::pipelines
