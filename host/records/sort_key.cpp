#include "records/sort_key.hpp"

#include "records/row.hpp"
#include "store/connection.hpp"

#include <algorithm>
#include <set>
#include <span>

namespace mortise::host {

namespace {

constexpr char end_of_primary_weights = '\x01';

Result<std::set<std::string>> columns_of_table(Connection& connection, const std::string& table)
{
    MORTISE_TRY(Statement names, connection.prepare("SELECT name FROM pragma_table_info(?)"));
    names.bind(1, std::string_view{table});
    std::set<std::string> columns;
    for (;;) {
        MORTISE_TRY(const bool more, names.step());
        if (!more) return columns;
        columns.emplace(names.text(0));
    }
}

Result<void>
fill(Connection& connection, const RecordType& type, const Field& field, const Collator& collator)
{
    const std::string table = quoted_name(type.table);
    MORTISE_TRY(
        Statement select,
        connection.prepare(
            "SELECT id, " + quoted_name(field.column) + " FROM " + table + " WHERE "
            + quoted_name(field.column) + " IS NOT NULL AND id > ? ORDER BY id LIMIT 1000"
        )
    );
    MORTISE_TRY(
        Statement update,
        connection.prepare(
            "UPDATE " + table + " SET " + quoted_name(key_column_of(field)) + " = ? WHERE id = ?"
        )
    );
    std::int64_t done = 0;
    for (;;) {
        std::vector<std::pair<std::int64_t, std::string>> keys;
        select.bind(1, done);
        for (;;) {
            MORTISE_TRY(const bool more, select.step());
            if (!more) break;
            keys.emplace_back(select.integer(0), sort_key_of(collator, Value{select.text(1)}));
        }
        select.reset();
        if (keys.empty()) return {};
        for (const auto& [id, key] : keys) {
            update.bind_bytes(1, std::as_bytes(std::span{key}));
            update.bind(2, id);
            MORTISE_CHECK(update.run());
        }
        done = keys.back().first;
    }
}

Result<void> complete(
    Connection& connection,
    const RecordType& type,
    const Field& field,
    const std::set<std::string>& present,
    bool anew,
    const Collator& collator
)
{
    const std::string column = quoted_name(key_column_of(field));
    const FieldIndex made = sort_index(type, field);
    const std::string index = quoted_name(made.name);
    const bool is_there = present.contains(key_column_of(field));
    if (!field.sorted) {
        if (!is_there) return {};
        MORTISE_CHECK(connection.execute("DROP INDEX IF EXISTS " + index));
        return connection.execute("ALTER TABLE " + quoted_name(type.table) + " DROP COLUMN " + column);
    }
    if (is_there && !anew) return {};
    MORTISE_CHECK(connection.execute("DROP INDEX IF EXISTS " + index));
    if (!is_there)
        MORTISE_CHECK(
            connection.execute("ALTER TABLE " + quoted_name(type.table) + " ADD COLUMN " + column + " BLOB")
        );
    MORTISE_CHECK(fill(connection, type, field, collator));
    return connection.execute(made.sql);
}

} // namespace

std::string sort_key_of(const Collator& collator, const Value& value)
{
    if (value.kind() != Kind::text) return {};
    auto key = collator.sort_key(value.text());
    if (!key) return {}; // text that is stored is UTF-8
    if (key->size() > sort_key_bytes) key->resize(sort_key_bytes);
    return *std::move(key);
}

std::pair<std::string, std::string> sort_key_range(const Collator& collator, std::string_view prefix)
{
    std::string first = collator.sort_key(prefix).value_or(std::string{});
    if (const std::size_t end = first.find(end_of_primary_weights); end != std::string::npos)
        first.resize(end);
    if (first.size() > sort_key_bytes) first.resize(sort_key_bytes);
    std::string last = first;
    last.append(sort_key_bytes + 1 - first.size(), '\xff');
    return {std::move(first), std::move(last)};
}

FieldIndex sort_index(const RecordType& type, const Field& field)
{
    const std::string column = quoted_name(key_column_of(field));
    const std::string name = type.table + "." + key_column_of(field);
    return {
        name,
        "CREATE INDEX IF NOT EXISTS " + quoted_name(name) + " ON " + quoted_name(type.table) + " (" + column
            + ") WHERE " + column + " IS NOT NULL",
    };
}

Result<void> complete_sort_keys(
    Connection& connection, const Schema& schema, const Schema* before, const Collator& collator
)
{
    MORTISE_TRY(Statement read, connection.prepare("SELECT value FROM \"mt$meta\" WHERE name = 'collation'"));
    MORTISE_TRY(const bool found, read.step());
    const bool anew = !found || read.text(0) != collator.version();
    read.reset();
    for (const TypePointer& type : schema.types()) {
        const bool is_as_before
            = before != nullptr && std::ranges::find(before->types(), type) != before->types().end();
        if (is_as_before && !anew) continue;
        MORTISE_TRY(const auto present, columns_of_table(connection, type->table));
        for (const Field& field : type->fields)
            MORTISE_CHECK(complete(connection, *type, field, present, anew, collator));
    }
    if (!anew) return {};
    MORTISE_TRY(
        Statement write, connection.prepare("INSERT OR REPLACE INTO \"mt$meta\" VALUES ('collation', ?)")
    );
    write.bind(1, std::string_view{collator.version()});
    return write.run();
}

} // namespace mortise::host
