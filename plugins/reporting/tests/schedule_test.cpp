// Reports by the clock: the built plugin in the test kit.
#include <mortise/testkit.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>

namespace mortise::testkit {
namespace {

using namespace std::chrono_literals;

/// The kit's clock begins on Thursday 2026-01-01 at nine.
class Schedules : public testing::Test {
protected:
    void SetUp() override
    {
        for (const char* country : {"AT", "DE"})
            kit.create("contact", {{"name", "Somebody"}, {"kind", "person"}, {"country", country}}).value();
        const Map definition{{"source", "contact"}, {"rows", List{"country"}}};
        ASSERT_TRUE(kit.call("reporting.create_report", {{"name", "Countries"}, {"definition", definition}}));
    }
    Id schedule(Map more = {})
    {
        Map arguments{{"name", "Daily"}, {"report", "Countries"}, {"rule", "30 7 * * *"}, {"format", "csv"}};
        for (const auto& [name, value] : more)
            arguments.set(name, value);
        return kit.call("reporting.create_schedule", arguments).value()["schedule"].get_or(Id{});
    }
    std::string refusal(std::string_view command, Map arguments)
    {
        const auto answer = kit.call(command, std::move(arguments));
        return answer ? "it was done" : answer.error().key;
    }
    Value of(Id which, std::string_view field) const { return kit.field("report_schedule", which, field); }
    std::size_t files() const { return kit.list("report_file").size(); }
    /// Lets a day go by, with the jobs that fall due in it.
    void day()
    {
        kit.advance(24h);
        kit.run_jobs();
    }
    static Value at(std::int64_t seconds) { return Instant{seconds * 1'000'000}; }

