#include "store/tests/guard_world.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace mortise::host::test {

TEST_F(GuardTest, BindsParametersByName)
{
    EXPECT_EQ(ask("SELECT family FROM contact WHERE id = :id", {{"id", Id{2}}}), "Baker\n");
    EXPECT_EQ(ask("SELECT @a, $b, :a", {{"a", 1}, {"b", "two"}}), "1|two|1\n");
    EXPECT_EQ(ask("SELECT :a", {}), "error query.parameter :a: the parameter :a has no value");
    EXPECT_EQ(ask("SELECT 1", {{"a", 1}}), "error query.parameter a: the statement has no parameter :a");
}

TEST_F(GuardTest, BindsParametersByPlace)
{
    EXPECT_EQ(ask("SELECT ?, ?", {}, {"a", "b"}), "a|b\n");
    EXPECT_EQ(ask("SELECT ?2, ?1", {}, {"a", "b"}), "b|a\n");
    EXPECT_EQ(ask("SELECT ?, :n, ?", {{"n", 5}}, {"a", "b"}), "a|5|b\n");
    EXPECT_TRUE(ask("SELECT ?", {}, {}).starts_with("error query.parameter"));
    EXPECT_TRUE(ask("SELECT ?", {}, {"a", "b"}).starts_with("error query.parameter"));
}

TEST_F(GuardTest, BindsValuesAsColumnsHoldThem)
{
    EXPECT_EQ(
        ask("SELECT ?, ?, ?, ?, ?, ?, ?, ?",
            {},
            {true,
             Decimal{150, 2},
             Money{999, 840, 2},
             Instant{5},
             Date{0},
             TimeOfDay{7},
             Duration{8},
             nullptr}),
        "1|150|999|5|1970-01-01|7|8|null\n"
    );
    EXPECT_EQ(ask("SELECT typeof(?), typeof(?)", {}, {Bytes{std::byte{1}}, 0.5}), "blob|real\n");
    EXPECT_TRUE(ask("SELECT ?", {}, {Value{List{1}}}).starts_with("error query.parameter"));
    EXPECT_TRUE(ask("SELECT ?", {}, {std::string(2 << 20, 'x')}).starts_with("error query.parameter"));
}

TEST_F(GuardTest, TellsTheColumnsBehindTheResult)
{
    auto query
        = take(m_pool.query(m_views, "SELECT family AS name, id + 1, c.score FROM contact c", {}, {}, {}));
    EXPECT_EQ(query.column_count(), 3);
    EXPECT_EQ(query.column_name(0), "name");
    EXPECT_EQ(query.declared_type(0), "TEXT");
    EXPECT_EQ(query.origin_table(0), "mt$contact");
    EXPECT_EQ(query.origin_column(0), "family");
    EXPECT_EQ(query.declared_type(1), "");
    EXPECT_EQ(query.origin_column(1), "");
    EXPECT_EQ(query.declared_type(2), "INTEGER");
    ASSERT_TRUE(take(query.step()));
    EXPECT_EQ(query.text(0), "Adams");
    EXPECT_EQ(query.integer(1), 2);
    EXPECT_EQ(query.storage_class(2), StorageClass::integer);
}

TEST_F(GuardTest, StopsAtTheRowLimit)
{
    EXPECT_EQ(answer(m_pool, m_views, "SELECT id FROM contact", {}, {}, {.rows = 3}), "1\n2\n3\n");
    EXPECT_EQ(
        answer(m_pool, m_views, "SELECT id FROM contact", {}, {}, {.rows = 2}),
        "1\n2\nerror query.too_many_rows: there are more than 2 rows"
    );
}

TEST_F(GuardTest, StopsAtTheByteLimit)
{
    const std::string stopped = answer(m_pool, m_views, "SELECT family FROM contact", {}, {}, {.bytes = 8});
    EXPECT_TRUE(stopped.starts_with("Adams\nBaker\nerror query.too_many_bytes")) << stopped;
}

TEST_F(GuardTest, GivesNoRowsAfterAnError)
{
    auto query = take(m_pool.query(m_views, "SELECT id FROM contact", {}, {}, {.rows = 1}));
    EXPECT_TRUE(take(query.step()));
    EXPECT_FALSE(query.step());
    EXPECT_FALSE(take(query.step()));
}

TEST_F(GuardTest, SeesOneSnapshotFromFirstRowToLast)
{
    auto query = take(m_pool.query(m_views, "SELECT id FROM contact ORDER BY id", {}, {}, {}));
    ASSERT_TRUE(take(query.step()));
    must(m_database->writer().execute("INSERT INTO \"mt$contact\"(id, family, owner) VALUES(9, 'New', 1)"));
    int rows = 1;
    while (take(query.step()))
        ++rows;
    EXPECT_EQ(rows, 3);
    EXPECT_EQ(ask("SELECT count(*) FROM contact"), "4\n");
}

