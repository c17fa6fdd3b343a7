#include "base/text.hpp"

#include <gtest/gtest.h>

namespace mortise::ui {
namespace {

TEST(Text, KeepsWhatIsPlain)
{
    EXPECT_EQ(clean_line("Zoë Ñandú 李 100 % ##id"), "Zoë Ñandú 李 100 % ##id");
}

TEST(Text, ShowsWhatWouldHideOrTurnText)
{
    EXPECT_EQ(clean_line("a\u202Eb"), "a\uFFFDb");
    EXPECT_EQ(clean_line("a\x1B[31mb"), "a\uFFFD[31mb");
    EXPECT_EQ(clean_line(std::string_view{"a\0b", 3}), "a\uFFFDb");
    EXPECT_EQ(clean_line("a\nb\tc"), "a b c");
    EXPECT_EQ(clean_text("a\nb"), "a\nb");
}

TEST(Text, TakesBrokenBytesForWhatTheyAre)
{
    EXPECT_EQ(clean_line("\xFF\xC3"), "\uFFFD\uFFFD");
    EXPECT_EQ(clean_line("\xC0\xAF"), "\uFFFD\uFFFD"); // an overlong slash
    EXPECT_EQ(clean_line("\xED\xA0\x80"), "\uFFFD"); // a surrogate
}

TEST(Text, CutsWhatIsTooLong)
{
    const std::string cut = clean_line(std::string(10'000, 'x'));
    EXPECT_EQ(cut.size(), longest_line + std::string_view{"…"}.size());
    EXPECT_TRUE(cut.ends_with("…"));
}

TEST(Text, WritesNumbersForPeople)
{
    EXPECT_EQ(with_separators(0), "0");
    EXPECT_EQ(with_separators(999), "999");
    EXPECT_EQ(with_separators(1'234'567), "1,234,567");
    EXPECT_EQ(with_separators(-123'456), "-123,456");
    EXPECT_EQ(counted(1, "row", "rows"), "1 row");
    EXPECT_EQ(nanoseconds_text(1'900'000), "1.90 ms");
    EXPECT_EQ(span_text(std::chrono::seconds{7'300}), "2 h");
}

TEST(Text, QuotesNamesForSql)
{
    EXPECT_EQ(sql_name("a\"b"), "\"a\"\"b\"");
}

} // namespace
} // namespace mortise::ui
