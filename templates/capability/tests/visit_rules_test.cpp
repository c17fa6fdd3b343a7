#include "visit_rules.hpp"

#include <gtest/gtest.h>

using my_plugin::day_of;
using my_plugin::length_of;
using my_plugin::parse_day;

TEST(VisitRules, TellShortVisitsFromLongOnes)
{
    EXPECT_EQ(length_of(0), "short");
    EXPECT_EQ(length_of(15), "short");
    EXPECT_EQ(length_of(16), "usual");
    EXPECT_EQ(length_of(59), "usual");
    EXPECT_EQ(length_of(60), "long");
}

TEST(VisitRules, KnowTheDayOfATime)
{
    constexpr std::int64_t day = 86'400'000'000;
    EXPECT_EQ(day_of(0), 0);
    EXPECT_EQ(day_of(day - 1), 0);
    EXPECT_EQ(day_of(day), 1);
    EXPECT_EQ(day_of(-1), -1);
}

TEST(VisitRules, ReadDays)
{
    EXPECT_EQ(parse_day("1970-01-02"), 1);
    EXPECT_EQ(parse_day("2024-02-29"), 19782);
    for (const char* wrong : {"", "2023-02-29", "2024-13-01", "24-02-29", "2024/02/29", "2024-02-2x"})
        EXPECT_FALSE(parse_day(wrong)) << wrong;
}
