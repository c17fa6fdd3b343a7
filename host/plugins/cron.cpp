#include "plugins/cron.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <vector>

namespace mortise::host {

namespace {

constexpr std::array<std::string_view, 12> month_names{
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"
};
constexpr std::array<std::string_view, 7> weekday_names{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

struct FieldRule {
    std::string_view name;
    unsigned least;
    unsigned most;
};

constexpr std::array<FieldRule, 5> rules{{
    {"minute", 0, 59},
    {"hour", 0, 23},
    {"day of month", 1, 31},
    {"month", 1, 12},
    {"day of week", 0, 7},
}};

Error wrong(std::string_view text, std::string_view part, const FieldRule& rule)
{
    return {
        .code = ErrorCode::invalid,
        .message = "\"" + std::string{part} + "\" is no " + std::string{rule.name} + " in the schedule \""
            + std::string{text} + "\"",
        .key = "cron.invalid",
        .hint = "a " + std::string{rule.name} + " is " + std::to_string(rule.least) + " to "
            + std::to_string(rule.most) + ", *, 1-5, */15 or a list with commas",
    };
}

std::optional<unsigned> number(std::string_view text, const FieldRule& rule)
{
    const auto named = [&](const auto& names, unsigned first) -> std::optional<unsigned> {
        const std::string lower = ascii_lower(text);
        const auto found = std::ranges::find(names, lower);
        if (found == names.end()) return std::nullopt;
        return static_cast<unsigned>(found - names.begin()) + first;
    };
    if (rule.name == "month")
        if (const auto month = named(month_names, 1)) return month;
    if (rule.name == "day of week")
        if (const auto day = named(weekday_names, 0)) return day;
    unsigned value = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value >= rule.least && value <= rule.most ? std::optional{value} : std::nullopt;
}

/// Calls `set` for each number of one item: "*", "7", "1-5", "*/15", "10-50/10".
template <class Set>
bool read_item(std::string_view item, const FieldRule& rule, Set set)
{
    unsigned step = 1;
    const std::size_t slash = item.find('/');
    if (slash != item.npos) {
        const auto given = number(item.substr(slash + 1), {"step", 1, rule.most});
        if (!given) return false;
        step = *given;
    }
    const std::string_view range = item.substr(0, slash);
    unsigned first = rule.least;
    unsigned last = rule.most;
    if (range != "*") {
        const std::size_t dash = range.find('-');
        const auto from = number(range.substr(0, dash), rule);
        const auto to = dash == range.npos ? from : number(range.substr(dash + 1), rule);
        if (!from || !to || *from > *to) return false;
        first = *from;
        last = dash == range.npos && slash != item.npos ? rule.most : *to;
    }
    for (unsigned value = first; value <= last; value += step)
        set(value);
    return true;
}

} // namespace

Result<Cron> Cron::parse(std::string_view text)
{
    std::vector<std::string_view> fields;
    for (const std::string_view part : split(text, ' '))
        if (!part.empty()) fields.push_back(part);
    if (fields.size() != rules.size())
        return Error{
            .code = ErrorCode::invalid,
            .message = "the schedule \"" + std::string{text} + "\" has " + std::to_string(fields.size())
                + " fields, not 5",
            .key = "cron.invalid",
            .hint = "minute, hour, day of month, month, day of week: \"30 6 * * mon-fri\"",
        };
    Cron cron;
    for (std::size_t i = 0; i < rules.size(); ++i)
        for (const std::string_view item : split(fields[i], ',')) {
            const bool is_sound = read_item(item, rules[i], [&](unsigned value) {
                switch (i) {
                case 0:
                    cron.minutes.set(value);
                    break;
                case 1:
                    cron.hours.set(value);
                    break;
                case 2:
                    cron.days.set(value);
                    break;
                case 3:
                    cron.months.set(value);
                    break;
                default:
                    cron.weekdays.set(value % 7);
                    break;
                }
            });
            if (!is_sound) return wrong(text, item, rules[i]);
        }
    cron.any_day = fields[2] == "*";
    cron.any_weekday = fields[4] == "*";
    return cron;
}

bool Cron::matches_day(unsigned day, unsigned month, unsigned weekday) const noexcept
{
    if (!months.test(month)) return false;
    if (any_day) return weekdays.test(weekday);
    if (any_weekday) return days.test(day);
    return days.test(day) || weekdays.test(weekday);
}

bool Cron::matches(unsigned minute, unsigned hour, unsigned day, unsigned month, unsigned weekday)
    const noexcept
{
    return minutes.test(minute) && hours.test(hour) && matches_day(day, month, weekday);
}

} // namespace mortise::host
