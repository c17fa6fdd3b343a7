#include "rules/identifiers.hpp"

#include <charconv>

namespace mortise::plugins::pipelines {

std::optional<Id> parse_id(ValueView value) noexcept
{
    Id id;
    if (value.kind() == Kind::id)
        id = value.id();
    else if (value.kind() == Kind::integer)
        id.number = value.integer();
    else if (const std::string_view text = value.text(); !text.empty()) {
        const auto parsed = std::from_chars(text.data(), text.data() + text.size(), id.number);
        if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size()) return std::nullopt;
    }
    return id.number > 0 ? std::optional{id} : std::nullopt;
}

} // namespace mortise::plugins::pipelines
