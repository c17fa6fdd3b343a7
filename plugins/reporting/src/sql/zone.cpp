#include "sql/zone.hpp"

#include <algorithm>

namespace mortise::plugins::reporting {

namespace {

constexpr std::int64_t day = 86'400'000'000;
constexpr std::int64_t last_day = 47'482; // 2100-01-01

Result<std::vector<std::int64_t>> offsets_at(const TimeZone& zone, const std::vector<std::int64_t>& times)
{
    std::vector<std::int64_t> offsets;
    for (std::size_t from = 0; from < times.size(); from += 4096) {
        std::vector<Instant> some;
        for (std::size_t i = from; i < std::min(from + 4096, times.size()); ++i)
            some.push_back(Instant{times[i]});
        MORTISE_TRY(const auto locals, zone.to_local(some));
        for (std::size_t i = 0; i < locals.size(); ++i)
            offsets.push_back(locals[i].date.days * day + locals[i].time.microseconds - some[i].microseconds);
    }
    return offsets;
}

std::int64_t floor_day(std::int64_t microseconds) noexcept
{
    return microseconds / day - (microseconds % day < 0 ? 1 : 0);
}

} // namespace

/// Looks at every day, and finds the second of each change by halving, for all changes at once.
Result<Zone> Zone::read(const Host& host, const std::string& name)
{
    Zone zone;
    if (name.empty() || name == "UTC") return zone;
    MORTISE_TRY(const TimeZone asked, host.zone(name));
    std::vector<std::int64_t> times;
    for (std::int64_t i = 0; i <= last_day; ++i)
        times.push_back(i * day);
    MORTISE_TRY(const auto offsets, offsets_at(asked, times));
    zone.m_first = offsets.front();
    std::vector<std::int64_t> low;
    std::vector<std::int64_t> high;
    std::vector<std::int64_t> before;
    for (std::size_t i = 1; i < offsets.size(); ++i) {
        if (offsets[i] == offsets[i - 1]) continue;
        low.push_back(times[i - 1]);
        high.push_back(times[i]);
        before.push_back(offsets[i - 1]);
        zone.m_changes.push_back({times[i], offsets[i]});
    }
    constexpr std::int64_t second = 1'000'000;
    for (int round = 0; round < 17; ++round) {
        std::vector<std::int64_t> middle;
        for (std::size_t i = 0; i < low.size(); ++i)
            middle.push_back((low[i] + high[i]) / (2 * second) * second);
        MORTISE_TRY(const auto found, offsets_at(asked, middle));
        for (std::size_t i = 0; i < low.size(); ++i)
            (found[i] == before[i] ? low[i] : high[i]) = middle[i];
    }
    for (std::size_t i = 0; i < high.size(); ++i)
        zone.m_changes[i].from = high[i];
    return zone;
}

std::int64_t Zone::offset_at(std::int64_t time) const noexcept
{
    const auto next = std::ranges::upper_bound(m_changes, time, {}, &Change::from);
    return next == m_changes.begin() ? m_first : std::prev(next)->offset;
}

Date Zone::day_at(Instant time) const noexcept
{
    return Date{floor_day(time.microseconds + offset_at(time.microseconds))};
}

Instant Zone::start_of(Date date) const noexcept
{
    const std::int64_t local = date.days * day;
    const std::int64_t early = local - offset_at(local - day);
    if (early + offset_at(early) == local) return Instant{early};
    const std::int64_t late = local - offset_at(early);
    if (late + offset_at(late) == local) return Instant{late};
    const auto change = std::ranges::upper_bound(m_changes, std::min(early, late), {}, &Change::from);
    return Instant{change == m_changes.end() ? late : change->from};
}

/// A tree of CASEs, so that a row costs a handful of comparisons.
std::string Zone::offset_sql(const std::string& time, std::size_t first, std::size_t last) const
{
    if (first == last) return std::to_string(first == 0 ? m_first : m_changes[first - 1].offset);
    const std::size_t middle = (first + last) / 2;
    return "CASE WHEN " + time + " < " + std::to_string(m_changes[middle].from) + " THEN "
        + offset_sql(time, first, middle) + " ELSE " + offset_sql(time, middle + 1, last) + " END";
}

std::string Zone::local_sql(const std::string& time) const
{
    if (is_utc()) return time;
    return "(" + time + " + (" + offset_sql(time, 0, m_changes.size()) + "))";
}

} // namespace mortise::plugins::reporting
