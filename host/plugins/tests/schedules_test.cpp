#include "plugins/schedules.hpp"
#include "plugins/tests/plugins_fixture.hpp"

#include <algorithm>

namespace mortise::host {
namespace {

constexpr std::int64_t minute = 60'000'000;

/// The clock begins on 2026-01-01 at midnight in UTC, one o'clock in Warsaw.
class SchedulesTest : public PluginsTest {
protected:
    void advance(std::int64_t microseconds)
    {
        m_clock.advance({microseconds});
        m_plugins->run_schedules();
    }
    std::ptrdiff_t count(std::string_view text)
    {
        const auto page
            = m_records->list(Principal::system(), "steps_item", {.sort = {}, .limit = 1000, .after = {}});
        EXPECT_TRUE(page);
        const auto type = m_records->schema()->find("steps_item");
        return std::ranges::count_if(page->rows, [&](const Row& row) {
            return value_of(*type, row, "text").text() == text;
        });
    }
    bool jobs_are_done()
    {
        return eventually([&] {
            const auto jobs = m_jobs->list("com.test.steps", 1000);
            return std::ranges::all_of(*jobs, [](const Job& job) { return job.state == JobState::done; });
        });
    }
    ScheduleStatus status_of(std::string_view name)
    {
        const auto all = m_plugins->schedules("com.test.steps");
        EXPECT_TRUE(all) << all.error().message;
        for (const ScheduleStatus& one : *all)
            if (one.name == name) return one;
        ADD_FAILURE() << "no schedule " << name;
        return {};
    }
};

TEST_F(SchedulesTest, StartTheirJobsByTheClock)
{
    enable("steps");
    EXPECT_EQ(
        status_of("daily").next.microseconds, m_clock.now().microseconds + 450 * minute
    ); // 8:30 in Warsaw
    EXPECT_EQ(status_of("often").next.microseconds, m_clock.now().microseconds + 10 * minute);
    advance(10 * minute - 1);
    ASSERT_TRUE(jobs_are_done());
    EXPECT_EQ(count("often"), 0);
    advance(1);
    ASSERT_TRUE(jobs_are_done());
    EXPECT_EQ(count("often"), 1);
    m_plugins->run_schedules();
    ASSERT_TRUE(jobs_are_done());
    EXPECT_EQ(count("often"), 1);
    EXPECT_EQ(count("daily"), 0);
    EXPECT_EQ(status_of("often").last, m_clock.now());
    EXPECT_NE(status_of("often").last_job, 0);
    for (int i = 0; i < 44; ++i)
        advance(10 * minute);
    ASSERT_TRUE(jobs_are_done());
    EXPECT_EQ(count("daily"), 1);
    EXPECT_EQ(status_of("daily").next.microseconds - m_clock.now().microseconds, 24 * 60 * minute);
}

TEST_F(SchedulesTest, WhatWasMissedRunsOnceOrNotAtAll)
{
    enable("steps");
    close();
    m_clock.advance({3 * 24 * 60 * minute});
    open();
    m_plugins->run_schedules();
    ASSERT_TRUE(jobs_are_done());
    EXPECT_EQ(count("daily"), 1);
    EXPECT_EQ(count("often"), 0);
    EXPECT_GT(status_of("often").next, m_clock.now());
    EXPECT_LE(status_of("often").next.microseconds, m_clock.now().microseconds + 10 * minute);
}

TEST_F(SchedulesTest, EachTimeIsTakenOnceInADatabase)
{
    enable("steps");
    PluginServices services{
        *m_database,
        *m_writer,
        *m_records,
        *m_log,
        *m_dispatcher,
        *m_commands,
        *m_views,
        *m_jobs,
        m_clock,
        "other"
    };
    Schedules other{services, [](const std::string&, const Error& error) { ADD_FAILURE() << error.message; }};
    ASSERT_TRUE(other.open());
    ASSERT_TRUE(other.set(**m_plugins->manifest("com.test.steps")));
    for (int i = 1; i <= 5; ++i) {
        m_clock.advance({10 * minute});
        std::thread at_once{[&] { other.run_due(); }};
        m_plugins->run_schedules();
        at_once.join();
        ASSERT_TRUE(jobs_are_done());
        EXPECT_EQ(count("often"), i);
    }
}

TEST_F(SchedulesTest, StopWithTheirPlugin)
{
    enable("steps");
    ASSERT_TRUE(m_plugins->disable("com.test.steps"));
    advance(10 * minute);
    EXPECT_TRUE(m_jobs->list("com.test.steps", 10)->empty());
    EXPECT_TRUE(m_plugins->schedules("com.test.steps")->empty());
}

TEST_F(SchedulesTest, JobsAreCancelledAndTriedAgain)
{
    enable("steps");
    const auto endless = call("steps.start", {{"job", "endless"}});
    ASSERT_TRUE(endless) << endless.error().message;
    const std::int64_t id = *endless->as<std::int64_t>();
    ASSERT_TRUE(eventually([&] { return m_jobs->find(id)->doing == "going round"; }));
    ASSERT_TRUE(m_jobs->cancel("com.test.steps", id));
    ASSERT_TRUE(eventually([&] { return m_jobs->find(id)->state == JobState::cancelled; }));

    const auto failing = call("steps.start", {{"job", "failing"}});
    ASSERT_TRUE(failing);
    const std::int64_t other = *failing->as<std::int64_t>();
    ASSERT_TRUE(eventually([&] {
        const auto job = m_jobs->find(other);
        return job->tries == 1 && job->state == JobState::waiting;
    }));
    m_clock.advance({60 * minute});
    m_jobs->wake();
    ASSERT_TRUE(eventually([&] { return m_jobs->find(other)->state == JobState::failed; }));
    EXPECT_EQ(m_jobs->find(other)->tries, 2U);
    EXPECT_NE(m_jobs->find(other)->error.find("nobody answers"), std::string::npos);
}

TEST_F(SchedulesTest, JobsOutliveTheHost)
{
    enable("steps");
    ASSERT_TRUE(m_plugins->disable("com.test.steps"));
    const auto queued = m_jobs->add({
        .id = m_records->reserve(1)->number,
        .plugin = "com.test.steps",
        .name = "tick",
        .arguments = Map{{"text", "survived"}},
    });
    ASSERT_TRUE(queued);
    close();
    open();
    ASSERT_TRUE(m_plugins->enable("com.test.steps"));
    ASSERT_TRUE(jobs_are_done());
    EXPECT_EQ(count("survived"), 1);
}

} // namespace
} // namespace mortise::host
