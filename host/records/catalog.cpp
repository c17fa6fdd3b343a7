#include "records/catalog.hpp"

#include "records/field_definition.hpp"
#include "records/field_indexes.hpp"
#include "records/type_reader.hpp"
#include "store/connection.hpp"

#include <algorithm>
#include <optional>
#include <set>

namespace mortise::host {

namespace {

constexpr const char* common_columns
    = "id INTEGER PRIMARY KEY, version INTEGER NOT NULL, owner INTEGER, "
      "created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, deleted_at INTEGER, "
      "since INTEGER NOT NULL";
constexpr const char* history_columns
    = "id INTEGER NOT NULL, until INTEGER NOT NULL, version INTEGER NOT NULL, "
      "owner INTEGER, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, "
      "deleted_at INTEGER, since INTEGER NOT NULL";

Error refused(std::string message, std::string where, std::string hint)
{
    return Error{
        .code = ErrorCode::invalid,
        .message = std::move(message),
        .key = "records.declaration",
        .where = std::move(where),
        .hint = std::move(hint),
    };
}

/// Applies one declared type. Collects whether anything changed.
class TypeChange {
public:
    TypeChange(Connection& connection, const Schema& schema, std::string_view owner)
        : m_connection{connection},
          m_schema{schema},
          m_owner{owner}
    {
    }

    Result<void> apply(const TypeDeclaration& declaration)
    {
        const TypePointer present = find_own(declaration.name);
        if (declaration.extends && !present)
            return refused(
                "there is no type \"" + declaration.name + "\" to add fields to",
                declaration.name,
                "the plugin that brings the type must be there first: name it under \"requires\""
            );
        if (!declaration.extends && present && present->owner != m_owner)
            return refused(
                "the type \"" + declaration.name + "\" belongs to " + present->owner,
                declaration.name,
                "choose another name, or say \"extends\": true to add fields to it"
            );
        RecordType type = present ? *present : RecordType{};
        m_new_columns.reset();
        if (!present) {
            MORTISE_CHECK(create_type(declaration, type));
            m_new_columns.emplace();
        } else if (!declaration.extends) {
            MORTISE_CHECK(update_type(declaration, type));
        }
        for (const Field& field : declaration.fields)
            MORTISE_CHECK(apply_field(type, field));
        if (m_new_columns) MORTISE_CHECK(create_tables(type));
        if (!declaration.extends) {
            MORTISE_TRY(const bool changed, apply_constraints(m_connection, type, declaration.constraints));
            m_changed |= changed;
        }
        return archive_missing(type, declaration);
    }

    bool changed() const noexcept { return m_changed; }

private:
    TypePointer find_own(std::string_view name) const
    {
        for (const TypePointer& type : m_schema.types())
            if (type->name == name) return type;
        return nullptr;
    }

    Result<void> create_type(const TypeDeclaration& declaration, RecordType& type)
    {
        if (const TypePointer taken = m_schema.find(declaration.plural))
            return refused(
                "the plural \"" + declaration.plural + "\" is that of " + taken->name,
                declaration.name,
                "choose another"
            );
        type.name = declaration.name;
        type.table = "mt$" + declaration.name;
        type.owner = m_owner;
        MORTISE_TRY(
            Statement * insert,
            m_connection.cached("INSERT INTO \"mt$type\" (name, plural, label, tbl, owner, "
                                "title_field, shared) VALUES (?,?,?,?,?,?,?) RETURNING id")
        );
        insert->bind(1, std::string_view{declaration.name});
        insert->bind(2, std::string_view{declaration.plural});
        insert->bind(3, std::string_view{declaration.label});
        insert->bind(4, std::string_view{type.table});
        insert->bind(5, std::string_view{m_owner});
        insert->bind(6, std::string_view{declaration.title_field});
        insert->bind(7, std::int64_t{declaration.shared});
        MORTISE_CHECK(insert->step());
        type.id = insert->integer(0);
        insert->reset();
        m_changed = true;
        return {};
    }

