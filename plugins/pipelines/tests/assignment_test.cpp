// Who gets what: the choice by itself, and the plugin's commands and settings.
#include "assignment/choice.hpp"
#include "sales_kit.hpp"

#include <map>

namespace mortise::plugins::pipelines {
namespace {

AgentLoad agent(std::int64_t id, std::int64_t load, std::optional<std::int64_t> capacity, std::int64_t last)
{
    return {.agent = {id}, .load = load, .capacity = capacity, .last = last};
}

std::int64_t chosen(Method method, const std::vector<AgentLoad>& agents, Id territory = {})
{
    const auto index = choose(method, agents, territory);
    return index ? agents[*index].agent.number : 0;
}

TEST(Choice, GoesByTheMethod)
{
    const std::vector<AgentLoad> agents{agent(1, 5, 10, 30), agent(2, 3, 4, 20), agent(3, 4, 100, 40)};
    EXPECT_EQ(chosen(Method::round_robin, agents), 2) << "has waited longest";
    EXPECT_EQ(chosen(Method::least_loaded, agents), 2);
    EXPECT_EQ(chosen(Method::by_capacity, agents), 3) << "4 of 100";
}

TEST(Choice, PassesOverWhoIsFullOrAway)
{
    std::vector<AgentLoad> agents{agent(1, 10, 10, 0), agent(2, 0, {}, 0), agent(3, 7, {}, 5)};
    agents[1].available = false;
    EXPECT_EQ(chosen(Method::round_robin, agents), 3);
    agents[2].territory = {9};
    EXPECT_EQ(chosen(Method::round_robin, agents, {8}), 0);
    EXPECT_EQ(chosen(Method::round_robin, agents, {9}), 3);
    EXPECT_EQ(chosen(Method::least_loaded, {}), 0);
}

TEST(Choice, TakesTheFirstTerritoryThatFits)
{
    const std::vector<Territory> territories{
        {.id = {3}, .position = 30},
        {.id = {1}, .position = 10, .countries = {"DE", "AT"}, .industries = {"Retail"}},
        {.id = {2}, .position = 20, .countries = {"de"}},
    };
    EXPECT_EQ(territory_of(territories, "AT", "retail"), Id{1});
    EXPECT_EQ(territory_of(territories, "DE", "software"), Id{2});
    EXPECT_EQ(territory_of(territories, "", ""), Id{3});
    EXPECT_FALSE(territory_of(std::span{territories}.subspan(1), "FR", ""));
}

} // namespace
} // namespace mortise::plugins::pipelines

namespace mortise::testkit {
namespace {

class Assignment : public SalesTest {
protected:
    Id agent(const char* name, Map more = {})
    {
        more.set("name", name);
        return make("sales_agent", std::move(more));
    }
    std::map<std::string, int> shares(std::string_view type) const
    {
        std::map<std::string, int> counts;
        for (const Map& record : kit.list(type)) {
            const Id whose = record["agent"].get_or(Id{});
            ++counts[whose ? std::string{kit.field("sales_agent", whose, "name").text()} : "nobody"];
        }
        return counts;
    }
};

TEST_F(Assignment, GoesRoundAmongNewLeads)
{
    agent("Ann");
    agent("Bob");
    agent("Cem", {{"available", false}});
    ASSERT_TRUE(kit.set("assign_leads", "round_robin"));
    for (int i = 0; i < 6; ++i)
        make("lead", {{"name", "Somebody"}});
    EXPECT_EQ(shares("lead"), (std::map<std::string, int>{{"Ann", 3}, {"Bob", 3}}));
    const Map first = kit.list("lead")[0];
    EXPECT_EQ(first["status"], Value{"assigned"});
    EXPECT_EQ(kit.events("lead.assigned", first["id"].get_or(Id{})).size(), 1U);
}

TEST_F(Assignment, LeavesInTheQueueWhatNobodyHasRoomFor)
{
    agent("Ann", {{"capacity", 2}});
    agent("Bob", {{"capacity", 1}});
    ASSERT_TRUE(kit.set("assign_opportunities", "by_capacity"));
    for (int i = 0; i < 5; ++i)
        deal();
    EXPECT_EQ(shares("opportunity"), (std::map<std::string, int>{{"Ann", 2}, {"Bob", 1}, {"nobody", 2}}));
    EXPECT_EQ(kit.named_query("pipelines.queue")->size(), 2U);
}

TEST_F(Assignment, KeepsToTerritories)
{
    const Id north = make("territory", {{"name", "North"}, {"countries", List{"SE", "NO"}}});
    const Id ann = agent("Ann", {{"territory", north}});
    agent("Bob");
    const Id lead = make("lead", {{"name", "Sven"}, {"country", "SE"}});
    must("pipelines.assign", {{"leads", List{std::to_string(lead.number)}}});
    EXPECT_EQ(of("lead", lead, "agent"), Value{ann});
    EXPECT_EQ(of("lead", lead, "territory"), Value{north});
}

TEST_F(Assignment, MakesTheAgentsUserTheOwner)
{
    const Id anna = kit.add_user("anna", false);
    const Id ann = agent("Ann", {{"user_id", anna.number}});
    const Id lead = make("lead", {{"name", "Sven"}});
    EXPECT_TRUE(kit.list("lead", {}, {}, {.user = "anna"}).empty());
    must("pipelines.assign", {{"leads", List{std::to_string(lead.number)}}, {"agent", ann}});
    EXPECT_EQ(kit.list("lead", {}, {}, {.user = "anna"}).size(), 1U);
}

TEST_F(Assignment, ReassignsEverythingOfSomebody)
{
    const Id ann = agent("Ann");
    agent("Bob");
    agent("Cem");
    for (int i = 0; i < 6; ++i)
        deal({{"agent", ann}});
    const Id won = deal({{"agent", ann}, {"stage", stage("Won")}});
    const Map all{{"from", "Ann"}, {"method", "least_loaded"}};
    const auto preview = kit.call("pipelines.reassign", all, {.preview = true});
    ASSERT_TRUE(preview);
    EXPECT_EQ((*preview)["count"], Value{6});
    EXPECT_EQ(shares("opportunity").at("Ann"), 7);
    must("pipelines.reassign", all);
    EXPECT_EQ(shares("opportunity"), (std::map<std::string, int>{{"Ann", 1}, {"Bob", 3}, {"Cem", 3}}));
    EXPECT_EQ(of("opportunity", won, "agent"), Value{ann}) << "what is won stays with who won it";
    EXPECT_EQ(refusal("pipelines.reassign", {{"from", "Bob"}, {"to", "Bob"}}), "pipelines.same_agent");
}

TEST_F(Assignment, QueuesTheWorkOfADeactivatedAgent)
{
    const Id ann = agent("Ann");
    const Id bob = agent("Bob");
    const Id open = deal({{"agent", ann}});
    const Id lead = make("lead", {{"name", "Sven"}, {"agent", ann}});
    ASSERT_TRUE(kit.update("sales_agent", ann, {{"active", false}}));
    EXPECT_TRUE(of("opportunity", open, "agent").is_null());
    EXPECT_EQ(of("lead", lead, "status"), Value{"new"});
    ASSERT_EQ(kit.events("sales_agent.deactivated").size(), 1U);
    EXPECT_EQ(kit.events("sales_agent.deactivated")[0].data["leads"], Value{1});
    must("pipelines.reassign", {{"to", "Bob"}});
    EXPECT_EQ(of("opportunity", open, "agent"), Value{bob});
    EXPECT_EQ(of("lead", lead, "agent"), Value{bob});
}

} // namespace
} // namespace mortise::testkit
