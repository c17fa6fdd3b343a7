#include "records/catalog.hpp"

namespace mortise::host {

Result<void> check_format(std::int64_t format)
{
    if (format <= database_format) return {};
    return Error{
        .code = ErrorCode::unsupported,
        .message = "the database has format " + std::to_string(format) + " when this mortise reads up to "
            + std::to_string(database_format),
        .key = "records.newer_database",
        .where = {},
        .hint = "it was written by a newer mortise: open it with that one",
    };
}

} // namespace mortise::host
