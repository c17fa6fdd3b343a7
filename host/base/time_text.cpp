#include "base/time_text.hpp"

#include "base/text_scanner.hpp"

#include <array>
#include <charconv>

namespace mortise::host {
namespace {

constexpr std::int64_t second = 1'000'000;
constexpr std::int64_t minute = 60 * second;
constexpr std::int64_t hour = 60 * minute;
constexpr std::int64_t day = 24 * hour;

Error invalid(std::string_view what, std::string_view text, std::string_view hint)
{
    return Error{
        ErrorCode::invalid,
        "not " + std::string{what} + ": \"" + std::string{text.substr(0, 60)} + "\"",
        "time.invalid",
        {},
        std::string{hint}
    };
}

unsigned days_of_month(std::int64_t year, unsigned month) noexcept
{
    constexpr std::array<unsigned, 12> days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month == 2 && leap ? 29 : days[month - 1];
}

/// Days since 1970-01-01 (H. Hinnant's days_from_civil: eras of 400 years that begin in March).
std::int64_t days_of(const CivilDate& civil) noexcept
{
    const std::int64_t year = civil.month <= 2 ? civil.year - 1 : civil.year;
    const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
    const std::int64_t year_of_era = year - era * 400;
    const std::int64_t month_from_march = (civil.month + 9) % 12;
    const std::int64_t day_of_year = (153 * month_from_march + 2) / 5 + civil.day - 1;
    const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

void append_padded(std::string& out, std::int64_t number, std::size_t width)
{
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    const auto count = static_cast<std::size_t>(end - digits.data());
    if (count < width) out.append(width - count, '0');
    out.append(digits.data(), count);
}

std::optional<CivilDate> scan_civil(TextScanner& scanner)
{
    const auto year = scanner.digits(4);
    if (!year || !scanner.take('-')) return std::nullopt;
    const auto month = scanner.digits(2);
    if (!month || !scanner.take('-')) return std::nullopt;
    const auto day_of_month = scanner.digits(2);
    if (!day_of_month) return std::nullopt;
    return CivilDate{*year, static_cast<unsigned>(*month), static_cast<unsigned>(*day_of_month)};
}

struct Clocktime {
    std::int64_t microseconds{0};
    bool leap_second{false};
};

/// hh:mm, and seconds with their fraction; both of these may be missing if `short_form`.
std::optional<Clocktime> scan_time(TextScanner& scanner, bool short_form)
{
    const auto hours = scanner.digits(2);
    if (!hours || *hours > 23 || !scanner.take(':')) return std::nullopt;
    const auto minutes = scanner.digits(2);
    if (!minutes || *minutes > 59) return std::nullopt;
    const std::int64_t whole = *hours * hour + *minutes * minute;
    if (!scanner.take(':')) return short_form ? std::optional{Clocktime{whole, false}} : std::nullopt;
    const auto seconds = scanner.digits(2);
    if (!seconds || *seconds > 60) return std::nullopt;
    std::int64_t fraction = 0;
    if (scanner.take('.') || scanner.take(',')) {
        const auto found = scanner.fraction(6);
        if (!found) return std::nullopt;
        fraction = *found;
    }
    return Clocktime{whole + *seconds * second + (*seconds == 60 ? 0 : fraction), *seconds == 60};
}

std::optional<std::int64_t> scan_offset(TextScanner& scanner)
{
    if (scanner.take('Z') || scanner.take('z')) return 0;
    const bool east = scanner.take('+');
    if (!east && !scanner.take('-')) return std::nullopt;
    const auto hours = scanner.digits(2);
    if (!hours || *hours > 23 || !scanner.take(':')) return std::nullopt;
    const auto minutes = scanner.digits(2);
    if (!minutes || *minutes > 59) return std::nullopt;
    const std::int64_t offset = *hours * hour + *minutes * minute;
    return east ? offset : -offset;
}

constexpr std::int64_t first_day = -719162; // 0001-01-01
constexpr std::int64_t last_day = 2932896; // 9999-12-31

} // namespace

CivilDate civil_of(Date date) noexcept
{
    const std::int64_t days = date.days % 146097 + 146097 + 719468; // an era on, so that nothing is negative
    const std::int64_t era = days / 146097;
    const std::int64_t day_of_era = days % 146097;
    const std::int64_t year_of_era
        = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::int64_t month_from_march = (5 * day_of_year + 2) / 153;
    const auto day_of_month = static_cast<unsigned>(day_of_year - (153 * month_from_march + 2) / 5 + 1);
    const auto month
        = static_cast<unsigned>(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
    const std::int64_t year = (date.days / 146097 + era - 1) * 400 + year_of_era + (month <= 2 ? 1 : 0);
    return {year, month, day_of_month};
}

Result<Date> date_of(const CivilDate& civil)
{
    const bool known = civil.year >= 1 && civil.year <= 9999 && civil.month >= 1 && civil.month <= 12
        && civil.day >= 1 && civil.day <= days_of_month(civil.year, civil.month);
    if (known) return Date{days_of(civil)};
    std::string text;
    append_padded(text, civil.year, 4);
    text += '-';
    append_padded(text, civil.month, 2);
    text += '-';
    append_padded(text, civil.day, 2);
    return Error{ErrorCode::invalid, "no such day: " + text, "time.invalid", {}, {}};
}

void append_date(std::string& out, Date date)
{
    const CivilDate civil = civil_of(date);
    if (civil.year < 0) {
        out += '-';
        append_padded(out, -civil.year, 4);
    } else {
        if (civil.year > 9999) out += '+';
        append_padded(out, civil.year, 4);
    }
    out += '-';
    append_padded(out, civil.month, 2);
    out += '-';
    append_padded(out, civil.day, 2);
}

void append_time_of_day(std::string& out, TimeOfDay time)
{
    append_padded(out, time.microseconds / hour, 2);
    out += ':';
    append_padded(out, time.microseconds % hour / minute, 2);
    out += ':';
    append_padded(out, time.microseconds % minute / second, 2);
    if (const std::int64_t fraction = time.microseconds % second; fraction != 0) {
        out += '.';
        append_padded(out, fraction, 6);
        while (out.back() == '0')
            out.pop_back();
    }
}

void append_instant(std::string& out, Instant instant)
{
    std::int64_t days = instant.microseconds / day;
    std::int64_t rest = instant.microseconds % day;
    if (rest < 0) {
        --days;
        rest += day;
    }
    append_date(out, Date{days});
    out += 'T';
    append_time_of_day(out, TimeOfDay{rest});
    out += 'Z';
}

Result<Instant> parse_instant(std::string_view text)
{
    constexpr std::string_view hint = "write it as 2024-02-29T12:00:00Z or with an offset such as +01:00";
    TextScanner scanner{text};
    const auto civil = scan_civil(scanner);
    if (!civil || !(scanner.take('T') || scanner.take('t') || scanner.take(' ')))
        return invalid("a time", text, hint);
    const auto time = scan_time(scanner, false);
    const auto offset = time ? scan_offset(scanner) : std::nullopt;
    if (!offset || !scanner.at_end()) return invalid("a time", text, hint);
    MORTISE_TRY(const Date date, date_of(*civil));
    const std::int64_t microseconds = date.days * day + time->microseconds - *offset;
    if (microseconds < first_day * day || microseconds >= (last_day + 1) * day)
        return invalid("a time in the years 0001 to 9999", text, {});
    if (time->leap_second && microseconds % day != 0)
        return invalid("a time", text, "a leap second ends a day of UTC");
    return Instant{microseconds};
}

Result<Date> parse_date(std::string_view text)
{
    TextScanner scanner{text};
    const auto civil = scan_civil(scanner);
    if (!civil || !scanner.at_end()) return invalid("a date", text, "write it as 2024-02-29");
    return date_of(*civil);
}

Result<TimeOfDay> parse_time_of_day(std::string_view text)
{
    TextScanner scanner{text};
    const auto time = scan_time(scanner, true);
    if (!time || time->leap_second || !scanner.at_end())
        return invalid("a time of day", text, "write it as 08:30 or 08:30:00");
    return TimeOfDay{time->microseconds};
}

std::string format_instant(Instant instant)
{
    std::string out;
    append_instant(out, instant);
    return out;
}

std::string format_date(Date date)
{
    std::string out;
    append_date(out, date);
    return out;
}

std::string format_time_of_day(TimeOfDay time)
{
    std::string out;
    append_time_of_day(out, time);
    return out;
}

} // namespace mortise::host
