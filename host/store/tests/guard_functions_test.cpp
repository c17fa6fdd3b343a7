#include "store/tests/guard_world.hpp"

#include <gtest/gtest.h>

namespace mortise::host::test {

namespace {

class FunctionTest : public GuardTest {
protected:
    /// What the expression gives, without the line's end.
    std::string value(std::string_view expression, const NamedParameters& named = {})
    {
        std::string text = ask("SELECT " + std::string{expression}, named);
        if (!text.empty() && text.back() == '\n') text.pop_back();
        return text;
    }
};

} // namespace

TEST_F(FunctionTest, CutsTimesToUnits)
{
    // 2024-02-29T13:45:56.789012Z, a Thursday
    const NamedParameters at{{"t", Instant{1709214356789012}}};
    const auto cut
        = [&](std::string_view unit) { return value("date_trunc('" + std::string{unit} + "', :t)", at); };
    EXPECT_EQ(cut("microseconds"), "1709214356789012");
    EXPECT_EQ(cut("milliseconds"), "1709214356789000");
    EXPECT_EQ(cut("second"), "1709214356000000");
    EXPECT_EQ(cut("minute"), "1709214300000000");
    EXPECT_EQ(cut("Hour"), "1709211600000000");
    EXPECT_EQ(cut("day"), "1709164800000000");
    EXPECT_EQ(value("date(date_trunc('week', :t))", at), "2024-02-26");
    EXPECT_EQ(value("date(date_trunc('month', :t))", at), "2024-02-01");
    EXPECT_EQ(value("date(date_trunc('quarter', :t))", at), "2024-01-01");
    EXPECT_EQ(value("date(date_trunc('year', :t))", at), "2024-01-01");
    EXPECT_EQ(value("date(date_trunc('decade', :t))", at), "2020-01-01");
    EXPECT_EQ(value("date(date_trunc('century', :t))", at), "2001-01-01");
    EXPECT_EQ(value("date(date_trunc('millennium', :t))", at), "2001-01-01");
    EXPECT_EQ(cut("fortnight"), "null");
}

TEST_F(FunctionTest, CutsTimesBefore1970)
{
    EXPECT_EQ(value("date_trunc('day', -1)"), "-86400000000");
    EXPECT_EQ(value("date_trunc('second', -1500000)"), "-2000000");
    EXPECT_EQ(value("date(date_trunc('week', -1))"), "1969-12-29");
}

TEST_F(FunctionTest, KeepsDaysDays)
{
    EXPECT_EQ(value("date_trunc('month', '2017-03-15')"), "2017-03-01");
    EXPECT_EQ(value("date_trunc('hour', '2017-03-15')"), "2017-03-15");
    EXPECT_EQ(value("date_add('2017-01-31', 1, 'month')"), "2017-02-28");
    EXPECT_EQ(value("date_add('2017-03-15', -1, 'week')"), "2017-03-08");
    EXPECT_EQ(value("date_add('2017-03-15', 1, 'hour')"), "null") << "that is no day";
    EXPECT_EQ(value("date_part('month', '2017-03-15')"), "3");
    EXPECT_EQ(value("date('2017-03-15')"), "2017-03-15");
    for (const std::string_view wrong : {"'2017-02-30'", "'soon'", "1.5", "NULL", "9223372036854775807"})
        EXPECT_EQ(value("date_trunc('month', " + std::string{wrong} + ")"), "null") << wrong;
}

TEST_F(FunctionTest, TellsThePartsOfATime)
{
    const NamedParameters at{{"t", Instant{1709214356789012}}};
    const auto part
        = [&](std::string_view name) { return value("date_part('" + std::string{name} + "', :t)", at); };
    EXPECT_EQ(part("year"), "2024");
    EXPECT_EQ(part("quarter"), "1");
    EXPECT_EQ(part("month"), "2");
    EXPECT_EQ(part("day"), "29");
    EXPECT_EQ(part("dow"), "4");
    EXPECT_EQ(part("isodow"), "4");
    EXPECT_EQ(part("doy"), "60");
    EXPECT_EQ(part("week"), "9");
    EXPECT_EQ(part("isoyear"), "2024");
    EXPECT_EQ(part("hour"), "13");
    EXPECT_EQ(part("minute"), "45");
    EXPECT_EQ(part("second"), "56.789012");
    EXPECT_EQ(part("milliseconds"), "56789.012");
    EXPECT_EQ(part("microseconds"), "56789012");
    EXPECT_EQ(part("epoch"), "1709214356.78901");
    EXPECT_EQ(part("decade"), "202");
    EXPECT_EQ(part("century"), "21");
    EXPECT_EQ(part("millennium"), "3");
    EXPECT_EQ(
        value("date_part('week', '2021-01-03') || ' ' || date_part('isoyear', '2021-01-03')"), "53 2020"
    );
    EXPECT_EQ(
        value("date_part('week', '2024-12-30') || ' ' || date_part('isoyear', '2024-12-30')"), "1 2025"
    );
    EXPECT_EQ(value("date_part('dow', '2024-03-03')"), "0") << "Sunday";
}

TEST_F(FunctionTest, AddsToTimes)
{
    EXPECT_EQ(value("date(date_add(1709164800000000, 1, 'year'))"), "2025-02-28");
    EXPECT_EQ(value("date(date_add(1709164800000000, -14, 'months'))"), "2022-12-29");
    EXPECT_EQ(value("date(date_add(1709164800000000, 4, 'years'))"), "2028-02-29");
    EXPECT_EQ(value("date_add(5, 2, 'seconds')"), "2000005");
    EXPECT_EQ(value("date_add(5, 1, 'month')"), "2678400000005") << "the time of day stays";
    EXPECT_EQ(value("date_add(0, 9223372036854775807, 'day')"), "null");
    EXPECT_EQ(value("date_add(0, 99999, 'year')"), "null");
    EXPECT_EQ(value("date_add(0, 1.5, 'day')"), "null");
}

TEST_F(FunctionTest, KnowsLettersOfAllLanguages)
{
    EXPECT_EQ(value("upper('zażółć'), lower('ÅÉ ΑΣ'), upper('straße')"), "ZAŻÓŁĆ|åé ας|STRASSE");
    EXPECT_EQ(value("lower('ABC'), upper('abc'), lower(NULL), lower(5)"), "abc|ABC|null|5");
    EXPECT_EQ(value("fold('Müller ŁÓDŹ'), fold(NULL)"), "muller lodz|null");
}

TEST_F(FunctionTest, ComparesLikeByCase)
{
    const auto like = [&](std::string_view text, std::string_view pattern) {
        return value("'" + std::string{text} + "' LIKE '" + std::string{pattern} + "'");
    };
    EXPECT_EQ(like("Adams", "A%"), "1");
    EXPECT_EQ(like("Adams", "a%"), "0");
    EXPECT_EQ(like("Adams", "%dam%"), "1");
    EXPECT_EQ(like("Adams", "_dam_"), "1");
    EXPECT_EQ(like("żółw", "____"), "1") << "characters, not bytes";
    EXPECT_EQ(like("żółw", "%ół_"), "1");
    EXPECT_EQ(like("", "%"), "1");
    EXPECT_EQ(like("", "_"), "0");
    EXPECT_EQ(like("a", ""), "0");
    EXPECT_EQ(like("mississippi", "%iss%ip%i"), "1");
    EXPECT_EQ(like("mississippi", "%iss%iss%iss%"), "0");
    EXPECT_EQ(like("ab", "%%b%%"), "1");
    EXPECT_EQ(
        value("'50%' LIKE '50!%' ESCAPE '!', '505' LIKE '50!%' ESCAPE '!', 'a!' LIKE 'a!!' ESCAPE '!'"),
        "1|0|1"
    );
    EXPECT_EQ(
        value("'a' LIKE 'a!' ESCAPE '!', 'a%' LIKE 'a%%' ESCAPE '%', 'ab' LIKE 'a%%' ESCAPE '%'"), "0|1|0"
    );
    EXPECT_EQ(
        value("'a' LIKE 'b' ESCAPE 'two', NULL LIKE 'a', 'a' LIKE NULL, 'a' NOT LIKE 'b'"), "null|null|null|1"
    );
    EXPECT_EQ(value("'a' LIKE :p", {{"p", std::string(5000, '%')}}), "null")
        << "longer than a pattern may be";
}

TEST_F(FunctionTest, JoinsTexts)
{
    EXPECT_EQ(value("'a' || 'b' || 1"), "ab1");
    EXPECT_EQ(value("'a' || NULL"), "null");
    EXPECT_EQ(value("1 + 2 || '3'"), "24") << "binds closer than +, as SQLite has it: 1 + '23'";
    EXPECT_EQ(value("'x' || 2 * 3"), "0") << "and than *: 'x2' * 3";
    EXPECT_EQ(value("concat('a', NULL, 2, 'b'), concat()"), "a2b|");
    EXPECT_EQ(value(":big || 'x'", {{"big", std::string(1 << 20, 'a')}}), "null") << "more than 1 MiB";
    EXPECT_EQ(ask("SELECT string_agg(family, ', ') FROM contact"), "Adams, Baker, Clark\n");
    EXPECT_EQ(ask("SELECT string_agg(email, ',') FROM contact WHERE id = 3"), "null\n");
    EXPECT_EQ(ask("SELECT owner, string_agg(id, '') FROM contact GROUP BY owner"), "1|123\n");
}

TEST_F(FunctionTest, FindsAndReplaces)
{
    EXPECT_EQ(
        value("strpos('żółw', 'w'), strpos('abc', ''), strpos('abc', 'x'), instr('abcb', 'b'), strpos(NULL, "
              "'a')"),
        "4|1|0|2|null"
    );
    EXPECT_EQ(
        value("replace('banana', 'an', 'AN'), replace('abc', '', 'x'), replace('aaa', 'a', 'bb'), "
              "replace('a', NULL, 'b')"),
        "bANANa|abc|bbbbbb|null"
    );
    EXPECT_EQ(
        value("trim('  a b ') || '.', ltrim('xxay', 'x'), rtrim('ayy', 'y'), trim('żaż', 'ż'), trim(NULL)"),
        "a b.|ay|a|a|null"
    );
    EXPECT_EQ(value("replace(:big, 'a', 'bb')", {{"big", std::string(1 << 20, 'a')}}), "null");
    EXPECT_EQ(value("hex('aZ'), hex(NULL), hex(x'00ff')"), "615A||00FF");
}

TEST_F(FunctionTest, TakesTheGreatestAndTheLeast)
{
    EXPECT_EQ(
        value("greatest(1, NULL, 3, 2.5), least('b', 'a'), greatest(NULL, NULL), least(2, 1.5)"),
        "3|a|null|1.5"
    );
    EXPECT_EQ(value("greatest(9223372036854775807, 9223372036854775806)"), "9223372036854775807");
}

TEST_F(FunctionTest, CalculatesWithoutFailing)
{
    EXPECT_EQ(
        value("abs(-5), abs(-1.5), abs(NULL), abs('-7'), abs(-9223372036854775807 - 1)"), "5|1.5|null|7|null"
    );
    EXPECT_EQ(
        value("mod(7, 3), mod(-7, 3), mod(7, 0), mod(7.5, 2), mod(-9223372036854775807 - 1, -1)"),
        "1|-1|null|1.5|0"
    );
    EXPECT_EQ(value("ln(-1), 1 / 0, sqrt(-1)"), "null|null|null");
}

TEST_F(FunctionTest, ReadsJson)
{
    const NamedParameters json{{"j", R"({"a": {"b": [1, "two", {"c": null}, true, 2.5]}, "a.b": "dot"})"}};
    EXPECT_EQ(value("json_text(:j, 'a', 'b', '1')", json), "two");
    EXPECT_EQ(value("json_text(:j, 'a', 'b', '-1')", json), "2.5");
    EXPECT_EQ(value("json_text(:j, 'a', 'b', '3')", json), "true");
    EXPECT_EQ(value("json_text(:j, 'a.b')", json), "dot");
    EXPECT_EQ(value("json_text(:j, 'a', 'b', '2')", json), R"({"c":null})");
    EXPECT_EQ(value("json_text(:j, 'a', 'b', '2', 'c')", json), "null");
    EXPECT_EQ(value("json_text(:j, 'nowhere', 'b')", json), "null");
    EXPECT_EQ(value("json_text(:j, NULL)", json), "null");
    EXPECT_EQ(
        value("json_text('not json', 'a'), json_text(NULL, 'a'), json_array_length('[1,2]'), "
              "json_array_length('{'), json_array_length('{}')"),
        "null|null|2|null|null"
    );
}

TEST_F(FunctionTest, MakesUuids)
{
    const std::string one = value("gen_random_uuid()");
    ASSERT_EQ(one.size(), 36U);
    EXPECT_EQ(one[14], '4');
    EXPECT_NE(std::string_view{"89ab"}.find(one[19]), std::string_view::npos);
    EXPECT_EQ(ask("SELECT count(DISTINCT gen_random_uuid()) FROM contact"), "3\n") << "another at each row";
}

TEST_F(FunctionTest, SaysWhatToUseInstead)
{
    const auto hint
        = [&](std::string_view sql) { return m_pool.query(m_views, sql, {}, {}, {}).error().hint; };
    EXPECT_NE(hint("SELECT group_concat(family) FROM contact").find("string_agg"), std::string::npos);
    EXPECT_NE(hint("SELECT strftime('%Y', created_at) FROM contact").find("date_part"), std::string::npos);
    EXPECT_NE(hint("SELECT json_extract(tags, '$[0]') FROM contact").find("json_text"), std::string::npos);
    EXPECT_NE(hint("SELECT * FROM contact a FULL JOIN deal b").find("LEFT JOIN"), std::string::npos);
}

} // namespace mortise::host::test
