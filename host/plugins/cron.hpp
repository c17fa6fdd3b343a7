#pragma once

/// \file
/// Five-field cron expressions: minute, hour, day of month, month, day of week.

#include <mortise/result.hpp>

#include <bitset>
#include <string_view>

namespace mortise::host {

/// Fields take `*`, numbers, `a-b`, `/step` and lists of these; days of the week are 0 to 7 (0 and 7 are
/// Sunday) or mon to sun, months 1 to 12 or jan to dec. As everywhere: if both days are restricted, either
/// will do.
struct Cron {
    std::bitset<60> minutes;
    std::bitset<24> hours;
    std::bitset<32> days;
    std::bitset<13> months;
    std::bitset<7> weekdays;
    bool any_day{false}; ///< day of month was `*`
    bool any_weekday{false}; ///< day of week was `*`

    static Result<Cron> parse(std::string_view text);

    /// `weekday`: 0 is Sunday.
    bool
    matches(unsigned minute, unsigned hour, unsigned day, unsigned month, unsigned weekday) const noexcept;
    bool matches_day(unsigned day, unsigned month, unsigned weekday) const noexcept;
};

} // namespace mortise::host
