#include "records/field_indexes.hpp"

#include "store/connection.hpp"

namespace mortise::host {

FieldIndex lookup_index(const RecordType& type, const Field& field)
{
    const std::string column = quoted_name(columns_of(field).front());
    const std::string name = type.table + "." + field.column;
    return {
        name,
        "CREATE INDEX IF NOT EXISTS " + quoted_name(name) + " ON " + quoted_name(type.table) + " (" + column
            + ") WHERE " + column + " IS NOT NULL",
    };
}

Result<void> create_field_indexes(Connection& connection, const RecordType& type, const Field& field)
{
    const std::string column = quoted_name(columns_of(field).front());
    const FieldIndex lookup = lookup_index(type, field);
    const std::string unique = quoted_name(lookup.name + ".unique");
    if (!field.unique) MORTISE_CHECK(connection.execute("DROP INDEX IF EXISTS " + unique));
    if (!field.indexed) MORTISE_CHECK(connection.execute("DROP INDEX IF EXISTS " + quoted_name(lookup.name)));
    if (field.unique)
        MORTISE_CHECK(connection.execute(
            "CREATE UNIQUE INDEX IF NOT EXISTS " + unique + " ON " + quoted_name(type.table) + " (" + column
            + ") WHERE deleted_at IS NULL AND " + column + " IS NOT NULL"
        ));
    return field.indexed ? connection.execute(lookup.sql) : Result<void>{};
}

} // namespace mortise::host
