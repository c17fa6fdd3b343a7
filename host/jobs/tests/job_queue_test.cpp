#include "jobs/job_queue.hpp"
#include "records/records.hpp"
#include "records/writer.hpp"
#include "store/database.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>

namespace mortise::host {
namespace {

constexpr auto patience = std::chrono::seconds{20};

class JobQueueTest : public testing::Test {
protected:
    void SetUp() override
    {
        auto opened = Database::open(":memory:", {.create = true});
        ASSERT_TRUE(opened) << opened.error().message;
        m_database = *std::move(opened);
        m_writer = std::make_unique<Writer>(*m_database, m_clock);
        ASSERT_TRUE(m_writer->open());
        restart();
    }
    void TearDown() override
    {
        m_queue.reset();
        m_writer->stop();
    }

    void restart()
    {
        m_queue.reset();
        m_queue = std::make_unique<JobQueue>(*m_database, *m_writer, m_clock);
        ASSERT_TRUE(m_queue->open());
    }

    std::int64_t add(std::string name, std::string key = {}, std::uint32_t attempts = 5, Instant due = {})
    {
        JobDraft draft{.id = ++m_last, .plugin = "acme.one", .name = std::move(name)};
        draft.key = std::move(key);
        draft.arguments = Map{{"n", 1}};
        draft.attempts = attempts;
        draft.due = due;
        auto added = m_queue->add(draft);
        EXPECT_TRUE(added);
        return added ? *added : 0;
    }

    /// Waits until the job is in that state.
    bool becomes(std::int64_t id, JobState state) const
    {
        const auto end = std::chrono::steady_clock::now() + patience;
        while (std::chrono::steady_clock::now() < end) {
            const auto job = m_queue->find(id);
            if (job && job->state == state) return true;
            std::this_thread::yield();
        }
        return false;
    }

