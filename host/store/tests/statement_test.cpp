#include "store/statement.hpp"
#include "store/tests/temp_folder.hpp"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <sqlite3.h>

namespace mortise::host::test {

class StatementTest : public testing::Test {
protected:
    TempFolder m_folder;
    std::unique_ptr<Database> m_database{make_database(m_folder / "a.db")};
    Connection& m_writer{m_database->writer()};
};

using namespace std::string_view_literals;

TEST_F(StatementTest, KeepsEveryKindOfValue)
{
    constexpr std::array<std::byte, 3> raw{std::byte{0}, std::byte{255}, std::byte{7}};
    must(m_writer.execute("CREATE TABLE t(a, b, c, d, e, f, g)"));
    Statement insert = take(m_writer.prepare("INSERT INTO t VALUES(?,?,?,?,?,?,?)"));
    insert.bind(1, std::numeric_limits<std::int64_t>::min());
    insert.bind(2, 0.1);
    insert.bind(3, "Zażółć"sv);
    insert.bind_bytes(4, raw);
    insert.bind_null(5);
    insert.bind(6, ""sv);
    insert.bind_bytes(7, {});
    must(insert.run());

    Statement select = take(m_writer.prepare("SELECT * FROM t"));
    ASSERT_TRUE(take(select.step()));
    EXPECT_EQ(select.integer(0), std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(select.real(1), 0.1);
    EXPECT_EQ(select.text(2), "Zażółć");
    EXPECT_EQ(
        std::vector(select.bytes(3).begin(), select.bytes(3).end()), std::vector(raw.begin(), raw.end())
    );
    EXPECT_TRUE(select.is_null(4));
    EXPECT_EQ(select.storage_class(5), StorageClass::text) << "an empty text is not null";
    EXPECT_EQ(select.storage_class(6), StorageClass::blob) << "empty bytes are not null";
    EXPECT_EQ(select.storage_class(0), StorageClass::integer);
    EXPECT_EQ(select.storage_class(1), StorageClass::real);
    EXPECT_EQ(select.column_count(), 7);
    EXPECT_EQ(select.column_name(2), "c");
    EXPECT_FALSE(take(select.step()));
}

TEST_F(StatementTest, ReadsBorrowedTextWhenItSteps)
{
    must(m_writer.execute("CREATE TABLE t(a, b)"));
    const std::string long_text(100'000, 'x');
    const std::string_view part = std::string_view{long_text}.substr(10, 70'000);
    Statement insert = take(m_writer.prepare("INSERT INTO t VALUES(?, ?)"));
    insert.bind_borrowed(1, part);
    insert.bind_bytes_borrowed(2, std::as_bytes(std::span{part}));
    must(insert.run());
    EXPECT_EQ(text(m_writer, "SELECT a FROM t"), part);
    EXPECT_EQ(number(m_writer, "SELECT length(b) FROM t"), 70'000);
}

TEST_F(StatementTest, ForgetsParametersOnReset)
{
    Statement select = take(m_writer.prepare("SELECT ?1 IS NULL"));
    select.bind(1, 5);
    ASSERT_TRUE(take(select.step()));
    EXPECT_EQ(select.integer(0), 0);
    select.reset();
    ASSERT_TRUE(take(select.step()));
    EXPECT_EQ(select.integer(0), 1);
}

TEST_F(StatementTest, TellsAWrongParameterAtTheNextStep)
{
    Statement select = take(m_writer.prepare("SELECT ?1"));
    select.bind(2, 5);
    const auto row = select.step();
    ASSERT_FALSE(row);
    EXPECT_EQ(row.error().key, "store.misuse");
    select.reset();
    select.bind(1, 5);
    EXPECT_TRUE(take(select.step()));
}

TEST_F(StatementTest, NamesTheColumnsOfADuplicate)
{
    must(m_writer.execute("CREATE TABLE t(a, b, c NOT NULL, UNIQUE(a, b)); INSERT INTO t VALUES(1, 2, 3)"));
    Statement insert = take(m_writer.prepare("INSERT INTO t VALUES(1, 2, ?)"));
    insert.bind(1, 4);
    const auto duplicate = insert.run();
    ASSERT_FALSE(duplicate);
    EXPECT_EQ(duplicate.error().code, ErrorCode::exists);
    EXPECT_EQ(duplicate.error().key, "store.constraint");
    EXPECT_EQ(duplicate.error().where, "t.a, t.b");

    insert.bind_null(1);
    const auto missing = insert.run();
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::invalid);
    EXPECT_EQ(missing.error().where, "t.c");
}

TEST_F(StatementTest, CanBeUsedAgainAfterAnError)
{
    must(m_writer.execute("CREATE TABLE t(a UNIQUE); INSERT INTO t VALUES(1)"));
    Statement insert = take(m_writer.prepare("INSERT INTO t VALUES(?)"));
    insert.bind(1, 1);
    EXPECT_FALSE(insert.run());
    insert.bind(1, 2);
    must(insert.run());
    EXPECT_EQ(number(m_writer, "SELECT count(*) FROM t"), 2);
}

TEST_F(StatementTest, RefusesATextThatIsTooBig)
{
    sqlite3_limit(m_writer.handle(), SQLITE_LIMIT_LENGTH, 1000);
    Statement select = take(m_writer.prepare("SELECT ?1"));
    select.bind(1, std::string(2000, 'x'));
    const auto row = select.step();
    ASSERT_FALSE(row);
    EXPECT_EQ(row.error().code, ErrorCode::limit);
    EXPECT_EQ(row.error().key, "store.too_big");
}

TEST_F(StatementTest, MovesWithoutLosingItsPlace)
{
    Statement first = take(m_writer.prepare("SELECT 1 UNION ALL SELECT 2"));
    ASSERT_TRUE(take(first.step()));
    Statement second{std::move(first)};
    ASSERT_TRUE(take(second.step()));
    EXPECT_EQ(second.integer(0), 2);
}

} // namespace mortise::host::test
