#pragma once

/// \file
/// When a cron rule comes round, read off the clock of a time zone.

#include "base/time_zone.hpp"
#include "plugins/cron.hpp"

#include <vector>

namespace mortise::host {

/// The first `limit` moments behind `after`, in order; fewer if the rule does not come round within 40 years.
/// A moment that never comes, because clocks are put forward, is the first one behind the gap; one that comes
/// twice is the first of both. Thread-safety: pure.
std::vector<Instant> occurrences(const Cron& rule, const TimeZone& zone, Instant after, std::size_t limit);

} // namespace mortise::host