TEST_F(GuardTest, LetsGoOfItsSnapshotAfterTheLastRow)
{
    auto query = take(m_pool.query(m_views, "SELECT id FROM contact", {}, {}, {}));
    while (take(query.step())) { }
    EXPECT_TRUE(take(m_database->checkpoint_truncate()));
}

TEST_F(GuardTest, UsesAConnectionAgain)
{
    EXPECT_EQ(ask("SELECT 1"), "1\n");
    EXPECT_EQ(ask("SELECT 1"), "1\n");
    EXPECT_EQ(
        ask("SELECT missing"), "error query.unknown_name line 1, column 8: there is no column called missing"
    );
    EXPECT_EQ(m_pool.counts().idle, 1U);
    EXPECT_EQ(m_pool.counts().lent, 0U);
}

TEST_F(GuardTest, UsesAStatementAgainWithOtherValues)
{
    const std::string_view sql = "SELECT family FROM contact WHERE id = ?";
    EXPECT_EQ(ask(sql, {}, {1}), "Adams\n");
    EXPECT_EQ(ask(sql, {}, {2}), "Baker\n");
    EXPECT_TRUE(ask(sql).starts_with("error query.parameter")) << "values are not kept";
}

TEST_F(GuardTest, KeepsAStatementWhenTheTableGrows)
{
    const std::string_view sql = "WITH c AS MATERIALIZED (SELECT 1 FROM contact) SELECT count(*) FROM c";
    EXPECT_EQ(ask(sql), "3\n");
    must(m_database->writer().execute("ALTER TABLE \"mt$contact\" ADD COLUMN more TEXT"));
    EXPECT_EQ(ask(sql), "3\n");
}

TEST_F(GuardTest, LendsManyAtOnceButNotAny)
{
    std::vector<GuardedQuery> open;
    while (true) {
        auto query = m_pool.query(m_views, "SELECT 1", {}, {}, {});
        if (!query) {
            EXPECT_EQ(query.error().code, ErrorCode::busy);
            EXPECT_EQ(query.error().key, "query.busy");
            break;
        }
        open.push_back(*std::move(query));
        ASSERT_LT(open.size(), 1000U);
    }
    EXPECT_EQ(m_pool.counts().lent, open.size());
    open.clear();
    EXPECT_EQ(m_pool.counts().lent, 0U);
    EXPECT_LE(m_pool.counts().idle, 16U);
    EXPECT_EQ(ask("SELECT 1"), "1\n");
}

TEST_F(GuardTest, AnswersFromSeveralThreads)
{
    std::vector<std::string> answers(4);
    std::vector<std::thread> threads;
    for (std::string& slot : answers)
        threads.emplace_back([&] {
            for (int i = 0; i < 20; ++i)
                slot = ask("SELECT count(*) FROM contact c, deal d");
        });
    for (std::thread& thread : threads)
        thread.join();
    for (const std::string& each : answers)
        EXPECT_EQ(each, "6\n");
}

TEST_F(GuardTest, GivesTheTimeAndTheCommitItIsAskedFor)
{
    const std::string_view sql = "SELECT now(), mt_as_of()";
    EXPECT_EQ(answer(m_pool, m_views, sql, {}, {}, {.as_of = 42, .now = 1000}), "1000|42\n");
    EXPECT_EQ(answer(m_pool, m_views, sql, {}, {}, {.as_of = 43, .now = 2000}), "2000|43\n");
    EXPECT_EQ(ask("SELECT now() > 1600000000000000, mt_as_of()"), "1|9223372036854775807\n");
}

TEST_F(GuardTest, ReadsAViewAsOfACommit)
{
    must(m_database->writer().execute(R"(
        CREATE TABLE "mt$deal_h"(id INTEGER, stage TEXT, since INTEGER, until INTEGER);
        ALTER TABLE "mt$deal" ADD COLUMN since INTEGER;
        UPDATE "mt$deal" SET since = 10;
        INSERT INTO "mt$deal_h" VALUES(11, 'open', 5, 10), (12, 'new', 3, 10);)"));
    ViewSet views = guarded_views(false);
    views.principal = "user:all as of";
    views.views
        = {{"deal",
            "SELECT id, stage FROM main.\"mt$deal\" WHERE +since <= mt_as_of() UNION ALL "
            "SELECT id, stage FROM main.\"mt$deal_h\" WHERE since <= mt_as_of() AND until > mt_as_of()",
            {"mt$deal", "mt$deal_h"}}};
    const std::string_view sql = "SELECT id, stage FROM deal WHERE id IN (11, 12) ORDER BY id";
    EXPECT_EQ(answer(m_pool, views, sql, {}, {}, {.as_of = 20}), "11|won\n12|open\n");
    EXPECT_EQ(answer(m_pool, views, sql, {}, {}, {.as_of = 7}), "11|open\n12|new\n");
    EXPECT_EQ(answer(m_pool, views, sql, {}, {}, {.as_of = 4}), "12|new\n");
}

} // namespace mortise::host::test
