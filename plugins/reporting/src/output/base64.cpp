#include "output/base64.hpp"

#include <string_view>

namespace mortise::plugins::reporting {

std::string base64_of(const Bytes& bytes)
{
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    const auto at = [&](std::size_t i) {
        return i < bytes.size() ? std::to_integer<std::uint32_t>(bytes[i]) : std::uint32_t{0};
    };
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::uint32_t three = at(i) << 16U | at(i + 1) << 8U | at(i + 2);
        text += letters[three >> 18U];
        text += letters[three >> 12U & 63U];
        text += i + 1 < bytes.size() ? letters[three >> 6U & 63U] : '=';
        text += i + 2 < bytes.size() ? letters[three & 63U] : '=';
    }
    return text;
}

} // namespace mortise::plugins::reporting
