#include "base/text.hpp"

#include <gtest/gtest.h>

namespace mortise::host {
namespace {

TEST(Utf8, IsTakenWhenWellFormed)
{
    for (const std::string_view text :
         {"",
          "plain text of more than eight bytes",
          "Grüße",
          "日本語",
          "\U0001F600",
          "\uD7FF\uE000\uFFFF",
          "\U0010FFFF"})
        EXPECT_TRUE(valid_utf8(text)) << text;
}

TEST(Utf8, IsRefusedWhenMalformed)
{
    for (const std::string_view text :
         {"\x80",
          "\xc0\x80",
          "\xc1\xbf",
          "\xc3",
          "\xe0\x9f\xbf",
          "\xed\xa0\x80",
          "\xef\xbf",
          "\xf0\x8f\xbf\xbf",
          "\xf4\x90\x80\x80",
          "\xf5\x80\x80\x80",
          "\xff",
          "\xe4\xb8\x41"})
        EXPECT_FALSE(valid_utf8(text));
    EXPECT_EQ(first_invalid_utf8("0123456789ä\xff"), 12U);
    EXPECT_EQ(first_invalid_utf8("0123456789ä"), std::string_view::npos);
}

TEST(Utf8, CountsAndCutsBetweenCharacters)
{
    EXPECT_EQ(count_characters("aä日\U0001F600"), 4U);
    EXPECT_EQ(cut_utf8("aä日", 2), "a");
    EXPECT_EQ(cut_utf8("aä日", 3), "aä");
    EXPECT_EQ(cut_utf8("aä日", 5), "aä");
    EXPECT_EQ(cut_utf8("aä日", 6), "aä日");
    EXPECT_EQ(cut_utf8("日", 0), "");
}

TEST(Utf8, IsMendedByteByByte)
{
    EXPECT_EQ(replace_invalid_utf8("a\xff\xe4\xb8z"), "a\uFFFD\uFFFD\uFFFDz");
    EXPECT_EQ(replace_invalid_utf8("gut: ä"), "gut: ä");
    EXPECT_EQ(replace_invalid_utf8(""), "");
}

TEST(Utf8, IsWrittenInAllLengths)
{
    std::string text;
    for (const char32_t letter : {U'a', U'ä', U'日', U'\U0001F600'})
        append_utf8(text, letter);
    EXPECT_EQ(text, "aä日\U0001F600");
}

TEST(ToNfc, Composes)
{
    EXPECT_EQ(*to_nfc("Mu\u0308ller"), "Müller");
    EXPECT_EQ(*to_nfc("Müller"), "Müller");
    EXPECT_EQ(*to_nfc("plain"), "plain");
    EXPECT_EQ(*to_nfc(""), "");
    EXPECT_EQ(*to_nfc("\u1112\u1161\u11AB"), "한");
}

TEST(ToNfc, RefusesBrokenTextAndNul)
{
    const auto broken = to_nfc("abc\xff");
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error().message, "text is not UTF-8 at byte 4");
    const auto nul = to_nfc(std::string_view{"a\0b", 3});
    ASSERT_FALSE(nul);
    EXPECT_EQ(nul.error().key, "text.nul");
}

TEST(Trim, TakesTheSpacesOfUnicodeToo)
{
    EXPECT_EQ(trim(" \t\u00A0 a b \u3000\r\n"), "a b");
    EXPECT_EQ(trim("\uFEFFx\u200B"), "x");
    EXPECT_EQ(trim(" \u2003 "), "");
    EXPECT_EQ(trim(""), "");
    EXPECT_EQ(trim("ä"), "ä");
    EXPECT_EQ(trim("à"), "à"); // its second byte is that of U+00A0
    EXPECT_EQ(trim_ascii(" \u00A0 "), "\u00A0");
}

TEST(Ascii, ComparesWithoutCase)
{
    EXPECT_TRUE(equal_ignoring_ascii_case("BEGIN", "begin"));
    EXPECT_FALSE(equal_ignoring_ascii_case("begin", "begins"));
    EXPECT_FALSE(equal_ignoring_ascii_case("Ä", "ä"));
    EXPECT_EQ(ascii_lower("ÄBC"), "Äbc");
    EXPECT_EQ(ascii_upper("äbc"), "äBC");
}

TEST(Split, KeepsEmptyParts)
{
    EXPECT_EQ(split("a,,b,", ','), (std::vector<std::string_view>{"a", "", "b", ""}));
    EXPECT_EQ(split("", ','), (std::vector<std::string_view>{""}));
    std::string_view rest = "a;b";
    EXPECT_EQ(take_until(rest, ';'), "a");
    EXPECT_EQ(take_until(rest, ';'), "b");
    EXPECT_EQ(take_until(rest, ';'), "");
}

} // namespace
} // namespace mortise::host