    /// The tables of a new type, with all columns at once: adding one has SQLite read the whole schema.
    Result<void> create_tables(const RecordType& type)
    {
        MORTISE_CHECK(m_connection.execute(
            "CREATE TABLE " + quoted_name(type.table) + " (" + std::string{common_columns} + *m_new_columns
            + ")"
        ));
        MORTISE_CHECK(m_connection.execute(
            "CREATE TABLE " + quoted_name(type.table + "_h") + " (" + std::string{history_columns}
            + *m_new_columns + ", PRIMARY KEY (id, until)) WITHOUT ROWID"
        ));
        for (const Field& field : type.fields)
            MORTISE_CHECK(create_field_indexes(m_connection, type, field));
        return {};
    }

    Result<void> update_type(const TypeDeclaration& declaration, RecordType& type)
    {
        if (!type.archived && type.plural == declaration.plural && type.label == declaration.label
            && type.title_field == declaration.title_field && type.shared == declaration.shared)
            return {};
        MORTISE_TRY(
            Statement * update,
            m_connection.cached("UPDATE \"mt$type\" SET plural=?, label=?, title_field=?, "
                                "shared=?, archived=0 WHERE id=?")
        );
        update->bind(1, std::string_view{declaration.plural});
        update->bind(2, std::string_view{declaration.label});
        update->bind(3, std::string_view{declaration.title_field});
        update->bind(4, std::int64_t{declaration.shared});
        update->bind(5, type.id);
        m_changed = true;
        return update->run();
    }

    Result<void> apply_field(RecordType& type, const Field& declared)
    {
        const auto slot = type.slot(declared.name);
        if (!slot) return add_field(type, declared);
        const Field& present = type.fields[*slot];
        const std::string where = type.name + "." + declared.name;
        if (present.owner == custom_owner && m_owner != custom_owner) {
            // An admin's field makes room for one that comes with a newer host or plugin, and loses nothing.
            MORTISE_CHECK(make_room(type, present));
            return add_field(type, declared);
        }
        if (present.owner != m_owner)
            return refused(
                "the field " + where + " belongs to " + present.owner, where, "choose another name"
            );
        if (present.kind != declared.kind || present.scale != declared.scale
            || present.reference_type != declared.reference_type)
            return refused(
                "the field " + where + " is " + std::string{name_of(present.kind)} + " and cannot become "
                    + std::string{name_of(declared.kind)},
                where,
                "the kind, scale and target of a field are fixed: declare a new field and migrate to it"
            );
        if (!present.archived && definition_of(present) == definition_of(declared)) return {};
        MORTISE_TRY(
            Statement * update,
            m_connection.cached("UPDATE \"mt$field\" SET definition=?, archived=0 WHERE id=?")
        );
        update->bind(1, std::string_view{definition_of(declared)});
        update->bind(2, present.id);
        MORTISE_CHECK(update->run());
        m_changed = true;
        Field with_column = declared;
        with_column.column = present.column;
        return create_field_indexes(m_connection, type, with_column);
    }

    Result<void> make_room(RecordType& type, const Field& present)
    {
        std::string name = "x_" + present.name;
        while (type.slot(name))
            name += "_2";
        MORTISE_TRY(Statement * rename, m_connection.cached("UPDATE \"mt$field\" SET name=? WHERE id=?"));
        rename->bind(1, std::string_view{name});
        rename->bind(2, present.id);
        MORTISE_CHECK(rename->run());
        type.fields[*type.slot(present.name)].name = name;
        return {};
    }

