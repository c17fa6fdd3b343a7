#include "commands/id_argument.hpp"

#include <charconv>
#include <cstdint>
#include <system_error>
#include <utility>

namespace mortise::host {

Result<Id> id_argument(const Value& value, std::string_view area, std::string where)
{
    if (const auto* id = value.as<Id>()) return *id;
    if (const auto* number = value.as<std::int64_t>()) return Id{*number};
    const std::string_view text = value.text();
    Id id;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), id.number);
    if (failed == std::errc{} && end == text.data() + text.size() && id.number > 0) return id;
    return Error{
        .code = ErrorCode::invalid,
        .message = '"' + std::string{text} + "\" is no id",
        .key = std::string{area} + ".argument",
        .where = std::move(where),
    };
}

} // namespace mortise::host
