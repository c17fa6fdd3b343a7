#include "exchange/vcard/vcard_reader.hpp"

#include <gtest/gtest.h>

namespace mortise::host {
namespace {

std::vector<VCardEntry>
read(std::string_view text, std::size_t max_card_bytes = VCardReader::default_max_card_bytes)
{
    MemorySource source{text};
    auto reader = VCardReader::open(source, max_card_bytes);
    EXPECT_TRUE(reader);
    std::vector<VCardEntry> entries;
    VCardEntry entry;
    while (true) {
        const auto more = reader->next(entry);
        EXPECT_TRUE(more);
        if (!more || !*more) return entries;
        entries.push_back(entry);
    }
}

std::string text_of(const VCardEntry& entry, std::string_view name)
{
    const VCardProperty* property = entry.card.find(name);
    return property ? property->text() : "(none)";
}

TEST(VCardReader, ReadsSeveralCardsOfAllVersions)
{
    const auto entries = read("BEGIN:VCARD\r\nVERSION:2.1\r\nFN:One\r\nEND:VCARD\r\n\r\n"
                              "begin:vcard\nversion:3.0\nFN:Two\nend:vcard\n"
                              "\xEF\xBB\xBF"
                              "BEGIN:VCARD\rVERSION:4.0\rFN:Three\rEND:VCARD");
    ASSERT_EQ(entries.size(), 3U);
    EXPECT_EQ(entries[0].card.version, VCardVersion::v2_1);
    EXPECT_EQ(entries[1].card.version, VCardVersion::v3_0);
    EXPECT_EQ(entries[2].card.version, VCardVersion::v4_0);
    EXPECT_EQ(text_of(entries[2], "FN"), "Three");
    EXPECT_EQ(entries[1].line, 6U);
    EXPECT_EQ(entries[2].number, 3U);
    for (const VCardEntry& entry : entries)
        EXPECT_TRUE(entry.findings.empty());
}

TEST(VCardReader, UnfoldsLines)
{
    const auto entries
        = read("BEGIN:VCARD\nVERSION:3.0\nNOTE:one \n two\n\tthree\nADR:;;Street\n ;City\nEND:VCARD\n");
    EXPECT_EQ(text_of(entries.at(0), "NOTE"), "one twothree");
    EXPECT_EQ(entries[0].card.find("ADR")->component(3), "City");
    EXPECT_EQ(entries[0].card.find("ADR")->line, 6U);
    // The blank belongs to the text in 2.1.
    EXPECT_EQ(
        text_of(read("BEGIN:VCARD\nVERSION:2.1\nNOTE:one\n two\nEND:VCARD\n").at(0), "NOTE"), "one two"
    );
}

TEST(VCardReader, JoinsSoftLineBreaks)
{
    const auto entries = read("BEGIN:VCARD\r\nVERSION:2.1\r\nLABEL;HOME;ENCODING=QUOTED-PRINTABLE:Silicon "
                              "Alley 5,=0D=0A=\r\nNew York=20=\r\n =3D end\r\nFN:x\r\nEND:VCARD\r\n");
    EXPECT_EQ(text_of(entries.at(0), "LABEL"), "Silicon Alley 5,\nNew York  = end");
    EXPECT_EQ(text_of(entries[0], "FN"), "x");
}

TEST(VCardReader, ReadsPicturesInAllTheirForms)
{
    for (const std::string_view photo :
         {"PHOTO;ENCODING=BASE64;TYPE=JPEG:\n AQID\n BAUG\n\n",
          "PHOTO;ENCODING=BASE64;JPEG:AQID\nBAUG\n\n",
          "PHOTO;ENCODING=b;TYPE=JPEG:AQ\n ID\n BAUG\n"}) {
        const auto entries = read("BEGIN:VCARD\nVERSION:2.1\n" + std::string{photo} + "FN:x\nEND:VCARD\n");
        ASSERT_EQ(entries.size(), 1U);
        const VCardProperty* property = entries[0].card.find("PHOTO");
        ASSERT_TRUE(property);
        EXPECT_EQ(property->data.size(), 6U) << photo;
        EXPECT_EQ(property->media_type, "image/jpeg");
        EXPECT_EQ(text_of(entries[0], "FN"), "x");
        EXPECT_TRUE(entries[0].findings.empty());
    }
}

TEST(VCardReader, KeepsTheGoodCardsBesideBrokenOnes)
{
    const auto entries = read("BEGIN:VCARD\nVERSION:3.0\nFN:One\nEND:VCARD\n"
                              "BEGIN:VCARD\nVERSION:3.0\nFN:Lost\n"
                              "BEGIN:VCARD\nVERSION:3.0\nFN:Two\nEND:VCARD\n"
                              "what is this\nand this\n"
                              "BEGIN:VCARD\nVERSION:3.0\nFN:Three\nEND:VCARD\n"
                              "BEGIN:VCARD\nVERSION:3.0\nFN:Cut");
    ASSERT_EQ(entries.size(), 6U);
    EXPECT_TRUE(entries[0].usable());
    EXPECT_FALSE(entries[1].usable());
    EXPECT_EQ(entries[1].findings[0].error.key, "vcard.no_end");
    EXPECT_EQ(entries[1].findings[0].error.where, "line 5");
    EXPECT_EQ(entries[1].raw, "BEGIN:VCARD\nVERSION:3.0\nFN:Lost\n");
    EXPECT_EQ(text_of(entries[2], "FN"), "Two");
    EXPECT_EQ(entries[3].findings[0].error.key, "vcard.outside");
    EXPECT_EQ(entries[3].findings[0].error.where, "line 12");
    EXPECT_EQ(text_of(entries[4], "FN"), "Three");
    EXPECT_EQ(entries[5].findings[0].error.key, "vcard.no_end");
}

TEST(VCardReader, NoticesBrokenLinesAndKeepsTheRestOfTheCard)
{
    const auto entries
        = read("BEGIN:VCARD\nVERSION:3.0\nFN:One\nnonsense\nPHOTO;ENCODING=b:*\nTEL:1\nEND:VCARD\n");
    ASSERT_EQ(entries.size(), 1U);
    EXPECT_TRUE(entries[0].usable());
    ASSERT_EQ(entries[0].findings.size(), 2U);
    EXPECT_EQ(entries[0].findings[0].error.where, "line 4");
    EXPECT_EQ(entries[0].findings[1].error.where, "line 5");
    EXPECT_EQ(text_of(entries[0], "TEL"), "1");
    EXPECT_EQ(text_of(entries[0], "PHOTO"), "*");
}

TEST(VCardReader, SaysWhenTheVersionIsMissingOrUnknown)
{
    const auto entries
        = read("BEGIN:VCARD\nFN:One\nEND:VCARD\nBEGIN:VCARD\nVERSION:5.0\nFN:Two\nEND:VCARD\n");
    ASSERT_EQ(entries.size(), 2U);
    EXPECT_EQ(entries[0].findings.at(0).error.key, "vcard.version");
    EXPECT_EQ(entries[0].card.version, VCardVersion::v3_0);
    EXPECT_EQ(entries[1].findings.at(0).error.where, "line 5");
    EXPECT_TRUE(entries[1].usable());
}

TEST(VCardReader, KeepsACardWithinACard)
{
    const auto entries = read("BEGIN:VCARD\nVERSION:2.1\nFN:Boss\nAGENT:\nBEGIN:VCARD\nVERSION:2.1\nFN:"
                              "Agent\nEND:VCARD\nTEL:1\nEND:VCARD\n");
    ASSERT_EQ(entries.size(), 1U);
    EXPECT_TRUE(entries[0].usable());
    EXPECT_EQ(text_of(entries[0], "FN"), "Boss");
    EXPECT_EQ(text_of(entries[0], "AGENT"), "BEGIN:VCARD\nVERSION:2.1\nFN:Agent\nEND:VCARD");
    EXPECT_EQ(text_of(entries[0], "TEL"), "1");
}

TEST(VCardReader, BoundsCards)
{
    const std::string large = "NOTE:" + std::string(5000, 'x') + "\n";
    const auto entries = read(
        "BEGIN:VCARD\nVERSION:3.0\n" + large + large
            + "END:VCARD\nBEGIN:VCARD\nVERSION:3.0\nFN:Two\nEND:VCARD\n",
        6000
    );
    ASSERT_EQ(entries.size(), 2U);
    EXPECT_FALSE(entries[0].usable());
    EXPECT_EQ(entries[0].findings[0].error.code, ErrorCode::limit);
    EXPECT_LE(entries[0].raw.size(), 6000U);
    EXPECT_EQ(text_of(entries[1], "FN"), "Two");
}

TEST(VCardReader, ReadsUtf16WithAMark)
{
    const std::string_view text = "BEGIN:VCARD\nVERSION:3.0\nFN:x\nEND:VCARD\n";
    std::string wide = "\xFF\xFE";
    for (const char c : text)
        wide += std::string{c, '\0'};
    EXPECT_EQ(text_of(read(wide).at(0), "FN"), "x");
}

TEST(VCardReader, IsEmptyForAnEmptyFile)
{
    EXPECT_TRUE(read("").empty());
    EXPECT_TRUE(read("\n \n").empty());
}

} // namespace
} // namespace mortise::host
