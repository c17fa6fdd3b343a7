#include "history/consequences.hpp"
#include "samples.hpp"

#include <gtest/gtest.h>

namespace mortise::plugins::pipelines {
namespace {

const Map ten{{"amount", "10.00"}, {"currency", "USD"}};
const Map twenty{{"amount", "20.00"}, {"currency", "USD"}};

Map from_to(Value from, Value to)
{
    return {{"from", std::move(from)}, {"to", std::move(to)}};
}

/// The data of opportunity.updated for a move, with what else has changed.
Map moved(const Map& others)
{
    Map changes{
        {"stage", from_to("11", "14")},
        {"last_move",
         from_to(
             nullptr,
             Map{
                 {"from", "11"},
                 {"to", "14"},
                 {"at", "2026-03-04T12:00:00Z"},
                 {"seconds", 60},
                 {"amount_before", ten},
                 {"amount_after", twenty},
                 {"close_date_after", "2026-03-04"},
             }
         )},
    };
    for (const auto& [field, value] : others)
        changes.set(field, value);
    return {{"changes", std::move(changes)}};
}

std::vector<std::string> types(const Consequences& follow)
{
    std::vector<std::string> names;
    for (const Publication& each : follow.events)
        names.push_back(each.type);
    return names;
}

TEST(Consequences, OfANewOpportunityAreItsFirstRow)
{
    const SampleEvent event{
        "opportunity.created", {{"record", Map{{"stage", "11"}, {"status", "open"}, {"amount", ten}}}}
    };
    const Consequences follow = consequences_of(event.event());
    ASSERT_TRUE(follow.history);
    EXPECT_EQ((*follow.history)["opportunity"], Value{Id{99}});
    EXPECT_FALSE(follow.history->contains("from_stage"));
    EXPECT_EQ((*follow.history)["to_stage"], Value{Id{11}});
    EXPECT_EQ((*follow.history)["at"], Value{noon});
    EXPECT_EQ((*follow.history)["changed_by"], Value{"user:anna"});
    EXPECT_EQ((*follow.history)["event_number"], Value{7});
    EXPECT_EQ((*follow.history)["amount_after"], Value{ten});
    EXPECT_TRUE(follow.events.empty());
}

TEST(Consequences, TellThatOneCameInWonOrLost)
{
    const SampleEvent event{
        "opportunity.created",
        {{"record", Map{{"stage", "15"}, {"status", "lost"}, {"lost_reason", "price"}}}}
    };
    const Consequences follow = consequences_of(event.event());
    ASSERT_EQ(types(follow), std::vector<std::string>{"opportunity.lost"});
    EXPECT_EQ(follow.events[0].data["came_in_closed"], Value{true});
    EXPECT_EQ(follow.events[0].data["reason"], Value{"price"});
}

TEST(Consequences, OfAMoveAreARowAndAnEvent)
{
    const SampleEvent event{"opportunity.updated", moved({})};
    const Consequences follow = consequences_of(event.event());
    ASSERT_TRUE(follow.history);
    EXPECT_EQ((*follow.history)["from_stage"], Value{Id{11}});
    EXPECT_EQ((*follow.history)["to_stage"], Value{Id{14}});
    EXPECT_EQ((*follow.history)["seconds_in_stage"], Value{60});
    EXPECT_EQ((*follow.history)["amount_before"], Value{ten});
    EXPECT_EQ((*follow.history)["amount_after"], Value{twenty});
    EXPECT_EQ(types(follow), std::vector<std::string>{"opportunity.stage_changed"});
}

TEST(Consequences, OfWinningNameTheAmount)
{
    const SampleEvent event{
        "opportunity.updated", moved({{"status", from_to("open", "won")}, {"amount", from_to(ten, twenty)}})
    };
    const Consequences follow = consequences_of(event.event());
    ASSERT_EQ(
        types(follow),
        (std::vector<std::string>{
            "opportunity.amount_changed", "opportunity.stage_changed", "opportunity.won"
        })
    );
    EXPECT_EQ(follow.events[0].data["from"], Value{ten});
    EXPECT_EQ(follow.events[2].data["amount"], Value{twenty});
    EXPECT_EQ(follow.events[2].data["close_date"], Value{"2026-03-04"});
}

TEST(Consequences, OfReopeningNameWhatItWas)
{
    const SampleEvent event{"opportunity.updated", moved({{"status", from_to("lost", "open")}})};
    const Consequences follow = consequences_of(event.event());
    ASSERT_EQ(types(follow), (std::vector<std::string>{"opportunity.stage_changed", "opportunity.reopened"}));
    EXPECT_EQ(follow.events[1].data["was"], Value{"lost"});
}

TEST(Consequences, OfAnotherAmountAreNoRow)
{
    const SampleEvent event{"opportunity.updated", {{"changes", Map{{"amount", from_to(nullptr, ten)}}}}};
    const Consequences follow = consequences_of(event.event());
    EXPECT_FALSE(follow.history);
    EXPECT_EQ(types(follow), std::vector<std::string>{"opportunity.amount_changed"});
}

TEST(Consequences, OfAnythingElseAreNone)
{
    const SampleEvent renamed{"opportunity.updated", {{"changes", Map{{"name", from_to("A", "B")}}}}};
    EXPECT_TRUE(consequences_of(renamed.event()).empty());
    const SampleEvent other{"contact.created", {{"record", Map{{"stage", "11"}}}}};
    EXPECT_TRUE(consequences_of(other.event()).empty());
}

} // namespace
} // namespace mortise::plugins::pipelines