    Result<void> add_field(RecordType& type, const Field& declared)
    {
        Field field = declared;
        field.owner = m_owner;
        field.column = free_column(type, field);
        MORTISE_TRY(
            Statement * insert,
            m_connection.cached("INSERT INTO \"mt$field\" (type, name, col, owner, kind, "
                                "definition) VALUES (?,?,?,?,?,?) RETURNING id")
        );
        insert->bind(1, type.id);
        insert->bind(2, std::string_view{field.name});
        insert->bind(3, std::string_view{field.column});
        insert->bind(4, std::string_view{m_owner});
        insert->bind(5, name_of(field.kind));
        insert->bind(6, std::string_view{definition_of(field)});
        MORTISE_CHECK(insert->step());
        field.id = insert->integer(0);
        insert->reset();
        m_changed = true;
        std::size_t place = 0;
        for (const std::string& column : columns_of(field)) {
            const std::string definition
                = quoted_name(column) + " " + std::string{column_type(field.kind, place++)};
            if (m_new_columns)
                *m_new_columns += ", " + definition;
            else
                for (const std::string& table : {type.table, type.table + "_h"})
                    MORTISE_CHECK(m_connection.execute(
                        "ALTER TABLE " + quoted_name(table) + " ADD COLUMN " + definition
                    ));
        }
        if (!m_new_columns) MORTISE_CHECK(create_field_indexes(m_connection, type, field));
        type.fields.push_back(std::move(field));
        type.finish();
        return {};
    }

    /// The column has the field's name unless an archived or renamed field holds it.
    static std::string free_column(const RecordType& type, const Field& field)
    {
        std::set<std::string> taken{
            "id", "version", "owner", "created_at", "updated_at", "deleted_at", "since", "until"
        };
        for (const Field& other : type.fields)
            for (std::string& column : columns_of(other))
                taken.insert(std::move(column));
        Field candidate = field;
        candidate.column = field.name;
        const auto clashes = [&] {
            return std::ranges::any_of(columns_of(candidate), [&](const auto& column) {
                return taken.contains(column);
            });
        };
        for (int suffix = 2; clashes(); ++suffix)
            candidate.column = field.name + "_" + std::to_string(suffix);
        return candidate.column;
    }

    Result<void> archive_missing(const RecordType& type, const TypeDeclaration& declaration)
    {
        for (const Field& field : type.fields) {
            const bool declared
                = std::ranges::find(declaration.fields, field.name, &Field::name) != declaration.fields.end();
            if (declared || field.archived || field.owner != m_owner) continue;
            MORTISE_TRY(
                Statement * update, m_connection.cached("UPDATE \"mt$field\" SET archived=1 WHERE id=?")
            );
            update->bind(1, field.id);
            MORTISE_CHECK(update->run());
            m_changed = true;
        }
        return {};
    }

