#include "commands/target_commands.hpp"

#include <gtest/gtest.h>

namespace mortise::plugins::reporting {
namespace {

TEST(Target, IsMetNearlyMetOrMissed)
{
    const Decimal target{1000, 1}; // 100.0
    const Decimal warning{80, 0};
    EXPECT_EQ(state_of({100, 0}, target, warning, true), "met");
    EXPECT_EQ(state_of({9999, 2}, target, warning, true), "warning");
    EXPECT_EQ(state_of({80, 0}, target, warning, true), "warning");
    EXPECT_EQ(state_of({7999, 2}, target, warning, true), "missed");
    EXPECT_EQ(state_of({99, 0}, target, std::nullopt, true), "missed");
}

TEST(Target, MayBeThatLessIsBetter)
{
    EXPECT_EQ(state_of({3, 0}, {5, 0}, Decimal{8, 0}, false), "met");
    EXPECT_EQ(state_of({6, 0}, {5, 0}, Decimal{8, 0}, false), "warning");
    EXPECT_EQ(state_of({9, 0}, {5, 0}, Decimal{8, 0}, false), "missed");
}

} // namespace
} // namespace mortise::plugins::reporting
