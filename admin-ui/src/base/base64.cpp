#include "base/base64.hpp"

#include <cstdint>

namespace mortise::ui {

namespace {

constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

} // namespace

std::string base64_of(std::string_view bytes)
{
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 3; ++k)
            group = (group << 8U) | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
        for (std::size_t k = 0; k < 4; ++k)
            text += i + k > bytes.size() ? '=' : letters[(group >> (18U - 6U * k)) & 63U];
    }
    return text;
}

Result<std::string> bytes_of_base64(std::string_view text)
{
    const Error wrong{ErrorCode::invalid, "what came is no base64", "console.base64", {}, {}};
    if (text.size() % 4 != 0) return wrong;
    std::size_t padding = 0;
    while (padding < 2 && text.ends_with('='))
        text.remove_suffix(1), ++padding;
    std::string bytes;
    bytes.reserve(text.size() / 4 * 3 + 2);
    std::uint32_t group = 0;
    unsigned bits = 0;
    for (const char c : text) {
        const std::size_t digit = letters.find(c);
        if (digit == std::string_view::npos) return wrong;
        group = (group << 6U) | static_cast<std::uint32_t>(digit);
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        bytes += static_cast<char>((group >> bits) & 255U);
    }
    return bytes;
}

} // namespace mortise::ui
