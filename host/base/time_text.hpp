#pragma once

/// \file
/// Times, days and lengths of time as text, and back. All functions are pure and may be called from any
/// thread; parsing is strict and its errors (`invalid`) quote what was given.

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

/// RFC 3339 in UTC with Z and only as many digits of the second as there are: 2024-02-29T12:00:00.5Z. Beyond
/// the years 0001 to 9999, which RFC 3339 cannot write and `parse_instant` refuses, the year has a sign and
/// as many digits as it needs.
std::string format_instant(Instant instant);
void append_instant(std::string& out, Instant instant);

/// Reads RFC 3339 with any offset, 'T', 't' or a blank between day and time. Digits of the second beyond the
/// sixth are cut off; the leap second 23:59:60 UTC is the following midnight. Refuses impossible days and
/// times and years (in UTC) outside 0001 to 9999.
Result<Instant> parse_instant(std::string_view text);

/// ISO 8601: 2024-02-29.
std::string format_date(Date date);
void append_date(std::string& out, Date date);
Result<Date> parse_date(std::string_view text);

/// ISO 8601 with seconds: 08:30:00, 08:30:00.25.
std::string format_time_of_day(TimeOfDay time);
void append_time_of_day(std::string& out, TimeOfDay time);
/// Reads hh:mm, hh:mm:ss and digits of the second up to the sixth.
Result<TimeOfDay> parse_time_of_day(std::string_view text);

/// ISO 8601 in days, hours, minutes and seconds: P1DT2H, PT0.5S, -PT3M; a day is 24 hours.
std::string format_duration(Duration duration);
void append_duration(std::string& out, Duration duration);
/// Reads the same and weeks (P2W). Refuses years and months, which have no fixed length, and overflow.
Result<Duration> parse_duration(std::string_view text);

/// How dates are written in a file, in the manner of strptime: %d and %e day, %m month, %b %h or %B its
/// English name (short or long, any case), %Y year of four digits, %y of two (POSIX: 69 to 99 are 1969 to
/// 1999, 00 to 68 are 2000 to 2068), %% a percent sign; all else stands for itself. Days and months may lack
/// their leading zero. Thread-safety: immutable; any thread.
class DatePattern {
public:
    /// Refuses (`invalid`) unknown letters and a pattern that does not have day, month and year once each.
    static Result<DatePattern> create(std::string_view pattern);

    /// Refuses (`invalid`) text of another form, and days that no calendar has.
    Result<Date> parse(std::string_view text) const;
    /// The date in this form; years outside 0000 to 9999 as `format_date` writes them.
    std::string format(Date date) const;

    const std::string& pattern() const noexcept { return m_pattern; }

private:
    struct Part {
        char letter{0}; ///< 0 for a literal
        char literal{0};
    };
    explicit DatePattern(std::string_view pattern) : m_pattern{pattern} { }

    std::string m_pattern;
    std::vector<Part> m_parts;
};

/// `DatePattern::create(pattern)` and its `parse` in one, for a single date.
Result<Date> parse_date(std::string_view text, std::string_view pattern);

/// A day of the proleptic Gregorian calendar in parts; year 0 is 1 BC.
struct CivilDate {
    std::int64_t year{1970};
    unsigned month{1}; ///< 1 to 12
    unsigned day{1}; ///< 1 to 31

    friend bool operator==(const CivilDate&, const CivilDate&) = default;
};

CivilDate civil_of(Date date) noexcept;
/// Refuses what is not in the calendar and years outside 0001 to 9999.
Result<Date> date_of(const CivilDate& civil);

} // namespace mortise::host
