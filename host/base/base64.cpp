#include "base/base64.hpp"

#include <array>
#include <cstdint>

namespace mortise::host {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t skipped = 0xfe;
constexpr std::uint8_t refused = 0xff;

constexpr std::array<std::uint8_t, 256> sextets = [] {
    std::array<std::uint8_t, 256> table{};
    table.fill(refused);
    for (std::size_t i = 0; i < alphabet.size(); ++i)
        table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
    table['-'] = 62;
    table['_'] = 63;
    for (const char space : {' ', '\t', '\r', '\n'})
        table[static_cast<unsigned char>(space)] = skipped;
    return table;
}();

char letter(std::uint32_t bits, int shift)
{
    return alphabet[(bits >> shift) & 63U];
}

} // namespace

void append_base64(std::string& out, std::span<const std::byte> bytes)
{
    out.reserve(out.size() + (bytes.size() + 2) / 3 * 4);
    std::size_t at = 0;
    const auto byte = [&](std::size_t i) { return std::to_integer<std::uint32_t>(bytes[i]); };
    for (; at + 3 <= bytes.size(); at += 3) {
        const std::uint32_t bits = byte(at) << 16 | byte(at + 1) << 8 | byte(at + 2);
        for (const int shift : {18, 12, 6, 0})
            out += letter(bits, shift);
    }
    if (at + 1 == bytes.size()) {
        const std::uint32_t bits = byte(at) << 16;
        out += letter(bits, 18);
        out += letter(bits, 12);
        out += "==";
    } else if (at + 2 == bytes.size()) {
        const std::uint32_t bits = byte(at) << 16 | byte(at + 1) << 8;
        out += letter(bits, 18);
        out += letter(bits, 12);
        out += letter(bits, 6);
        out += '=';
    }
}

std::string base64(std::span<const std::byte> bytes)
{
    std::string out;
    append_base64(out, bytes);
    return out;
}

Result<Bytes> parse_base64(std::string_view text)
{
    Bytes bytes;
    bytes.reserve(text.size() / 4 * 3 + 3);
    std::uint32_t bits = 0;
    int held = 0;
    std::size_t padding = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto sextet = sextets[static_cast<unsigned char>(text[i])];
        if (sextet == skipped) continue;
        if (text[i] == '=') {
            ++padding;
            continue;
        }
        if (sextet == refused || padding != 0)
            return Error{
                ErrorCode::invalid,
                "not base64 at character " + std::to_string(i + 1),
                "base64.invalid",
                {},
                {}
            };
        bits = bits << 6 | sextet;
        held += 6;
        if (held >= 8) {
            held -= 8;
            bytes.push_back(static_cast<std::byte>(bits >> held & 0xffU));
        }
    }
    if (held == 6 || padding > 2)
        return Error{ErrorCode::invalid, "base64 text is cut short", "base64.invalid", {}, {}};
    return bytes;
}

} // namespace mortise::host