    Connection& m_connection;
    const Schema& m_schema;
    std::string m_owner;
    std::optional<std::string> m_new_columns; ///< of the type that is being made
    bool m_changed{false};
};

Result<void> raise_epoch(Connection& connection)
{
    return connection.execute(
        "UPDATE \"mt$meta\" SET value = CAST(value AS INTEGER) + 1 WHERE name = 'schema_epoch'"
    );
}

/// What databases of older hosts lack.
Result<void> add_later_columns(Connection& connection)
{
    MORTISE_TRY(
        Statement has_shared,
        connection.prepare("SELECT 1 FROM pragma_table_info('mt$type') WHERE name = 'shared'")
    );
    MORTISE_TRY(const bool found, has_shared.step());
    has_shared.reset();
    if (found) return {};
    return connection.execute("ALTER TABLE \"mt$type\" ADD COLUMN shared INTEGER NOT NULL DEFAULT 0");
}

} // namespace

Result<void> create_catalog(Connection& connection)
{
    MORTISE_CHECK(note_format(connection));
    MORTISE_CHECK(create_constraint_table(connection));
    MORTISE_CHECK(connection.execute(R"(
        INSERT OR IGNORE INTO "mt$meta" VALUES ('schema_epoch', 1);
        CREATE TABLE IF NOT EXISTS "mt$type" (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE,
            plural TEXT NOT NULL UNIQUE, label TEXT NOT NULL, tbl TEXT NOT NULL UNIQUE, owner TEXT NOT NULL,
            title_field TEXT NOT NULL, archived INTEGER NOT NULL DEFAULT 0, shared INTEGER NOT NULL DEFAULT 0);
        CREATE TABLE IF NOT EXISTS "mt$field" (id INTEGER PRIMARY KEY AUTOINCREMENT, type INTEGER NOT NULL,
            name TEXT NOT NULL, col TEXT NOT NULL, owner TEXT NOT NULL, kind TEXT NOT NULL, definition TEXT NOT NULL,
            archived INTEGER NOT NULL DEFAULT 0, UNIQUE (type, name));
    )"));
    return add_later_columns(connection);
}

namespace {

/// What the owner has of a type, and declares no more: the type itself, or its fields of another's. Whether
/// there was anything.
Result<bool> archive_undeclared(Connection& connection, const RecordType& type, std::string_view owner)
{
    bool changed = false;
    if (type.owner == owner && !type.archived) {
        MORTISE_TRY(Statement * update, connection.cached("UPDATE \"mt$type\" SET archived=1 WHERE id=?"));
        update->bind(1, type.id);
        MORTISE_CHECK(update->run());
        changed = true;
    }
    MORTISE_TRY(
        Statement * fields,
        connection.cached("UPDATE \"mt$field\" SET archived=1 WHERE type=? AND owner=? AND archived=0")
    );
    fields->bind(1, type.id);
    fields->bind(2, owner);
    MORTISE_CHECK(fields->run());
    return changed || connection.changes() > 0;
}

/// The types as they are known, with the one of that name as it is now.
Result<std::vector<TypePointer>> with_type_anew(
    Connection& connection, std::vector<TypePointer> known, const Schema& schema, std::string_view name
)
{
    MORTISE_TRY(const std::vector<TypePointer> anew, read_types(connection, schema.country(), name));
    for (const TypePointer& type : anew) {
        const auto place
            = std::ranges::find(known, type->id, [](const TypePointer& each) { return each->id; });
        if (place != known.end())
            *place = type;
        else
            known.push_back(type);
    }
    return known;
}

} // namespace

Result<SchemaPointer> apply_declarations(
    Connection& connection,
    const Schema& schema,
    std::string_view owner,
    std::span<const TypeDeclaration> declarations
)
{
    bool changed = false;
    std::vector<TypePointer> known = schema.types();
    for (const TypeDeclaration& declaration : declarations) {
        const Schema present{known, schema.epoch()};
        TypeChange change{connection, present, owner};
        MORTISE_CHECK(change.apply(declaration));
        if (!change.changed()) continue;
        changed = true; // and a later declaration may add fields to this type
        MORTISE_TRY(known, with_type_anew(connection, std::move(known), schema, declaration.name));
    }
    for (const TypePointer& type : schema.types()) {
        const bool declared = std::ranges::any_of(declarations, [&](const TypeDeclaration& declaration) {
            return declaration.name == type->name;
        });
        if (declared) continue;
        MORTISE_TRY(const bool archived, archive_undeclared(connection, *type, owner));
        if (!archived) continue;
        changed = true;
        MORTISE_TRY(known, with_type_anew(connection, std::move(known), schema, type->name));
    }
    if (!changed) return SchemaPointer{};
    MORTISE_CHECK(raise_epoch(connection));
    return SchemaPointer{
        std::make_shared<const Schema>(std::move(known), schema.epoch() + 1, schema.country())
    };
}

Result<bool> archive_declarations(Connection& connection, const Schema& schema, std::string_view owner)
{
    const bool has_types = std::ranges::any_of(schema.types(), [&](const TypePointer& type) {
        return type->owner == owner && !type->archived;
    });
    MORTISE_TRY(
        Statement * types, connection.cached("UPDATE \"mt$type\" SET archived=1 WHERE owner=? AND archived=0")
    );
    types->bind(1, owner);
    MORTISE_CHECK(types->run());
    MORTISE_TRY(
        Statement * fields,
        connection.cached("UPDATE \"mt$field\" SET archived=1 WHERE owner=? AND archived=0")
    );
    fields->bind(1, owner);
    MORTISE_CHECK(fields->run());
    const bool changed = has_types || connection.changes() > 0;
    if (changed) MORTISE_CHECK(raise_epoch(connection));
    return changed;
}

Result<void> write_country(Connection& connection, std::string_view country)
{
    MORTISE_TRY(
        Statement * write, connection.cached("INSERT OR REPLACE INTO \"mt$meta\" VALUES ('country', ?1)")
    );
    write->bind(1, country);
    MORTISE_CHECK(write->run());
    return raise_epoch(connection);
}

} // namespace mortise::host
