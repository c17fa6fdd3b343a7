#include "records/row_storage.hpp"

#include "records/field_codec.hpp"
#include "store/statement.hpp"

namespace mortise::host {

namespace {

void bind_optional(Statement& statement, int index, std::int64_t number)
{
    if (number != 0) statement.bind(index, number); // what is not bound is null
}

} // namespace

void bind_row(
    Statement& statement, const RecordType& type, const Row& row, std::span<const std::string> sort_keys
)
{
    statement.bind(1, row.id.number);
    statement.bind(2, row.version);
    bind_optional(statement, 3, row.owner.number);
    statement.bind(4, row.created_at.microseconds);
    statement.bind(5, row.updated_at.microseconds);
    bind_optional(statement, 6, row.deleted_at.microseconds);
    statement.bind(7, row.since);
    int index = 8;
    for (std::size_t slot = 0; slot < type.fields.size(); ++slot)
        bind_field(statement, index, type.fields[slot], row.values[slot]);
    for (const std::string& key : sort_keys)
        bind_sort_key(statement, index++, key);
}

void bind_sort_key(Statement& statement, int index, const std::string& key)
{
    if (!key.empty()) statement.bind_bytes_borrowed(index, std::as_bytes(std::span{key}));
}

Row read_row(const Statement& statement, const RecordType& type, int column)
{
    Row row;
    row.id.number = statement.integer(column++);
    row.version = statement.integer(column++);
    row.owner.number = statement.integer(column++);
    row.created_at.microseconds = statement.integer(column++);
    row.updated_at.microseconds = statement.integer(column++);
    row.deleted_at.microseconds = statement.integer(column++);
    row.since = statement.integer(column++);
    row.values.reserve(type.fields.size());
    for (const Field& field : type.fields) {
        row.values.push_back(read_field(statement, column, field));
        if (field.hidden) row.values.back() = {};
    }
    return row;
}

} // namespace mortise::host
