#include "sql/calendar.hpp"

#include <gtest/gtest.h>

namespace mortise::plugins::reporting {
namespace {

std::string start(const char* day, const char* bucket, Calendar calendar = {})
{
    return day_text(bucket_start(*parse_day(day), bucket, calendar));
}

std::string days(const char* period, const char* today, Calendar calendar = {})
{
    const Days found = days_of(
        Period{.name = period, .last = 0, .unit = {}, .from = {}, .to = {}}, *parse_day(today), calendar
    );
    return day_text(*found.from) + " " + day_text(*found.to);
}

TEST(Calendar, KnowsWhereBucketsBegin)
{
    EXPECT_EQ(start("2026-11-25", "week"), "2026-11-23");
    EXPECT_EQ(start("2026-11-25", "week", {.week_start = 7, .fiscal_month = 1}), "2026-11-22");
    EXPECT_EQ(start("2026-11-22", "week", {.week_start = 7, .fiscal_month = 1}), "2026-11-22");
    EXPECT_EQ(start("2026-11-25", "quarter"), "2026-10-01");
    EXPECT_EQ(start("2026-03-31", "fiscal_year", {.week_start = 1, .fiscal_month = 4}), "2025-04-01");
    EXPECT_EQ(start("2026-04-01", "fiscal_year", {.week_start = 1, .fiscal_month = 4}), "2026-04-01");
    EXPECT_EQ(start("2026-01-15", "fiscal_quarter", {.week_start = 1, .fiscal_month = 2}), "2025-11-01");
}

TEST(Calendar, KnowsPeriods)
{
    EXPECT_EQ(days("today", "2026-02-28"), "2026-02-28 2026-03-01");
    EXPECT_EQ(days("last_month", "2026-03-31"), "2026-02-01 2026-03-01");
    EXPECT_EQ(days("this_quarter", "2026-11-25"), "2026-10-01 2027-01-01");
    EXPECT_EQ(
        days("last_fiscal_year", "2026-11-25", {.week_start = 1, .fiscal_month = 7}), "2025-07-01 2026-07-01"
    );
    const Period thirty{.name = {}, .last = 30, .unit = "day", .from = {}, .to = {}};
    const Days found = days_of(thirty, *parse_day("2026-03-01"), {});
    EXPECT_EQ(found.to->days - found.from->days, 30);
    const Days before = days_before(thirty, *parse_day("2026-03-01"), {}, false);
    EXPECT_EQ(before.to, found.from);
    EXPECT_EQ(before.to->days - before.from->days, 30);
}

TEST(Calendar, NamesBuckets)
{
    const Calendar april{.week_start = 1, .fiscal_month = 4};
    EXPECT_EQ(bucket_label("week", Value{"2026-12-28"}, {}), "2026-W53");
    EXPECT_EQ(bucket_label("week", Value{"2024-12-30"}, {}), "2025-W01");
    EXPECT_EQ(bucket_label("quarter", Value{"2026-10-01"}, {}), "2026 Q4");
    EXPECT_EQ(bucket_label("fiscal_year", Value{"2025-04-01"}, april), "FY2026");
    EXPECT_EQ(bucket_label("fiscal_quarter", Value{"2026-01-01"}, april), "FY2026 Q4");
    EXPECT_EQ(bucket_label("weekday", Value{1}, {.week_start = 7, .fiscal_month = 1}), "Sunday");
}

TEST(Calendar, RefusesDaysThatAreNone)
{
    EXPECT_FALSE(parse_day("2026-02-29"));
    EXPECT_FALSE(parse_day("26-02-01"));
    EXPECT_TRUE(parse_day("2024-02-29"));
}

} // namespace
} // namespace mortise::plugins::reporting
