#include "base/text.hpp"

#include <array>
#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

namespace mortise::host {
namespace {

/// Letters with a stroke or of another shape, which no decomposition leads to plain ones. Keys are case
/// folded.
std::string_view plain_letters(UChar32 letter) noexcept
{
    switch (letter) {
    case 0x00E6: // æ
        return "ae";
    case 0x00F0: // ð
    case 0x0111: // đ
    case 0x0256: // ɖ
    case 0x0257: // ɗ
        return "d";
    case 0x00F8: // ø
        return "o";
    case 0x00FE: // þ
        return "th";
    case 0x0127: // ħ
        return "h";
    case 0x0131: // dotless i
    case 0x0268: // ɨ
        return "i";
    case 0x0138: // ĸ
    case 0x0199: // ƙ
        return "k";
    case 0x0142: // ł
    case 0x019A: // ƚ
        return "l";
    case 0x014B: // ŋ
        return "n";
    case 0x0153: // œ
        return "oe";
    case 0x0167: // ŧ
        return "t";
    case 0x0180: // ƀ
    case 0x0253: // ɓ
        return "b";
    case 0x01B6: // ƶ
        return "z";
    case 0x01E5: // ǥ
        return "g";
    case 0x0259: // ə, from Ə
    case 0x01DD: // ǝ
        return "e";
    default:
        return {};
    }
}

/// An accent, a Hebrew point or an Arabic vowel sign: what people leave out when they type. Not kana voicing
/// marks (8), nuktas (7), viramas (9) or Indic vowels (0).
bool is_accent(UChar32 mark) noexcept
{
    const auto combining = u_getCombiningClass(mark);
    return combining == 1 || combining >= 200 || (combining >= 10 && combining <= 36);
}

std::string fold_by_icu(std::string_view text)
{
    UErrorCode status = U_ZERO_ERROR;
    const auto* case_folding = icu::Normalizer2::getNFKCCasefoldInstance(status);
    const auto* decomposing = icu::Normalizer2::getNFDInstance(status);
    const auto* composing = icu::Normalizer2::getNFCInstance(status);
    if (U_FAILURE(status)) return ascii_lower(text);
    const auto source
        = icu::UnicodeString::fromUTF8(icu::StringPiece{text.data(), static_cast<int32_t>(text.size())});
    const auto decomposed = decomposing->normalize(case_folding->normalize(source, status), status);
    icu::UnicodeString plain;
    for (int32_t i = 0; i < decomposed.length();) {
        const UChar32 letter = decomposed.char32At(i);
        i += U16_LENGTH(letter);
        if (is_accent(letter)) continue;
        const std::string_view ascii = plain_letters(letter);
        if (ascii.empty())
            plain.append(letter);
        else
            plain.append(icu::UnicodeString::fromUTF8(
                icu::StringPiece{ascii.data(), static_cast<int32_t>(ascii.size())}
            ));
    }
    std::string folded;
    composing->normalize(plain, status).toUTF8String(folded);
    return folded;
}

constexpr char32_t first_tabled = 0x80;
constexpr char32_t after_tabled = 0x250;

using LatinTable = std::array<std::string, after_tabled - first_tabled>;

/// What each letter of Latin-1 and Latin Extended folds to. None of them combines with its neighbours.
const LatinTable& latin_table()
{
    static const LatinTable table = [] {
        LatinTable folded;
        for (char32_t letter = first_tabled; letter < after_tabled; ++letter) {
            std::string one;
            append_utf8(one, letter);
            folded[letter - first_tabled] = fold_by_icu(one);
        }
        return folded;
    }();
    return table;
}

} // namespace

std::string fold(std::string_view text)
{
    std::string folded;
    folded.reserve(text.size());
    std::size_t at = 0;
    while (at < text.size()) {
        const auto byte = static_cast<unsigned char>(text[at]);
        if (byte < 0x80) {
            folded += ascii_lower(text[at++]);
            continue;
        }
        if (valid_utf8_prefix(text.substr(at)) != 2) return fold_by_icu(text);
        const auto letter = static_cast<char32_t>(
            (byte & 0x1fU) << 6U | (static_cast<unsigned char>(text[at + 1]) & 0x3fU)
        );
        if (letter >= after_tabled) return fold_by_icu(text);
        folded += latin_table()[letter - first_tabled];
        at += 2;
    }
    return folded;
}

} // namespace mortise::host