    ManualClock m_clock{Instant{1'000'000'000}};
    std::unique_ptr<Database> m_database;
    std::unique_ptr<Writer> m_writer;
    std::unique_ptr<JobQueue> m_queue;
    std::int64_t m_last{0};
};

TEST_F(JobQueueTest, RunsAJobAndKeepsItsResult)
{
    const auto id = add("sum");
    m_queue->attach("acme.one", [](const Job& job) -> Result<Value> {
        return Value{
            job.draft.name + " of " + std::to_string(job.draft.arguments["n"].get_or<std::int64_t>(0))
        };
    });
    ASSERT_TRUE(becomes(id, JobState::done));
    EXPECT_EQ(m_queue->find(id)->result.text(), "sum of 1");
    EXPECT_EQ(m_queue->find(id)->tries, 1U);
}

TEST_F(JobQueueTest, LeavesJobsOfOthersAlone)
{
    const auto id = add("sum");
    std::atomic<int> ran{0};
    m_queue->attach("acme.two", [&](const Job&) -> Result<Value> {
        ++ran;
        return Value{};
    });
    ASSERT_TRUE(m_queue->add({.id = 99, .plugin = "acme.two", .name = "other"}));
    ASSERT_TRUE(becomes(99, JobState::done));
    EXPECT_EQ(m_queue->find(id)->state, JobState::waiting);
    EXPECT_EQ(ran, 1);
}

TEST_F(JobQueueTest, TriesAgainWithBackOffAndGivesUp)
{
    const auto id = add("fails", {}, 2);
    m_queue->attach("acme.one", [](const Job&) -> Result<Value> {
        return Error{.code = ErrorCode::io, .message = "no connection"};
    });
    const auto end = std::chrono::steady_clock::now() + patience;
    while (m_queue->find(id)->tries < 1 || m_queue->find(id)->state != JobState::waiting)
        ASSERT_LT(std::chrono::steady_clock::now(), end);
    EXPECT_EQ(m_queue->find(id)->error, "no connection");
    EXPECT_GT(m_queue->find(id)->draft.due, m_clock.now());
    m_clock.advance(Duration{10'000'000});
    m_queue->wake();
    EXPECT_TRUE(becomes(id, JobState::failed));
    EXPECT_EQ(m_queue->find(id)->tries, 2U);
}

TEST_F(JobQueueTest, WaitsUntilAJobIsDue)
{
    const auto later = add("later", {}, 5, Instant{2'000'000'000});
    const auto now = add("now");
    m_queue->attach("acme.one", [](const Job&) -> Result<Value> { return Value{}; });
    ASSERT_TRUE(becomes(now, JobState::done));
    EXPECT_EQ(m_queue->find(later)->state, JobState::waiting);
    m_clock.set(Instant{2'000'000'000});
    m_queue->wake();
    EXPECT_TRUE(becomes(later, JobState::done));
}

TEST_F(JobQueueTest, KeepsOneJobOfAKey)
{
    const auto first = add("sync", "nightly");
    EXPECT_EQ(add("sync", "nightly"), first);
    EXPECT_NE(add("sync", "hourly"), first);
    EXPECT_NE(add("other", "nightly"), first);
    m_queue->attach("acme.one", [](const Job&) -> Result<Value> { return Value{}; });
    ASSERT_TRUE(becomes(first, JobState::done));
    EXPECT_NE(add("sync", "nightly"), first);
}

TEST_F(JobQueueTest, TellsARunningJobToStop)
{
    std::latch started{1};
    const auto id = add("long");
    m_queue->attach("acme.one", [&](const Job& job) -> Result<Value> {
        EXPECT_TRUE(m_queue->progress("acme.one", job.draft.id, 3, 10, "counting"));
        started.count_down();
        while (!m_queue->is_cancelled("acme.one", job.draft.id).value_or(true))
            std::this_thread::yield();
        return Error{.code = ErrorCode::cancelled, .message = "stopped"};
    });
    started.wait();
    const auto listed = m_queue->list("acme.one", 10);
    ASSERT_TRUE(listed);
    EXPECT_EQ(listed->front().doing, "counting");
    EXPECT_EQ(listed->front().done, 3U);
    ASSERT_TRUE(m_queue->cancel("acme.one", id));
    EXPECT_TRUE(becomes(id, JobState::cancelled));
    EXPECT_EQ(m_queue->cancel("acme.one", id).error().code, ErrorCode::not_found);
}

TEST_F(JobQueueTest, KeepsTheLastProgressOfAJobThatHasEnded)
{
    const auto id = add("quick");
    m_queue->attach("acme.one", [&](const Job& job) -> Result<Value> {
        EXPECT_TRUE(m_queue->progress("acme.one", job.draft.id, 10, 10, "done counting"));
        return Value{};
    });
    ASSERT_TRUE(becomes(id, JobState::done));
    const auto ended = m_queue->find(id);
    ASSERT_TRUE(ended);
    EXPECT_EQ(ended->done, 10U);
    EXPECT_EQ(ended->total, 10U);
    EXPECT_EQ(ended->doing, "done counting");
}

TEST_F(JobQueueTest, KeepsNoPluginWaitingForTheLongJobsOfAnother)
{
    std::latch over{1};
    std::atomic<int> running{0};
    for (int i = 0; i < 6; ++i)
        add("long");
    m_queue->attach("acme.one", [&](const Job&) -> Result<Value> {
        ++running;
        over.wait();
        return Value{};
    });
    while (running < 4)
        std::this_thread::yield();
    m_queue->attach("acme.two", [](const Job&) -> Result<Value> { return Value{}; });
    const auto quick = m_queue->add({.id = 4242, .plugin = "acme.two", .name = "quick"});
    ASSERT_TRUE(quick);
    EXPECT_TRUE(becomes(*quick, JobState::done));
    EXPECT_EQ(running, 4) << "more at a time than a plugin may have";
    over.count_down();
    while (running < 6) // when one ends, the next begins at once: else ctest ends this
        std::this_thread::yield();
    EXPECT_TRUE(m_queue->detach("acme.one", patience)) << "they use what stands here";
}

TEST_F(JobQueueTest, NeverStartsAJobThatWasCancelledWhileItWaited)
{
    const auto id = add("never");
    EXPECT_EQ(m_queue->cancel("acme.two", id).error().code, ErrorCode::not_found);
    ASSERT_TRUE(m_queue->cancel("acme.one", id));
    EXPECT_EQ(m_queue->find(id)->state, JobState::cancelled);
}

TEST_F(JobQueueTest, DetachWaitsForWhatRuns)
{
    std::latch started{1};
    std::atomic<bool> ended{false};
    add("long");
    m_queue->attach("acme.one", [&](const Job& job) -> Result<Value> {
        started.count_down();
        while (!m_queue->is_cancelled("acme.one", job.draft.id).value_or(true))
            std::this_thread::yield();
        ended = true;
        return Value{};
    });
    started.wait();
    EXPECT_TRUE(m_queue->detach("acme.one", patience));
    EXPECT_TRUE(ended);
}

TEST_F(JobQueueTest, RunsAgainWhatAFormerProcessLeftRunning)
{
    const auto id = add("lost");
    ASSERT_TRUE(m_writer->run([](Connection& connection) {
        return connection.execute(R"(UPDATE "mt$job" SET state = 'running', tries = 1)");
    }));
    restart();
    m_queue->attach("acme.one", [](const Job& job) -> Result<Value> {
        return Value{std::int64_t{job.tries}};
    });
    ASSERT_TRUE(becomes(id, JobState::done));
    EXPECT_EQ(m_queue->find(id)->result, Value{2});
}

} // namespace
} // namespace mortise::host
