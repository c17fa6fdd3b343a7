#pragma once

/// \file
/// `mortise::TimeZone`: what a clock on the wall shows somewhere, where a day begins there, when a rule comes
/// round next. Get one from `Host::zone`.

#include <mortise/abi/time.h>
#include <mortise/detail/call.hpp>
#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mortise {

/// What a clock on the wall shows.
struct LocalTime {
    Date date{};
    TimeOfDay time{};

    friend auto operator<=>(const LocalTime&, const LocalTime&) = default;
};

/// From `start` up to, but not including, `end`.
struct TimeSpan {
    Instant start{};
    Instant end{};

    friend bool operator==(const TimeSpan&, const TimeSpan&) = default;
};

/// Which time is meant by a local time that happens twice (clocks are put back) or never (forward).
enum class LocalChoice : std::uint32_t {
    earlier = MORTISE_WALL_EARLIER, ///< twice: the first; never: as much later as clocks are put forward
    later = MORTISE_WALL_LATER, ///< twice: the second; never: as `earlier`
    exact = MORTISE_WALL_EXACT, ///< twice or never: `invalid`
};

enum class CalendarUnit : std::uint32_t {
    day = MORTISE_UNIT_DAY,
    week = MORTISE_UNIT_WEEK, ///< from Monday on
    month = MORTISE_UNIT_MONTH,
    quarter = MORTISE_UNIT_QUARTER,
    year = MORTISE_UNIT_YEAR,
};

/// A time zone. Cheap to copy; lives as long as its plugin. Thread-safety: any thread.
class TimeZone {
public:
    const std::string& name() const noexcept { return m_name; }

    /// What the clock shows. `invalid` outside the years 1 to 9999.
    Result<LocalTime> to_local(Instant time) const
    {
        MORTISE_TRY(const auto walls, convert(&mortise_time::to_wall, std::span{&time.microseconds, 1}));
        return local_of(walls.front());
    }
    /// The same for many (at most 4,096): one call.
    Result<std::vector<LocalTime>> to_local(std::span<const Instant> times) const
    {
        std::vector<std::int64_t> numbers;
        for (const Instant time : times)
            numbers.push_back(time.microseconds);
        MORTISE_TRY(const auto walls, convert(&mortise_time::to_wall, numbers));
        std::vector<LocalTime> found;
        for (const std::int64_t wall : walls)
            found.push_back(local_of(wall));
        return found;
    }
    /// When the clock shows this.
    Result<Instant> to_time(LocalTime local, LocalChoice choice = LocalChoice::earlier) const
    {
        const std::int64_t wall = local.date.days * per_day + local.time.microseconds;
        MORTISE_TRY(
            const auto times,
            convert(&mortise_time::to_time, std::span{&wall, 1}, static_cast<std::uint32_t>(choice))
        );
        return Instant{times.front()};
    }
    /// The day, week, month, quarter or year in which a time lies, or the one `step` later. Never add 24
    /// hours instead: a day has 23 or 25 where clocks are changed.
    Result<TimeSpan> bounds(Instant time, CalendarUnit unit = CalendarUnit::day, std::int64_t step = 0) const
    {
        TimeSpan span;
        MORTISE_CHECK(detail::call(
            m_tables,
            m_tables.time,
            MORTISE_TIME_ID,
            &mortise_time::bounds,
            detail::as_text(m_name),
            time.microseconds,
            static_cast<std::uint32_t>(unit),
            step,
            &span.start.microseconds,
            &span.end.microseconds
        ));
        return span;
    }
    /// The first `limit` (at most 1,000) times behind `after` at which a rule comes round: five fields as in
    /// crontab, such as "30 8 * * mon-fri".
    Result<std::vector<Instant>> next(std::string_view rule, Instant after, std::uint64_t limit = 1) const
    {
        std::vector<std::int64_t> numbers;
        detail::CallbackSink sink{[&numbers](ValueView value) {
            numbers = numbers_of(value);
            return true;
        }};
        auto done = detail::call(
            m_tables,
            m_tables.time,
            MORTISE_TIME_ID,
            &mortise_time::next,
            detail::as_text(m_name),
            detail::as_text(rule),
            after.microseconds,
            limit,
            sink.sink()
        );
        sink.rethrow();
        if (!done) return std::move(done).error();
        std::vector<Instant> moments;
        for (const std::int64_t number : numbers)
            moments.push_back({number});
        return moments;
    }

private:
    friend class Host;

    static constexpr std::int64_t per_day = 86'400'000'000;

    TimeZone(const detail::Tables& tables, std::string_view name) : m_tables{tables}, m_name{name} { }

    static Result<TimeZone> find(const detail::Tables& tables, std::string_view name)
    {
        TimeZone zone{tables, name};
        MORTISE_CHECK(zone.convert(&mortise_time::to_wall, {}));
        return zone;
    }
    static LocalTime local_of(std::int64_t wall) noexcept
    {
        const std::int64_t days = wall / per_day - (wall % per_day < 0 ? 1 : 0);
        return {{days}, {wall - days * per_day}};
    }
    static std::vector<std::int64_t> numbers_of(ValueView value)
    {
        const auto bytes = value.bytes();
        std::vector<std::int64_t> numbers(bytes.size() / sizeof(std::int64_t));
        if (!numbers.empty())
            std::memcpy(numbers.data(), bytes.data(), numbers.size() * sizeof(std::int64_t));
        return numbers;
    }

    /// Runs a function that takes numbers and gives as many; `more` are its further arguments.
    template <class Function, class... More>
    Result<std::vector<std::int64_t>>
    convert(Function function, std::span<const std::int64_t> numbers, More... more) const
    {
        std::vector<std::int64_t> found;
        detail::CallbackSink sink{[&found](ValueView value) {
            found = numbers_of(value);
            return true;
        }};
        const std::int64_t* first = numbers.data();
        const std::uint64_t count = numbers.size();
        auto done = detail::call(
            m_tables,
            m_tables.time,
            MORTISE_TIME_ID,
            function,
            detail::as_text(m_name),
            first,
            count,
            more...,
            sink.sink()
        );
        sink.rethrow();
        if (!done) return std::move(done).error();
        if (found.size() != numbers.size())
            return Error{ErrorCode::internal, "the host gave another number of times", {}, {}, {}};
        return found;
    }

    detail::Tables m_tables;
    std::string m_name;
};

} // namespace mortise
