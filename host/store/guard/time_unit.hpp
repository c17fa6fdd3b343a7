#pragma once

/// \file
/// Calendar arithmetic on microseconds since 1970-01-01T00:00:00Z, for date_trunc, date_part and date_add.
/// Years reach from 0001 to 9999; what falls outside has no value.

#include <cstdint>
#include <optional>
#include <string_view>

namespace mortise::host {

inline constexpr std::int64_t microseconds_per_day = 86'400'000'000;

/// In order of length.
enum class TimeUnit : std::uint8_t {
    microsecond,
    millisecond,
    second,
    minute,
    hour,
    day,
    week, ///< begins on Monday
    month,
    quarter,
    year,
    decade,
    century,
    millennium,
};

enum class TimePart : std::uint8_t {
    microsecond,
    millisecond,
    second,
    minute,
    hour,
    day,
    day_of_week, ///< 0 is Sunday
    iso_day_of_week, ///< 1 is Monday
    day_of_year,
    week, ///< ISO 8601
    month,
    quarter,
    iso_year,
    year,
    decade,
    century,
    millennium,
    epoch, ///< seconds since 1970
};

struct TimePartValue {
    std::int64_t whole{0};
    std::int64_t microseconds{0}; ///< of a second, or of a millisecond for `millisecond`, in millionths
};

/// True from the start of 0001 to the end of 9999; the functions below take nothing else.
bool is_in_calendar(std::int64_t microseconds) noexcept;

/// Names as PostgreSQL has them, singular or plural, any case.
std::optional<TimeUnit> parse_time_unit(std::string_view name) noexcept;
std::optional<TimePart> parse_time_part(std::string_view name) noexcept;

/// The days since 1970 of the UTC day in which the time falls.
std::int64_t day_of(std::int64_t microseconds) noexcept;
std::optional<std::int64_t> truncate(std::int64_t microseconds, TimeUnit unit) noexcept;
TimePartValue part_of(std::int64_t microseconds, TimePart part) noexcept;
/// Months and longer keep the day, or take the last of a shorter month.
std::optional<std::int64_t> add_units(std::int64_t microseconds, std::int64_t count, TimeUnit unit) noexcept;

} // namespace mortise::host
