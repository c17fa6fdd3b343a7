#include "records/constraint.hpp"

#include "base/json.hpp"
#include "records/field_codec.hpp"
#include "records/prepared_unit.hpp"
#include "records/row_storage.hpp"
#include "store/connection.hpp"

#include <algorithm>

namespace mortise::host {

namespace {

Error refused(std::string message, std::string where, std::string hint = {})
{
    return Error{
        .code = ErrorCode::invalid,
        .message = std::move(message),
        .key = "records.constraint",
        .where = std::move(where),
        .hint = std::move(hint),
    };
}

std::string index_name(const RecordType& type, const Constraint& constraint)
{
    return type.table + ".constraint." + constraint.name;
}

/// The value as SQL text; only for the kinds that `check_constraint` lets through.
Result<std::string> literal(const Field& field, const Value& value)
{
    MORTISE_TRY(const Value kept, coerce(field, value));
    if (const auto* flag = kept.as<bool>()) return std::string{*flag ? "1" : "0"};
    if (const auto* number = kept.as<std::int64_t>()) return std::to_string(*number);
    std::string text{"'"};
    for (const char c : kept.text())
        text.append(c == '\'' ? 2 : 1, c);
    return text + "'";
}

/// "deleted_at IS NULL AND ...": which rows a constraint looks at.
Result<std::string> condition(const RecordType& type, const Constraint& constraint)
{
    std::string sql = "deleted_at IS NULL";
    std::vector<std::string> needed = constraint.unique;
    if (!constraint.count.empty()) needed.push_back(constraint.count);
    for (const std::string& name : needed) {
        MORTISE_TRY(const std::size_t slot, type.require_slot(name));
        for (const std::string& column : columns_of(type.fields[slot]))
            sql += " AND " + quoted_name(column) + " IS NOT NULL";
    }
    for (const auto& [name, value] : constraint.where) {
        MORTISE_TRY(const std::size_t slot, type.require_slot(name));
        MORTISE_TRY(const std::string text, literal(type.fields[slot], value));
        sql += " AND " + quoted_name(columns_of(type.fields[slot]).front()) + " = " + text;
    }
    return sql;
}

Result<std::vector<std::string>> columns_of(const RecordType& type, const std::vector<std::string>& fields)
{
    std::vector<std::string> columns;
    for (const std::string& name : fields) {
        MORTISE_TRY(const std::size_t slot, type.require_slot(name));
        std::ranges::copy(columns_of(type.fields[slot]), std::back_inserter(columns));
    }
    return columns;
}

std::string comma_list(const std::vector<std::string>& columns)
{
    std::string list;
    for (const std::string& column : columns)
        list += (list.empty() ? "" : ", ") + quoted_name(column);
    return list;
}

std::string words(const std::vector<std::string>& names)
{
    std::string text;
    for (const std::string& name : names)
        text += (text.empty() ? "" : " and ") + name;
    return text;
}

/// Two records that agree already, if there are some.
Result<void> find_disagreement(
    Connection& connection, const RecordType& type, const Constraint& constraint, const std::string& where
)
{
    MORTISE_TRY(const auto columns, columns_of(type, constraint.unique));
    MORTISE_TRY(
        Statement select,
        connection.prepare(
            "SELECT min(id), max(id), count(*) FROM " + quoted_name(type.table) + " WHERE " + where
            + " GROUP BY " + comma_list(columns) + " HAVING count(*) > 1 LIMIT 1"
        )
    );
    MORTISE_TRY(const bool found, select.step());
    if (!found) return {};
    return Error{
        .code = ErrorCode::exists,
        .message = type.plural + " " + std::to_string(select.integer(0)) + " and "
            + std::to_string(select.integer(1)) + " have the same " + words(constraint.unique)
            + ", which are to be unique from now on",
        .key = "records.constraint",
        .where = type.name + "." + constraint.name,
        .hint = "change or delete one of them, then try again",
    };
}

Result<void> create_index(Connection& connection, const RecordType& type, const Constraint& constraint)
{
    MORTISE_TRY(const std::string where, condition(type, constraint));
    MORTISE_TRY(
        const auto columns,
        columns_of(
            type, constraint.is_unique() ? constraint.unique : std::vector<std::string>{constraint.count}
        )
    );
    if (constraint.is_unique()) MORTISE_CHECK(find_disagreement(connection, type, constraint, where));
    return connection.execute(
        std::string{constraint.is_unique() ? "CREATE UNIQUE INDEX " : "CREATE INDEX "}
        + quoted_name(index_name(type, constraint)) + " ON " + quoted_name(type.table) + " ("
        + comma_list(columns) + ") WHERE " + where
    );
}

Result<void> drop(Connection& connection, const RecordType& type, const Constraint& constraint)
{
    MORTISE_CHECK(connection.execute("DROP INDEX IF EXISTS " + quoted_name(index_name(type, constraint))));
    MORTISE_TRY(
        Statement * remove, connection.cached("DELETE FROM \"mt$constraint\" WHERE type = ? AND name = ?")
    );
    remove->bind(1, type.id);
    remove->bind(2, std::string_view{constraint.name});
    return remove->run();
}

Result<void> add(Connection& connection, const RecordType& type, const Constraint& constraint)
{
    MORTISE_TRY(
        Statement * insert,
        connection.cached("INSERT INTO \"mt$constraint\" (type, name, definition) VALUES (?,?,?)")
    );
    insert->bind(1, type.id);
    insert->bind(2, std::string_view{constraint.name});
    insert->bind(3, std::string_view{constraint_text(constraint)});
    MORTISE_CHECK(insert->run());
    return create_index(connection, type, constraint);
}

/// Another record that is not deleted and has the same in `fields`; 0 if its reader may not know it.
Id other_record(
    Connection& connection,
    const PreparedChange& change,
    const std::vector<std::string>& fields,
    Id visible_to
)
{
    std::string sql = "SELECT id, owner FROM " + quoted_name(change.type->table)
        + " WHERE deleted_at IS NULL AND id <> ?1";
    int parameter = 1;
    for (const std::string& name : fields)
        for (const std::string& column : columns_of(change.type->fields[*change.type->slot(name)]))
            sql += " AND " + quoted_name(column) + " = ?" + std::to_string(++parameter);
    const auto select = connection.cached(sql);
    if (!select) return {};
    (*select)->bind(1, change.after.id.number);
    int index = 2;
    for (const std::string& name : fields) {
        const std::size_t slot = *change.type->slot(name);
        bind_field(**select, index, change.type->fields[slot], change.after.values[slot]);
    }
    const auto found = (*select)->step();
    Id other;
    if (found && *found && (!visible_to || (*select)->integer(1) == visible_to.number))
        other.number = (*select)->integer(0);
    (*select)->reset();
    return other;
}

/// Whom an identity belongs to; 0 for other records, and if it cannot be read.
Id contact_of(Connection& connection, const RecordType& type, Id record)
{
    const auto slot = type.name == "identity" ? type.slot("contact") : std::nullopt;
    if (!slot) return {};
    const auto select = connection.cached(type.sql.select_by_id);
    if (!select) return {};
    (*select)->bind(1, record.number);
    const auto found = (*select)->step();
    const Id contact = found && *found ? read_row(**select, type).values[*slot].get_or(Id{}) : Id{};
    (*select)->reset();
    return contact;
}

Error not_unique(
    Connection& connection,
    const PreparedChange& change,
    const std::vector<std::string>& fields,
    std::string key,
    Id visible_to
)
{
    const RecordType& type = *change.type;
    std::string values;
    for (const std::string& name : fields)
        values += (values.empty() ? "" : " and ") + ("the " + name + " ")
            + json_text(change.after.values[*type.slot(name)]);
    const Id other = other_record(connection, change, fields, visible_to);
    Error error{
        .code = ErrorCode::exists,
        .message = "there is a " + type.name + " with " + values + " already",
        .key = std::move(key),
        .where = fields.front(),
    };
    if (other) {
        error.message = type.name + " " + std::to_string(other.number) + " has " + values + " already";
        error.hint = "change that one, or give this one another value";
        Map details{{"type", type.name}, {"id", other}};
        if (const Id contact = contact_of(connection, type, other)) {
            const std::string name = "contact " + std::to_string(contact.number);
            error.message = type.name + " " + std::to_string(other.number) + " of " + name + " has " + values
                + " already";
            error.hint = "if it is the same as " + name
                + ", merge the two; if the value is not that contact's, "
                  "take it off there: mortise contacts unstitch "
                + std::to_string(other.number);
            details.set("contact", contact);
        }
        error.details = json_text(details);
    }
    return error;
}

} // namespace

std::string constraint_text(const Constraint& constraint)
{
    List unique;
    for (const std::string& field : constraint.unique)
        unique.emplace_back(field);
    return json_text(
        Map{{"name", constraint.name},
            {"unique", std::move(unique)},
            {"count", constraint.count},
            {"max", constraint.max},
            {"where", constraint.where}}
    );
}

Result<Constraint> parse_constraint_text(std::string_view text)
{
    MORTISE_TRY(const Value parsed, parse_value(text, "constraint"));
    Constraint constraint{.name = std::string{parsed["name"].text()}};
    for (const Value& field : parsed["unique"].get_or(List{}))
        constraint.unique.emplace_back(field.text());
    constraint.count = parsed["count"].text();
    constraint.max = parsed["max"].get_or<std::int64_t>(0);
    constraint.where = parsed["where"].get_or(Map{});
    return constraint;
}

Result<void> check_constraint(const RecordType& type, const Constraint& constraint, const std::string& where)
{
    for (const std::string& name : constraint.unique) {
        const auto slot = type.slot(name);
        if (!slot)
            return refused("the type " + type.name + " has no field \"" + name + "\"", where + "/unique");
        switch (type.fields[*slot].kind) {
        case FieldKind::rich_text:
        case FieldKind::multi_enumeration:
        case FieldKind::list:
        case FieldKind::address:
        case FieldKind::json:
        case FieldKind::file:
            return refused(
                name + " is of the kind " + std::string{name_of(type.fields[*slot].kind)}
                    + ", which cannot be unique",
                where + "/unique"
            );
        default:
            break;
        }
    }
    if (!constraint.is_unique()) {
        const auto slot = type.slot(constraint.count);
        if (!slot || type.fields[*slot].kind != FieldKind::reference)
            return refused(
                "\"" + constraint.count + "\" is no reference field of " + type.name,
                where + "/count",
                "what is counted is how many records refer to the same one"
            );
    }
    for (const auto& [name, value] : constraint.where) {
        const auto slot = type.slot(name);
        const std::string place = where + "/where/" + name;
        if (!slot) return refused("the type " + type.name + " has no field \"" + name + "\"", place);
        const FieldKind kind = type.fields[*slot].kind;
        if (kind != FieldKind::boolean && kind != FieldKind::enumeration && kind != FieldKind::text
            && kind != FieldKind::integer)
            return refused("only text, enum, int and bool fields can stand here", place);
        const auto kept = coerce(type.fields[*slot], value);
        if (!kept) return refused(kept.error().message, place, kept.error().hint);
        if (kept->is_null()) return refused("an empty value stands for nothing here", place);
    }
    return {};
}

Result<void> create_constraint_table(Connection& connection)
{
    return connection.execute(R"(CREATE TABLE IF NOT EXISTS "mt$constraint" (type INTEGER NOT NULL,
        name TEXT NOT NULL, definition TEXT NOT NULL, PRIMARY KEY (type, name)) WITHOUT ROWID)");
}

