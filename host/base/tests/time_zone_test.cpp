#include "base/time_text.hpp"
#include "base/time_zone.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace mortise::host {
namespace {

TimeZone zone(std::string_view name)
{
    auto found = TimeZone::find(name);
    EXPECT_TRUE(found) << name;
    return *found;
}

Instant at(std::string_view text)
{
    return *parse_instant(text);
}

WallTime wall(std::string_view date, std::string_view time)
{
    return wall_time_of(*parse_date(date), *parse_time_of_day(time));
}

std::string shown(std::string_view name, std::string_view time)
{
    const WallTime there = zone(name).wall_time(at(time));
    return format_date(date_of(there)) + ' ' + format_time_of_day(time_of_day(there));
}

std::string span(std::string_view name, std::string_view time, CalendarUnit unit, std::int64_t step = 0)
{
    const TimeSpan found = zone(name).bounds(at(time), unit, step);
    return format_instant(found.start) + " " + format_instant(found.end);
}

TEST(TimeZone, TellsWhatTheClockShows)
{
    EXPECT_EQ(shown("Europe/Zurich", "2026-01-15T12:00:00Z"), "2026-01-15 13:00:00");
    EXPECT_EQ(shown("Europe/Zurich", "2026-07-15T12:00:00Z"), "2026-07-15 14:00:00");
    EXPECT_EQ(shown("America/New_York", "2026-07-15T02:00:00.5Z"), "2026-07-14 22:00:00.5");
    EXPECT_EQ(shown("Asia/Kathmandu", "2026-07-15T12:00:00Z"), "2026-07-15 17:45:00");
    EXPECT_EQ(shown("UTC", "1969-12-31T23:59:59.999999Z"), "1969-12-31 23:59:59.999999");
    EXPECT_EQ(shown("Europe/Istanbul", "2045-07-15T12:00:00Z"), "2045-07-15 15:00:00")
        << "no summer time since 2016";
}

TEST(TimeZone, GoesOnWithThePresentRulesBehindTheSystemsTables)
{
    EXPECT_EQ(shown("Europe/Zurich", "2045-07-15T12:00:00Z"), "2045-07-15 14:00:00");
    EXPECT_EQ(shown("Europe/Zurich", "2045-01-15T12:00:00Z"), "2045-01-15 13:00:00");
    EXPECT_EQ(shown("Australia/Sydney", "2060-07-15T12:00:00Z"), "2060-07-15 22:00:00");
    EXPECT_EQ(shown("Australia/Sydney", "2060-01-15T12:00:00Z"), "2060-01-15 23:00:00");
    // The last Sunday of March 2045 is the 26th.
    EXPECT_EQ(shown("Europe/Zurich", "2045-03-26T00:59:59Z"), "2045-03-26 01:59:59");
    EXPECT_EQ(shown("Europe/Zurich", "2045-03-26T01:00:00Z"), "2045-03-26 03:00:00");
    EXPECT_EQ(
        span("Europe/Zurich", "2045-03-26T12:00:00Z", CalendarUnit::day),
        "2045-03-25T23:00:00Z 2045-03-26T22:00:00Z"
    );
}

TEST(TimeZone, FindsTheWayBack)
{
    const TimeZone zurich = zone("Europe/Zurich");
    for (const std::string_view time :
         {"2026-01-15T12:00:00Z",
          "2026-03-29T00:59:59Z",
          "2026-03-29T01:00:00Z",
          "1950-06-01T00:00:00Z",
          "2077-08-01T00:00:00Z"}) {
        EXPECT_EQ(*zurich.time(zurich.wall_time(at(time)), WallChoice::exact), at(time)) << time;
    }
}

TEST(TimeZone, SaysWhatHappensTwiceAndNever)
{
    const TimeZone zurich = zone("Europe/Zurich");
    const WallTime twice = wall("2026-10-25", "02:30");
    EXPECT_EQ(*zurich.time(twice), at("2026-10-25T00:30:00Z"));
    EXPECT_EQ(*zurich.time(twice, WallChoice::later), at("2026-10-25T01:30:00Z"));
    EXPECT_EQ(zurich.time(twice, WallChoice::exact).error().key, "time.twice");
    const WallTime never = wall("2026-03-29", "02:30");
    EXPECT_EQ(*zurich.time(never), at("2026-03-29T01:30:00Z")) << "03:30, as calendars have it";
    EXPECT_EQ(zurich.first_moment(never), at("2026-03-29T01:00:00Z")) << "03:00";
    const auto refused = zurich.time(never, WallChoice::exact);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().key, "time.never");
    EXPECT_EQ(refused.error().where, "2026-03-29 02:30:00");
}

TEST(TimeZone, KnowsWhereDaysAndMonthsBegin)
{
    EXPECT_EQ(
        span("Europe/Zurich", "2026-03-29T12:00:00Z", CalendarUnit::day),
        "2026-03-28T23:00:00Z 2026-03-29T22:00:00Z"
    ) << "23 hours";
    EXPECT_EQ(
        span("Europe/Zurich", "2026-10-25T12:00:00Z", CalendarUnit::day),
        "2026-10-24T22:00:00Z 2026-10-25T23:00:00Z"
    ) << "25 hours";
    EXPECT_EQ(
        span("Europe/Zurich", "2025-12-31T23:30:00Z", CalendarUnit::year),
        "2025-12-31T23:00:00Z 2026-12-31T23:00:00Z"
    );
    EXPECT_EQ(
        span("UTC", "2026-03-01T00:00:00Z", CalendarUnit::week), "2026-02-23T00:00:00Z 2026-03-02T00:00:00Z"
    ) << "a Sunday belongs to the week before";
    EXPECT_EQ(
        span("UTC", "2026-01-31T00:00:00Z", CalendarUnit::month, 1),
        "2026-02-01T00:00:00Z 2026-03-01T00:00:00Z"
    );
    EXPECT_EQ(
        span("UTC", "2026-02-10T00:00:00Z", CalendarUnit::quarter, -1),
        "2025-10-01T00:00:00Z 2026-01-01T00:00:00Z"
    );
    EXPECT_EQ(
        span("America/Sao_Paulo", "2018-11-04T15:00:00Z", CalendarUnit::day),
        "2018-11-04T03:00:00Z 2018-11-05T02:00:00Z"
    ) << "no midnight: the day begins at one";
}

TEST(TimeZone, NamesZonesThatThereAreNot)
{
    const auto missing = TimeZone::find("Mars/Olympus");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::not_found);
    EXPECT_EQ(TimeZone::find("europe/zurich").error().hint, "did you mean Europe/Zurich?");
    EXPECT_FALSE(TimeZone::find(""));
    EXPECT_FALSE(TimeZone::find("../../../etc/passwd"));
    const auto names = TimeZone::names();
    EXPECT_GT(names.size(), 300U);
    EXPECT_NE(std::ranges::find(names, "Europe/Zurich"), names.end());
    for (const std::string& name : names)
        EXPECT_TRUE(TimeZone::find(name)) << name;
}

} // namespace
} // namespace mortise::host
