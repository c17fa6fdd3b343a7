#include "base/text.hpp"
#include "exchange/vcard/vcard_reader.hpp"
#include "exchange/vcard/vcard_writer.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <random>

namespace mortise::host {
namespace {

VCard read_back(const VCard& card)
{
    const std::string text = to_text(card);
    MemorySource source{text};
    auto reader = VCardReader::open(source);
    VCardEntry entry;
    EXPECT_TRUE(*reader->next(entry)) << text;
    EXPECT_TRUE(entry.findings.empty()) << text;
    VCardEntry further;
    EXPECT_FALSE(*reader->next(further)) << text;
    return entry.card;
}

TEST(VCardWriter, FoldsLinesBetweenCharacters)
{
    VCard card;
    card.version = VCardVersion::v3_0;
    VCardProperty note;
    note.name = "NOTE";
    for (int i = 0; i < 200; ++i)
        note.components = {{note.text() + "ä"}};
    card.properties.push_back(note);
    const std::string text = to_text(card);
    for (std::string_view rest = text; !rest.empty();) {
        const std::string_view line = take_until(rest, '\n');
        EXPECT_LE(line.size(), 76U); // with its CR
        EXPECT_TRUE(valid_utf8(line));
    }
    EXPECT_EQ(read_back(card), card);
}

/// Cards of any shape that a file of their version can hold.
class Maker {
public:
    explicit Maker(unsigned seed) : m_random{seed} { }

    VCard card(VCardVersion version)
    {
        VCard made{version, {}};
        for (auto count = below(12); count > 0; --count)
            made.properties.push_back(property(version));
        return made;
    }

private:
    std::uint64_t below(std::uint64_t limit) { return m_random() % limit; }

    std::string text(std::string_view letters)
    {
        std::string made;
        for (auto length = below(60); length > 0; --length)
            made += below(5) == 0 ? std::string{"ä日"} : std::string(1, letters[below(letters.size())]);
        return made;
    }

    VCardProperty property(VCardVersion version)
    {
        constexpr std::array<std::string_view, 11> names{
            "FN", "N", "ADR", "ORG", "CATEGORIES", "NOTE", "URL", "TEL", "PHOTO", "X-OWN", "GEO"
        };
        const bool old = version == VCardVersion::v2_1;
        VCardProperty made;
        made.name = names[below(names.size())];
        if (below(4) == 0) made.group = "item" + std::to_string(below(20));
        if (below(3) == 0) made.params.push_back({"TYPE", {"home", "x-y"}});
        // 2.1 cannot quote; 4.0 can write all there is.
        if (below(3) == 0 && !old)
            made.params.push_back(
                {"X-P", {version == VCardVersion::v4_0 ? text("ab ,;:\"^\n\\") : text("ab,;:^\\")}}
            );
        made.kind = vcard_value_kind(made.name, {});
        if (made.name == "PHOTO" && below(2) == 0) {
            made.kind = VCardValueKind::binary;
            made.params.clear();
            made.media_type = "image/png";
            made.data.assign(below(200), static_cast<std::byte>(below(256)));
            return made;
        }
        const std::string_view letters = made.kind == VCardValueKind::raw ? "ab,;\\:= \t" : "ab,;\\:=\n \"nN";
        const std::size_t components = made.kind == VCardValueKind::structured ? 1 + below(7) : 1;
        const bool lists
            = made.kind == VCardValueKind::list || (made.kind == VCardValueKind::structured && !old);
        for (std::size_t i = 0; i < components; ++i) {
            made.components.emplace_back();
            for (auto values = lists ? 1 + below(3) : 1; values > 0; --values)
                made.components.back().push_back(text(letters));
        }
        return made;
    }

    std::mt19937_64 m_random;
};

TEST(VCardWriter, WritesWhatTheReaderReadsBack)
{
    Maker maker{20240229};
    for (const VCardVersion version : {VCardVersion::v2_1, VCardVersion::v3_0, VCardVersion::v4_0}) {
        for (int round = 0; round < 2000; ++round) {
            const VCard card = maker.card(version);
            ASSERT_EQ(read_back(card), card) << to_text(card);
        }
    }
}

TEST(VCardWriter, KeepsTheCardsOfRealPrograms)
{
    const std::filesystem::path folder{MORTISE_SOURCE_DIR "/../shared/data/vcard"};
    if (!std::filesystem::exists(folder)) GTEST_SKIP() << folder << " is not here";
    std::size_t cards = 0;
    for (const auto& file : std::filesystem::directory_iterator{folder}) {
        auto source = FileSource::open(file.path());
        ASSERT_TRUE(source);
        auto reader = VCardReader::open(**source);
        VCardEntry entry;
        while (*reader->next(entry)) {
            ++cards;
            EXPECT_TRUE(entry.findings.empty())
                << file.path() << ": " << entry.findings.front().error.message;
            EXPECT_EQ(read_back(entry.card), entry.card) << file.path();
        }
    }
    EXPECT_EQ(cards, 7U);
}

} // namespace
} // namespace mortise::host
