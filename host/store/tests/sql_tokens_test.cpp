#include "store/guard/sql_tokens.hpp"

#include <gtest/gtest.h>

namespace mortise::host::test {

namespace {

std::string cut(std::string_view sql)
{
    std::string text;
    for (const SqlToken& token : sql_tokens(sql))
        text += std::string{token.text} + "·";
    return text;
}

} // namespace

TEST(SqlTokens, CutsAsSqliteDoes)
{
    EXPECT_EQ(
        cut("SELECT a.b FROM \"c d\" -- e\n WHERE/* f */x<>'it''s'"),
        "SELECT·a·.·b·FROM·\"c d\"·WHERE·x·<>·'it''s'·"
    );
    EXPECT_EQ(cut("a||b->c->>d"), "a·||·b·->·c·->>·d·");
    EXPECT_EQ(cut("1.5e+3+.5-0x1F"), "1.5e+3·+·.5·-·0x1F·");
    EXPECT_EQ(cut("?1 :a @b $c(d) $e::f"), "?1·:a·@b·$c(d)·$e::f·");
    EXPECT_EQ(cut("[a]]b` c``d `"), "[a]·]·b·` c``d `·");
    EXPECT_EQ(cut("x'0a' X'0A' xylophone"), "x'0a'·X'0A'·xylophone·");
    EXPECT_EQ(cut("\xef\xbb\xbfSELECT żółw$1"), "SELECT·żółw$1·");
    EXPECT_EQ(cut("1/*/2"), "1·") << "a comment that does not end";
    EXPECT_EQ(cut("a -- b"), "a·");
    EXPECT_EQ(cut("4/*"), "4·/·*·") << "too short for a comment";
    EXPECT_EQ(cut(std::string_view{"a\0b", 3}), "a·");
}

TEST(SqlTokens, MarksWhatSqliteRefuses)
{
    for (const std::string_view sql :
         {"'open", "\"open", "[open", "x'0", "x'0'", "12ab", "0x1g", "!", "\\", "\x01", "$", ":", "#"}) {
        const auto tokens = sql_tokens(sql);
        ASSERT_FALSE(tokens.empty()) << sql;
        EXPECT_EQ(tokens[0].kind, SqlTokenKind::illegal) << sql;
    }
}

TEST(SqlTokens, SpellsNames)
{
    const auto name = [](std::string_view sql) { return sql_name(first_sql_token(sql)); };
    EXPECT_EQ(name("Contact"), "contact");
    EXPECT_EQ(name("\"A \"\"b\"\"\""), "a \"b\"");
    EXPECT_EQ(name("[A b]"), "a b");
    EXPECT_EQ(name("'It''s'"), "it's");
    EXPECT_EQ(quoted_sql_name("a\"b"), "\"a\"\"b\"");
}

} // namespace mortise::host::test
