#include "base/time_zone.hpp"

#include "base/text.hpp"
#include "base/time_text.hpp"

#include <algorithm>
#include <date/tz.h>
#include <exception>

namespace mortise::host {

namespace {

constexpr std::int64_t per_second = 1'000'000;
constexpr std::int64_t seconds_per_day = 86'400;
constexpr std::int64_t per_day = seconds_per_day * per_second;

// The system's tables end with 2037; the rules that hold then go on.
constexpr std::int64_t first_untold = 2'145'916'800; // 2038-01-01
constexpr std::int64_t last_told_year = 2'114'380'800; // 2037-01-01
constexpr std::int64_t far_future = 4'102'444'800; // 2100-01-01
constexpr std::int64_t first_model_year = 2027;
constexpr std::int64_t last_model_year = 2037;

constexpr std::int64_t floor_divide(std::int64_t number, std::int64_t by) noexcept
{
    return number / by - (number % by < 0 ? 1 : 0);
}

/// Days since 1970 of a day of the proleptic Gregorian calendar; any month number, so that steps are easy.
std::int64_t days_of(std::int64_t year, std::int64_t month, unsigned day) noexcept
{
    const std::int64_t months = year * 12 + month - 1;
    const date::year_month_day civil{
        date::year{static_cast<int>(floor_divide(months, 12))},
        date::month{static_cast<unsigned>(months - floor_divide(months, 12) * 12 + 1)},
        date::day{day}
    };
    return date::sys_days{civil}.time_since_epoch().count();
}

/// 0 is Monday.
std::int64_t weekday_of(std::int64_t days) noexcept
{
    return floor_divide(days + 3, 7) * -7 + days + 3;
}

/// How many days lie between the year of `seconds` and one with known rules whose days from March on fall on
/// the same weekdays: laws name "the last Sunday of March", and none names January or February.
std::int64_t days_to_model_year(std::int64_t seconds) noexcept
{
    const std::int64_t year = civil_of(Date{floor_divide(seconds, seconds_per_day)}).year;
    const std::int64_t march = days_of(year, 3, 1);
    for (std::int64_t model = first_model_year; model <= last_model_year; ++model)
        if (const std::int64_t away = march - days_of(model, 3, 1); away % 7 == 0) return away;
    return 0;
}

} // namespace

struct TimeZone::Info {
    std::int64_t begin; // seconds
    std::int64_t offset; // seconds
};

struct TimeZone::Found {
    enum class How : std::uint8_t { once, twice, never } how;
    std::int64_t first; // microseconds; with `never` as much later as the gap is long
    std::int64_t second;
};

Result<TimeZone> TimeZone::find(std::string_view name)
{
    try {
        return TimeZone{date::locate_zone(std::string{name})};
    } catch (const std::exception&) {
        Error error{
            .code = ErrorCode::not_found,
            .message = "there is no time zone \"" + std::string{name} + '"',
            .key = "time.no_zone",
            .where = "zone",
            .hint = "zones are named as in the IANA database, such as Europe/Zurich or UTC",
        };
        const std::string wanted = ascii_lower(name);
        for (const std::string& other : names())
            if (ascii_lower(other) == wanted) error.hint = "did you mean " + other + '?';
        return error;
    }
}

std::vector<std::string> TimeZone::names()
{
    std::vector<std::string> names;
    for (const date::time_zone& zone : date::get_tzdb().zones)
        names.push_back(zone.name());
    std::ranges::sort(names);
    return names;
}

TimeZone::Info TimeZone::info_at(std::int64_t seconds) const
{
    const auto& zone = *static_cast<const date::time_zone*>(m_zone);
    const auto read
        = [&zone](std::int64_t at) { return zone.get_info(date::sys_seconds{std::chrono::seconds{at}}); };
    auto info = read(seconds);
    std::int64_t shift = 0;
    if (seconds >= first_untold && info.begin.time_since_epoch().count() >= last_told_year
        && info.end.time_since_epoch().count() > far_future) {
        shift = days_to_model_year(seconds) * seconds_per_day;
        info = read(seconds - shift);
    }
    return {info.begin.time_since_epoch().count() + shift, info.offset.count()};
}

WallTime TimeZone::wall_time(Instant time) const
{
    return {time.microseconds + info_at(floor_divide(time.microseconds, per_second)).offset * per_second};
}

TimeZone::Found TimeZone::look_up(WallTime wall) const
{
    const std::int64_t seconds = floor_divide(wall.microseconds, per_second);
    const std::int64_t before = info_at(seconds - seconds_per_day).offset;
    const std::int64_t after = info_at(seconds + seconds_per_day).offset;
    const bool by_before = info_at(seconds - before).offset == before;
    const bool by_after = info_at(seconds - after).offset == after;
    const std::int64_t early = wall.microseconds - before * per_second;
    const std::int64_t late = wall.microseconds - after * per_second;
    using How = Found::How;
    if (!by_before && !by_after) return {How::never, early, early};
    if (!by_after || before == after) return {How::once, early, early};
    if (!by_before) return {How::once, late, late};
    return {How::twice, std::min(early, late), std::max(early, late)};
}

Result<Instant> TimeZone::time(WallTime wall, WallChoice choice) const
{
    const Found found = look_up(wall);
    if (choice == WallChoice::exact && found.how != Found::How::once) {
        std::string shown = format_date(date_of(wall)) + ' ' + format_time_of_day(time_of_day(wall));
        return Error{
            .code = ErrorCode::invalid,
            .message = shown
                + (found.how == Found::How::twice ? " happens twice: clocks are put back"
                                                  : " never happens: clocks are put forward"),
            .key = found.how == Found::How::twice ? "time.twice" : "time.never",
            .where = std::move(shown),
        };
    }
    return Instant{choice == WallChoice::later ? found.second : found.first};
}

Instant TimeZone::first_moment(WallTime wall) const
{
    const Found found = look_up(wall);
    if (found.how != Found::How::never) return {found.first};
    return {info_at(floor_divide(found.first, per_second)).begin * per_second};
}

TimeSpan TimeZone::bounds(Instant time, CalendarUnit unit, std::int64_t step) const
{
    const Date today = date_of(wall_time(time));
    const CivilDate civil = civil_of(today);
    const std::int64_t quarter = (civil.month - 1) / 3;
    const auto first_day = [&](std::int64_t away) -> std::int64_t {
        switch (unit) {
        case CalendarUnit::day:
            return today.days + away;
        case CalendarUnit::week:
            return today.days - weekday_of(today.days) + away * 7;
        case CalendarUnit::month:
            return days_of(civil.year, civil.month + away, 1);
        case CalendarUnit::quarter:
            return days_of(civil.year, (quarter + away) * 3 + 1, 1);
        case CalendarUnit::year:
            return days_of(civil.year + away, 1, 1);
        }
        return today.days;
    };
    return {
        first_moment(wall_time_of(Date{first_day(step)})),
        first_moment(wall_time_of(Date{first_day(step + 1)}))
    };
}

bool is_in_calendar(Instant time) noexcept
{
    constexpr std::int64_t first = -62'135'596'800 * per_second; // 0001-01-01
    constexpr std::int64_t behind = 253'402'300'800 * per_second; // 10000-01-01
    return time.microseconds >= first && time.microseconds < behind;
}

Date date_of(WallTime wall) noexcept
{
    return {floor_divide(wall.microseconds, per_day)};
}

TimeOfDay time_of_day(WallTime wall) noexcept
{
    return {wall.microseconds - date_of(wall).days * per_day};
}

WallTime wall_time_of(Date date, TimeOfDay time) noexcept
{
    return {date.days * per_day + time.microseconds};
}

} // namespace mortise::host
