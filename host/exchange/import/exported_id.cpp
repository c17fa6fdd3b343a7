#include "exchange/import/exported_id.hpp"

#include "base/json.hpp"
#include "base/number_text.hpp"
#include "base/text.hpp"

namespace mortise::host {

Result<std::int64_t> parse_exported_id(const Value& value)
{
    if (const auto* number = value.as<std::int64_t>(); number && *number > 0) return *number;
    const auto parsed = parse_integer(trim(value.text()));
    if (parsed && *parsed > 0) return *parsed;
    return Error{
        .code = ErrorCode::invalid,
        .message = (value.is_null() ? std::string{"nothing"} : json_text(value)) + " is no record's id",
        .key = "import.no_id",
        .where = "id",
        .hint = "keep id and exported_from as the export has them; for a new record leave both empty",
    };
}

Error no_exported_from()
{
    return {
        .code = ErrorCode::invalid,
        .message = "the row has an id, but does not say of which database",
        .key = "import.no_source",
        .where = "exported_from",
        .hint = "keep id and exported_from as the export has them; for a new record leave both empty",
    };
}

} // namespace mortise::host
