#include "records/purge.hpp"

#include "base/json.hpp"
#include "records/audit/audit_writer.hpp"
#include "records/records.hpp"
#include "records/schema.hpp"
#include "records/writer.hpp"
#include "store/database.hpp"

#include <algorithm>

namespace mortise::host {
namespace {

Result<std::int64_t> count(Connection& connection, const std::string& from)
{
    MORTISE_TRY(Statement select, connection.prepare("SELECT count(*) FROM " + from));
    MORTISE_CHECK(select.step());
    return select.integer(0);
}

/// Whether records that stay refer to those of a type.
Result<void> check_not_referenced(Connection& connection, const Schema& schema, const RecordType& type)
{
    for (const TypePointer& other : schema.types()) {
        if (other->owner == type.owner) continue;
        for (const Field& field : other->fields) {
            if (field.reference_type != type.name || field.owner == type.owner || field.archived) continue;
            MORTISE_TRY(
                const std::int64_t there,
                count(
                    connection,
                    quoted_name(other->table) + " WHERE deleted_at IS NULL AND " + quoted_name(field.column)
                        + " IS NOT NULL"
                )
            );
            if (there == 0) continue;
            return Error{
                .code = ErrorCode::state,
                .message = std::to_string(there) + ' ' + other->plural + " refer to a " + type.name + " by "
                    + field.name,
                .key = "records.referenced",
                .where = other->name + '.' + field.name,
                .hint = "remove the plugin that they belong to first, or empty that field",
            };
        }
    }
    return {};
}

Result<Purged> look(Connection& connection, const Schema& schema, std::string_view owner)
{
    Purged purged;
    for (const TypePointer& type : schema.types()) {
        if (type->owner == owner) {
            MORTISE_CHECK(check_not_referenced(connection, schema, *type));
            PurgedType one{type->name};
            MORTISE_TRY(one.records, count(connection, quoted_name(type->table)));
            MORTISE_TRY(one.history, count(connection, quoted_name(type->table + "_h")));
            purged.types.push_back(std::move(one));
            continue;
        }
        for (const Field& field : type->fields) {
            if (field.owner != owner) continue;
            PurgedField one{type->name, field.name};
            MORTISE_TRY(
                one.values,
                count(
                    connection,
                    quoted_name(type->table) + " WHERE " + quoted_name(columns_of(field).front())
                        + " IS NOT NULL"
                )
            );
            purged.fields.push_back(std::move(one));
        }
    }
    return purged;
}

Result<void> delete_row(Connection& connection, const char* sql, std::int64_t type)
{
    MORTISE_TRY(Statement remove, connection.prepare(sql));
    remove.bind(1, type);
    return remove.run();
}

/// The column stays, as its field is archived.
Result<void> empty(Connection& connection, const RecordType& type, const Field& field)
{
    const auto clear = [&](const std::string& table, const std::string& column) {
        const std::string name = quoted_name(column);
        return connection.execute(
            "UPDATE " + quoted_name(table) + " SET " + name + " = NULL WHERE " + name + " IS NOT NULL"
        );
    };
    for (const std::string& column : columns_of(field))
        for (const std::string& table : {type.table, type.table + "_h"})
            MORTISE_CHECK(clear(table, column));
    return field.sorted ? clear(type.table, key_column_of(field)) : Result<void>{};
}

Result<void> drop(Connection& connection, const Schema& schema, std::string_view owner)
{
    for (const TypePointer& type : schema.types()) {
        if (type->owner == owner) {
            MORTISE_CHECK(connection.execute("DROP TABLE " + quoted_name(type->table)));
            MORTISE_CHECK(connection.execute("DROP TABLE " + quoted_name(type->table + "_h")));
            for (const char* sql :
                 {R"(DELETE FROM "mt$constraint" WHERE type = ?)",
                  R"(DELETE FROM "mt$field" WHERE type = ?)",
                  R"(DELETE FROM "mt$type" WHERE id = ?)"})
                MORTISE_CHECK(delete_row(connection, sql, type->id));
            continue;
        }
        for (const Field& field : type->fields)
            if (field.owner == owner) MORTISE_CHECK(empty(connection, *type, field));
    }
    return connection.execute(
        R"(UPDATE "mt$meta" SET value = CAST(value AS INTEGER) + 1 WHERE name = 'schema_epoch')"
    );
}

/// For the audit trail: rows of these types are gone, or lack what was in a field, and that is no fault.
std::string purged_text(const Schema& schema, std::string_view owner)
{
    List types;
    List emptied;
    for (const TypePointer& type : schema.types()) {
        if (type->owner == owner)
            types.emplace_back(type->id);
        else if (std::ranges::any_of(type->fields, [&](const Field& field) { return field.owner == owner; }))
            emptied.emplace_back(type->id);
    }
    return json_text(
        Map{{"owner", std::string{owner}}, {"types", std::move(types)}, {"emptied", std::move(emptied)}}
    );
}

} // namespace

Result<Purged> count_of_owner(Database& database, const Records& records, std::string_view owner)
{
    const ReadLease reader = database.read();
    return look(*reader, *records.schema(), owner);
}

Result<Purged> purge_owner(Database& database, Writer& writer, Records& records, std::string_view owner)
{
    MORTISE_CHECK(count_of_owner(database, records, owner));
    MORTISE_CHECK(records.archive(owner));
    const SchemaPointer schema = records.schema();
    Purged purged;
    MORTISE_CHECK(writer.run(Writer::Work{[&](WriteTransaction& transaction) -> Result<void> {
        MORTISE_TRY(purged, look(transaction.connection, *schema, owner));
        MORTISE_CHECK(drop(transaction.connection, *schema, owner));
        return transaction.events.tell(
            transaction.connection, audit_purged, purged_text(*schema, owner), transaction.now
        );
    }}));
    MORTISE_CHECK(records.archive(owner)); // takes the types up as they are now
    return purged;
}

} // namespace mortise::host
