#include "reports/figures.hpp"

#include <gtest/gtest.h>

namespace mortise::plugins::pipelines {
namespace {

TEST(Figures, RoundRatesHalfUp)
{
    EXPECT_EQ(rate_of(4238, 6711), Value{"0.6315"});
    EXPECT_EQ(rate_of(1, 3), Value{"0.3333"});
    EXPECT_EQ(rate_of(2, 3), Value{"0.6667"});
    EXPECT_EQ(rate_of(1, 8), Value{"0.1250"});
    EXPECT_EQ(rate_of(1, 20'000), Value{"0.0001"}); // 0.00005
    EXPECT_EQ(rate_of(0, 5), Value{"0.0000"});
    EXPECT_EQ(rate_of(5, 5), Value{"1.0000"});
}

TEST(Figures, HaveNoRateOfNothing)
{
    EXPECT_TRUE(rate_of(0, 0).is_null());
}

TEST(Figures, NeverAddAcrossCurrencies)
{
    MoneySums sums;
    EXPECT_TRUE(sums.only().is_null());
    sums.add("USD", 100);
    sums.add("USD", 23);
    EXPECT_EQ(sums.only(), Value(Money{123, 840, 2}));
    sums.add("JPY", 7);
    EXPECT_TRUE(sums.only().is_null());
    EXPECT_EQ(sums.list(), (List{Money{7, 392, 0}, Money{123, 840, 2}}));
}

TEST(Figures, WeighAmountsWithProbabilities)
{
    EXPECT_EQ(weighted_minor(1000 * 50'00), 500);
    EXPECT_EQ(weighted_minor(1 * 50'00), 1); // half a cent, rounded up
    EXPECT_EQ(weighted_minor(1 * 49'99), 0);
}

} // namespace
} // namespace mortise::plugins::pipelines
