#include "store/guard/time_unit.hpp"

#include "base/text.hpp"
#include "base/time_text.hpp"

#include <algorithm>
#include <array>

namespace mortise::host {

namespace {

template <class Meaning>
struct Name {
    std::string_view text;
    Meaning meaning;
};

constexpr std::array unit_names = std::to_array<Name<TimeUnit>>({
    {"microsecond", TimeUnit::microsecond},
    {"millisecond", TimeUnit::millisecond},
    {"second", TimeUnit::second},
    {"minute", TimeUnit::minute},
    {"hour", TimeUnit::hour},
    {"day", TimeUnit::day},
    {"week", TimeUnit::week},
    {"month", TimeUnit::month},
    {"quarter", TimeUnit::quarter},
    {"year", TimeUnit::year},
    {"decade", TimeUnit::decade},
    {"century", TimeUnit::century},
    {"centurie", TimeUnit::century},
    {"millennium", TimeUnit::millennium},
});

constexpr std::array part_names = std::to_array<Name<TimePart>>({
    {"microsecond", TimePart::microsecond},
    {"millisecond", TimePart::millisecond},
    {"second", TimePart::second},
    {"minute", TimePart::minute},
    {"hour", TimePart::hour},
    {"day", TimePart::day},
    {"dow", TimePart::day_of_week},
    {"isodow", TimePart::iso_day_of_week},
    {"doy", TimePart::day_of_year},
    {"week", TimePart::week},
    {"month", TimePart::month},
    {"quarter", TimePart::quarter},
    {"isoyear", TimePart::iso_year},
    {"year", TimePart::year},
    {"decade", TimePart::decade},
    {"century", TimePart::century},
    {"centurie", TimePart::century},
    {"millennium", TimePart::millennium},
    {"epoch", TimePart::epoch},
});

template <class Names>
auto parse_name(const Names& names, std::string_view text) noexcept
{
    using Meaning = decltype(names[0].meaning);
    if (text.size() > 2 && ascii_lower(text.back()) == 's') text.remove_suffix(1);
    for (const auto& name : names)
        if (equal_ignoring_ascii_case(name.text, text)) return std::optional<Meaning>{name.meaning};
    return std::optional<Meaning>{};
}

std::int64_t floor_divide(std::int64_t number, std::int64_t by) noexcept
{
    return number / by - (number % by < 0 ? 1 : 0);
}

std::int64_t floor_to(std::int64_t number, std::int64_t multiple) noexcept
{
    return floor_divide(number, multiple) * multiple;
}

std::optional<std::int64_t> first_of(std::int64_t year, std::int64_t month) noexcept
{
    const auto date = date_of({year, static_cast<unsigned>(month), 1});
    if (!date) return std::nullopt;
    return date->days * microseconds_per_day;
}

/// 0 is Monday; 1970-01-01 was a Thursday.
std::int64_t weekday(std::int64_t day) noexcept
{
    return day + 3 - floor_to(day + 3, 7);
}

constexpr std::int64_t length_of(TimeUnit unit) noexcept
{
    switch (unit) {
    case TimeUnit::microsecond:
        return 1;
    case TimeUnit::millisecond:
        return 1000;
    case TimeUnit::second:
        return 1'000'000;
    case TimeUnit::minute:
        return 60'000'000;
    case TimeUnit::hour:
        return 3'600'000'000;
    case TimeUnit::day:
        return microseconds_per_day;
    case TimeUnit::week:
        return 7 * microseconds_per_day;
    case TimeUnit::month:
        return 1;
    case TimeUnit::quarter:
        return 3;
    case TimeUnit::year:
        return 12;
    case TimeUnit::decade:
        return 120;
    case TimeUnit::century:
        return 1200;
    case TimeUnit::millennium:
        return 12000;
    }
    return 1;
}

/// The Thursday of the week decides to which year it belongs.
CivilDate thursday_of(std::int64_t day) noexcept
{
    return civil_of({day - weekday(day) + 3});
}

std::int64_t day_of_year(std::int64_t day) noexcept
{
    const auto first = first_of(civil_of({day}).year, 1);
    return first ? day - day_of(*first) + 1 : 0;
}

} // namespace

std::optional<TimeUnit> parse_time_unit(std::string_view name) noexcept
{
    return parse_name(unit_names, name);
}

std::optional<TimePart> parse_time_part(std::string_view name) noexcept
{
    return parse_name(part_names, name);
}

bool is_in_calendar(std::int64_t microseconds) noexcept
{
    constexpr std::int64_t first = -62'135'596'800'000'000; // 0001-01-01
    constexpr std::int64_t last = 253'402'300'799'999'999; // 9999-12-31
    return microseconds >= first && microseconds <= last;
}

std::int64_t day_of(std::int64_t microseconds) noexcept
{
    return floor_divide(microseconds, microseconds_per_day);
}

std::optional<std::int64_t> truncate(std::int64_t microseconds, TimeUnit unit) noexcept
{
    if (unit <= TimeUnit::day) return floor_to(microseconds, length_of(unit));
    const std::int64_t day = day_of(microseconds);
    if (unit == TimeUnit::week) return (day - weekday(day)) * microseconds_per_day;
    const CivilDate civil = civil_of({day});
    switch (unit) {
    case TimeUnit::month:
        return first_of(civil.year, civil.month);
    case TimeUnit::quarter:
        return first_of(civil.year, floor_to(civil.month - 1, 3) + 1);
    case TimeUnit::year:
        return first_of(civil.year, 1);
    case TimeUnit::decade:
        return first_of(floor_to(civil.year, 10), 1);
    case TimeUnit::century:
        return first_of(floor_to(civil.year - 1, 100) + 1, 1); // the 21st began with 2001
    default:
        return first_of(floor_to(civil.year - 1, 1000) + 1, 1);
    }
}

TimePartValue part_of(std::int64_t microseconds, TimePart part) noexcept
{
    const std::int64_t day = day_of(microseconds);
    const std::int64_t of_day = microseconds - day * microseconds_per_day;
    const std::int64_t of_minute = of_day % 60'000'000;
    const CivilDate civil = civil_of({day});
    switch (part) {
    case TimePart::microsecond:
        return {of_minute, 0};
    case TimePart::millisecond:
        return {of_minute / 1000, of_minute % 1000 * 1000};
    case TimePart::second:
        return {of_minute / 1'000'000, of_minute % 1'000'000};
    case TimePart::minute:
        return {of_day / 60'000'000 % 60, 0};
    case TimePart::hour:
        return {of_day / 3'600'000'000, 0};
    case TimePart::day:
        return {civil.day, 0};
    case TimePart::day_of_week:
        return {(weekday(day) + 1) % 7, 0};
    case TimePart::iso_day_of_week:
        return {weekday(day) + 1, 0};
    case TimePart::day_of_year:
        return {day_of_year(day), 0};
    case TimePart::week:
        return {(day_of_year(day - weekday(day) + 3) - 1) / 7 + 1, 0};
    case TimePart::month:
        return {civil.month, 0};
    case TimePart::quarter:
        return {(civil.month - 1) / 3 + 1, 0};
    case TimePart::iso_year:
        return {thursday_of(day).year, 0};
    case TimePart::year:
        return {civil.year, 0};
    case TimePart::decade:
        return {floor_divide(civil.year, 10), 0};
    case TimePart::century:
        return {floor_divide(civil.year - 1, 100) + 1, 0};
    case TimePart::millennium:
        return {floor_divide(civil.year - 1, 1000) + 1, 0};
    case TimePart::epoch: {
        const std::int64_t second = floor_divide(microseconds, 1'000'000);
        return {second, microseconds - second * 1'000'000};
    }
    }
    return {};
}

std::optional<std::int64_t> add_units(std::int64_t microseconds, std::int64_t count, TimeUnit unit) noexcept
{
    std::int64_t step = 0;
    std::int64_t sum = 0;
    if (__builtin_mul_overflow(count, length_of(unit), &step)) return std::nullopt;
    if (unit <= TimeUnit::week) {
        if (__builtin_add_overflow(microseconds, step, &sum) || !is_in_calendar(sum)) return std::nullopt;
        return sum;
    }
    const std::int64_t day = day_of(microseconds);
    const CivilDate civil = civil_of({day});
    if (__builtin_add_overflow(12 * civil.year + civil.month - 1, step, &sum)) return std::nullopt;
    const std::int64_t year = floor_divide(sum, 12);
    const auto month = static_cast<unsigned>(sum - 12 * year + 1);
    for (unsigned of_month = civil.day; of_month >= 28; --of_month)
        if (const auto date = date_of({year, month, of_month}))
            return date->days * microseconds_per_day + (microseconds - day * microseconds_per_day);
    const auto date = date_of({year, month, civil.day});
    if (!date) return std::nullopt;
    return date->days * microseconds_per_day + (microseconds - day * microseconds_per_day);
}

} // namespace mortise::host
