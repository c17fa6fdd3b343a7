// Forecasts, snapshots and rates: the built plugin in the test kit, compared with SQL of the test's own.
#include <mortise/currency.hpp>
#include <mortise/testkit.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace mortise::testkit {
namespace {

using namespace std::chrono_literals;

class Forecast : public testing::Test {
protected:
    Id create(Map fields)
    {
        if (fields["name"].is_null()) fields.set("name", "Deal");
        return kit.create("opportunity", std::move(fields)).value();
    }
    Value must(std::string_view command, Map arguments = {})
    {
        auto answer = kit.call(command, std::move(arguments));
        EXPECT_TRUE(answer) << command;
        return answer ? answer.value() : Value{};
    }
    void snapshot()
    {
        for (const SeenJob& job : kit.run_schedule("snapshot"))
            EXPECT_EQ(job.state, "done") << job.error;
    }
    void watch()
    {
        for (const SeenJob& job : kit.run_schedule("watch"))
            EXPECT_EQ(job.state, "done") << job.error;
    }
    Id stage(std::string_view name) const
    {
        return kit.list("stage", {{"name", name}}).at(0)["id"].get_or(Id{});
    }
    std::int64_t count_of(std::string_view event, Id subject = {}) const
    {
        return static_cast<std::int64_t>(kit.events(event, subject).size());
    }
    static std::int64_t minor(const Value& money) { return money.get_or(Money{}).minor; }
    /// Open opportunities that count, expected to close in the days, by currency: what SQL says.
    std::map<std::string, std::int64_t> open_sums(const std::string& from, const std::string& to) const
    {
        std::map<std::string, std::int64_t> sums;
        const auto rows = kit.query(
            "SELECT amount_currency AS currency, sum(amount_minor) AS minor FROM opportunity WHERE status = "
            "'open' AND forecast_category <> 'omitted' AND close_date >= '"
            + from + "' AND close_date <= '" + to + "' GROUP BY amount_currency"
        );
        EXPECT_TRUE(rows);
        for (std::size_t i = 0; i < rows->size(); ++i)
            if (const Value currency = (*rows)[i]["currency"]; !currency.is_null())
                sums[std::string{currency.text()}] = (*rows)[i]["minor"].get_or(std::int64_t{0});
        return sums;
    }