    Kit kit{MORTISE_PLUGIN_FOLDER};
};

TEST_F(Schedules, MakeAFileWheneverTheRuleComesRound)
{
    const Id daily = schedule();
    EXPECT_EQ(of(daily, "next_at"), at(1'767'339'000)); // 2026-01-02T07:30:00Z
    kit.run_jobs();
    EXPECT_EQ(files(), 0U) << "it is not due yet";
    day();
    ASSERT_EQ(files(), 1U);
    EXPECT_EQ(of(daily, "state"), Value{"done"});
    EXPECT_EQ(of(daily, "next_at"), at(1'767'425'400)); // the day after
    EXPECT_EQ(kit.events("report.made", daily).size(), 1U);
    const Map file = kit.list("report_file").front();
    EXPECT_EQ(file["name"], Value{"Countries.csv"});
    const Value kept = kit.call("reporting.kept_file", {{"file", file["id"]}}).value();
    EXPECT_EQ(kept["media_type"], Value{"text/csv; charset=utf-8"});
    // "country,..." in base64.
    const Value now = kit.call("reporting.export", {{"report", "Countries"}, {"format", "csv"}}).value();
    EXPECT_EQ(kept["size"], now["size"]);
    day();
    EXPECT_EQ(files(), 2U);
}

TEST_F(Schedules, AreNotTakenForDeletedWhenTheyCannotBeRead)
{
    const Id daily = schedule();
    kit.advance(24h);
    kit.fail_next("mortise.records/1.get", {.code = ErrorCode::io, .message = "the disk hiccups"});
    const auto jobs = kit.run_jobs();
    EXPECT_TRUE(std::ranges::any_of(jobs, [](const SeenJob& job) {
        return job.state == "failed" && job.error.find("hiccups") != std::string::npos;
    })) << "the job says so";
    kit.advance(2h); // what nobody made is planned again
    kit.fail_next("mortise.records/1.get", {.code = ErrorCode::io});
    EXPECT_FALSE(kit.call("reporting.plan_schedules"));
    kit.clear_faults();
    EXPECT_TRUE(kit.call("reporting.plan_schedules"));
    kit.run_jobs();
    EXPECT_EQ(files(), 1U);
    EXPECT_EQ(of(daily, "state"), Value{"done"});
}

TEST_F(Schedules, KeepToTheWallClock)
{
    const Id vienna = schedule({{"time_zone", "Europe/Vienna"}});
    EXPECT_EQ(of(vienna, "next_at"), at(1'767'335'400)); // half past seven there is 6:30 here
    ASSERT_TRUE(kit.set("time_zone", "America/New_York"));
    EXPECT_EQ(of(schedule({{"name", "Here"}}), "next_at"), at(1'767'270'600))
        << "the house's zone: 12:30 UTC";
}

TEST_F(Schedules, RefuseAtOnceWhatWouldFailAtSevenInTheMorning)
{
    const auto refused = [this](Map more) {
        Map arguments{{"name", "Daily"}, {"report", "Countries"}, {"rule", "30 7 * * *"}};
        for (const auto& [name, value] : more)
            arguments.set(name, value);
        return refusal("reporting.create_schedule", std::move(arguments));
    };
    EXPECT_EQ(refused({{"rule", "every morning"}}), "reporting.schedule");
    EXPECT_EQ(refused({{"rule", "0 0 31 2 *"}}), "reporting.schedule") << "there is no such day";
    EXPECT_EQ(refused({{"time_zone", "Europe/Atlantis"}}), "reporting.schedule");
    EXPECT_EQ(refused({{"report", "None"}}), "reporting.no_report");
    const Map list{{"kind", "list"}, {"source", "contact"}, {"fields", List{"name"}}};
    ASSERT_TRUE(kit.call("reporting.create_report", {{"name", "List"}, {"definition", list}}));
    EXPECT_EQ(refused({{"report", "List"}, {"format", "png"}}), "reporting.no_chart");
    EXPECT_EQ(kit.list("report_schedule").size(), 0U);
}

TEST_F(Schedules, FollowWhatSomebodyChanges)
{
    const Id daily = schedule();
    ASSERT_TRUE(kit.update("report_schedule", daily, {{"rule", "0 12 * * *"}}));
    EXPECT_EQ(of(daily, "next_at"), at(1'767'268'800)) << "today at noon";
    kit.advance(24h);
    kit.run_jobs();
    EXPECT_EQ(files(), 1U) << "the old time made none";
    ASSERT_TRUE(kit.update("report_schedule", daily, {{"active", false}}));
    day();
    EXPECT_EQ(files(), 1U);
    ASSERT_TRUE(kit.update("report_schedule", daily, {{"active", true}}));
    day();
    EXPECT_EQ(files(), 2U);
    ASSERT_TRUE(kit.update("report_schedule", daily, {{"rule", "nonsense"}}));
    EXPECT_EQ(of(daily, "state"), Value{"failed"});
    EXPECT_NE(of(daily, "problem").text().find("nonsense"), std::string_view::npos);
    ASSERT_TRUE(kit.remove("report_schedule", daily));
    day();
    EXPECT_EQ(files(), 0U) << "its files go with it";
}

TEST_F(Schedules, RunByHandAndKeepTheLastFiles)
{
    const Id daily = schedule({{"keep", 2}});
    const Value next = of(daily, "next_at");
    for (int i = 0; i < 4; ++i) {
        kit.advance(1min);
        EXPECT_EQ(
            kit.call("reporting.run_schedule", {{"schedule", "Daily"}}).value()["started"], Value{true}
        );
        kit.run_jobs();
    }
    EXPECT_EQ(files(), 2U);
    EXPECT_EQ(of(daily, "next_at"), next);
    EXPECT_EQ(refusal("reporting.run_schedule", {{"schedule", "None"}}), "reporting.no_report_schedule");
}

TEST_F(Schedules, SayWhyThereIsNoFileAndGoOn)
{
    const Id daily = schedule();
    const Id report = kit.list("report").front()["id"].get_or(Id{});
    const Map gone{{"source", "unicorn"}};
    ASSERT_TRUE(kit.update("report", report, {{"definition", gone}}));
    day();
    EXPECT_EQ(files(), 0U);
    EXPECT_EQ(of(daily, "state"), Value{"failed"});
    EXPECT_NE(of(daily, "problem").text().find("unicorn"), std::string_view::npos);
    EXPECT_EQ(kit.events("report.failed", daily).size(), 1U);
    EXPECT_EQ(of(daily, "next_at"), at(1'767'425'400)) << "it comes again tomorrow";
}

TEST_F(Schedules, AreMadeOnceThoughTheHostWasAway)
{
    schedule();
    kit.advance(72h);
    ASSERT_TRUE(kit.reload());
    kit.run_jobs();
    kit.run_schedule("hourly");
    kit.run_jobs();
    EXPECT_EQ(files(), 1U) << "one for all that were missed";
    day();
    EXPECT_EQ(files(), 2U) << "and then it goes on";
}

TEST_F(Schedules, ShowTheirFilesToNobodyWhoSeesOnlyTheirOwn)
{
    kit.add_user("anna", false);
    schedule();
    day();
    const Map file = kit.list("report_file").front();
    EXPECT_TRUE(kit.list("report_file", {}, {}, {.user = "anna"}).empty());
    EXPECT_FALSE(kit.call("reporting.kept_file", {{"file", file["id"]}}, {.user = "anna"}));
}

} // namespace
} // namespace mortise::testkit
