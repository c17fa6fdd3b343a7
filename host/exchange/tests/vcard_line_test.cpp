#include "exchange/vcard/vcard_line.hpp"

#include <gtest/gtest.h>

namespace mortise::host {
namespace {

constexpr auto v21 = VCardVersion::v2_1;
constexpr auto v30 = VCardVersion::v3_0;
constexpr auto v40 = VCardVersion::v4_0;

VCardProperty decoded(std::string_view text, VCardVersion version)
{
    auto line = split_vcard_line(text, version);
    EXPECT_TRUE(line) << text;
    if (!line) return {};
    auto property = decode_vcard_line(*std::move(line), version);
    EXPECT_TRUE(property) << text;
    return property ? *std::move(property) : VCardProperty{};
}

using Components = std::vector<std::vector<std::string>>;

TEST(VCardLine, IsSplitIntoItsParts)
{
    const VCardProperty email
        = decoded("item1.email;type=WORK,pref;Type=\"home,x\";X-A=\"a:b;c\":a@b.de", v30);
    EXPECT_EQ(email.group, "item1");
    EXPECT_EQ(email.name, "EMAIL");
    EXPECT_EQ(
        email.params, (std::vector<VCardParam>{{"TYPE", {"WORK", "pref", "home", "x"}}, {"X-A", {"a:b;c"}}})
    );
    EXPECT_EQ(email.text(), "a@b.de");
    EXPECT_TRUE(email.has_type("PREF"));
    EXPECT_FALSE(email.has_type("cell"));
}

TEST(VCardLine, KnowsTheBareParametersOfVersion21)
{
    const VCardProperty phone = decoded("TEL;WORK;VOICE:(905) 555-1234", v21);
    EXPECT_EQ(phone.params, (std::vector<VCardParam>{{"TYPE", {"WORK", "VOICE"}}}));
    const VCardProperty label = decoded("LABEL;WORK;QUOTED-PRINTABLE:a=0D=0Ab", v21);
    EXPECT_EQ(label.text(), "a\nb");
    EXPECT_EQ(label.params, (std::vector<VCardParam>{{"TYPE", {"WORK"}}}));
}

TEST(VCardLine, TakesAQuoteThatIsNotClosedForACharacter)
{
    const VCardProperty property = decoded("NOTE;X-SIZE=5\":it's", v21);
    EXPECT_EQ(property.text(), "it's");
    EXPECT_EQ(property.param("X-SIZE"), "5\"");
}

TEST(VCardLine, SplitsStructuredValuesAndLists)
{
    EXPECT_EQ(
        decoded("N:Public;John\\;x;Philip,Paul\\, Jr;;a\\nb", v30).components,
        (Components{{"Public"}, {"John;x"}, {"Philip", "Paul, Jr"}, {""}, {"a\nb"}})
    );
    EXPECT_EQ(
        decoded("N:Doe;John;Richter,James", v21).components,
        (Components{{"Doe"}, {"John"}, {"Richter,James"}})
    );
    EXPECT_EQ(decoded("CATEGORIES:a,b\\,c", v30).components, (Components{{"a", "b,c"}}));
    EXPECT_EQ(decoded("NOTE:a\\,b;c,d\\\\n\\N", v30).text(), "a,b;c,d\\n\n");
    EXPECT_EQ(decoded("NOTE:C:\\new", v21).text(), "C:\\new");
}

TEST(VCardLine, DecodesCharacterSets)
{
    EXPECT_EQ(decoded("FN;CHARSET=ISO-8859-1:M\xfcller", v21).text(), "Müller");
    EXPECT_EQ(decoded("FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller", v21).text(), "Müller");
    EXPECT_EQ(decoded("FN:M\xfcller", v30).text(), "Müller");
    EXPECT_EQ(decoded("FN;CHARSET=Shift_JIS:\x8e\x52\x93\x63", v21).text(), "山田");
    EXPECT_EQ(decoded("FN;CHARSET=no-such-set:Müller", v21).text(), "Müller");
}

TEST(VCardLine, DecodesBytes)
{
    const VCardProperty photo = decoded("PHOTO;ENCODING=b;TYPE=JPEG:AQID", v30);
    EXPECT_EQ(photo.kind, VCardValueKind::binary);
    EXPECT_EQ(photo.data, (Bytes{std::byte{1}, std::byte{2}, std::byte{3}}));
    EXPECT_EQ(photo.media_type, "image/jpeg");
    EXPECT_TRUE(photo.params.empty());
    EXPECT_EQ(decoded("PHOTO;JPEG;BASE64:AQID", v21), photo);
    EXPECT_EQ(decoded("PHOTO:data:image/jpeg;base64,AQID", v40), photo);
    EXPECT_EQ(decoded("PHOTO;VALUE=uri:http://a/b;c,d.png", v30).text(), "http://a/b;c,d.png");
    auto broken = split_vcard_line("PHOTO;ENCODING=b:A*Q", v30);
    EXPECT_FALSE(decode_vcard_line(*std::move(broken), v30));
}

TEST(VCardLine, KeepsTheEscapesOfUnknownProperties)
{
    const VCardProperty property = decoded("X-THING;X-P=1:a\\,b;c\\n", v30);
    EXPECT_EQ(property.kind, VCardValueKind::raw);
    EXPECT_EQ(property.text(), "a\\,b;c\\n");
    EXPECT_EQ(encode_vcard_line(property, v30), "X-THING;X-P=1:a\\,b;c\\n");
}

TEST(VCardLine, WritesParametersAsEachVersionCan)
{
    VCardProperty property = decoded("NOTE:x", v40);
    property.params = {{"X-A", {"a:b", "say \"hi\"^\n"}}};
    EXPECT_EQ(encode_vcard_line(property, v40), "NOTE;X-A=\"a:b\",\"say ^'hi^'^^^n\":x");
    EXPECT_EQ(encode_vcard_line(property, v30), "NOTE;X-A=\"a:b\",\"say 'hi'^ \":x");
    EXPECT_EQ(decoded(encode_vcard_line(property, v40), v40), property);
}

TEST(VCardLine, IsRefusedWhenItIsNone)
{
    for (const std::string_view text : {"", "no colon", "two words: x", ":x", ";a=b:x", "ä:x"})
        EXPECT_FALSE(split_vcard_line(text, v30)) << text;
}

TEST(QuotedPrintable, GoesThereAndBack)
{
    std::string text;
    for (int i = 0; i < 256; ++i)
        text += static_cast<char>(i);
    text += std::string(200, 'x') + " ";
    std::string coded = encode_quoted_printable(text, 20);
    for (std::size_t begin = 0; begin < coded.size();) {
        const auto end = std::min(coded.find("\r\n", begin), coded.size());
        EXPECT_LE(end - begin, 76U);
        begin = end + 2;
    }
    for (auto at = coded.find("=\r\n"); at != std::string::npos; at = coded.find("=\r\n"))
        coded.erase(at, 3);
    EXPECT_EQ(decode_quoted_printable(coded), text);
    EXPECT_EQ(decode_quoted_printable("a=zz=4=41="), "a=zz=4A=");
}

} // namespace
} // namespace mortise::host
