#include "base/text.hpp"

#include <gtest/gtest.h>

namespace mortise::host {
namespace {

TEST(Fold, DropsCaseAndAccents)
{
    const std::vector<std::pair<std::string_view, std::string_view>> examples{
        {"", ""},
        {"Hello World 42", "hello world 42"},
        {"Müller", "muller"},
        {"Mu\u0308ller", "muller"},
        {"STRASSE", "strasse"},
        {"Straße", "strasse"},
        {"ẞ", "ss"},
        {"Łódź", "lodz"},
        {"Øresund", "oresund"},
        {"Æsir", "aesir"},
        {"Œuvre", "oeuvre"},
        {"Đorđe", "dorde"},
        {"Þór", "thor"},
        {"İstanbul ışık", "istanbul isik"},
        {"Nguyễn", "nguyen"},
        {"Ａ１", "a1"},
        {"ﬁn", "fin"},
        {"Ελλάδα", "ελλαδα"},
        {"ΣΊΣΥΦΟΣ", "σισυφοσ"},
        {"Ёлка", "елка"},
        {"שָׁלוֹם", "שלום"},
    };
    for (const auto& [text, folded] : examples)
        EXPECT_EQ(fold(text), folded) << text;
}

TEST(Fold, KeepsMarksThatMakeAnotherLetter)
{
    EXPECT_EQ(fold("が"), "が");
    EXPECT_NE(fold("が"), fold("か"));
    EXPECT_EQ(fold("हिन्दी"), "हिन्दी");
    EXPECT_EQ(fold("한국"), "한국");
}

TEST(Fold, IsStableWhenDoneTwice)
{
    for (char32_t letter = 1; letter < 0x30000; ++letter) {
        if (letter >= 0xd800 && letter < 0xe000) continue;
        std::string text = "x";
        append_utf8(text, letter);
        text += 'Y';
        const std::string once = fold(text);
        ASSERT_EQ(fold(once), once) << std::hex << static_cast<unsigned>(letter);
    }
}

TEST(Fold, GivesTheSameWithAndWithoutTheTableOfLatinLetters)
{
    for (char32_t letter = 0x80; letter < 0x250; ++letter) {
        std::string text = "Ab";
        append_utf8(text, letter);
        // A letter beyond the table sends the whole text through ICU.
        EXPECT_EQ(fold(text) + "漢", fold(text + "漢")) << std::hex << static_cast<unsigned>(letter);
    }
}

TEST(Fold, ReplacesWhatIsNotUtf8)
{
    EXPECT_EQ(fold("A\xff"), "a\uFFFD");
    EXPECT_EQ(fold("A\xc3"), "a\uFFFD");
}

} // namespace
} // namespace mortise::host