Result<void> read_constraints(Connection& connection, RecordType& type)
{
    type.constraints.clear();
    MORTISE_TRY(
        Statement * select,
        connection.cached("SELECT definition FROM \"mt$constraint\" WHERE type = ? ORDER BY name")
    );
    select->bind(1, type.id);
    for (;;) {
        MORTISE_TRY(const bool more, select->step());
        if (!more) break;
        MORTISE_TRY(Constraint constraint, parse_constraint_text(select->text(0)));
        type.constraints.push_back(std::move(constraint));
    }
    select->reset();
    return {};
}

Result<bool>
apply_constraints(Connection& connection, const RecordType& type, const std::vector<Constraint>& declared)
{
    bool changed = false;
    for (const Constraint& present : type.constraints)
        if (std::ranges::find(declared, present) == declared.end()) {
            MORTISE_CHECK(drop(connection, type, present));
            changed = true;
        }
    for (const Constraint& wanted : declared)
        if (std::ranges::find(type.constraints, wanted) == type.constraints.end()) {
            MORTISE_CHECK(check_constraint(type, wanted, type.name + "." + wanted.name));
            MORTISE_CHECK(add(connection, type, wanted));
            changed = true;
        }
    return changed;
}

Result<void> check_counts(Connection& connection, const PreparedChange& change)
{
    const RecordType& type = *change.type;
    for (const Constraint& constraint : type.constraints) {
        if (constraint.is_unique()) continue;
        const auto slot = type.slot(constraint.count);
        const Id* target = slot ? change.after.values[*slot].as<Id>() : nullptr;
        if (!target || change.after.is_deleted()) continue;
        MORTISE_TRY(const std::string where, condition(type, constraint));
        MORTISE_TRY(
            Statement * count,
            connection.cached(
                "SELECT count(*) FROM " + quoted_name(type.table) + " WHERE " + where + " AND "
                + quoted_name(columns_of(type.fields[*slot]).front()) + " = ?"
            )
        );
        count->bind(1, target->number);
        MORTISE_CHECK(count->step());
        const std::int64_t found = count->integer(0);
        count->reset();
        if (found > constraint.max)
            return Error{
                .code = ErrorCode::limit,
                .message = type.fields[*slot].reference_type + " " + std::to_string(target->number) + " has "
                    + std::to_string(constraint.max) + " " + type.plural + " already, the most that "
                    + constraint.name + " allows",
                .key = constraint.name,
                .where = constraint.count,
            };
    }
    return {};
}

std::optional<Error> broken_uniqueness(
    Connection& connection, const PreparedChange& change, std::string_view message, Id visible_to
)
{
    const RecordType& type = *change.type;
    const auto speaks_of = [&](const std::vector<std::string>& fields) {
        const auto columns = columns_of(type, fields);
        return columns && std::ranges::all_of(*columns, [&](const std::string& column) {
                   return message.find("." + column) != std::string_view::npos;
               });
    };
    // The longest first: (a, b) also speaks of a.
    const Constraint* meant = nullptr;
    for (const Constraint& constraint : type.constraints)
        if (constraint.is_unique() && speaks_of(constraint.unique)
            && (!meant || meant->unique.size() < constraint.unique.size()))
            meant = &constraint;
    if (meant && meant->unique.size() > 1)
        return not_unique(connection, change, meant->unique, meant->name, visible_to);
    for (const Field& field : type.fields)
        if (field.unique && speaks_of({field.name}))
            return not_unique(connection, change, {field.name}, "records.not_unique", visible_to);
    if (meant) return not_unique(connection, change, meant->unique, meant->name, visible_to);
    return std::nullopt;
}

} // namespace mortise::host
