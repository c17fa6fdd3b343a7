#include "exchange/stream/encoding_guess.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <bitset>
#include <memory>
#include <uchardet/uchardet.h>

namespace mortise::host {
namespace {

constexpr std::string_view western = "windows-1252";

struct Mark {
    std::string_view bytes;
    std::string_view encoding;
};

constexpr std::array marks{
    Mark{{"\xEF\xBB\xBF", 3}, "UTF-8"},
    Mark{{"\xFF\xFE\0\0", 4}, "UTF-32LE"},
    Mark{{"\0\0\xFE\xFF", 4}, "UTF-32BE"},
    Mark{{"\xFF\xFE", 2}, "UTF-16LE"},
    Mark{{"\xFE\xFF", 2}, "UTF-16BE"},
};

struct Beyond {
    std::size_t bytes{0}; ///< bytes beyond ASCII
    std::size_t runs{0}; ///< groups of them that stand together
    std::size_t kinds{0}; ///< different ones
};

Beyond count_beyond_ascii(std::string_view bytes)
{
    Beyond beyond;
    std::bitset<256> seen;
    bool inside = false;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        const bool high = byte >= 0x80;
        if (high) {
            ++beyond.bytes;
            if (!inside) ++beyond.runs;
            seen.set(byte);
        }
        inside = high;
    }
    beyond.kinds = seen.count();
    return beyond;
}

/// UTF-8, but for a character cut at the end and damage to less than a tenth of the characters beyond ASCII.
bool mostly_utf8(std::string_view bytes)
{
    std::size_t good = 0;
    std::size_t bad = 0;
    while (!bytes.empty()) {
        const std::size_t length = valid_utf8_prefix(bytes);
        if (length > 1) ++good;
        if (length == 0 && bytes.size() >= 4) ++bad;
        bytes.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return bad == 0 ? good != 0 : good >= 10 * bad;
}

std::string detect(std::string_view bytes)
{
    const std::unique_ptr<uchardet, decltype(&uchardet_delete)> detector{uchardet_new(), uchardet_delete};
    if (!detector || uchardet_handle_data(detector.get(), bytes.data(), bytes.size()) != 0) return {};
    uchardet_data_end(detector.get());
    return uchardet_get_charset(detector.get());
}

template <std::size_t N>
bool is_one_of(std::string_view name, const std::array<std::string_view, N>& names)
{
    return std::ranges::find(names, name) != names.end();
}

/// Alphabets in which whole words lie beyond ASCII.
constexpr std::array<std::string_view, 22> other_scripts{
    "WINDOWS-1251", "WINDOWS-1253", "WINDOWS-1255", "WINDOWS-1256", "ISO-8859-5", "ISO-8859-6",
    "ISO-8859-7",   "ISO-8859-8",   "ISO-8859-11",  "KOI8-R",       "IBM855",     "IBM866",
    "MAC-CYRILLIC", "TIS-620",      "SHIFT_JIS",    "EUC-JP",       "GB18030",    "BIG5",
    "EUC-TW",       "EUC-KR",       "UHC",          "JOHAB",
};

/// Latin alphabets whose letters differ from the Western ones at the same bytes.
constexpr std::array<std::string_view, 6> other_latin{
    "WINDOWS-1250",
    "ISO-8859-2",
    "ISO-8859-9",
    "WINDOWS-1257",
    "ISO-8859-13",
    "WINDOWS-1258",
};

/// The name for ICU. Windows' superset stands for an ISO one that has control characters where Windows has
/// letters.
std::string iana_name(const std::string& detected, std::string_view bytes)
{
    const bool has_controls = std::ranges::any_of(bytes, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte >= 0x80 && byte < 0xa0;
    });
    if (detected == "ISO-8859-9") return "windows-1254";
    if (detected == "ISO-8859-2" && has_controls) return "windows-1250";
    if (detected == "ISO-8859-13" && has_controls) return "windows-1257";
    if (detected == "ISO-8859-7" && has_controls) return "windows-1253";
    if (detected == "UHC") return "windows-949";
    return detected;
}

} // namespace

std::optional<ByteOrderMark> find_byte_order_mark(std::string_view bytes) noexcept
{
    for (const Mark& mark : marks)
        if (bytes.starts_with(mark.bytes)) return ByteOrderMark{mark.encoding, mark.bytes.size()};
    return std::nullopt;
}

std::optional<std::string_view> find_utf16(std::string_view bytes) noexcept
{
    std::array<std::size_t, 2> zeros{};
    const std::size_t pairs = bytes.size() / 2;
    for (std::size_t i = 0; i < pairs * 2; ++i)
        if (bytes[i] == '\0') ++zeros[i % 2];
    const auto many
        = [&](std::size_t count, std::size_t other) { return count * 20 > pairs && count > other * 10; };
    if (pairs < 2) return std::nullopt;
    if (many(zeros[1], zeros[0])) return "UTF-16LE";
    if (many(zeros[0], zeros[1])) return "UTF-16BE";
    return std::nullopt;
}

TextEncoding guess_encoding(std::string_view bytes)
{
    if (mostly_utf8(bytes)) return {"UTF-8", false, true};
    const Beyond beyond = count_beyond_ascii(bytes);
    const std::string detected = detect(bytes);
    const bool whole_words = beyond.bytes >= 6 && beyond.bytes >= 2 * beyond.runs;
    const bool enough_letters = beyond.bytes >= 12 && beyond.kinds >= 6;
    const bool believed = (is_one_of(detected, other_scripts) && whole_words)
        || (is_one_of(detected, other_latin) && enough_letters);
    if (believed) return {iana_name(detected, bytes), false, false};
    return {std::string{western}, false, true};
}

} // namespace mortise::host
