#include "base/text.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>

namespace mortise::host {
namespace {

bool is_ascii_space(char c) noexcept
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

bool is_continuation(char c) noexcept
{
    return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U;
}

/// Bytes of the white space at the start of `text`; 0 if there is none.
std::size_t space_at_start(std::string_view text) noexcept
{
    if (text.empty()) return 0;
    if (is_ascii_space(text[0])) return 1;
    if (text.starts_with("\u00A0")) return 2;
    if (text.starts_with("\u3000") || text.starts_with("\uFEFF")) return 3;
    const bool in_block = text.starts_with("\xE2\x80") && text.size() > 2;
    return in_block && is_continuation(text[2]) && static_cast<unsigned char>(text[2]) <= 0x8b ? 3 : 0;
}

std::size_t space_at_end(std::string_view text) noexcept
{
    for (const std::size_t length : {std::size_t{1}, std::size_t{2}, std::size_t{3}})
        if (text.size() >= length && space_at_start(text.substr(text.size() - length)) == length)
            return length;
    return 0;
}

} // namespace

std::size_t utf8_length(char first) noexcept
{
    const auto byte = static_cast<unsigned char>(first);
    if (byte < 0xc2 || byte > 0xf4) return 1;
    return byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

std::size_t valid_utf8_prefix(std::string_view text) noexcept
{
    if (text.empty()) return 0;
    const auto first = static_cast<unsigned char>(text[0]);
    if (first < 0x80) return 1;
    const std::size_t length = utf8_length(text[0]);
    if (length == 1 || text.size() < length) return 0;
    const auto second = static_cast<unsigned char>(text[1]);
    const unsigned lowest = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    const unsigned highest = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (second < lowest || second > highest) return 0;
    for (std::size_t i = 2; i < length; ++i)
        if (!is_continuation(text[i])) return 0;
    return length;
}

std::size_t first_invalid_utf8(std::string_view text) noexcept
{
    std::size_t at = 0;
    while (at < text.size()) {
        std::uint64_t word = 0;
        while (at + sizeof word <= text.size()) {
            std::memcpy(&word, text.data() + at, sizeof word);
            if ((word & 0x8080808080808080U) != 0) break;
            at += sizeof word;
        }
        if (at == text.size()) break;
        const std::size_t length = valid_utf8_prefix(text.substr(at));
        if (length == 0) return at;
        at += length;
    }
    return std::string_view::npos;
}

bool valid_utf8(std::string_view text) noexcept
{
    return first_invalid_utf8(text) == std::string_view::npos;
}

void append_utf8(std::string& out, char32_t code_point)
{
    const auto byte = [&](std::uint32_t lead, int shift) {
        out += static_cast<char>(lead | ((code_point >> shift) & (lead == 0x80 ? 0x3fU : 0xffU)));
    };
    if (code_point < 0x80) {
        out += static_cast<char>(code_point);
    } else if (code_point < 0x800) {
        byte(0xc0, 6);
        byte(0x80, 0);
    } else if (code_point < 0x10000) {
        byte(0xe0, 12);
        byte(0x80, 6);
        byte(0x80, 0);
    } else {
        byte(0xf0, 18);
        byte(0x80, 12);
        byte(0x80, 6);
        byte(0x80, 0);
    }
}

std::string replace_invalid_utf8(std::string_view text)
{
    std::string mended;
    mended.reserve(text.size());
    while (!text.empty()) {
        const std::size_t good = std::min(first_invalid_utf8(text), text.size());
        mended += text.substr(0, good);
        text.remove_prefix(good);
        if (text.empty()) break;
        mended += "\uFFFD";
        text.remove_prefix(1);
    }
    return mended;
}

std::size_t count_characters(std::string_view text) noexcept
{
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return !is_continuation(c); }));
}

std::string_view cut_utf8(std::string_view text, std::size_t max_bytes) noexcept
{
    if (text.size() <= max_bytes) return text;
    while (max_bytes > 0 && is_continuation(text[max_bytes]))
        --max_bytes;
    return text.substr(0, max_bytes);
}

bool is_ascii(std::string_view text) noexcept
{
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

Result<std::string> to_nfc(std::string_view text)
{
    if (const auto bad = first_invalid_utf8(text); bad != std::string_view::npos)
        return Error{
            ErrorCode::invalid, "text is not UTF-8 at byte " + std::to_string(bad + 1), "text.utf8", {}, {}
        };
    if (const auto zero = text.find('\0'); zero != std::string_view::npos)
        return Error{
            ErrorCode::invalid, "text has a U+0000 at byte " + std::to_string(zero + 1), "text.nul", {}, {}
        };
    if (is_ascii(text)) return std::string{text};

    UErrorCode status = U_ZERO_ERROR;
    const auto* nfc = icu::Normalizer2::getNFCInstance(status);
    const icu::StringPiece piece{text.data(), static_cast<int32_t>(text.size())};
    if (U_SUCCESS(status) && nfc->isNormalizedUTF8(piece, status) && U_SUCCESS(status))
        return std::string{text};
    std::string composed;
    icu::StringByteSink<std::string> sink{&composed, piece.length()};
    nfc->normalizeUTF8(0, piece, sink, nullptr, status);
    if (U_FAILURE(status))
        return Error{
            ErrorCode::internal, std::string{"text cannot be composed: "} + u_errorName(status), {}, {}, {}
        };
    return composed;
}

std::string_view trim(std::string_view text) noexcept
{
    while (const std::size_t length = space_at_start(text))
        text.remove_prefix(length);
    while (const std::size_t length = space_at_end(text))
        text.remove_suffix(length);
    return text;
}

std::string_view trim_ascii(std::string_view text) noexcept
{
    while (!text.empty() && is_ascii_space(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_ascii_space(text.back()))
        text.remove_suffix(1);
    return text;
}

char ascii_lower(char c) noexcept
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string ascii_lower(std::string_view text)
{
    std::string lower{text};
    for (char& c : lower)
        c = ascii_lower(c);
    return lower;
}

std::string ascii_upper(std::string_view text)
{
    std::string upper{text};
    for (char& c : upper)
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return upper;
}

bool equal_ignoring_ascii_case(std::string_view a, std::string_view b) noexcept
{
    return std::ranges::equal(a, b, [](char x, char y) { return ascii_lower(x) == ascii_lower(y); });
}

std::vector<std::string_view> split(std::string_view text, char separator)
{
    std::vector<std::string_view> parts;
    while (true) {
        const auto end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

std::string_view take_until(std::string_view& text, char separator) noexcept
{
    const auto end = text.find(separator);
    const auto part = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return part;
}

} // namespace mortise::host