    Kit kit{MORTISE_PLUGIN_FOLDER};
};

TEST_F(Forecast, FollowsTheStageUnlessSomebodySaysOtherwise)
{
    const Id deal = create({{"stage", stage("Proposal")}});
    EXPECT_EQ(kit.field("opportunity", deal, "forecast_category"), Value{"best_case"});
    ASSERT_TRUE(kit.update("opportunity", deal, {{"forecast_category", "commit"}}));
    ASSERT_TRUE(kit.update("opportunity", deal, {{"stage", stage("Engaging")}}));
    EXPECT_EQ(kit.field("opportunity", deal, "forecast_category"), Value{"commit"});
    ASSERT_TRUE(kit.update("opportunity", deal, {{"forecast_manual", false}}));
    EXPECT_EQ(kit.field("opportunity", deal, "forecast_category"), Value{"pipeline"});
    EXPECT_TRUE(expect_refused(
        kit.update("opportunity", deal, {{"forecast_category", "closed"}}), {.field = "forecast_category"}
    ));
    ASSERT_TRUE(kit.update("opportunity", deal, {{"stage", stage("Won")}}));
    EXPECT_EQ(kit.field("opportunity", deal, "forecast_category"), Value{"closed"});
}

TEST_F(Forecast, SumsCategoriesOfAPeriod)
{
    create({{"amount", "100 USD"}, {"stage", stage("Negotiation")}, {"close_date", "2026-02-10"}});
    create({{"amount", "40 USD"}, {"stage", stage("Won")}, {"close_date", "2026-01-10"}});
    create({{"amount", "1000 USD"}, {"stage", stage("Prospecting")}, {"close_date", "2026-04-10"}});
    const Value answer = must("pipelines.forecast", {{"period", "2026-Q1"}, {"by", "month"}});
    EXPECT_EQ(answer["total"]["count"], Value{2});
    EXPECT_EQ(minor((*answer["total"]["commit"]["sums"].as<List>())[0]), 10'000);
    EXPECT_EQ(minor((*answer["total"]["commit"]["weighted"].as<List>())[0]), 7'500);
    EXPECT_EQ(minor((*answer["total"]["closed"]["sums"].as<List>())[0]), 4'000);
    EXPECT_EQ((*answer["groups"].as<List>())[1]["label"], Value{"2026-02"});
    EXPECT_EQ(kit.call("pipelines.forecast", {{"period", "next week"}}).error().key, "pipelines.no_period");
}

TEST_F(Forecast, FreezesTheRateWhenADealIsWon)
{
    ASSERT_TRUE(
        kit.create("currency_rate", {{"currency", "eur"}, {"date", "2025-12-01"}, {"rate", "1.1234567891"}})
    );
    const Id deal = create({{"amount", "100.01 EUR"}});
    ASSERT_TRUE(kit.call("pipelines.win_opportunity", {{"opportunity", deal}}));
    EXPECT_EQ(kit.field("opportunity", deal, "base_amount"), (Value{Money{112'36, 840, 2}}));
    ASSERT_TRUE(kit.create("currency_rate", {{"currency", "EUR"}, {"date", "2026-01-01"}, {"rate", "2"}}));
    ASSERT_TRUE(kit.update("opportunity", deal, {{"amount", "200.02 EUR"}}));
    EXPECT_EQ(kit.field("opportunity", deal, "base_amount"), (Value{Money{224'71, 840, 2}}))
        << "at the rate of its closing";
    const Id open = create({{"amount", "10 EUR"}, {"close_date", "2026-01-20"}});
    create({{"amount", "10 GBP"}, {"close_date", "2026-01-20"}});
    const Value answer = must("pipelines.forecast", {{"currency", "USD"}, {"period", "2026-01"}});
    EXPECT_EQ(minor((*answer["total"]["sums"].as<List>())[0]), 224'71 + 20'00);
    EXPECT_EQ(answer["left_out"]["count"], Value{1}) << "no rate: told, and never taken as 0";
    EXPECT_EQ(answer["left_out"]["currencies"]["GBP"], Value{1});
    EXPECT_TRUE(kit.field("opportunity", open, "base_amount").is_null());
    ASSERT_TRUE(kit.call("pipelines.reopen_opportunity", {{"opportunity", deal}}));
    EXPECT_TRUE(kit.field("opportunity", deal, "base_amount").is_null());
}

TEST_F(Forecast, RefusesRatesThatMakeNoSense)
{
    const auto rate = [&](const char* currency, const char* is) {
        return kit.create("currency_rate", {{"currency", currency}, {"date", "2026-01-01"}, {"rate", is}});
    };
    EXPECT_TRUE(expect_refused(rate("EUR", "0"), {.field = "rate"}));
    EXPECT_TRUE(expect_refused(rate("EUX", "1"), {.field = "currency"}));
    EXPECT_TRUE(expect_refused(rate("USD", "1"), {.field = "currency"}));
    EXPECT_TRUE(rate("EUR", "1.1"));
    EXPECT_FALSE(rate("EUR", "1.2")) << "one for each day";
}

TEST_F(Forecast, TellsWhatChangedThisWeek)
{
    const Id first = create({{"amount", "100 USD"}, {"close_date", "2026-02-01"}});
    const Id second = create({{"amount", "50 USD"}, {"close_date", "2026-02-01"}});
    snapshot();
    kit.advance(24h);
    ASSERT_TRUE(kit.update("opportunity", first, {{"amount", "120 USD"}}));
    ASSERT_TRUE(kit.update("opportunity", second, {{"close_date", "2026-05-01"}}));
    create({{"amount", "7 USD"}, {"close_date", "2026-03-31"}});
    const Value answer = must("pipelines.forecast_changes", {{"since", "2026-01-01"}, {"period", "2026-Q1"}});
    const Value& line = (*answer["lines"].as<List>())[0];
    EXPECT_EQ(minor(line["start"]), 150'00);
    EXPECT_EQ(minor(line["end"]), 127'00);
    std::map<std::string, std::int64_t> changes;
    for (const Value& change : *line["changes"].as<List>())
        changes[std::string{change["change"].text()}] = minor(change["amount"]);
    EXPECT_EQ(
        changes,
        (std::map<std::string, std::int64_t>{{"added", 7'00}, {"amount_up", 20'00}, {"pushed_out", -50'00}})
    );
    EXPECT_EQ((*answer["opportunities"].as<List>())[0]["opportunity"], Value{second});
    const auto before = kit.call("pipelines.forecast_changes", {{"since", "2025-12-31"}});
    ASSERT_FALSE(before);
    EXPECT_NE(before.error().message.find("2026-01-01"), std::string::npos) << "names the first snapshot";
}

TEST_F(Forecast, TakesOneSnapshotADayAndKeepsOnlyWhatChanged)
{
    const Id deal = create({{"amount", "100 USD"}});
    create({{"amount", "50 USD"}});
    snapshot();
    snapshot();
    EXPECT_EQ(kit.list("forecast_snapshot").size(), 2U);
    kit.advance(24h);
    ASSERT_TRUE(kit.remove("opportunity", deal));
    must("pipelines.take_snapshot");
    kit.run_jobs();
    EXPECT_EQ(kit.list("forecast_day").size(), 2U);
    EXPECT_EQ(kit.list("forecast_snapshot").size(), 3U) << "one row more, for the one that is gone";
    const Value answer
        = must("pipelines.forecast_changes", {{"since", "2026-01-01"}, {"until", "2026-01-02"}});
    const Value& line = (*answer["lines"].as<List>())[0];
    EXPECT_EQ((*line["changes"].as<List>())[0]["change"], Value{"removed"});
    EXPECT_EQ(minor(line["end"]), 50'00);
}

/// Days of changes to the same deals through the plugin: for any two days, start is what SQL said on the
/// first, end what it said on the second, and the changes make up the difference.
TEST_F(Forecast, ReconcilesToTheCentOverRandomHistories)
{
    std::mt19937_64 random{20'260'101};
    const std::vector<std::string> stages{"Prospecting", "Proposal", "Negotiation", "Won", "Lost"};
    const auto amount = [&] {
        const char* currency = random() % 3 ? "USD" : "EUR";
        return std::to_string(random() % 10'000) + "." + std::to_string(10 + random() % 90) + " " + currency;
    };
    const auto day = [&] { return "2026-0" + std::to_string(1 + random() % 6) + "-15"; };
    std::vector<Id> deals;
    std::map<std::string, std::map<std::string, std::int64_t>> sums_on;
    std::vector<std::string> days;
    for (int number = 1; number <= 12; ++number) {
        for (int change = 0; change < 12; ++change) {
            if (deals.size() < 5 || random() % 4 == 0) {
                deals.push_back(create({{"amount", amount()}, {"close_date", day()}}));
                continue;
            }
            const std::size_t which = random() % deals.size();
            const Id deal = deals[which];
            if (random() % 12 == 0) {
                ASSERT_TRUE(kit.remove("opportunity", deal));
                deals.erase(deals.begin() + static_cast<std::ptrdiff_t>(which));
            } else if (random() % 3 == 0)
                ASSERT_TRUE(kit.update("opportunity", deal, {{"stage", stage(stages[random() % 5])}}));
            else if (random() % 2 == 0)
                ASSERT_TRUE(kit.update("opportunity", deal, {{"amount", amount()}}));
            else
                ASSERT_TRUE(kit.update("opportunity", deal, {{"close_date", day()}}));
        }
        snapshot();
        days.push_back("2026-01-" + std::string{number < 10 ? "0" : ""} + std::to_string(number));
        sums_on[days.back()] = open_sums("2026-01-01", "2026-03-31");
        kit.advance(24h);
    }
    for (std::size_t a = 0; a < days.size(); ++a)
        for (std::size_t b = a + 1; b < days.size(); b += 1 + random() % 4) {
            const Value answer = must(
                "pipelines.forecast_changes", {{"since", days[a]}, {"until", days[b]}, {"period", "2026-Q1"}}
            );
            for (const Value& line : *answer["lines"].as<List>()) {
                if (line["currency"].is_null()) continue;
                const std::string currency{line["currency"].text()};
                std::int64_t running = minor(line["start"]);
                EXPECT_EQ(running, sums_on[days[a]][currency]) << days[a];
                for (const Value& change : *line["changes"].as<List>())
                    running += minor(change["amount"]);
                EXPECT_EQ(running, minor(line["end"])) << days[a] << " to " << days[b];
                EXPECT_EQ(running, sums_on[days[b]][currency]) << days[b];
            }
        }
}

TEST_F(Forecast, NotesOnceThatADealRotsAndThatItIsOverdue)
{
    const Id deal = create({{"close_date", "2026-01-10"}});
    watch();
    EXPECT_EQ(count_of("opportunity.stalled", deal), 0);
    kit.advance(31 * 24h);
    watch();
    watch();
    EXPECT_EQ(count_of("opportunity.stalled", deal), 1);
    EXPECT_EQ(count_of("opportunity.overdue", deal), 1);
    EXPECT_EQ(kit.named_query("pipelines.overdue")->size(), 1U);
    ASSERT_TRUE(kit.update("opportunity", deal, {{"close_date", "2026-03-01"}}));
    EXPECT_TRUE(kit.field("opportunity", deal, "overdue_since").is_null());
    EXPECT_EQ(kit.field("opportunity", deal, "slip_count"), Value{1});
    const auto changed = kit.events("opportunity.close_date_changed", deal);
    ASSERT_EQ(changed.size(), 1U);
    EXPECT_EQ(changed[0].data["days"], Value{50});
    ASSERT_TRUE(kit.call("pipelines.move_opportunity", {{"opportunity", deal}, {"stage", "Engaging"}}));
    EXPECT_TRUE(kit.field("opportunity", deal, "stalled_at").is_null());
    kit.advance(31 * 24h);
    watch();
    EXPECT_EQ(count_of("opportunity.stalled", deal), 2) << "again, in its next stage";
}

TEST_F(Forecast, AStageAsksForFieldsAndItsChecklist)
{
    ASSERT_TRUE(kit.update(
        "stage",
        stage("Proposal"),
        {{"required_fields", List{"amount", "next_step"}}, {"checklist", List{"Budget known", "Demo held"}}}
    ));
    const Id deal = create({{"amount", "10 USD"}});
    const auto move = [&](Map more) {
        more.set("opportunity", deal);
        more.set("stage", "Proposal");
        return kit.call("pipelines.move_opportunity", std::move(more));
    };
    EXPECT_TRUE(expect_refused(move({}), {.field = "next_step"}));
    EXPECT_TRUE(expect_refused(move({{"set", Map{{"next_step", "Call"}}}}), {.field = "checked"}));
    ASSERT_TRUE(kit.update("opportunity", deal, {{"checked", List{"Demo held"}}}));
    ASSERT_TRUE(move({{"set", Map{{"next_step", "Call"}}}, {"checked", List{"Budget known"}}}));
    EXPECT_TRUE(
        expect_refused(kit.update("opportunity", deal, {{"next_step", nullptr}}), {.field = "next_step"})
    ) << "as long as it is in the stage";
    ASSERT_TRUE(kit.call("pipelines.move_opportunity", {{"opportunity", deal}, {"stage", "Engaging"}}));
    EXPECT_TRUE(kit.update("opportunity", deal, {{"next_step", nullptr}}));
    const auto history = kit.list("stage_history", {{"opportunity", deal}});
    EXPECT_EQ(history.back()["direction"], Value{"backward"});
}

TEST_F(Forecast, DeletesAStageWhenItsDealsHaveAnother)
{
    const Id deal = create({{"stage", stage("Proposal")}});
    const auto remove = [&](Map more) {
        more.set("stage", "Proposal");
        const auto answer = kit.call("pipelines.delete_stage", std::move(more));
        return answer ? "it was done" : answer.error().key;
    };
    EXPECT_EQ(remove({}), "pipelines.stage_in_use");
    EXPECT_EQ(remove({{"move_to", "Won"}}), "pipelines.stage_of_other_kind");
    EXPECT_EQ(remove({{"move_to", "Engaging"}}), "it was done");
    EXPECT_EQ(kit.field("opportunity", deal, "stage"), Value{stage("Engaging")});
    EXPECT_EQ(kit.list("stage").size(), 5U);
}

TEST_F(Forecast, TakesReasonsFromTheListIfToldTo)
{
    ASSERT_TRUE(kit.set("reasons_from_list", true));
    ASSERT_TRUE(kit.create("close_reason", {{"name", "Price"}, {"outcome", "lost"}}));
    ASSERT_TRUE(kit.create("close_reason", {{"name", "Service"}, {"outcome", "won"}, {"active", false}}));
    const Id deal = create({});
    const auto lose = [&](const char* reason) {
        return kit.call(
            "pipelines.lose_opportunity",
            {{"opportunity", deal}, {"reason", reason}, {"competitor", "Globex"}}
        );
    };
    EXPECT_TRUE(expect_refused(lose("Weather"), {.field = "lost_reason"}));
    ASSERT_TRUE(lose("Price"));
    EXPECT_EQ(kit.field("opportunity", deal, "competitor"), Value{"Globex"});
    EXPECT_TRUE(expect_refused(
        kit.call("pipelines.win_opportunity", {{"opportunity", deal}, {"reason", "Service"}}),
        {.field = "won_reason"}
    ));
}

TEST_F(Forecast, TellsWhoMovedADealInTheMeantime)
{
    const Id deal = create({});
    const std::int64_t seen = kit.field("opportunity", deal, "version").get_or(std::int64_t{0});
    ASSERT_TRUE(kit.call("pipelines.move_opportunity", {{"opportunity", deal}, {"stage", "Proposal"}}));
    const auto late = kit.call(
        "pipelines.move_opportunity", {{"opportunity", deal}, {"stage", "Engaging"}, {"version", seen}}
    );
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, ErrorCode::conflict);
    EXPECT_EQ(kit.field("opportunity", deal, "stage"), Value{stage("Proposal")});
}

} // namespace
} // namespace mortise::testkit
