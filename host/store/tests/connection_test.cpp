#include "store/connection.hpp"
#include "store/tests/temp_folder.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <sqlite3.h>
#include <thread>

namespace mortise::host::test {

class ConnectionTest : public testing::Test {
protected:
    TempFolder m_folder;
    std::unique_ptr<Database> m_database{make_database(m_folder / "a.db")};
    Connection& m_writer{m_database->writer()};
};

TEST_F(ConnectionTest, KeepsOneStatementPerText)
{
    const std::string sql = "SELECT 1";
    Statement* first = take(m_writer.cached(sql));
    ASSERT_TRUE(take(first->step()));
    Statement* second = take(m_writer.cached(std::string{sql}));
    EXPECT_EQ(first, second);
    ASSERT_TRUE(take(second->step())) << "it was handed out reset";
    EXPECT_NE(first, take(m_writer.cached("SELECT 2")));
}

TEST_F(ConnectionTest, RunsSeveralStatementsAndStopsAtTheFirstError)
{
    must(m_writer.execute("CREATE TABLE t(a); INSERT INTO t VALUES(1); -- a word\n INSERT INTO t VALUES(2); ")
    );
    const auto failed
        = m_writer.execute("INSERT INTO t VALUES(3); INSERT INTO nowhere VALUES(1); INSERT INTO t VALUES(4)");
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().key, "store.sql");
    EXPECT_NE(failed.error().message.find("nowhere"), std::string::npos);
    EXPECT_EQ(number(m_writer, "SELECT sum(a) FROM t"), 6);
}

/// The cache was twice as large: SQLite counted its pages by 4096 bytes before it had looked at the file.
TEST_F(ConnectionTest, KeepsNoMoreInItsCacheThanItWasGiven)
{
    constexpr int megabyte = 1 << 20;
    const auto file = m_folder / "large.db";
    const auto fill_and_measure = [&] {
        const auto database
            = take(Database::open(file, {.create = true, .cache_bytes = 4 * megabyte, .readers = 1}));
        Connection& writer = database->writer();
        must(writer.execute("CREATE TABLE IF NOT EXISTS t(a)"));
        for (int i = 0; i < 16; ++i)
            must(writer.execute("INSERT INTO t VALUES(zeroblob(1000000))"));
        EXPECT_EQ(number(writer, "SELECT count(*) FROM t WHERE length(hex(a)) = 0"), 0); // reads all of it
        int used = 0;
        int highest = 0;
        sqlite3_db_status(writer.handle(), SQLITE_DBSTATUS_CACHE_USED, &used, &highest, 0);
        return used;
    };
    EXPECT_LT(fill_and_measure(), 5 * megabyte) << "a file that was just made";
    EXPECT_LT(fill_and_measure(), 5 * megabyte) << "one that was there";
}

TEST_F(ConnectionTest, UndoesWhatIsNotCommitted)
{
    must(m_writer.execute("CREATE TABLE t(a)"));
    must(m_writer.begin());
    must(m_writer.execute("INSERT INTO t VALUES(1)"));
    must(m_writer.rollback());
    EXPECT_EQ(number(m_writer, "SELECT count(*) FROM t"), 0);
    EXPECT_FALSE(m_writer.in_transaction());
    must(m_writer.rollback()); // none is open: nothing to undo
}

TEST_F(ConnectionTest, FailsOneSavepointAlone)
{
    must(m_writer.execute("CREATE TABLE t(a UNIQUE)"));
    must(m_writer.begin());
    must(m_writer.savepoint("unit"));
    must(m_writer.execute("INSERT INTO t VALUES(1)"));
    must(m_writer.release("unit"));
    must(m_writer.savepoint("unit"));
    must(m_writer.execute("INSERT INTO t VALUES(2)"));
    EXPECT_FALSE(m_writer.execute("INSERT INTO t VALUES(1)"));
    must(m_writer.rollback_to("unit"));
    must(m_writer.release("unit"));
    must(m_writer.commit());
    EXPECT_EQ(number(m_writer, "SELECT sum(a) FROM t"), 1);
}

TEST_F(ConnectionTest, CountsChanges)
{
    must(m_writer.execute(
        "CREATE TABLE t(a); INSERT INTO t VALUES(1),(2),(3); UPDATE t SET a = a + 1 WHERE a > 1"
    ));
    EXPECT_EQ(m_writer.changes(), 2);
    EXPECT_EQ(m_writer.last_insert_id(), 3);
}

TEST_F(ConnectionTest, StopsWhenInterrupted)
{
    std::atomic<bool> done{false};
    std::thread other{[&] {
        while (!done)
            m_writer.interrupt(), std::this_thread::yield();
    }};
    const auto outcome = m_writer.execute(
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
    );
    done = true;
    other.join();
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, ErrorCode::cancelled);
    EXPECT_EQ(outcome.error().key, "store.interrupted");
}

TEST_F(ConnectionTest, ReadersCannotWrite)
{
    must(m_writer.execute("CREATE TABLE t(a)"));
    const ReadLease reader = m_database->read();
    const auto refused = reader->execute("INSERT INTO t VALUES(1)");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().key, "store.readonly");
    must(reader->execute("PRAGMA query_only = OFF"));
    EXPECT_FALSE(reader->execute("INSERT INTO t VALUES(1)")) << "the file is open for reading only";
}

TEST_F(ConnectionTest, DoesNotTakeATypingErrorForAText)
{
    must(m_writer.execute("CREATE TABLE t(a)"));
    EXPECT_FALSE(m_writer.prepare("SELECT \"nothing\" FROM t"));
}

TEST_F(ConnectionTest, KeepsTheSchemaTableAsItIs)
{
    must(m_writer.execute("CREATE TABLE t(a)"));
    (void)m_writer.execute("PRAGMA writable_schema = ON");
    EXPECT_FALSE(m_writer.execute("DELETE FROM sqlite_schema"));
}

TEST_F(ConnectionTest, RefusesAnEmptyStatement)
{
    EXPECT_FALSE(m_writer.prepare("  -- nothing"));
    EXPECT_FALSE(m_writer.cached(""));
}

} // namespace mortise::host::test
