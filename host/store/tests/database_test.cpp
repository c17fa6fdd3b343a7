#include "store/database.hpp"
#include "store/tests/temp_folder.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <future>
#include <thread>

namespace mortise::host::test {

TEST(Database, IsMissedUnlessItMayBeMade)
{
    const TempFolder folder;
    const auto missing = Database::open(folder / "a.db", {});
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::not_found);
    EXPECT_EQ(missing.error().key, "store.missing");
    EXPECT_FALSE(std::filesystem::exists(folder / "a.db"));
    make_database(folder / "a.db");
    EXPECT_TRUE(Database::open(folder / "a.db", {}));
}

TEST(Database, TellsWhatItIs)
{
    const TempFolder folder;
    auto database = make_database(folder / "a.db");
    const DatabaseFacts facts = take(database->facts());
    EXPECT_EQ(facts.journal_mode, "wal");
    EXPECT_EQ(facts.synchronous, "full");
    EXPECT_EQ(number(database->writer(), "PRAGMA synchronous"), 2) << "what is said is what is set";
    EXPECT_EQ(number(database->writer(), "PRAGMA wal_autocheckpoint"), 0);
    EXPECT_GE(facts.page_count, 1);
    EXPECT_NE(facts.wal_reset_note.find(facts.sqlite_version), std::string::npos);
}

