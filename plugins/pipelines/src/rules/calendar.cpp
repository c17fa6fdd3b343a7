#include "rules/calendar.hpp"

#include <charconv>
#include <chrono>

namespace mortise::plugins::pipelines {

namespace {

constexpr std::int64_t microseconds_per_day = 86'400'000'000;

std::optional<unsigned> parse_digits(std::string_view text) noexcept
{
    unsigned number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size()) return std::nullopt;
    return number;
}

std::optional<std::chrono::year_month_day> parse_calendar_day(std::string_view text) noexcept
{
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    const auto year = parse_digits(text.substr(0, 4));
    const auto month = parse_digits(text.substr(5, 2));
    const auto day = parse_digits(text.substr(8, 2));
    if (!year || !month || !day) return std::nullopt;
    const std::chrono::year_month_day date{
        std::chrono::year{static_cast<int>(*year)}, std::chrono::month{*month}, std::chrono::day{*day}
    };
    return date.ok() ? std::optional{date} : std::nullopt;
}

} // namespace

Date day_of(Instant moment) noexcept
{
    const std::int64_t days = moment.microseconds / microseconds_per_day;
    return {moment.microseconds % microseconds_per_day < 0 ? days - 1 : days};
}

Instant start_of(Date day) noexcept
{
    return {day.days * microseconds_per_day};
}

std::optional<Date> parse_day(std::string_view text) noexcept
{
    const auto date = parse_calendar_day(text);
    if (!date) return std::nullopt;
    return Date{std::chrono::sys_days{*date}.time_since_epoch().count()};
}

std::string day_text(Date day)
{
    const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{day.days}}};
    const auto padded = [](unsigned number) { return (number < 10 ? "0" : "") + std::to_string(number); };
    std::string year = std::to_string(static_cast<int>(date.year()));
    if (year.size() < 4) year.insert(0, 4 - year.size(), '0');
    return year + "-" + padded(static_cast<unsigned>(date.month())) + "-"
        + padded(static_cast<unsigned>(date.day()));
}

Date first_of_month(Date day) noexcept
{
    const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{day.days}}};
    return {std::chrono::sys_days{date.year() / date.month() / 1}.time_since_epoch().count()};
}

std::string quarter_label(std::string_view day)
{
    const auto date = parse_calendar_day(day);
    if (!date) return std::string{day};
    const unsigned quarter = (static_cast<unsigned>(date->month()) - 1) / 3 + 1;
    return "Q" + std::to_string(quarter) + " " + std::string{day.substr(0, 4)};
}

} // namespace mortise::plugins::pipelines
