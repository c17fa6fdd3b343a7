#include "base/time_text.hpp"
#include "exchange/vcard/vcard_contact.hpp"
#include "exchange/vcard/vcard_reader.hpp"
#include "exchange/vcard/vcard_writer.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace mortise::host {
namespace {

using Texts = std::vector<std::string>;

VCardContact contact(const std::string& lines, const std::string& version = "3.0")
{
    std::vector<Finding> findings;
    const VCardContact made = contact_of(parse_vcard("VERSION:" + version + "\n" + lines, 1, findings));
    EXPECT_TRUE(findings.empty());
    return made;
}

TEST(VCardContact, TakesEveryFieldOfACard)
{
    const VCardContact read = contact(
        "FN:Dr. John Q. "
        "Public\nN:Public;John;Quinlan,Paul;Dr.;Jr.,M.D.\nNICKNAME:Johny,JQ\nORG:IBM;Accounting;Dungeon;\n"
        "TITLE:Money "
        "Counter\nROLE:Counting\nEMAIL;TYPE=INTERNET,WORK,PREF:a@b.de\nEMAIL;TYPE=INTERNET:c@d.de\n"
        "TEL;TYPE=CELL;TYPE=cell:+49 30 1\nURL:http\\://a.de\nIMPP:xmpp:a@b.de\n"
        "ADR;TYPE=HOME:PO 1;2nd;15 Moon\\nHouse;Albany;NY;12345;USA\nLABEL;TYPE=HOME:15 Moon\\nAlbany\n"
        "BDAY:1980-03-22\nX-ANNIVERSARY:2001-02-03\nNOTE:a\\nb\nCATEGORIES:VIP,x\\,y\nUID:u1\nREV:2012-03-"
        "05T13:32:54Z\n"
        "PHOTO;ENCODING=b;TYPE=JPEG:AQID\nX-OWN:kept\n"
    );
    EXPECT_EQ(read.formatted_name, "Dr. John Q. Public");
    EXPECT_EQ(read.name, (VCardName{{"Public"}, {"John"}, {"Quinlan", "Paul"}, {"Dr."}, {"Jr.", "M.D."}}));
    EXPECT_EQ(read.nicknames, (Texts{"Johny", "JQ"}));
    EXPECT_EQ(read.organisation, "IBM");
    EXPECT_EQ(read.units, (Texts{"Accounting", "Dungeon"}));
    EXPECT_EQ(read.emails, (std::vector<VCardPoint>{{"a@b.de", {{"work"}, "", "", 1}}, {"c@d.de", {}}}));
    EXPECT_EQ(read.phones, (std::vector<VCardPoint>{{"+49 30 1", {{"cell"}, "", "", 0}}}));
    EXPECT_EQ(read.urls.at(0).value, "http://a.de");
    EXPECT_EQ(read.messengers.at(0).value, "xmpp:a@b.de");
    EXPECT_EQ(
        read.addresses.at(0),
        (VCardAddress{
            "PO 1",
            "2nd",
            "15 Moon\nHouse",
            "Albany",
            "NY",
            "12345",
            "USA",
            "15 Moon\nAlbany",
            {{"home"}, "", "", 0}
        })
    );
    EXPECT_EQ(read.birthday, (PartialDate{1980, 3, 22}));
    EXPECT_EQ(read.anniversary, (PartialDate{2001, 2, 3}));
    EXPECT_EQ(read.note, "a\nb");
    EXPECT_EQ(read.categories, (Texts{"VIP", "x,y"}));
    EXPECT_EQ(read.photo->data.size(), 3U);
    EXPECT_EQ(read.uid, "u1");
    EXPECT_EQ(format_instant(*read.revised), "2012-03-05T13:32:54Z");
    ASSERT_EQ(read.others.size(), 1U);
    EXPECT_EQ(read.others[0].name, "X-OWN");
    EXPECT_FALSE(read.is_organisation());
}

TEST(VCardContact, ReadsTheLabelsOfApple)
{
    const VCardContact read = contact("FN:x\nitem2.X-ABLabel:_$!<AssistantPhone>!$_\nitem2.TEL:1\nitem3.ADR:;"
                                      ";S;;;;\nitem3.X-ABADR:us\nitem4.X-ABLabel:alone\n");
    EXPECT_EQ(read.phones.at(0).use.label, "AssistantPhone");
    EXPECT_EQ(read.addresses.at(0).use.group, "item3");
    ASSERT_EQ(read.others.size(), 2U);
    EXPECT_EQ(read.others[0].name, "X-ABADR");
    EXPECT_EQ(read.others[1].text(), "alone");
}

TEST(VCardContact, KeepsWhatStandsThereTwice)
{
    const VCardContact read = contact(
        "FN:x\nTITLE:one\nTITLE:two\nBDAY:1980-01-01\nBDAY;VALUE=text:in the eighties\nREV:yesterday\n"
    );
    EXPECT_EQ(read.title, "one");
    ASSERT_EQ(read.others.size(), 3U);
    EXPECT_EQ(read.others[0].text(), "two");
    EXPECT_EQ(read.others[1].text(), "in the eighties");
    EXPECT_EQ(read.others[2].text(), "yesterday");
}

TEST(VCardContact, KnowsOrganisations)
{
    EXPECT_TRUE(contact("FN:IBM\nORG:IBM\nX-ABShowAs:COMPANY\n").is_organisation());
    EXPECT_TRUE(contact("FN:IBM\nORG:IBM;Sales\nN:;;;;\n").is_organisation());
    EXPECT_TRUE(contact("KIND:org\nFN:IBM\n", "4.0").is_organisation());
    EXPECT_FALSE(contact("FN:Bob\nORG:IBM\n").is_organisation());
    EXPECT_FALSE(contact("KIND:individual\nFN:IBM\nORG:IBM\n", "4.0").is_organisation());
}

TEST(VCardContact, ReadsPreferencesOfVersion4)
{
    const VCardContact read
        = contact("FN:x\nTEL;VALUE=uri;TYPE=\"work,voice\";PREF=2:tel:+1-418;ext=102\n", "4.0");
    EXPECT_EQ(read.phones.at(0).value, "tel:+1-418;ext=102");
    EXPECT_EQ(read.phones[0].use, (VCardUse{{"work", "voice"}, "", "", 2}));
}

TEST(PartialDate, ReadsAllForms)
{
    const std::vector<std::pair<std::string_view, PartialDate>> examples{
        {"19850203", {1985, 2, 3}},
        {"1985-02-03", {1985, 2, 3}},
        {"1985-02-03T10:00:00Z", {1985, 2, 3}},
        {"20090808T1430-0500", {2009, 8, 8}},
        {"--0203", {0, 2, 3}},
        {"--02-03", {0, 2, 3}},
        {"---03", {0, 0, 3}},
        {"--02", {0, 2, 0}},
        {"1985-02", {1985, 2, 0}},
        {"1985", {1985, 0, 0}},
        {"--0229", {0, 2, 29}},
    };
    for (const auto& [text, date] : examples) {
        EXPECT_EQ(parse_partial_date(text), date) << text;
        for (const VCardVersion version : {VCardVersion::v3_0, VCardVersion::v4_0})
            EXPECT_EQ(parse_partial_date(format_partial_date(date, version)), date) << text;
    }
    for (const std::string_view text :
         {"",
          "-",
          "--",
          "---",
          "19850230",
          "1985-13-01",
          "--1301",
          "---32",
          "0000-01-01",
          "circa 1800",
          "1985-02-03-04",
          "85-02-03"})
        EXPECT_EQ(parse_partial_date(text), std::nullopt) << text;
}

VCardContact full_contact()
{
    VCardContact made;
    made.kind = "individual";
    made.formatted_name = "Dr. Jörg; Müller, jr.";
    made.name = {{"Müller", "von"}, {"Jörg"}, {"A,B"}, {"Dr."}, {"jr.", "M;D"}};
    made.nicknames = {"J", "x,y"};
    made.organisation = "Bäcker; Söhne, GmbH";
    made.units = {"Ofen", "", "Nacht"};
    made.title = "Chef";
    made.role = "backt\nalles";
    made.emails = {{"a@b.de", {{"work"}, "", "", 1}}, {"c@d.de", {{"home", "x"}, "private one", "", 3}}};
    made.phones
        = {{"+49 30 123", {{"cell", "voice"}, "", "item1", 0}}, {"tel:+1-418;ext=1", {{}, "desk", "", 0}}};
    made.urls = {{"https://a.de/x;y,z?q=\\1", {}}};
    made.messengers = {{"xmpp:a@b.de", {{"work"}, "", "", 0}}};
    made.addresses
        = {{"",
            "2. Stock",
            "Straße 1\nHinterhaus",
            "Köln",
            "",
            "50667",
            "DE",
            "Straße 1\n50667 Köln",
            {{"work"}, "lab", "", 1}}};
    made.birthday = PartialDate{0, 2, 29};
    made.anniversary = PartialDate{2001, 0, 0};
    made.note = std::string(300, 'n') + "\n\"quoted\" ä";
    made.categories = {"VIP", "a,b"};
    made.photo = VCardPhoto{"image/png", Bytes(500, std::byte{7}), ""};
    made.uid = "urn:uuid:1";
    made.revised = *parse_instant("2024-02-29T12:00:00Z");
    VCardProperty own;
    own.name = "X-OWN";
    own.kind = VCardValueKind::raw;
    own.components = {{"a\\,b;c"}};
    own.group = "item1";
    made.others = {own};
    return made;
}

TEST(VCardContact, IsTheSameAfterWritingAndReadingACard)
{
    VCardContact named = full_contact();
    VCardContact organisation;
    organisation.kind = "org";
    organisation.formatted_name = organisation.organisation = "IBM";
    VCardContact linked = organisation;
    linked.photo = VCardPhoto{"", {}, "https://a.de/p.png"};
    for (const VCardContact& original : {named, organisation, linked}) {
        for (const VCardVersion version : {VCardVersion::v3_0, VCardVersion::v4_0}) {
            std::vector<Finding> findings;
            const std::string text = to_text(card_of(original, version));
            VCardContact read = contact_of(parse_vcard(text, 1, findings));
            EXPECT_TRUE(findings.empty());
            // Labels needed groups, whose names are not part of what was meant.
            for (auto* points : {&read.emails, &read.phones})
                for (VCardPoint& point : *points)
                    if (!point.use.label.empty()) point.use.group.clear();
            for (VCardAddress& address : read.addresses)
                if (!address.use.label.empty()) address.use.group.clear();
            EXPECT_EQ(read, original) << text;
        }
    }
}

TEST(VCardContact, GetsANameWhereTheCardMustHaveOne)
{
    VCardContact nameless;
    nameless.name = {{"Doe"}, {"Jane"}, {}, {"Dr."}, {}};
    EXPECT_EQ(card_of(nameless, VCardVersion::v4_0).find("FN")->text(), "Dr. Jane Doe");
    nameless.name = {};
    nameless.organisation = "IBM";
    EXPECT_EQ(card_of(nameless, VCardVersion::v3_0).find("FN")->text(), "IBM");
    EXPECT_TRUE(card_of(nameless, VCardVersion::v3_0).find("N"));
    EXPECT_FALSE(card_of(nameless, VCardVersion::v4_0).find("N"));
}

TEST(VCardContact, UnderstandsRealPrograms)
{
    const std::filesystem::path folder{MORTISE_SOURCE_DIR "/../shared/data/vcard"};
    if (!std::filesystem::exists(folder)) GTEST_SKIP() << folder << " is not here";
    const auto first = [&](const char* name) {
        auto source = FileSource::open(folder / name);
        EXPECT_TRUE(source);
        auto reader = VCardReader::open(**source);
        VCardEntry entry;
        EXPECT_TRUE(*reader->next(entry));
        return contact_of(entry.card);
    };
    const VCardContact outlook = first("MS_OUTLOOK.vcf");
    EXPECT_EQ(outlook.name.family, (Texts{"Doe"}));
    EXPECT_EQ(outlook.birthday, (PartialDate{1980, 3, 22}));
    EXPECT_EQ(outlook.anniversary, (PartialDate{2011, 1, 13}));
    EXPECT_EQ(outlook.addresses.at(1).delivery_label, "Silicon Alley 5,\nNew York, New York  12345");
    EXPECT_GT(outlook.photo->data.size(), 800U);
    EXPECT_EQ(outlook.photo->media_type, "image/jpeg");

    const VCardContact iphone = first("IPHONE.vcf");
    EXPECT_EQ(iphone.phones.size(), 7U);
    EXPECT_EQ(iphone.phones.at(6).use.label, "AssistantPhone");
    EXPECT_EQ(iphone.urls.at(0).value, "http://www.ibm.com");
    EXPECT_EQ(iphone.addresses.at(1).street, "Street4\nBuilding 6\nFloor 8");
    EXPECT_GT(iphone.photo->data.size(), 1000U);

    EXPECT_EQ(first("GMAIL.vcf").emails.at(0).value, "john.doe@ibm.com");
    EXPECT_EQ(first("EVOLUTION.vcf").name.additional, (Texts{"Richter, James"}));
    EXPECT_EQ(first("rfc6350-example.vcf").birthday, (PartialDate{0, 2, 3}));
    EXPECT_EQ(first("rfc2426-example.vcf").addresses.at(0).locality, "Raleigh");
}

} // namespace
} // namespace mortise::host
