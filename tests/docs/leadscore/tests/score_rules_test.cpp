// [test]
#include "score_rules.hpp"

#include <gtest/gtest.h>

TEST(ScoreRules, KnowWhatIsHot)
{
    EXPECT_EQ(leadscore::temperature(24, 50), "cold");
    EXPECT_EQ(leadscore::temperature(25, 50), "warm");
    EXPECT_EQ(leadscore::temperature(50, 50), "hot");
}
// [/test]

TEST(ScoreRules, GiveNothingForWhatTheyDoNotKnow)
{
    EXPECT_EQ(leadscore::points_of("demo_requested"), 40);
    EXPECT_EQ(leadscore::points_of("sneezed"), 0);
}

TEST(ScoreRules, CoolDownToZeroAndNoFurther)
{
    EXPECT_EQ(leadscore::cooled(100), 90);
    EXPECT_EQ(leadscore::cooled(3), 2);
    EXPECT_EQ(leadscore::cooled(0), 0);
}
