#include "rules/calendar.hpp"

#include <gtest/gtest.h>

namespace mortise::plugins::pipelines {
namespace {

TEST(Calendar, ReadsAndWritesDays)
{
    for (const char* text : {"1970-01-01", "2017-03-01", "2000-02-29", "0001-01-01", "1969-12-31"}) {
        const auto day = parse_day(text);
        ASSERT_TRUE(day) << text;
        EXPECT_EQ(day_text(*day), text);
    }
    EXPECT_EQ(parse_day("2017-03-01"), Date{17'226});
}

TEST(Calendar, RefusesWhatIsNoDay)
{
    for (const char* text :
         {"", "2017-02-29", "2017-13-01", "01-03-17", "2017-3-1", "2017-03-01T", "+017-03-01"})
        EXPECT_FALSE(parse_day(text)) << text;
}

TEST(Calendar, FindsTheDayOfAMoment)
{
    EXPECT_EQ(day_of(Instant{0}), Date{0});
    EXPECT_EQ(day_of(Instant{-1}), Date{-1});
    EXPECT_EQ(day_of(Instant{86'400'000'000 - 1}), Date{0});
    EXPECT_EQ(start_of(Date{2}), Instant{172'800'000'000});
}

TEST(Calendar, NamesQuarters)
{
    EXPECT_EQ(quarter_label("2017-01-01"), "Q1 2017");
    EXPECT_EQ(quarter_label("2017-03-31"), "Q1 2017");
    EXPECT_EQ(quarter_label("2017-04-01"), "Q2 2017");
    EXPECT_EQ(quarter_label("2017-12-31"), "Q4 2017");
    EXPECT_EQ(quarter_label("soon"), "soon");
}

} // namespace
} // namespace mortise::plugins::pipelines
