#include "base/time_zone.hpp"
#include "plugins/guard.hpp"
#include "plugins/host_functions.hpp"
#include "plugins/occurrences.hpp"

#include <mortise/abi/time.h>

#include <cstring>

namespace mortise::host {

namespace {

constexpr std::size_t most_times = 4096;
constexpr std::uint64_t most_moments = 1000;
constexpr std::int64_t farthest_step = 100'000;

Error wrong(std::string message, std::string where)
{
    return {
        .code = ErrorCode::invalid,
        .message = std::move(message),
        .key = "time.invalid",
        .where = std::move(where),
    };
}

Result<void> check_count(std::size_t count, std::string_view argument)
{
    if (count <= most_times) return {};
    return Error{
        .code = ErrorCode::limit,
        .message = "at most 4,096 times can be converted at once, not " + std::to_string(count),
        .key = "plugin.limit",
        .where = std::string{argument},
    };
}

Result<void> check_time(std::int64_t time, std::string where)
{
    if (is_in_calendar({time})) return {};
    return wrong(std::to_string(time) + " lies outside the years 1 to 9999", std::move(where));
}

Result<void> write_numbers(border::Sink sink, const std::vector<std::int64_t>& numbers)
{
    if (numbers.empty()) return {};
    Bytes bytes(numbers.size() * sizeof(std::int64_t));
    std::memcpy(bytes.data(), numbers.data(), bytes.size()); // little-endian, as everything here
    MORTISE_TRY(const ValueBlock block, encode(Value{std::move(bytes)}));
    return sink.write(block);
}

Result<CalendarUnit> unit_of(std::uint32_t unit)
{
    switch (unit) {
    case MORTISE_UNIT_DAY:
        return CalendarUnit::day;
    case MORTISE_UNIT_WEEK:
        return CalendarUnit::week;
    case MORTISE_UNIT_MONTH:
        return CalendarUnit::month;
    case MORTISE_UNIT_QUARTER:
        return CalendarUnit::quarter;
    case MORTISE_UNIT_YEAR:
        return CalendarUnit::year;
    default:
        return wrong("there is no calendar unit " + std::to_string(unit), "unit");
    }
}

} // namespace

Result<void>
HostTime::to_wall(Caller&, std::string_view name, std::span<const std::int64_t> times, border::Sink walls)
{
    MORTISE_CHECK(check_count(times.size(), "times"));
    MORTISE_TRY(const TimeZone zone, TimeZone::find(name));
    std::vector<std::int64_t> found;
    found.reserve(times.size());
    for (const std::int64_t time : times) {
        MORTISE_CHECK(check_time(time, "times/" + std::to_string(found.size())));
        found.push_back(zone.wall_time({time}).microseconds);
    }
    return write_numbers(walls, found);
}

Result<void> HostTime::to_time(
    Caller&,
    std::string_view name,
    std::span<const std::int64_t> walls,
    std::uint32_t choice,
    border::Sink times
)
{
    MORTISE_CHECK(check_count(walls.size(), "walls"));
    if (choice > MORTISE_WALL_EXACT) return wrong("there is no choice " + std::to_string(choice), "choice");
    MORTISE_TRY(const TimeZone zone, TimeZone::find(name));
    std::vector<std::int64_t> found;
    found.reserve(walls.size());
    for (const std::int64_t wall : walls) {
        const std::string where = "walls/" + std::to_string(found.size());
        MORTISE_CHECK(check_time(wall, where));
        auto time = zone.time({wall}, static_cast<WallChoice>(choice));
        if (!time) {
            time.error().where = where;
            return std::move(time).error();
        }
        found.push_back(time->microseconds);
    }
    return write_numbers(times, found);
}

Result<void> HostTime::bounds(
    Caller&,
    std::string_view name,
    std::int64_t time,
    std::uint32_t unit,
    std::int64_t step,
    std::int64_t& start,
    std::int64_t& end
)
{
    MORTISE_TRY(const TimeZone zone, TimeZone::find(name));
    MORTISE_TRY(const CalendarUnit kind, unit_of(unit));
    MORTISE_CHECK(check_time(time, "time"));
    if (step < -farthest_step || step > farthest_step)
        return wrong("a step is -100,000 to 100,000, not " + std::to_string(step), "step");
    const TimeSpan found = zone.bounds({time}, kind, step);
    MORTISE_CHECK(check_time(found.start.microseconds, "step"));
    MORTISE_CHECK(check_time(found.end.microseconds, "step"));
    start = found.start.microseconds;
    end = found.end.microseconds;
    return {};
}

Result<void> HostTime::next(
    Caller&,
    std::string_view name,
    std::string_view rule,
    std::int64_t after,
    std::uint64_t limit,
    border::Sink times
)
{
    MORTISE_TRY(const TimeZone zone, TimeZone::find(name));
    auto cron = Cron::parse(rule);
    if (!cron) {
        cron.error().where = "rule";
        return std::move(cron).error();
    }
    MORTISE_CHECK(check_time(after, "after"));
    if (limit < 1 || limit > most_moments)
        return wrong("1 to 1,000 moments can be asked for, not " + std::to_string(limit), "limit");
    std::vector<std::int64_t> found;
    for (const Instant moment : occurrences(*cron, zone, {after}, limit))
        found.push_back(moment.microseconds);
    return write_numbers(times, found);
}

Result<void> HostTime::zones(Caller&, border::Sink names)
{
    List list;
    for (std::string& name : TimeZone::names())
        list.emplace_back(std::move(name));
    MORTISE_TRY(const ValueBlock block, encode(Value{std::move(list)}));
    return names.write(block);
}

} // namespace mortise::host
