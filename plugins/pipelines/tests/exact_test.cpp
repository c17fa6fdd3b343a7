#include "money/exact.hpp"
#include "money/rates.hpp"
#include "rules/calendar.hpp"
#include "rules/periods.hpp"

#include <gtest/gtest.h>

#include <map>
#include <numeric>
#include <random>

namespace mortise::plugins::pipelines {
namespace {

constexpr Currency euro{"EUR", 978, 2, "Euro"};
constexpr Currency yen{"JPY", 392, 0, "Yen"};

TEST(ExactMoney, ConvertsIntoCurrenciesOfOtherDigits)
{
    EXPECT_EQ(convert({100'00, 840, 2}, {92'155, 5}, euro), (Money{92'16, 978, 2})); // 92.155 rounds up
    EXPECT_EQ(convert({100'00, 840, 2}, {1'512'500, 4}, yen), (Money{15'125, 392, 0}));
    EXPECT_EQ(convert({1, 392, 0}, {66, 4}, euro), (Money{1, 978, 2})); // 0.66 of a cent
    EXPECT_EQ(convert({-5, 840, 2}, {1, 1}, euro), (Money{-1, 978, 2})); // half away from zero
}

TEST(ExactMoney, GivesNothingWhereItWouldOverflow)
{
    EXPECT_FALSE(convert({9'000'000'000'000'000'000, 840, 2}, {150, 0}, euro));
    EXPECT_FALSE(scaled(9'000'000'000'000'000'000, 3, 1));
    EXPECT_FALSE(scaled(1, 1, 0));
    EXPECT_EQ(scaled(9'000'000'000'000'000'000, 3, 27), 1'000'000'000'000'000'000);
}

TEST(ExactMoney, SharesAddUpToTheWhole)
{
    EXPECT_EQ(allocate(100, std::vector<std::int64_t>{1, 1, 1}), (std::vector<std::int64_t>{34, 33, 33}));
    EXPECT_EQ(allocate(-100, std::vector<std::int64_t>{1, 1, 1}), (std::vector<std::int64_t>{-34, -33, -33}));
    EXPECT_TRUE(allocate(100, std::vector<std::int64_t>{0, 0}).empty());
    std::mt19937_64 random{7};
    for (int i = 0; i < 2000; ++i) {
        std::vector<std::int64_t> weights(1 + random() % 9);
        for (std::int64_t& weight : weights)
            weight = static_cast<std::int64_t>(random() % 10'000);
        weights[0] += 1;
        const auto minor = static_cast<std::int64_t>(random() % 2'000'000'000) - 1'000'000'000;
        const auto shares = allocate(minor, weights);
        ASSERT_EQ(std::accumulate(shares.begin(), shares.end(), std::int64_t{0}), minor) << i;
    }
}

TEST(Rates, TakesTheNewestUntilTheDay)
{
    const std::map<std::string, std::vector<Rate>> months{
        {"EUR/USD 2026-03", {{{20'513}, {11, 1}}, {{20'520}, {12, 1}}}}, // 1 and 8 March
        {"EUR/USD 2025-12", {{{20'430}, {10, 1}}}},
    };
    const auto rate = [&](std::string_view day) {
        return find_rate("EUR", "USD", *parse_day(day), [&](const std::string& month) {
            const auto found = months.find(month);
            return found == months.end() ? std::vector<Rate>{} : found->second;
        });
    };
    EXPECT_EQ(rate("2026-03-07"), (Decimal{11, 1}));
    EXPECT_EQ(rate("2026-03-08"), (Decimal{12, 1}));
    EXPECT_EQ(rate("2026-02-28"), (Decimal{10, 1})) << "of the month before, if there is none";
    EXPECT_FALSE(rate("2025-11-01"));
}

TEST(Periods, AreYearsQuartersAndMonths)
{
    const auto days = [](std::string_view text) {
        const auto span = parse_period(text);
        return span ? day_text(span->from) + " " + day_text(span->to) : std::string{"none"};
    };
    EXPECT_EQ(days("2026"), "2026-01-01 2026-12-31");
    EXPECT_EQ(days("2026-Q4"), "2026-10-01 2026-12-31");
    EXPECT_EQ(days("2024-02"), "2024-02-01 2024-02-29");
    EXPECT_EQ(days("2026-Q5"), "none");
    EXPECT_EQ(days("2026-13"), "none");
    EXPECT_EQ(days("soon"), "none");
}

} // namespace
} // namespace mortise::plugins::pipelines
