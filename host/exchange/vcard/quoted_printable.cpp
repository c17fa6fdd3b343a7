#include "exchange/vcard/vcard_line.hpp"

namespace mortise::host {
namespace {

constexpr std::size_t line_length = 76;

int digit_of(char c) noexcept
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

/// Printable ASCII but '=', and a blank where something follows it in the line.
bool stands_for_itself(char c, bool last) noexcept
{
    return (c > ' ' && c < '\x7f' && c != '=') || (c == ' ' && !last);
}

} // namespace

std::string decode_quoted_printable(std::string_view text)
{
    std::string bytes;
    bytes.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool room = text.size() - i > 2;
        const int high = text[i] == '=' && room ? digit_of(text[i + 1]) : -1;
        const int low = high >= 0 ? digit_of(text[i + 2]) : -1;
        if (low >= 0) {
            bytes += static_cast<char>(high * 16 + low);
            i += 2;
        } else {
            bytes += text[i];
        }
    }
    return bytes;
}

std::string encode_quoted_printable(std::string_view text, std::size_t used)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string coded;
    std::size_t room = used < line_length ? line_length - used : 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool plain = stands_for_itself(text[i], i + 1 == text.size());
        const std::size_t width = plain ? 1 : 3;
        // One place is kept for the '=' of a soft break.
        if (room < width + 1) {
            coded += "=\r\n";
            room = line_length;
        }
        room -= width;
        const auto byte = static_cast<unsigned char>(text[i]);
        if (plain) {
            coded += text[i];
        } else {
            coded += '=';
            coded += digits[byte >> 4U];
            coded += digits[byte & 15U];
        }
    }
    return coded;
}

} // namespace mortise::host
