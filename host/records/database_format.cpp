#include "records/catalog.hpp"
#include "store/connection.hpp"

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

Result<void> note_format(Connection& connection)
{
    MORTISE_CHECK(connection.execute(
        "CREATE TABLE IF NOT EXISTS \"mt$meta\" (name TEXT PRIMARY KEY, value) WITHOUT ROWID"
    ));
    MORTISE_TRY(
        Statement * format,
        connection.cached("INSERT INTO \"mt$meta\" VALUES ('format', ?1) ON CONFLICT (name) DO UPDATE SET "
                          "value = value RETURNING CAST(value AS INTEGER)")
    );
    format->bind(1, database_format);
    MORTISE_CHECK(format->step());
    const std::int64_t found = format->integer(0);
    format->reset();
    return check_format(found);
}

} // namespace mortise::host
