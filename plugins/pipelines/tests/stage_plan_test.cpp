#include "rules/stage_plan.hpp"
#include "rules/stage_rules.hpp"

#include <mortise/value_block.hpp>

#include <gtest/gtest.h>

namespace mortise::plugins::pipelines {
namespace {

Result<std::vector<Map>> plan(const List& stages)
{
    MORTISE_TRY(const ValueBlock block, encode(Value{stages}));
    return plan_stages("Partners", block.view());
}

TEST(StagePlan, HasTheUsualStagesWhenNoneAreGiven)
{
    const auto stages = plan_stages("Sales", {});
    ASSERT_TRUE(stages);
    std::vector<std::string> keys;
    for (const Map& stage : *stages)
        keys.emplace_back(stage["key"].text());
    EXPECT_EQ(
        keys,
        (std::vector<std::string>{
            "sales/prospecting",
            "sales/engaging",
            "sales/proposal",
            "sales/negotiation",
            "sales/won",
            "sales/lost"
        })
    );
    for (const Map& stage : *stages)
        EXPECT_TRUE(
            may_have_probability(*parse_stage_kind(stage["kind"].text()), *stage["probability"].as<Decimal>())
        ) << stage["name"].text();
}

TEST(StagePlan, PutsGivenStagesInTheirOrder)
{
    const auto stages = plan(
        {Map{{"name", "Talk"}},
         Map{{"name", "Signed"}, {"kind", "won"}},
         Map{{"name", "Gone"}, {"kind", "lost"}, {"rot_days", 5}}}
    );
    ASSERT_TRUE(stages) << stages.error().message;
    ASSERT_EQ(stages->size(), 3U);
    EXPECT_EQ((*stages)[0]["kind"], Value{"open"});
    EXPECT_EQ((*stages)[1]["position"], Value{20});
    EXPECT_EQ((*stages)[2]["key"], Value{"partners/gone"});
    EXPECT_EQ((*stages)[2]["rot_days"], Value{5});
}

TEST(StagePlan, NeedsABeginningAndBothEnds)
{
    const auto stages = plan({Map{{"name", "Talk"}}, Map{{"name", "Signed"}, {"kind", "won"}}});
    ASSERT_FALSE(stages);
    EXPECT_EQ(stages.error().key, "pipelines.no_lost_stage");
}

TEST(StagePlan, RefusesTheSameNameTwice)
{
    const auto stages = plan({Map{{"name", "Talk"}}, Map{{"name", "TALK"}}});
    ASSERT_FALSE(stages);
    EXPECT_EQ(stages.error().key, "pipelines.stage_twice");
}

} // namespace
} // namespace mortise::plugins::pipelines
