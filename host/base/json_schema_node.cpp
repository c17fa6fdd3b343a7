#include "base/json_schema_node.hpp"

#include <algorithm>

namespace mortise::host {

std::string pointer_step(const std::string& pointer, std::string_view step)
{
    std::string result = pointer + '/';
    for (const char c : step) {
        if (c == '~')
            result += "~0";
        else if (c == '/')
            result += "~1";
        else
            result += c;
    }
    return result;
}

std::wstring code_points(std::string_view text)
{
    std::wstring result;
    result.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const auto lead = static_cast<unsigned char>(text[at]);
        const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        if (length == 1) {
            result += static_cast<wchar_t>(lead);
        } else if (lead < 0xC2 || at + length > text.size()) {
            result += L'\uFFFD';
            ++at;
            continue;
        } else {
            std::uint32_t point = lead & (0xFFU >> (length + 1));
            for (std::size_t i = 1; i < length; ++i)
                point = (point << 6U) | (static_cast<unsigned char>(text[at + i]) & 0x3FU);
            result += static_cast<wchar_t>(point);
        }
        at += length;
    }
    return result;
}

const SchemaNode* SchemaNode::property(std::string_view name) const noexcept
{
    const auto found = std::ranges::lower_bound(properties, name, {}, [](const auto& entry) {
        return std::string_view{entry.first};
    });
    return found != properties.end() && found->first == name ? found->second : nullptr;
}

} // namespace mortise::host
