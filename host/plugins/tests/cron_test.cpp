#include "plugins/cron.hpp"

#include <gtest/gtest.h>

namespace mortise::host {
namespace {

Cron cron(std::string_view text)
{
    const auto parsed = Cron::parse(text);
    EXPECT_TRUE(parsed) << text;
    return parsed ? *parsed : Cron{};
}

TEST(Cron, ReadsNumbersRangesListsAndSteps)
{
    const Cron working = cron("*/15 8-17 * * mon-fri");
    EXPECT_TRUE(working.matches(45, 17, 3, 6, 5));
    EXPECT_FALSE(working.matches(10, 12, 3, 6, 5));
    EXPECT_FALSE(working.matches(0, 18, 3, 6, 5));
    EXPECT_FALSE(working.matches(0, 12, 3, 6, 6));
    EXPECT_TRUE(cron("5,35 0 1 jan,JUL *").matches(35, 0, 1, 7, 3));
    EXPECT_TRUE(cron("10/20 * * * *").matches(50, 0, 1, 1, 0));
}

TEST(Cron, TakesEitherDayIfBothAreGiven)
{
    const Cron both = cron("0 0 13 * fri");
    EXPECT_TRUE(both.matches(0, 0, 13, 2, 1));
    EXPECT_TRUE(both.matches(0, 0, 14, 2, 5));
    EXPECT_FALSE(both.matches(0, 0, 14, 2, 1));
}

TEST(Cron, CallsSundayNoughtAndSeven)
{
    EXPECT_TRUE(cron("0 0 * * 7").matches(0, 0, 1, 1, 0));
    EXPECT_TRUE(cron("0 0 * * 0").matches(0, 0, 1, 1, 0));
}

TEST(Cron, RefusesWhatIsNone)
{
    for (const auto* text :
         {"",
          "* * * *",
          "* * * * * *",
          "60 * * * *",
          "* 24 * * *",
          "* * 0 * *",
          "* * * 13 *",
          "* * * * 8",
          "5-1 * * * *",
          "*/0 * * * *",
          "a * * * *",
          "1,,2 * * * *"})
        EXPECT_FALSE(Cron::parse(text)) << text;
    EXPECT_NE(Cron::parse("61 * * * *").error().message.find("minute"), std::string::npos);
}

} // namespace
} // namespace mortise::host
