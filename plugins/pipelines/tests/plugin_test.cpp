// The built plugin in the test kit: what it does for whoever uses it, through the contract alone.
#include <mortise/currency.hpp>
#include <mortise/testkit.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

namespace mortise::testkit {
namespace {

using namespace std::chrono_literals;

class PipelinesPlugin : public testing::Test {
protected:
    Id create(Map fields = {})
    {
        fields.set("name", "500 seats");
        return kit.create("opportunity", std::move(fields)).value();
    }
    Id stage(std::string_view name) const
    {
        return kit.list("stage", {{"name", name}}).at(0)["id"].get_or(Id{});
    }
    std::vector<std::string> types_of(Id subject) const
    {
        std::vector<std::string> types;
        for (const SeenEvent& event : kit.events("opportunity.*", subject))
            types.push_back(event.type);
        return types;
    }

    Kit kit{MORTISE_PLUGIN_FOLDER};
};

TEST_F(PipelinesPlugin, MakesTheFirstPipelineWhenItStarts)
{
    const auto pipelines = kit.list("pipeline");
    ASSERT_EQ(pipelines.size(), 1U);
    EXPECT_EQ(pipelines[0]["name"], Value{"Sales"});
    EXPECT_EQ(kit.list("stage").size(), 6U);
    ASSERT_TRUE(kit.reload());
    EXPECT_EQ(kit.list("pipeline").size(), 1U) << "a restart makes no second one";
}

TEST_F(PipelinesPlugin, AnOpportunityBeginsInTheFirstOpenStage)
{
    const Id opportunity = create();
    const Map record = *kit.get("opportunity", opportunity);
    EXPECT_EQ(record["status"], Value{"open"});
    EXPECT_FALSE(record["probability"].is_null());
    EXPECT_EQ(record["pipeline"], kit.list("pipeline")[0]["id"]);
}

TEST_F(PipelinesPlugin, WinningWritesHistoryAndTellsTheWorld)
{
    const Id opportunity = create({{"amount", "12000 USD"}});
    kit.advance(48h);
    ASSERT_TRUE(kit.call("pipelines.win_opportunity", {{"opportunity", std::to_string(opportunity.number)}}));
    EXPECT_EQ(kit.field("opportunity", opportunity, "status"), Value{"won"});
    const auto types = types_of(opportunity);
    EXPECT_EQ(std::ranges::count(types, "opportunity.won"), 1);
    EXPECT_EQ(std::ranges::count(types, "opportunity.stage_changed"), 1);
    const auto history = kit.list("stage_history", {{"opportunity", opportunity}});
    ASSERT_EQ(history.size(), 2U);
    EXPECT_EQ(history[1]["seconds_in_stage"], Value{48 * 3600});
}

TEST_F(PipelinesPlugin, HistoryIsWrittenOnceThoughEventsComeTwice)
{
    create();
    ASSERT_TRUE(kit.replay("history"));
    EXPECT_EQ(kit.list("stage_history").size(), 1U);
}

TEST_F(PipelinesPlugin, HistoryComesLaterIfItCannotBeWrittenNow)
{
    kit.fail_next("mortise.records/1.stage", {.code = ErrorCode::io});
    const Id opportunity = create();
    EXPECT_TRUE(kit.list("stage_history").empty());
    const auto subscriptions = kit.subscriptions();
    const auto history = std::ranges::find(subscriptions, "history", &SeenSubscription::name);
    ASSERT_NE(history, subscriptions.end());
    EXPECT_EQ(history->retrying, 1);
    kit.advance(5s);
    EXPECT_EQ(kit.list("stage_history", {{"opportunity", opportunity}}).size(), 1U);
}

TEST_F(PipelinesPlugin, RefusesWhatBreaksItsRules)
{
    const Id opportunity = create();
    EXPECT_TRUE(expect_refused(
        kit.update("opportunity", opportunity, {{"amount", "-5 USD"}}),
        {.plugin = "mortise.pipelines", .hook = "opportunity.update", .field = "amount"}
    ));
    EXPECT_TRUE(expect_refused(
        kit.remove("stage", kit.field("opportunity", opportunity, "stage").get_or(Id{})),
        {.plugin = "mortise.pipelines", .hook = "stage.delete"}
    ));
    ASSERT_TRUE(kit.set("lost_reason_required", true));
    const std::string id = std::to_string(opportunity.number);
    EXPECT_TRUE(expect_refused(kit.call("pipelines.lose_opportunity", {{"opportunity", id}})));
    EXPECT_TRUE(kit.call("pipelines.lose_opportunity", {{"opportunity", id}, {"reason", "price"}}));
    EXPECT_EQ(kit.field("opportunity", opportunity, "lost_reason"), Value{"price"});
}

TEST_F(PipelinesPlugin, NamedQueriesGiveWhatTheyDeclare)
{
    create({{"amount", "100 USD"}});
    const auto by_stage = kit.named_query("pipelines.by_stage");
    ASSERT_TRUE(by_stage);
    EXPECT_EQ(by_stage->size(), 6U);
    EXPECT_EQ((*by_stage)[0]["deals"], Value{1});
}

TEST_F(PipelinesPlugin, ShowsAPersonOnlyTheirOwn)
{
    const Id anna = kit.add_user("anna", false);
    create();
    EXPECT_TRUE(kit.list("opportunity", {}, {}, {.user = "anna"}).empty());
    const Id hers = create({{"owner", anna}});
    ASSERT_EQ(kit.list("opportunity", {}, {}, {.user = "anna"}).size(), 1U);
    EXPECT_EQ(kit.list("opportunity", {}, {}, {.user = "anna"})[0]["id"], Value{hers});
}

TEST_F(PipelinesPlugin, LeavesNothingBehind)
{
    create();
    const auto closing = kit.disable();
    ASSERT_TRUE(closing);
    EXPECT_TRUE(closing->unmapped) << closing->pinned_because;
    EXPECT_EQ(kit.list("opportunity").size(), 1U) << "records outlive the plugin";
}

} // namespace
} // namespace mortise::testkit
