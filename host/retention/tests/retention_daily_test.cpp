#include "retention/tests/retention_fixture.hpp"

namespace mortise::host {
namespace {

TEST_F(RetentionTest, IsAppliedOnceADayWhereThatIsOn)
{
    contact("Old");
    add(R"({"what":"records","type":"contact","by":"created_at","older_than_days":2})");
    pass(1);
    ASSERT_TRUE(m_retention.set_daily(ScratchHost::system(), true));
    ASSERT_TRUE(m_jobs->run_due(std::chrono::seconds{60}));
    EXPECT_EQ(live().size(), 1U);
    pass(1);
    ASSERT_TRUE(m_jobs->run_due(std::chrono::seconds{60}));
    EXPECT_EQ(live().size(), 1U) << "not older than two days";
    pass(1);
    ASSERT_TRUE(m_jobs->run_due(std::chrono::seconds{60}));
    EXPECT_EQ(live().size(), 0U);
    contact("Later");
    ASSERT_TRUE(m_retention.set_daily(ScratchHost::system(), false));
    pass(10);
    ASSERT_TRUE(m_jobs->run_due(std::chrono::seconds{60}));
    const auto last = m_jobs->list(Retention::owner, 1);
    ASSERT_TRUE(last && !last->empty());
    EXPECT_EQ(last->front().state, JobState::done);
    EXPECT_TRUE(last->front().result["rules"].get_or(List{}).empty())
        << "one that was queued before it was turned off does nothing";
    EXPECT_EQ(live().size(), 1U);
    EXPECT_EQ(numbers(R"(SELECT id FROM "mt$job" WHERE state IN ('waiting', 'running'))").size(), 0U);
}

TEST_F(RetentionTest, IsAppliedTheNextDayWhenTodayFails)
{
    contact("Old");
    add(R"({"what":"records","type":"contact","by":"created_at","older_than_days":2})");
    pass(5);
    ASSERT_TRUE(m_host.writer->run([](Connection& connection) {
        return connection.execute(R"(ALTER TABLE "mt$retention_rule$" RENAME TO away)");
    }));
    ASSERT_TRUE(m_retention.set_daily(ScratchHost::system(), true));
    ASSERT_TRUE(m_jobs->run_due(std::chrono::seconds{60}));
    EXPECT_EQ(live().size(), 1U);
    const auto waiting = numbers(R"(SELECT id FROM "mt$job" WHERE state = 'waiting')");
    ASSERT_EQ(waiting.size(), 2U) << "the next try of today's, and tomorrow's";
    ASSERT_TRUE(m_jobs->cancel(Retention::owner, *waiting.begin()));
    ASSERT_TRUE(m_host.writer->run([](Connection& connection) {
        return connection.execute(R"(ALTER TABLE away RENAME TO "mt$retention_rule$")");
    }));
    pass(1);
    ASSERT_TRUE(m_jobs->run_due(std::chrono::seconds{60}));
    EXPECT_EQ(live().size(), 0U);
}

} // namespace
} // namespace mortise::host
