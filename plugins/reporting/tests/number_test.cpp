#include "run/number.hpp"

#include <gtest/gtest.h>

namespace mortise::plugins::reporting {
namespace {

TEST(Number, IsReadExactly)
{
    EXPECT_EQ(text_of(*decimal_of(Value{"-0.05"})), "-0.05");
    EXPECT_EQ(text_of(*decimal_of(Value{0.1})), "0.1");
    EXPECT_EQ(text_of(*decimal_of(Value{12})), "12");
    EXPECT_FALSE(decimal_of(Value{"1e5"}));
    EXPECT_FALSE(decimal_of(Value{"12 EUR"}));
}

TEST(Number, IsDividedAndRoundedHalfAwayFromZero)
{
    EXPECT_EQ(text_of(*quotient({4238, 0}, {6711, 0}, 4)), "0.6315");
    EXPECT_EQ(text_of(*quotient({-1, 0}, {8, 0}, 2)), "-0.13");
    EXPECT_EQ(text_of(*quotient({1000, 2}, {3, 0}, 2)), "3.33");
    EXPECT_FALSE(quotient({1, 0}, {0, 0}, 4)) << "nothing is divided by zero";
}

TEST(Number, ChangesItsScaleOnlyWithoutLoss)
{
    EXPECT_EQ(*rescaled({1230, 2}, 1), 123);
    EXPECT_FALSE(rescaled({1234, 2}, 1));
    EXPECT_FALSE(rescaled({9'000'000'000'000'000'000, 0}, 2));
    EXPECT_EQ(text_of(*difference({105, 1}, {25, 2})), "10.25");
}

} // namespace
} // namespace mortise::plugins::reporting
