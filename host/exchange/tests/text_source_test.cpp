#include "exchange/stream/encoding_guess.hpp"
#include "exchange/stream/text_source.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <unicode/ucnv.h>

namespace mortise::host {
namespace {

std::string encode(std::string_view utf8, const char* encoding)
{
    std::string out(utf8.size() * 4 + 16, '\0');
    UErrorCode status = U_ZERO_ERROR;
    const int32_t size = ucnv_convert(
        encoding,
        "UTF-8",
        out.data(),
        static_cast<int32_t>(out.size()),
        utf8.data(),
        static_cast<int32_t>(utf8.size()),
        &status
    );
    EXPECT_TRUE(U_SUCCESS(status)) << encoding;
    out.resize(static_cast<std::size_t>(size));
    return out;
}

/// Hands out a few bytes at a time, as a slow socket does.
class Trickle final : public ByteSource {
public:
    Trickle(std::string bytes, std::size_t step) : m_bytes{std::move(bytes)}, m_step{step} { }
    Result<std::size_t> read(std::span<char> out) override
    {
        const std::size_t count = std::min({out.size(), m_step, m_bytes.size() - m_at});
        std::copy_n(m_bytes.begin() + static_cast<std::ptrdiff_t>(m_at), count, out.begin());
        m_at += count;
        return count;
    }

private:
    std::string m_bytes;
    std::size_t m_step;
    std::size_t m_at{0};
};

struct Decoded {
    std::string text;
    TextEncoding encoding;
    std::uint64_t replaced;
};

Decoded
decode(ByteSource& source, std::optional<std::string> encoding = std::nullopt, std::size_t room = 4096)
{
    auto text = TextSource::open(source, encoding);
    EXPECT_TRUE(text);
    Decoded decoded{};
    std::vector<char> buffer(room);
    while (true) {
        const auto count = text->read(buffer);
        EXPECT_TRUE(count);
        if (!count || *count == 0) break;
        decoded.text.append(buffer.data(), *count);
    }
    decoded.encoding = text->encoding();
    decoded.replaced = text->replaced();
    return decoded;
}

Decoded decode(std::string_view bytes, std::optional<std::string> encoding = std::nullopt)
{
    MemorySource source{bytes};
    return decode(source, std::move(encoding));
}

constexpr std::string_view german = "name,stadt\nMüller,Köln\nSchröder,Düsseldorf\nGroß,Gießen\n";

TEST(TextSource, ReadsUnicodeWithAndWithoutAMark)
{
    for (const char* encoding : {"UTF-8", "UTF-16LE", "UTF-16BE"}) {
        EXPECT_EQ(decode(encode(german, encoding)).text, german) << encoding;
        EXPECT_EQ(decode(encode(german, encoding)).encoding.name, encoding);
        const Decoded marked = decode(encode("\uFEFF" + std::string{german}, encoding));
        EXPECT_EQ(marked.text, german) << encoding;
        EXPECT_EQ(marked.encoding, (TextEncoding{encoding, true, true}));
    }
    EXPECT_EQ(decode(encode("\uFEFFä", "UTF-32LE")).text, "ä");
}

TEST(TextSource, TakesWesternLettersForWindows1252)
{
    EXPECT_EQ(decode(encode(german, "windows-1252")).text, german);
    EXPECT_EQ(decode(encode("a,b\nMüller,1\n", "ISO-8859-1")).text, "a,b\nMüller,1\n");
    EXPECT_EQ(decode(encode("preis\n5 €\n“x”\n", "windows-1252")).text, "preis\n5 €\n“x”\n");
    EXPECT_EQ(decode(encode(german, "ISO-8859-1")).encoding, (TextEncoding{"windows-1252", false, true}));
}

TEST(TextSource, DecidesAtTheFirstLetterBeyondAsciiHoweverFarOn)
{
    std::string text = "id,name\n";
    for (int i = 0; i < 100'000; ++i)
        text += std::to_string(i) + ",plain\n";
    text += german;
    EXPECT_EQ(decode(encode(text, "windows-1252")).text, text);
    EXPECT_EQ(decode(text).text, text);
    EXPECT_EQ(decode(text).encoding.name, "UTF-8");
}

TEST(TextSource, GuessesOtherScriptsAndSaysSo)
{
    const std::vector<std::pair<const char*, std::string_view>> samples{
        {"windows-1251", "имя,город\nИван Петров,Москва\nОльга Смирнова,Санкт-Петербург\n"},
        {"KOI8-R", "имя,город\nИван Петров,Москва\nОльга Смирнова,Санкт-Петербург\n"},
        {"ISO-8859-7", "όνομα,πόλη\nΓιώργος Παπαδόπουλος,Αθήνα\nΜαρία,Θεσσαλονίκη\n"},
        {"Shift_JIS", "名前,都市\n山田太郎,東京\n鈴木花子,大阪\n"},
        {"windows-1250",
         "imię,miasto\nŁukasz,Łódź\nStanisław,Kraków\nMałgorzata,Gdańsk\nZofia,Częstochowa\nPaweł,"
         "Wrocław\nMichał Żółtowski\n"},
        {"windows-1255", "שם,עיר\nדוד כהן,ירושלים\n"},
    };
    for (const auto& [encoding, text] : samples) {
        const Decoded decoded = decode(encode(text, encoding));
        EXPECT_EQ(decoded.text, text) << encoding << " " << decoded.encoding.name;
        EXPECT_FALSE(decoded.encoding.certain) << encoding;
    }
}

TEST(TextSource, GoesByTheNameItIsGiven)
{
    EXPECT_EQ(decode(encode("Łódź", "windows-1250"), "windows-1250").text, "Łódź");
    EXPECT_EQ(decode("M\xc3\xbcller", "windows-1252").text, "MÃ¼ller");
    EXPECT_EQ(decode(encode("\uFEFFä", "UTF-16LE"), "UTF-16LE").text, "ä");
    MemorySource source{"x"};
    const auto unknown = TextSource::open(source, "no-such-encoding");
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().key, "text.encoding");
}

TEST(TextSource, GivesTheSameInAnyPortions)
{
    const std::string long_german = [] {
        std::string text;
        for (int i = 0; i < 500; ++i)
            text += german;
        return text;
    }();
    for (const char* encoding : {"UTF-8", "UTF-16LE", "UTF-16BE", "windows-1252"}) {
        for (const std::size_t step : {1, 3, 1000}) {
            Trickle source{encode(long_german, encoding), step};
            EXPECT_EQ(decode(source, std::nullopt, 16).text, long_german) << encoding << " " << step;
        }
    }
}

TEST(TextSource, CountsWhatCannotBeDecoded)
{
    const Decoded odd = decode(encode("\uFEFFabc", "UTF-16LE") + "x");
    EXPECT_EQ(odd.text, "abc\uFFFD");
    EXPECT_EQ(odd.replaced, 1U);
    const Decoded half = decode(std::string{"\xFF\xFE\x00\xD8\x41\x00", 6});
    EXPECT_EQ(half.text, "\uFFFDA");
    EXPECT_EQ(decode("\xEF\xBB\xBFgut\xff").text, "gut\xff"); // UTF-8 passes for the reader to place
}

TEST(TextSource, IsEmptyForAnEmptyFile)
{
    EXPECT_EQ(decode("").text, "");
    EXPECT_EQ(decode("\xEF\xBB\xBF").text, "");
    EXPECT_EQ(decode("\xFF\xFE").text, "");
}

TEST(TextSource, DoesNotTakeStrayZerosForUtf16)
{
    const std::string_view text{"a,b\n1,x\0y\n2,plain text without any zero in it\n", 46};
    EXPECT_EQ(decode(text).encoding.name, "UTF-8");
    EXPECT_EQ(decode(text).text, text);
}

TEST(FileSource, SaysWhichFileIsNotThere)
{
    const auto missing = FileSource::open("/no/such/file.csv");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::not_found);
    EXPECT_NE(missing.error().message.find("/no/such/file.csv"), std::string::npos);
    const auto folder = FileSource::open("/");
    ASSERT_TRUE(folder);
    std::array<char, 16> buffer{};
    EXPECT_EQ((*folder)->read(buffer).error().code, ErrorCode::io);
}

} // namespace
} // namespace mortise::host
