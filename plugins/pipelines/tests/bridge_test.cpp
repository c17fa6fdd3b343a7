#include "forecast/bridge.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

namespace mortise::plugins::pipelines {
namespace {

constexpr Date first_day{20'000};
constexpr Date last_day{20'090};
const BridgeScope quarter{.pipeline = {}, .agent = {}, .from = first_day, .to = last_day};

DealState deal(std::int64_t id, std::int64_t minor)
{
    return {
        .opportunity = {id},
        .pipeline = {1},
        .agent = {2},
        .status = "open",
        .category = "pipeline",
        .currency = "USD",
        .minor = minor,
        .close_date = Date{20'010},
    };
}

std::int64_t sum(const Bridge& bridge, Change change, const std::string& currency = "USD")
{
    return bridge.lines.at(currency).sums[static_cast<std::size_t>(change)];
}

TEST(Bridge, NamesEveryWayInAndOut)
{
    std::vector<DealState> before{deal(1, 100), deal(2, 200), deal(3, 300), deal(4, 400), deal(5, 500)};
    std::vector<DealState> after{deal(1, 150), deal(2, 200), deal(3, 310), deal(6, 600), deal(7, 700)};
    after[1].close_date = Date{20'200}; // pushed out
    after[2].status = "won"; // for 10 more
    before.push_back(deal(7, 700));
    before.back().close_date = Date{20'300}; // pulled in
    before.push_back(deal(8, 800));
    after.push_back(deal(8, 800));
    after.back().category = "omitted";
    const Bridge bridge = bridge_between(before, after, quarter);
    const BridgeLine& line = bridge.lines.at("USD");
    EXPECT_EQ(line.start, 100 + 200 + 300 + 400 + 500 + 800);
    EXPECT_EQ(sum(bridge, Change::amount_up), 50 + 10);
    EXPECT_EQ(sum(bridge, Change::pushed_out), -200);
    EXPECT_EQ(sum(bridge, Change::won), -310);
    EXPECT_EQ(sum(bridge, Change::removed), -900);
    EXPECT_EQ(sum(bridge, Change::added), 600);
    EXPECT_EQ(sum(bridge, Change::pulled_in), 700);
    EXPECT_EQ(sum(bridge, Change::omitted), -800);
    EXPECT_EQ(line.end, 150 + 600 + 700);
}

TEST(Bridge, KeepsCurrenciesApart)
{
    std::vector<DealState> before{deal(1, 100)};
    std::vector<DealState> after{deal(1, 90)};
    after[0].currency = "EUR";
    const Bridge bridge = bridge_between(before, after, quarter);
    EXPECT_EQ(sum(bridge, Change::currency_out), -100);
    EXPECT_EQ(sum(bridge, Change::currency_in, "EUR"), 90);
    EXPECT_EQ(bridge.lines.at("USD").end, 0);
    EXPECT_EQ(bridge.lines.at("EUR").end, 90);
}

/// Whatever happens to a deal in a day.
void disturb(std::mt19937_64& random, DealState& state)
{
    const auto pick = [&](auto... names) {
        const std::array<const char*, sizeof...(names)> all{names...};
        return std::string{all[random() % all.size()]};
    };
    switch (random() % 7) {
    case 0:
        state.minor = static_cast<std::int64_t>(random() % 1'000'000'00);
        break;
    case 1:
        state.close_date = random() % 5
            ? std::optional{Date{static_cast<std::int64_t>(19'900 + random() % 300)}}
            : std::nullopt;
        break;
    case 2:
        state.status = pick("open", "open", "won", "lost");
        break;
    case 3:
        state.category = pick("pipeline", "best_case", "commit", "omitted");
        break;
    case 4:
        state.currency = pick("USD", "EUR", "JPY");
        break;
    case 5:
        state.agent = {static_cast<std::int64_t>(random() % 3)};
        break;
    default:
        state.pipeline = {static_cast<std::int64_t>(1 + random() % 2)};
    }
}

TEST(Bridge, ReconcilesToTheCentForRandomHistories)
{
    for (std::uint64_t seed = 0; seed < 3000; ++seed) {
        std::mt19937_64 random{seed};
        std::vector<DealState> before;
        for (std::int64_t id = 1; id <= static_cast<std::int64_t>(random() % 20); ++id)
            before.push_back(deal(id, static_cast<std::int64_t>(random() % 1'000'000)));
        std::vector<DealState> after = before;
        for (int change = 0; change < 40 && !after.empty(); ++change) {
            const std::size_t which = random() % after.size();
            if (random() % 12 == 0)
                after.erase(after.begin() + static_cast<std::ptrdiff_t>(which));
            else if (random() % 6 == 0)
                after.push_back(deal(1000 + change, static_cast<std::int64_t>(random() % 1'000'000)));
            else
                disturb(random, after[which]);
        }
        BridgeScope scope = random() % 2 ? quarter : BridgeScope{};
        if (random() % 3 == 0) scope.agent = {2};
        if (random() % 3 == 0) scope.pipeline = {1};
        const Bridge bridge = bridge_between(before, after, scope);
        std::map<std::string, std::int64_t> start;
        std::map<std::string, std::int64_t> end;
        for (const DealState& state : before)
            if (counts(state, scope)) start[state.currency] += state.minor;
        for (const DealState& state : after)
            if (counts(state, scope)) end[state.currency] += state.minor;
        for (const auto& [currency, line] : bridge.lines) {
            ASSERT_EQ(line.start, start[currency]) << "seed " << seed;
            ASSERT_EQ(line.end, end[currency]) << "seed " << seed;
            ASSERT_EQ(
                line.start + std::accumulate(line.sums.begin(), line.sums.end(), std::int64_t{0}), line.end
            ) << "seed "
              << seed << " " << currency;
        }
        std::map<std::string, std::int64_t> steps;
        for (const BridgeStep& step : bridge.steps)
            steps[step.currency] += step.minor;
        for (const auto& [currency, moved] : steps)
            ASSERT_EQ(moved, end[currency] - start[currency]) << "seed " << seed;
    }
}

} // namespace
} // namespace mortise::plugins::pipelines
