#pragma once

/// \file
/// Time zones, over the system's time zone data: what a clock on the wall shows somewhere, and where days
/// begin there.

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

/// What a clock on the wall shows: microseconds since 1970-01-01T00:00:00 read off that clock.
struct WallTime {
    std::int64_t microseconds{0};
    friend auto operator<=>(const WallTime&, const WallTime&) = default;
};

/// Which time is meant by a wall time that happens twice (clocks are put back) or never (forward).
/// `earlier`, `later`: the first or the second of both; what never happens is as much later as the clocks are
/// put forward. `exact`: neither will do.
enum class WallChoice : std::uint8_t { earlier, later, exact };

enum class CalendarUnit : std::uint8_t { day, week, month, quarter, year };

/// From `start` up to, but not including, `end`.
struct TimeSpan {
    Instant start;
    Instant end;
    friend bool operator==(const TimeSpan&, const TimeSpan&) = default;
};

/// Thread-safety: immutable; any thread. Cheap to copy; lives as long as the process.
class TimeZone {
public:
    /// By its IANA name; `not_found` if the system has no such zone.
    static Result<TimeZone> find(std::string_view name);
    /// All names, in the order of the alphabet.
    static std::vector<std::string> names();

    WallTime wall_time(Instant time) const;
    /// `invalid` only with `exact`.
    Result<Instant> time(WallTime wall, WallChoice choice = WallChoice::earlier) const;
    /// The first moment that is not before `wall`: the end of the gap if it never happens, the first if it
    /// happens twice.
    Instant first_moment(WallTime wall) const;
    /// The `unit` that holds `time`, or the one `step` units later. A day lasts 23 or 25 hours where clocks
    /// are changed; a week begins on Monday.
    TimeSpan bounds(Instant time, CalendarUnit unit, std::int64_t step = 0) const;

private:
    struct Info;
    explicit TimeZone(const void* zone) noexcept : m_zone{zone} { }
    Info info_at(std::int64_t seconds) const;
    struct Found;
    Found look_up(WallTime wall) const;

    const void* m_zone; // date::time_zone, of which only the .cpp knows
};

/// Whether a time lies in the years 1 to 9999.
bool is_in_calendar(Instant time) noexcept;

/// The day that a wall clock shows, and the time of day.
Date date_of(WallTime wall) noexcept;
TimeOfDay time_of_day(WallTime wall) noexcept;
WallTime wall_time_of(Date date, TimeOfDay time = {}) noexcept;

} // namespace mortise::host
