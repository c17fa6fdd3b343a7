#include "visit_rules.hpp"

#include <charconv>
#include <chrono>

namespace my_plugin {

namespace {

constexpr std::int64_t longest_short = 15;
constexpr std::int64_t shortest_long = 60;

std::optional<int> number(std::string_view digits)
{
    int value = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (read.ec != std::errc{} || read.ptr != digits.data() + digits.size()) return std::nullopt;
    return value;
}

} // namespace

std::string_view length_of(std::int64_t minutes)
{
    if (minutes <= longest_short) return "short";
    return minutes < shortest_long ? "usual" : "long";
}

std::int64_t day_of(std::int64_t microseconds)
{
    return std::chrono::floor<std::chrono::days>(std::chrono::microseconds{microseconds}).count();
}

std::optional<std::int64_t> parse_day(std::string_view text)
{
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    const auto year = number(text.substr(0, 4));
    const auto month = number(text.substr(5, 2));
    const auto day = number(text.substr(8, 2));
    if (!year || !month || !day) return std::nullopt;
    const std::chrono::year_month_day date{
        std::chrono::year{*year},
        std::chrono::month{static_cast<unsigned>(*month)},
        std::chrono::day{static_cast<unsigned>(*day)}
    };
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days{date}.time_since_epoch().count();
}

} // namespace my_plugin
