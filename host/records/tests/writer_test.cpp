#include "records/tests/scratch_host.hpp"
#include "records/writer.hpp"

#include <atomic>
#include <latch>
#include <thread>
#include <vector>

namespace mortise::host {
namespace {

class WriterTest : public testing::Test {
protected:
    void SetUp() override
    {
        m_host.writer->on_commit([this](std::int64_t) { ++m_transactions; });
        ASSERT_TRUE(m_host.writer->run([](Connection& connection) {
            return connection.execute("CREATE TABLE note (thread INTEGER, i INTEGER, UNIQUE (thread, i))");
        }));
        m_transactions = 0;
    }

    Result<void> note(int thread, int i)
    {
        return m_host.writer->run([thread, i](Connection& connection) -> Result<void> {
            MORTISE_TRY(Statement * insert, connection.cached("INSERT INTO note VALUES (?, ?)"));
            insert->bind(1, thread);
            insert->bind(2, i);
            return insert->run();
        });
    }

    std::int64_t notes()
    {
        const ReadLease reader = m_host.database->read();
        const auto count = reader->cached("SELECT count(*) FROM note");
        EXPECT_TRUE(count && (*count)->step());
        return count ? (*count)->integer(0) : -1;
    }

    ScratchHost m_host;
    std::atomic<int> m_transactions{0};
};

TEST_F(WriterTest, WritesWhatManyWantTogetherInFewTransactions)
{
    constexpr int savers = 64;
    constexpr int each = 30;
    std::latch start{savers};
    std::atomic<int> failures{0};
    {
        std::vector<std::jthread> threads;
        for (int thread = 0; thread < savers; ++thread)
            threads.emplace_back([&, thread] {
                start.arrive_and_wait();
                for (int i = 0; i < each; ++i)
                    failures += note(thread, i) ? 0 : 1;
            });
    }
    EXPECT_EQ(failures, 0);
    EXPECT_EQ(notes(), savers * each);
    EXPECT_LT(m_transactions, savers * each / 8);
}

TEST_F(WriterTest, FailsAPieceWithoutTheOthersOfItsTransaction)
{
    constexpr int savers = 16;
    std::atomic<int> wrong{0};
    {
        std::vector<std::jthread> threads;
        for (int thread = 0; thread < savers; ++thread)
            threads.emplace_back([&, thread] {
                for (int i = 0; i < 20; ++i) // every second is there already
                    wrong += note(thread, i / 2).has_value() == (i % 2 == 0) ? 0 : 1;
            });
    }
    EXPECT_EQ(wrong, 0);
    EXPECT_EQ(notes(), savers * 10);
}

/// Some are stopped while their transaction waits for more of them.
TEST_F(WriterTest, KeepsWhatItConfirmedAndNothingElseWhenItIsStopped)
{
    constexpr int savers = 32;
    std::atomic<int> confirmed{0};
    std::atomic<int> refused{0};
    {
        std::vector<std::jthread> threads;
        for (int thread = 0; thread < savers; ++thread)
            threads.emplace_back([&, thread] {
                for (int i = 0;; ++i) {
                    const auto done = note(thread, i);
                    if (done) {
                        ++confirmed;
                        continue;
                    }
                    refused += done.error().key == "store.stopping" ? 1 : 0;
                    return;
                }
            });
        while (confirmed < 500)
            std::this_thread::yield();
        m_host.writer->stop();
    }
    EXPECT_EQ(refused, savers);
    EXPECT_EQ(notes(), confirmed);
}

} // namespace
} // namespace mortise::host
