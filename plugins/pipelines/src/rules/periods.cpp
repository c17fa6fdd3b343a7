#include "rules/periods.hpp"

#include "rules/calendar.hpp"

#include <chrono>

namespace mortise::plugins::pipelines {

std::optional<Span> parse_period(std::string_view text) noexcept
{
    if (text.size() == 4) {
        const auto first = parse_day(std::string{text} + "-01-01");
        return first ? std::optional{months_from(*first, 12)} : std::nullopt;
    }
    if (text.size() != 7 || text[4] != '-') return std::nullopt;
    const std::string year{text.substr(0, 4)};
    if (text[5] == 'Q') {
        if (text[6] < '1' || text[6] > '4') return std::nullopt;
        const int month = (text[6] - '1') * 3 + 1;
        const auto first = parse_day(year + (month < 10 ? "-0" : "-") + std::to_string(month) + "-01");
        return first ? std::optional{months_from(*first, 3)} : std::nullopt;
    }
    const auto first = parse_day(std::string{text} + "-01");
    return first ? std::optional{months_from(*first, 1)} : std::nullopt;
}

Span months_from(Date day, int months) noexcept
{
    const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{day.days}}};
    const auto first = date.year() / date.month() / 1;
    const auto next = first + std::chrono::months{months};
    return {
        {std::chrono::sys_days{first}.time_since_epoch().count()},
        {std::chrono::sys_days{next}.time_since_epoch().count() - 1},
    };
}

} // namespace mortise::plugins::pipelines
