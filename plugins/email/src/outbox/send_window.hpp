#pragma once

/// \file
/// When a mailbox may send: its days and hours where it is, and how much in an hour and a day.

#include <mortise/host.hpp>

#include <optional>
#include <set>
#include <string>

namespace mortise::plugins::email {

struct SendWindow {
    std::set<int> days; ///< 0 is Monday; empty for all
    std::optional<TimeOfDay> from; ///< nothing for the whole day
    std::optional<TimeOfDay> to; ///< before `from`: over midnight
};

SendWindow window_of(const Record& mailbox);
/// Whether it is open then, on a clock of the place.
bool is_open(const SendWindow& window, const LocalTime& local);
/// `now` if the window is open, else when it opens next; looks eight days ahead.
Instant next_open(const SendWindow& window, const TimeZone& zone, Instant now);

/// Nothing if the mailbox may send one more, else when it may again.
std::optional<Instant> wait_for_limit(const Host& host, const Record& mailbox, Instant now);

} // namespace mortise::plugins::email
