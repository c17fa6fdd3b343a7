#include "records/field_indexes.hpp"

#include "store/connection.hpp"

namespace mortise::host {

Result<void> create_field_indexes(Connection& connection, const RecordType& type, const Field& field)
{
    const std::string column = quoted_name(columns_of(field).front());
    const std::string name = type.table + "." + field.column;
    if (!field.unique)
        MORTISE_CHECK(connection.execute("DROP INDEX IF EXISTS " + quoted_name(name + ".unique")));
    if (!field.indexed) MORTISE_CHECK(connection.execute("DROP INDEX IF EXISTS " + quoted_name(name)));
    if (field.unique)
        MORTISE_CHECK(connection.execute(
            "CREATE UNIQUE INDEX IF NOT EXISTS " + quoted_name(name + ".unique") + " ON "
            + quoted_name(type.table) + " (" + column + ") WHERE deleted_at IS NULL AND " + column
            + " IS NOT NULL"
        ));
    if (field.indexed)
        MORTISE_CHECK(connection.execute(
            "CREATE INDEX IF NOT EXISTS " + quoted_name(name) + " ON " + quoted_name(type.table) + " ("
            + column + ") WHERE " + column + " IS NOT NULL"
        ));
    return {};
}

} // namespace mortise::host
