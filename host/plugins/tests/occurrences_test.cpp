#include "base/time_text.hpp"
#include "plugins/occurrences.hpp"

#include <gtest/gtest.h>

namespace mortise::host {
namespace {

std::string next(std::string_view rule, std::string_view zone, std::string_view after, std::size_t limit = 1)
{
    std::string text;
    for (const Instant moment :
         occurrences(*Cron::parse(rule), *TimeZone::find(zone), *parse_instant(after), limit))
        text += (text.empty() ? "" : " ") + format_instant(moment);
    return text;
}

TEST(Occurrences, AreReadOffTheClockOfTheZone)
{
    EXPECT_EQ(next("30 8 * * *", "Europe/Zurich", "2026-01-10T00:00:00Z"), "2026-01-10T07:30:00Z");
    EXPECT_EQ(next("30 8 * * *", "Europe/Zurich", "2026-07-10T00:00:00Z"), "2026-07-10T06:30:00Z");
    EXPECT_EQ(next("30 8 * * *", "Asia/Tokyo", "2026-01-10T00:00:00Z"), "2026-01-10T23:30:00Z");
}

TEST(Occurrences, LieBehindTheMomentThatIsGiven)
{
    EXPECT_EQ(next("0 12 * * *", "UTC", "2026-01-10T12:00:00Z"), "2026-01-11T12:00:00Z");
    EXPECT_EQ(next("0 12 * * *", "UTC", "2026-01-10T11:59:59.999999Z"), "2026-01-10T12:00:00Z");
    EXPECT_EQ(
        next("*/30 * * * *", "UTC", "2026-12-31T23:10:00Z", 3),
        "2026-12-31T23:30:00Z 2027-01-01T00:00:00Z 2027-01-01T00:30:00Z"
    );
}

TEST(Occurrences, KnowDaysOfTheWeekAndLeapYears)
{
    EXPECT_EQ(next("0 9 * * mon", "UTC", "2026-11-25T00:00:00Z"), "2026-11-30T09:00:00Z");
    EXPECT_EQ(
        next("0 0 29 2 *", "UTC", "2026-11-25T00:00:00Z", 2), "2028-02-29T00:00:00Z 2032-02-29T00:00:00Z"
    );
    EXPECT_EQ(next("0 0 31 2 *", "UTC", "2026-11-25T00:00:00Z"), "") << "there is no such day";
}

TEST(Occurrences, HappenOnceWhenClocksAreChanged)
{
    EXPECT_EQ(
        next("30 2 * * *", "Europe/Zurich", "2026-03-28T12:00:00Z", 2),
        "2026-03-29T01:00:00Z 2026-03-30T00:30:00Z"
    ) << "half past two never comes: as soon as clocks are put forward";
    EXPECT_EQ(
        next("30 2 * * *", "Europe/Zurich", "2026-10-24T12:00:00Z", 2),
        "2026-10-25T00:30:00Z 2026-10-26T01:30:00Z"
    ) << "half past two comes twice: the first";
    EXPECT_EQ(
        next("*/30 2 * * *", "Europe/Zurich", "2026-03-28T12:00:00Z", 2),
        "2026-03-29T01:00:00Z 2026-03-30T00:00:00Z"
    ) << "two moments that never come are one";
}

} // namespace
} // namespace mortise::host
