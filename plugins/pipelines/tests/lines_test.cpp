// Products, shares, quotas; and opportunities that become others.
#include "lines/line_amounts.hpp"
#include "money/decimals.hpp"
#include "sales_kit.hpp"

#include <mortise/failure.hpp>
#include <mortise/value_block.hpp>

#include <algorithm>
#include <random>

namespace mortise::plugins::pipelines {
namespace {

TEST(LineAmounts, RoundOnceAndRecur)
{
    EXPECT_EQ(
        amounts_of({.unit_minor = 999, .quantity = {30'000, 4}, .discount = {1'250, 2}}),
        (LineAmounts{2'622, 2'622, 0})
    ); // 26.22375
    EXPECT_EQ(
        amounts_of({.unit_minor = 10'000, .months = 1, .term_months = 18}),
        (LineAmounts{10'000, 180'000, 120'000})
    );
    EXPECT_EQ(amounts_of({.unit_minor = 10'001, .months = 3}), (LineAmounts{10'001, 40'004, 40'004}));
    EXPECT_EQ(amounts_of({.unit_minor = 100, .months = 12, .term_months = 5}), (LineAmounts{100, 42, 100}));
    EXPECT_FALSE(amounts_of({.unit_minor = 9'000'000'000'000'000'000, .quantity = {2, 0}}));
    EXPECT_EQ(monthly(40'004), 3'334);
}

TEST(Decimals, AreReadExactly)
{
    const auto read = [](const Value& value) {
        const ValueBlock block = require(encode(value));
        return parse_scaled(block.view(), 2);
    };
    EXPECT_EQ(read("33.33"), 3333);
    EXPECT_EQ(read("33.330"), 3333);
    EXPECT_EQ(read(Value{33.34}), 3334);
    EXPECT_EQ(read(Value{7}), 700);
    EXPECT_FALSE(read("33.333"));
    EXPECT_FALSE(read("a"));
    EXPECT_FALSE(read(Value{0.001}));
}

} // namespace
} // namespace mortise::plugins::pipelines

namespace mortise::testkit {
namespace {

class Lines : public SalesTest {
protected:
    Id product(const char* name, const char* price)
    {
        return make("product", {{"name", name}, {"list_price", price}});
    }
    Id agent(const char* name) { return make("sales_agent", {{"name", name}}); }
};

TEST_F(Lines, AmountsOfAnOpportunityAreTheSumsOfItsLines)
{
    product("Server", "1200 USD");
    product("Care", "33.33 USD");
    const Id sale = deal({{"amount", "1 USD"}});
    must(
        "pipelines.add_line",
        {{"opportunity", sale}, {"product", "Server"}, {"quantity", 2}, {"discount", "10"}}
    );
    must(
        "pipelines.add_line",
        {{"opportunity", sale}, {"product", "Care"}, {"period", "month"}, {"term_months", 24}}
    );
    EXPECT_EQ(of("opportunity", sale, "amount"), dollars(2160'00 + 33'33 * 24));
    EXPECT_EQ(of("opportunity", sale, "mrr"), dollars(33'33));
    EXPECT_EQ(of("opportunity", sale, "acv"), dollars(399'96));
    const auto lines = kit.list("opportunity_line");
    ASSERT_TRUE(kit.update("opportunity_line", lines[1]["id"].get_or(Id{}), {{"quantity", "3"}}));
    EXPECT_EQ(of("opportunity", sale, "mrr"), dollars(99'99));
    ASSERT_TRUE(kit.remove("opportunity_line", lines[0]["id"].get_or(Id{})));
    EXPECT_EQ(of("opportunity", sale, "amount"), dollars(99'99 * 24));
    EXPECT_EQ(of("opportunity", sale, "line_count"), Value{1});
    EXPECT_EQ(kit.named_query("pipelines.lines_of", {{"opportunity", sale}})->size(), 1U);
}

TEST_F(Lines, TakesPricesFromTheList)
{
    const Id server = product("Server", "1200 USD");
    const Id list = make("price_list", {{"name", "Partners"}, {"currency", "EUR"}});
    make("price", {{"price_list", list}, {"product", server}, {"amount", "1000 EUR"}});
    make("price", {{"price_list", list}, {"product", server}, {"amount", "900 EUR"}, {"min_quantity", "10"}});
    EXPECT_TRUE(expect_refused(
        kit.create(
            "price", {{"price_list", list}, {"product", server}, {"amount", "1 USD"}, {"min_quantity", "5"}}
        ),
        {.field = "amount"}
    ));
    const Id sale = deal({{"price_list", list}});
    must("pipelines.add_line", {{"opportunity", sale}, {"product", "Server"}, {"quantity", "9.5"}});
    EXPECT_EQ(of("opportunity", sale, "amount"), (Value{Money{9500'00, 978, 2}}));
    must("pipelines.add_line", {{"opportunity", sale}, {"product", "Server"}, {"quantity", 10}});
    EXPECT_EQ(of("opportunity", sale, "amount"), (Value{Money{18'500'00, 978, 2}}));
    EXPECT_EQ(
        refusal(
            "pipelines.add_line", {{"opportunity", sale}, {"product", "Server"}, {"unit_price", "1 USD"}}
        ),
        "pipelines.line_currency"
    );
    ASSERT_TRUE(kit.update("price_list", list, {{"valid_to", "2025-12-31"}}));
    EXPECT_EQ(
        refusal("pipelines.add_line", {{"opportunity", sale}, {"product", "Server"}}),
        "pipelines.price_list_not_valid"
    );
}

TEST_F(Lines, RefusesLinesThatMakeNoSense)
{
    const Id sale = deal();
    const auto line = [&](Map fields) {
        fields.set("opportunity", sale);
        return kit.create("opportunity_line", std::move(fields));
    };
    EXPECT_TRUE(expect_refused(line({}), {.field = "unit_price"}));
    EXPECT_TRUE(expect_refused(line({{"unit_price", "1 USD"}, {"quantity", "0"}}), {.field = "quantity"}));
    EXPECT_TRUE(expect_refused(line({{"unit_price", "1 USD"}, {"discount", "101"}}), {.field = "discount"}));
}

TEST_F(Lines, RecursWithoutLinesToo)
{
    const Id sale
        = deal({{"recurring_amount", "100 USD"}, {"recurring_period", "quarter"}, {"recurring_term", 36}});
    EXPECT_EQ(of("opportunity", sale, "amount"), dollars(1200'00));
    EXPECT_EQ(of("opportunity", sale, "acv"), dollars(400'00));
    EXPECT_EQ(of("opportunity", sale, "mrr"), dollars(33'33));
    ASSERT_TRUE(kit.update("opportunity", sale, {{"recurring_amount", nullptr}}));
    EXPECT_TRUE(of("opportunity", sale, "mrr").is_null());
}

TEST_F(Lines, CreditGoesByShares)
{
    const Id ann = agent("Ann");
    agent("Bob");
    agent("Cem");
    const Id sale
        = deal({{"amount", "100 USD"}, {"agent", ann}, {"stage", stage("Won")}, {"close_date", "2026-01-05"}}
        );
    deal({{"amount", "7 USD"}, {"agent", ann}, {"stage", stage("Won")}, {"close_date", "2026-01-06"}});
    const auto splits = [&](const char* last) {
        return Map{
            {"opportunity", sale},
            {"splits",
             List{
                 Map{{"agent", "Ann"}, {"percent", "33.33"}},
                 Map{{"agent", "Bob"}, {"percent", "33.33"}},
                 Map{{"agent", "Cem"}, {"percent", last}}
             }}
        };
    };
    EXPECT_EQ(refusal("pipelines.set_splits", splits("33.33")), "pipelines.split_sum");
    must("pipelines.set_splits", splits("33.34"));
    must("pipelines.set_splits", splits("33.34"));
    EXPECT_EQ(kit.list("opportunity_split").size(), 3U);
    const Value credit = must("pipelines.won_credit", {{"period", "2026-01"}});
    EXPECT_EQ(minor(item(credit["sums"], 0)), 107'00);
    std::int64_t sum = 0;
    for (const Value& group : *credit["groups"].as<List>())
        sum += minor(item(group["sums"], 0));
    EXPECT_EQ(sum, 107'00) << "shares add up to what was won";
    EXPECT_EQ(minor(item(item(credit["groups"], 0)["sums"], 0)), 33'33 + 7'00);
}

TEST_F(Lines, MeasuresQuotas)
{
    const Id ann = agent("Ann");
    ASSERT_TRUE(kit.create("currency_rate", {{"currency", "EUR"}, {"date", "2025-01-01"}, {"rate", "1.5"}}));
    make("quota", {{"agent", ann}, {"period", "2026-Q1"}, {"amount", "1000 USD"}});
    deal({{"agent", ann}, {"amount", "200 EUR"}, {"stage", stage("Won")}, {"close_date", "2026-02-01"}});
    deal({{"agent", ann}, {"amount", "400 USD"}, {"stage", stage("Proposal")}, {"close_date", "2026-03-01"}});
    deal({{"agent", ann}, {"amount", "9 USD"}, {"stage", stage("Won")}, {"close_date", "2026-04-01"}});
    const Value answer = must("pipelines.quota_attainment", {{"period", "2026-01"}});
    const Value& quota = item(answer["quotas"], 0);
    EXPECT_EQ(minor(quota["won"]), 300'00);
    EXPECT_EQ(quota["attainment"], Value{"0.3000"});
    EXPECT_EQ(minor(quota["to_go"]), 700'00);
    EXPECT_EQ(minor(quota["weighted"]), 200'00);
    EXPECT_TRUE(expect_refused(
        kit.create("quota", {{"agent", ann}, {"period", "soon"}, {"amount", "1 USD"}}), {.field = "period"}
    ));
    EXPECT_TRUE(
        expect_refused(kit.create("quota", {{"period", "2026"}, {"amount", "1 USD"}}), {.field = "agent"})
    );
}

TEST_F(Lines, ClonesWithProductsSharesAndPeople)
{
    product("Server", "1200 USD");
    const Id ann = agent("Ann");
    const Id anna = make("contact", {{"kind", "person"}, {"name", "Anna"}});
    const Id sale = deal({{"agent", ann}, {"source", "fair"}});
    must("pipelines.add_line", {{"opportunity", sale}, {"product", "Server"}, {"quantity", 2}});
    make("opportunity_contact", {{"opportunity", sale}, {"contact", anna}, {"role", "decides"}});
    must("pipelines.win_opportunity", {{"opportunity", sale}});
    const Value answer = must("pipelines.clone_opportunity", {{"opportunity", sale}, {"name", "Again"}});
    const Id made = answer["opportunity"].get_or(Id{});
    EXPECT_EQ(of("opportunity", made, "status"), Value{"open"});
    EXPECT_EQ(of("opportunity", made, "source"), Value{"fair"});
    EXPECT_EQ(of("opportunity", made, "amount"), dollars(2400'00));
    EXPECT_EQ(of("opportunity", made, "line_count"), Value{1});
    EXPECT_EQ(kit.named_query("pipelines.people_of", {{"opportunity", made}})->size(), 1U);
}

TEST_F(Lines, PartsOfASplitComeToTheWhole)
{
    const Id sale = deal({{"amount", "1000.01 USD"}, {"stage", stage("Proposal")}});
    const auto split = [&](const char* amount) {
        return Map{
            {"opportunity", sale},
            {"parts", List{Map{{"amount", "333.34"}}, Map{{"amount", amount}, {"name", "Later"}}}}
        };
    };
    EXPECT_EQ(refusal("pipelines.split_opportunity", split("666.67")), "pipelines.nothing_left");
    must("pipelines.split_opportunity", split("333.33"));
    std::int64_t sum = 0;
    for (const Map& record : kit.list("opportunity")) {
        sum += minor(record["amount"]);
        EXPECT_EQ(record["stage"], Value{stage("Proposal")});
    }
    EXPECT_EQ(sum, 1000'01);
    EXPECT_EQ(kit.list("opportunity").size(), 3U);
}

TEST_F(Lines, SplitsByProducts)
{
    product("Server", "1200 USD");
    product("Rack", "100 USD");
    const Id sale = deal();
    must("pipelines.add_line", {{"opportunity", sale}, {"product", "Server"}});
    const Value rack = must("pipelines.add_line", {{"opportunity", sale}, {"product", "Rack"}});
    const std::string line = std::to_string(rack["line"].get_or(Id{}).number);
    const Value answer = must(
        "pipelines.split_opportunity", {{"opportunity", sale}, {"parts", List{Map{{"lines", List{line}}}}}}
    );
    EXPECT_EQ(of("opportunity", sale, "amount"), dollars(1200'00));
    EXPECT_EQ(of("opportunity", item(answer["made"], 0).get_or(Id{}), "amount"), dollars(100'00));
}

TEST_F(Lines, MergingKeepsWhatTheOthersHad)
{
    product("Server", "1200 USD");
    const Id first = deal({{"note", "Called."}});
    const Id second = deal({{"source", "fair"}, {"note", "Met."}});
    must("pipelines.add_line", {{"opportunity", first}, {"product", "Server"}});
    must("pipelines.add_line", {{"opportunity", second}, {"product", "Server"}, {"quantity", 2}});
    must("pipelines.move_opportunity", {{"opportunity", second}, {"stage", "Proposal"}});
    const std::string other = std::to_string(second.number);
    must("pipelines.merge_opportunities", {{"opportunity", first}, {"others", List{other}}});
    EXPECT_EQ(of("opportunity", first, "amount"), dollars(3600'00));
    EXPECT_EQ(of("opportunity", first, "source"), Value{"fair"});
    EXPECT_EQ(of("opportunity", first, "note"), Value{"Called.\n\nMet."});
    EXPECT_FALSE(kit.get("opportunity", second));
    EXPECT_EQ(kit.list("stage_history", {{"opportunity", first}}).size(), 3U);
    EXPECT_EQ(kit.events("opportunity.combined", first).size(), 1U);
    EXPECT_EQ(
        refusal(
            "pipelines.merge_opportunities",
            {{"opportunity", first}, {"others", List{std::to_string(first.number)}}}
        ),
        "pipelines.merge_with_itself"
    );
}

TEST_F(Lines, SumsAmountsOfAMergeInOneCurrency)
{
    const Id first = deal({{"amount", "10 USD"}});
    const Id second = deal({{"amount", "5.50 USD"}});
    const Id third = deal({{"amount", "1 EUR"}});
    const auto merge = [&](Id other) {
        return Map{{"opportunity", first}, {"others", List{std::to_string(other.number)}}, {"amount", "sum"}};
    };
    EXPECT_EQ(refusal("pipelines.merge_opportunities", merge(third)), "pipelines.several_currencies");
    must("pipelines.merge_opportunities", merge(second));
    EXPECT_EQ(of("opportunity", first, "amount"), dollars(15'50));
}

TEST_F(Lines, TellsFunnelAndVelocity)
{
    for (int i = 0; i < 4; ++i)
        deal({{"amount", "100 USD"}});
    const auto deals = kit.list("opportunity");
    kit.advance(std::chrono::hours{240});
    must("pipelines.move_opportunity", {{"opportunity", deals[0]["id"]}, {"stage", "Proposal"}});
    must("pipelines.win_opportunity", {{"opportunity", deals[1]["id"]}});
    must("pipelines.lose_opportunity", {{"opportunity", deals[2]["id"]}});
    const Value funnel = must("pipelines.funnel");
    EXPECT_EQ(funnel["count"], Value{4});
    const auto reached = [&](std::size_t stage) { return item(funnel["stages"], stage)["count"]; };
    EXPECT_EQ(reached(0), Value{4}); // Prospecting
    EXPECT_EQ(reached(2), Value{2}); // Proposal, or beyond it
    EXPECT_EQ(reached(4), Value{1}); // Won
    EXPECT_EQ(reached(5), Value{1}); // Lost
    const Value velocity = must("pipelines.velocity");
    EXPECT_EQ(item(velocity["lines"], 0)["rate"], Value{"0.5000"});
    EXPECT_EQ(item(velocity["lines"], 0)["days_to_win"], Value{10});
    EXPECT_EQ(item(velocity["lines"], 0)["a_day"], dollars(10'00));
    EXPECT_GE(kit.named_query("pipelines.stage_ageing")->size(), 2U);
    EXPECT_EQ(kit.named_query("pipelines.workload")->size(), 0U);
    EXPECT_EQ(kit.named_query("pipelines.slips")->size(), 1U);
}

} // namespace
} // namespace mortise::testkit