TEST(Database, RefusesAForeignFile)
{
    const TempFolder folder;
    {
        std::ofstream file{folder / "text.db"};
        file << std::string(10'000, 'x');
    }
    const auto no_database = Database::open(folder / "text.db", {});
    ASSERT_FALSE(no_database);
    EXPECT_EQ(no_database.error().key, "store.corrupt");

    auto ours = make_database(folder / "other.db");
    must(ours->writer().execute("PRAGMA application_id = 7"));
    ours.reset();
    const auto foreign = Database::open(folder / "other.db", {.create = true});
    ASSERT_FALSE(foreign);
    EXPECT_EQ(foreign.error().key, "store.foreign");
}

TEST(Database, SaysWhyItCannotBeOpened)
{
    const auto nowhere = Database::open("/nonexistent/folder/a.db", {.create = true});
    ASSERT_FALSE(nowhere);
    EXPECT_EQ(nowhere.error().key, "store.open");
    EXPECT_EQ(nowhere.error().where, "/nonexistent/folder/a.db");
}

TEST(Database, ReadersSeeCommittedRowsOnly)
{
    const TempFolder folder;
    auto database = make_database(folder / "a.db");
    must(database->writer().execute("CREATE TABLE t(a)"));
    must(database->writer().begin());
    must(database->writer().execute("INSERT INTO t VALUES(1)"));
    EXPECT_EQ(number(*database->read(), "SELECT count(*) FROM t"), 0);
    must(database->writer().commit());
    EXPECT_EQ(number(*database->read(), "SELECT count(*) FROM t"), 1);
}

TEST(Database, KeepsASnapshotUntilTheReadEnds)
{
    const TempFolder folder;
    auto database = make_database(folder / "a.db", {.readers = 1});
    must(database->writer().execute("CREATE TABLE t(a)"));
    {
        const ReadLease reader = database->read();
        must(reader->begin());
        EXPECT_EQ(number(*reader, "SELECT count(*) FROM t"), 0);
        must(database->writer().execute("INSERT INTO t VALUES(1)"));
        EXPECT_EQ(number(*reader, "SELECT count(*) FROM t"), 0);
    }
    EXPECT_EQ(number(*database->read(), "SELECT count(*) FROM t"), 1)
        << "the transaction ended with the lease";
}

TEST(Database, GivesAReaderBackWithStatementsReset)
{
    const TempFolder folder;
    auto database = make_database(folder / "a.db", {.readers = 1});
    must(database->writer().execute("CREATE TABLE t(a); INSERT INTO t VALUES(1),(2)"));
    {
        const ReadLease reader = database->read();
        Statement* rows = take(reader->cached("SELECT a FROM t"));
        ASSERT_TRUE(take(rows->step()));
    }
    EXPECT_TRUE(take(database->checkpoint_truncate())) << "no read is left open";
}

TEST(Database, LendsAThreadThatHoldsAReaderAnother)
{
    const TempFolder folder;
    auto database = make_database(folder / "a.db", {.readers = 1});
    const ReadLease first = database->read();
    const ReadLease second = database->read(); // would wait for itself if it had to wait
    EXPECT_EQ(number(*second, "SELECT 5"), 5);
    EXPECT_EQ(number(*first, "SELECT 6"), 6);
}

TEST(Database, LivesInMemoryWithReadersBesideTheWriter)
{
    auto database = take(Database::open(":memory:", {}));
    auto other = take(Database::open(":memory:", {}));
    const std::filesystem::path file = database->file();
    must(database->writer().execute("CREATE TABLE t(a)"));
    const ReadLease reader = database->read();
    must(reader->begin());
    EXPECT_EQ(number(*reader, "SELECT count(*) FROM t"), 0);
    must(database->writer().execute("INSERT INTO t VALUES(1)")); // a reader is not in its way
    EXPECT_FALSE(other->writer().execute("INSERT INTO t VALUES(1)")) << "each has its own";
}

TEST(Database, LeavesNothingOfADatabaseInMemory)
{
    auto database = take(Database::open(":memory:", {}));
    const std::filesystem::path folder = database->file().parent_path();
    EXPECT_TRUE(std::filesystem::exists(folder));
    database.reset();
    EXPECT_FALSE(std::filesystem::exists(folder));
}

TEST(Database, WritesTheLogBackOnceItIsLarge)
{
    const TempFolder folder;
    auto database = make_database(folder / "a.db", {.checkpoint_bytes = 1 << 20});
    must(database->writer().execute("CREATE TABLE t(a)"));
    const auto before = std::filesystem::file_size(folder / "a.db");
    must(database->checkpoint_if_large());
    EXPECT_EQ(std::filesystem::file_size(folder / "a.db"), before) << "small: it is left alone";
    must(database->writer().execute("INSERT INTO t VALUES(zeroblob(2000000))"));
    EXPECT_GT(database->wal_pages(), 100);
    must(database->checkpoint_if_large());
    EXPECT_GT(std::filesystem::file_size(folder / "a.db"), 2'000'000U);
    must(database->writer().execute("INSERT INTO t VALUES(1)"));
    EXPECT_LT(database->wal_pages(), 10) << "the log begins anew";
}

TEST(Database, EmptiesTheLogWhenIdle)
{
    const TempFolder folder;
    auto database = make_database(folder / "a.db");
    must(database->writer().execute("CREATE TABLE t(a); INSERT INTO t VALUES(1)"));
    {
        const ReadLease reader = database->read();
        must(reader->begin());
        EXPECT_EQ(number(*reader, "SELECT count(*) FROM t"), 1);
        must(database->writer().execute("INSERT INTO t VALUES(2)"));
        EXPECT_FALSE(take(database->checkpoint_truncate())) << "a snapshot is in the way";
    }
    EXPECT_TRUE(take(database->checkpoint_truncate()));
    EXPECT_EQ(take(database->facts()).wal_bytes, 0);
}

TEST(Database, CopiesItselfWhileOpen)
{
    const TempFolder folder;
    auto database = make_database(folder / "a.db");
    must(database->writer().execute("CREATE TABLE t(a); INSERT INTO t VALUES(42)"));
    must(database->copy_to(folder / "b.db"));
    EXPECT_EQ(database->copy_to(folder / "b.db").error().key, "store.exists");
    auto copy = take(Database::open(folder / "b.db", {}));
    EXPECT_EQ(number(*copy->read(), "SELECT a FROM t"), 42);
}

TEST(Database, KeepsRowsOverAReopen)
{
    const TempFolder folder;
    auto database = make_database(folder / "a.db");
    must(database->writer().execute("CREATE TABLE t(a); INSERT INTO t VALUES('x')"));
    database.reset();
    EXPECT_FALSE(std::filesystem::exists(folder / "a.db-wal")) << "closing writes the log back";
    database = take(Database::open(folder / "a.db", {}));
    EXPECT_EQ(text(database->writer(), "SELECT a FROM t"), "x");
}

TEST(Database, NoticesADamagedPage)
{
    const TempFolder folder;
    auto database = make_database(folder / "a.db");
    must(database->writer().execute("CREATE TABLE t(a); INSERT INTO t VALUES('x')"));
    const std::int64_t page_size = take(database->facts()).page_size;
    database.reset();
    {
        std::fstream file{folder / "a.db", std::ios::in | std::ios::out | std::ios::binary};
        file.seekp(page_size);
        file << std::string(200, '\xff');
    }
    database = take(Database::open(folder / "a.db", {}));
    const auto outcome = database->writer().execute("SELECT * FROM t");
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().key, "store.corrupt");
}

} // namespace mortise::host::test
