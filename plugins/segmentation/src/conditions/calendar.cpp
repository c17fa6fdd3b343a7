#include "conditions/calendar.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>

namespace mortise::plugins::segmentation {

namespace {

/// The number in `text` from `from`, of exactly `size` digits; -1 if there is none.
int number_at(std::string_view text, std::size_t from, std::size_t size) noexcept
{
    if (from + size > text.size()) return -1;
    int number = -1;
    const char* end = text.data() + from + size;
    const auto read = std::from_chars(text.data() + from, end, number);
    return read.ptr == end && read.ec == std::errc{} ? number : -1;
}

} // namespace

std::optional<Date> parse_day(std::string_view text) noexcept
{
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    const int year = number_at(text, 0, 4);
    const int month = number_at(text, 5, 2);
    const int day = number_at(text, 8, 2);
    if (year < 0 || month < 1 || day < 1) return std::nullopt;
    const std::chrono::year_month_day date{
        std::chrono::year{year},
        std::chrono::month{static_cast<unsigned>(month)},
        std::chrono::day{static_cast<unsigned>(day)}
    };
    if (!date.ok()) return std::nullopt;
    return Date{std::chrono::sys_days{date}.time_since_epoch().count()};
}

std::string day_text(Date day)
{
    const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{static_cast<int>(day.days)}
    }};
    std::array<char, 32> text{};
    const int size = std::snprintf(
        text.data(),
        text.size(),
        "%04d-%02u-%02u",
        static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()),
        static_cast<unsigned>(date.day())
    );
    return {text.data(), static_cast<std::size_t>(size)};
}

std::optional<Instant> moment_of(const Value& value) noexcept
{
    constexpr std::int64_t day = 86'400'000'000;
    if (const auto* instant = value.as<Instant>()) return *instant;
    if (const auto* date = value.as<Date>()) return Instant{date->days * day};
    const std::string_view text = value.text();
    const auto date = parse_day(text.substr(0, 10));
    if (!date) return std::nullopt;
    if (text.size() == 10) return Instant{date->days * day};
    const int hour = number_at(text, 11, 2);
    const int minute = number_at(text, 14, 2);
    const int second = number_at(text, 17, 2);
    if (text.size() != 20 || text[10] != 'T' || text[13] != ':' || text[16] != ':' || text[19] != 'Z'
        || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
        return std::nullopt;
    return Instant{date->days * day + (hour * 3600LL + minute * 60LL + second) * 1'000'000};
}

} // namespace mortise::plugins::segmentation
