/// \file
/// The capability `plugins/pipelines` as it is built, in the real host.

#include "plugins/tests/plugins_fixture.hpp"

#include <mortise/currency.hpp>

namespace mortise::host {
namespace {

class Pipelines : public PluginsTest {
protected:
    static constexpr const char* id = "mortise.pipelines";

    void SetUp() override
    {
        PluginsTest::SetUp();
        if (HasFatalFailure()) return;
        enable_built(MORTISE_BUILT_PLUGINS, id);
        ASSERT_TRUE(call("pipelines.set_up"));
    }

    std::string refusal_of(std::string_view command, const Map& arguments)
    {
        const auto answer = call(command, arguments);
        return answer ? "it was done" : answer.error().key;
    }
    Result<Commit> write(Operation operation, const char* type, Id record, Map values)
    {
        return change(
            {.operation = operation, .type = type, .id = record, .version = {}, .values = std::move(values)}
        );
    }
    Id stage(const std::string& key)
    {
        const auto found = rows("SELECT id FROM stage WHERE key = '" + key + "'");
        return found.empty() ? Id{} : found[0][0].get_or(Id{});
    }
    Id make(const Map& arguments)
    {
        return must("pipelines.create_opportunity", arguments)["opportunity"].get_or(Id{});
    }
    Value of(Id opportunity, std::string_view name) { return field(opportunity, name, "opportunity"); }
    /// Types of the events that the plugin published about an opportunity, in order.
    std::vector<std::string> published(Id opportunity)
    {
        EXPECT_TRUE(settle());
        std::vector<std::string> types;
        for (const auto& row : rows(
                 "SELECT type FROM event WHERE subject = " + std::to_string(opportunity.number)
                 + " AND type NOT IN ('opportunity.created', 'opportunity.updated') ORDER BY number"
             ))
            types.emplace_back(row[0].text());
        return types;
    }
};

TEST_F(Pipelines, BringsASalesPipelineOnce)
{
    EXPECT_EQ(must("pipelines.set_up")["made"], Value{false});
    const auto stages = rows("SELECT key, kind FROM stage ORDER BY position");
    ASSERT_EQ(stages.size(), 6U);
    EXPECT_EQ(stages[0][0].text(), "sales/prospecting");
    EXPECT_EQ(stages[4][1].text(), "won");
    EXPECT_EQ(rows("SELECT name, currency FROM pipeline")[0][1].text(), "USD");
}

TEST_F(Pipelines, CarriesADealThroughItsStages)
{
    const Id deal = make({{"name", "500 seats"}, {"amount", "12000.50"}});
    EXPECT_EQ(of(deal, "amount"), Value(Money{1'200'050, 840, 2}));
    EXPECT_EQ(of(deal, "status").text(), "open");
    must("pipelines.move_opportunity", {{"opportunity", deal}, {"stage", "Negotiation"}});
    must("pipelines.win_opportunity", {{"opportunity", deal}, {"close_date", "2025-12-31"}});
    EXPECT_EQ(of(deal, "status").text(), "won");
    EXPECT_EQ(of(deal, "probability"), Value(Decimal{10'000, 2}));
    must("pipelines.reopen_opportunity", {{"opportunity", deal}});
    EXPECT_EQ(of(deal, "stage"), Value{stage("sales/negotiation")});
    EXPECT_TRUE(of(deal, "closed_at").is_null());
    must("pipelines.lose_opportunity", {{"opportunity", deal}, {"reason", "budget"}});
    EXPECT_EQ(of(deal, "lost_reason").text(), "budget");
    EXPECT_EQ(
        published(deal),
        (std::vector<std::string>{
            "opportunity.stage_changed",
            "opportunity.stage_changed",
            "opportunity.won",
            "opportunity.stage_changed",
            "opportunity.reopened",
            "opportunity.stage_changed",
            "opportunity.lost",
        })
    );
    const auto history = rows("SELECT t.key, h.amount_after_minor, h.seconds_in_stage FROM stage_history h "
                              "JOIN stage t ON t.id = h.to_stage "
                              "ORDER BY h.event_number");
    ASSERT_EQ(history.size(), 5U);
    EXPECT_EQ(history[0][0].text(), "sales/prospecting");
    EXPECT_EQ(history[4][0].text(), "sales/lost");
    EXPECT_EQ(history[4][1], Value{1'200'050});
    EXPECT_TRUE(history[0][2].is_null());
    EXPECT_FALSE(history[1][2].is_null());
}

TEST_F(Pipelines, SaysWhyACommandCannotBeDone)
{
    const Id deal = make({{"name", "Deal"}});
    const auto move = [&](const char* to) {
        return refusal_of("pipelines.move_opportunity", {{"opportunity", deal}, {"stage", to}});
    };
    EXPECT_EQ(move("Nowhere"), "pipelines.unknown_stage");
    EXPECT_EQ(move("sales/nowhere"), "pipelines.unknown_stage");
    EXPECT_EQ(refusal_of("pipelines.reopen_opportunity", {{"opportunity", deal}}), "pipelines.already_open");
    EXPECT_EQ(
        refusal_of("pipelines.create_opportunity", {{"name", "A"}, {"organisation", "Nobody"}}),
        "pipelines.unknown_contact"
    );
    EXPECT_EQ(refusal_of("pipelines.win_rate", {{"by", "a b"}}), "pipelines.unknown_dimension");
    EXPECT_EQ(
        call("pipelines.win_rate", {{"from", "01-03-17"}}).error().where, "/from"
    ); // its schema says no
    EXPECT_FALSE(call("pipelines.win_rate", {{"by", "no_such_field"}}));
}

TEST_F(Pipelines, HoldsItsRulesForDirectWrites)
{
    const auto negative
        = write(Operation::create, "opportunity", {}, {{"name", "A"}, {"amount", Money{-1, 840, 2}}});
    ASSERT_FALSE(negative);
    EXPECT_EQ(negative.error().key, "pipelines.negative_amount");
    const auto won = write(
        Operation::create,
        "opportunity",
        {},
        {{"external_id", "X1"}, {"stage", stage("sales/won")}, {"close_date", Date{17'226}}}
    );
    ASSERT_TRUE(won) << won.error().message;
    EXPECT_EQ(of(won->ids[0], "name").text(), "X1");
    EXPECT_EQ(of(won->ids[0], "status").text(), "won");
    EXPECT_EQ(of(won->ids[0], "closed_at"), Value(Instant{17'226 * 86'400'000'000}));
    EXPECT_EQ(published(won->ids[0]), std::vector<std::string>{"opportunity.won"});
}

TEST_F(Pipelines, KeepsAStageThatIsInUse)
{
    make({{"name", "Deal"}, {"stage", "Proposal"}});
    const auto used = write(Operation::remove, "stage", stage("sales/proposal"), {});
    ASSERT_FALSE(used);
    EXPECT_EQ(used.error().key, "pipelines.stage_in_use");
    EXPECT_TRUE(write(Operation::remove, "stage", stage("sales/negotiation"), {}));
    const auto turned = write(Operation::update, "stage", stage("sales/proposal"), {{"kind", "won"}});
    ASSERT_FALSE(turned);
    EXPECT_EQ(turned.error().key, "pipelines.stage_in_use");
}

TEST_F(Pipelines, ObeysItsSettings)
{
    ASSERT_TRUE(m_plugins->set_setting(id, "lost_reason_required", true));
    const Id deal = make({{"name", "Deal"}});
    EXPECT_EQ(
        refusal_of("pipelines.lose_opportunity", {{"opportunity", deal}}), "pipelines.lost_reason_needed"
    );
    must("pipelines.lose_opportunity", {{"opportunity", deal}, {"reason", "price"}});
    ASSERT_TRUE(m_plugins->set_setting(id, "default_currency", "EUR"));
    must("pipelines.create_pipeline", {{"name", "Partners"}});
    const Id other = make({{"name", "Deal"}, {"pipeline", "Partners"}, {"amount", 12}});
    EXPECT_EQ(of(other, "amount"), Value(Money{12'00, 978, 2}));
}

TEST_F(Pipelines, ReportsFiguresOfEachGroup)
{
    const Id acme = create_contact("Acme", {{"kind", "organisation"}, {"industry", "retail"}})->ids[0];
    for (const auto& [stage, amount, whose] :
         {std::tuple{"Won", "10.00 USD", true},
          {"Won", "5.00 USD", false},
          {"Won", "7 JPY", true},
          {"Lost", "3.00 USD", true},
          {"Engaging", "9.99 USD", true}}) {
        Map deal{{"name", "Deal"}, {"stage", stage}, {"amount", amount}, {"close_date", "2017-03-01"}};
        if (whose) deal.set("organisation", acme);
        make(deal);
    }
    const Value total = must("pipelines.won_sum");
    EXPECT_EQ(total["count"], Value{3});
    EXPECT_TRUE(total["sum"].is_null());
    EXPECT_EQ(total["sums"], Value(List{Money{7, 392, 0}, Money{1500, 840, 2}}));
    const Value rates = must("pipelines.win_rate", {{"by", "sector"}});
    EXPECT_EQ(rates["rate"], Value{"0.7500"});
    const auto& groups = *rates["groups"].as<List>();
    ASSERT_EQ(groups.size(), 2U);
    EXPECT_EQ(groups[0]["label"], Value{"retail"});
    EXPECT_EQ(groups[0]["rate"], Value{"0.6667"});
    EXPECT_TRUE(groups[1]["label"].is_null());
    const Value quarters = must("pipelines.win_rate", {{"by", "quarter"}});
    EXPECT_EQ((*quarters["groups"].as<List>())[0]["label"], Value{"Q1 2017"});
    EXPECT_EQ(must("pipelines.win_rate", {{"from", "2017-03-02"}})["won"], Value{0});
    const Value board = must("pipelines.pipeline_by_stage");
    const Value& engaging = (*board["stages"].as<List>())[1];
    EXPECT_EQ(engaging["stage"].text(), "Engaging");
    EXPECT_EQ(engaging["count"], Value{1});
    EXPECT_EQ(engaging["weighted"], Value(List{Money{300, 840, 2}})); // 30 % of 9.99
}

TEST_F(Pipelines, FindsDealsWithoutAnAccountAndMendsThem)
{
    const Id person = create_contact("Ann")->ids[0];
    const Id acme = create_contact("Acme", {{"kind", "organisation"}})->ids[0];
    List deals;
    for (int i = 0; i < 3; ++i)
        deals.emplace_back(make({{"name", "Deal"}}));
    Value page = must("pipelines.opportunities_without_account", {{"limit", 2}});
    EXPECT_EQ(page["total"], Value{3});
    EXPECT_EQ(page["opportunities"].as<List>()->size(), 2U);
    page = must("pipelines.opportunities_without_account", {{"limit", 2}, {"after", page["next"]}});
    EXPECT_EQ(page["opportunities"].as<List>()->size(), 1U);
    EXPECT_TRUE(page["next"].is_null());
    EXPECT_EQ(
        refusal_of("pipelines.assign_account", {{"opportunities", deals}, {"organisation", person}}),
        "pipelines.no_organisation"
    );
    EXPECT_EQ(
        must("pipelines.assign_account", {{"opportunities", deals}, {"organisation", "Acme"}})["assigned"],
        Value{3}
    );
    EXPECT_EQ(must("pipelines.opportunities_without_account")["total"], Value{0});
    EXPECT_EQ(of(deals[0].get_or(Id{}), "organisation"), Value{acme});
}

TEST_F(Pipelines, FindsDealsThatRot)
{
    const Id deal = make({{"name", "Deal"}});
    m_clock.advance(Duration{std::int64_t{29} * 86'400'000'000});
    EXPECT_TRUE(must("pipelines.rotting_opportunities")["opportunities"].as<List>()->empty());
    must("pipelines.move_opportunity", {{"opportunity", make({{"name", "Other"}})}, {"stage", "Engaging"}});
    m_clock.advance(Duration{std::int64_t{2} * 86'400'000'000});
    const Value rotting = must("pipelines.rotting_opportunities");
    ASSERT_EQ(rotting["opportunities"].as<List>()->size(), 1U);
    EXPECT_EQ((*rotting["opportunities"].as<List>())[0]["opportunity"], Value{deal});
}

TEST_F(Pipelines, WritesHistoryOnceEvenWhenItIsReplayed)
{
    const Id deal = make({{"name", "Deal"}});
    must("pipelines.win_opportunity", {{"opportunity", deal}});
    ASSERT_TRUE(settle());
    for (const SubscriptionStatus& each : m_dispatcher->status())
        ASSERT_TRUE(m_dispatcher->replay(each.id, 0));
    ASSERT_TRUE(settle());
    EXPECT_EQ(rows("SELECT id FROM stage_history").size(), 2U);
    EXPECT_EQ(published(deal), (std::vector<std::string>{"opportunity.stage_changed", "opportunity.won"}));
}

TEST_F(Pipelines, ARepeatedCommandAnswersTheSame)
{
    CallContext context = system();
    context.idempotency_key = "order 17";
    const Map arguments{{"name", "Deal"}, {"amount", "12 USD"}};
    const auto first = call("pipelines.create_opportunity", arguments, context);
    const auto again = call("pipelines.create_opportunity", arguments, context);
    ASSERT_TRUE(first && again);
    EXPECT_EQ(*first, *again) << "ids are ids, not their digits";
    EXPECT_TRUE((*again)["opportunity"].as<Id>());
    EXPECT_EQ(rows("SELECT id FROM opportunity").size(), 1U);
}

} // namespace
} // namespace mortise::host
