#include "plugins/occurrences.hpp"

#include "base/time_text.hpp"

#include <algorithm>

namespace mortise::host {

namespace {

constexpr std::int64_t most_days = std::int64_t{40} * 366;
constexpr std::int64_t per_minute = 60'000'000;

/// 0 is Sunday.
unsigned weekday_of(Date date) noexcept
{
    const std::int64_t since_sunday = (date.days + 4) % 7;
    return static_cast<unsigned>(since_sunday < 0 ? since_sunday + 7 : since_sunday);
}

bool falls_on(const Cron& rule, Date date)
{
    const CivilDate civil = civil_of(date);
    return rule.matches_day(civil.day, civil.month, weekday_of(date));
}

} // namespace

std::vector<Instant> occurrences(const Cron& rule, const TimeZone& zone, Instant after, std::size_t limit)
{
    std::vector<Instant> found;
    Instant last = after;
    const Date first = date_of(zone.wall_time(after));
    for (std::int64_t day = 0; day < most_days; ++day) {
        const Date date{first.days + day};
        if (!falls_on(rule, date)) continue;
        for (std::size_t hour = 0; hour < rule.hours.size(); ++hour) {
            if (!rule.hours.test(hour)) continue;
            for (std::size_t minute = 0; minute < rule.minutes.size(); ++minute) {
                if (!rule.minutes.test(minute)) continue;
                const auto minutes = static_cast<std::int64_t>(hour * 60 + minute);
                const Instant moment = zone.first_moment(wall_time_of(date, {minutes * per_minute}));
                if (moment <= last) continue;
                last = moment;
                found.push_back(moment);
                if (found.size() >= limit) return found;
            }
        }
    }
    return found;
}

} // namespace mortise::host
