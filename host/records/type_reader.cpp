#include "records/type_reader.hpp"

#include "records/catalog.hpp"
#include "records/constraint.hpp"
#include "records/field_definition.hpp"
#include "store/connection.hpp"

namespace mortise::host {

namespace {

Result<std::string> read_country(Connection& connection)
{
    MORTISE_TRY(Statement select, connection.prepare("SELECT value FROM \"mt$meta\" WHERE name = 'country'"));
    MORTISE_TRY(const bool found, select.step());
    return std::string{found ? select.text(0) : default_country};
}

/// The types without their fields: all, or the one of that name.
Result<std::vector<std::shared_ptr<RecordType>>>
read_bare_types(Connection& connection, const std::optional<std::string_view>& only)
{
    std::vector<std::shared_ptr<RecordType>> types;
    MORTISE_TRY(
        Statement * select,
        connection.cached("SELECT id, name, plural, label, tbl, owner, title_field, archived, shared "
                          "FROM \"mt$type\" WHERE ?1 IS NULL OR name = ?1 ORDER BY id")
    );
    if (only)
        select->bind(1, *only);
    else
        select->bind_null(1);
    for (;;) {
        MORTISE_TRY(const bool more, select->step());
        if (!more) break;
        auto type = std::make_shared<RecordType>();
        type->id = select->integer(0);
        type->name = select->text(1);
        type->plural = select->text(2);
        type->label = select->text(3);
        type->table = select->text(4);
        type->owner = select->text(5);
        type->title_field = select->text(6);
        type->archived = select->integer(7) != 0;
        type->shared = select->integer(8) != 0;
        types.push_back(std::move(type));
    }
    select->reset();
    return types;
}

Result<Field> read_field(const Statement& row, const RecordType& type, const std::string& country)
{
    Field field;
    field.id = row.integer(0);
    field.name = row.text(1);
    field.column = row.text(2);
    field.owner = row.text(3);
    if (!parse_field_kind(row.text(4), field.kind))
        return Error{
            .code = ErrorCode::unsupported,
            .message = "the field " + type.name + "." + field.name + " is of the unknown kind \""
                + std::string{row.text(4)} + "\"",
            .key = "records.newer_database",
            .where = {},
            .hint = "the database was written by a newer host: open it with that one",
        };
    MORTISE_CHECK(read_definition(row.text(5), field));
    field.country = country;
    field.archived = row.integer(6) != 0 || type.archived;
    return field;
}

Result<void> read_fields(Connection& connection, RecordType& type, const std::string& country)
{
    MORTISE_TRY(
        Statement * select,
        connection.cached("SELECT id, name, col, owner, kind, definition, archived FROM \"mt$field\" "
                          "WHERE type = ? ORDER BY id")
    );
    select->bind(1, type.id);
    for (;;) {
        MORTISE_TRY(const bool more, select->step());
        if (!more) break;
        MORTISE_TRY(Field field, read_field(*select, type, country));
        type.fields.push_back(std::move(field));
    }
    select->reset();
    return {};
}

} // namespace

Result<std::vector<TypePointer>>
read_types(Connection& connection, const std::string& country, const std::optional<std::string_view>& only)
{
    MORTISE_TRY(const auto types, read_bare_types(connection, only));
    std::vector<TypePointer> finished;
    for (const std::shared_ptr<RecordType>& type : types) {
        MORTISE_CHECK(read_fields(connection, *type, country));
        type->finish();
        MORTISE_CHECK(read_constraints(connection, *type));
        finished.push_back(type);
    }
    return finished;
}

Result<SchemaPointer> read_schema(Connection& connection)
{
    MORTISE_TRY(const std::string country, read_country(connection));
    MORTISE_TRY(std::vector<TypePointer> types, read_types(connection, country));
    MORTISE_TRY(
        Statement read_epoch, connection.prepare("SELECT value FROM \"mt$meta\" WHERE name = 'schema_epoch'")
    );
    MORTISE_CHECK(read_epoch.step());
    const auto epoch = static_cast<std::uint64_t>(read_epoch.integer(0));
    return SchemaPointer{std::make_shared<const Schema>(std::move(types), epoch, country)};
}

} // namespace mortise::host
