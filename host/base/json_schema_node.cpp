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

const SchemaNode* SchemaNode::property(std::string_view name) const noexcept
{
    const auto found = std::ranges::lower_bound(properties, name, {}, [](const auto& entry) {
        return std::string_view{entry.first};
    });
    return found != properties.end() && found->first == name ? found->second : nullptr;
}

} // namespace mortise::host
