#include "records/schema.hpp"

#include <algorithm>

namespace mortise::host {

std::optional<std::size_t> RecordType::slot(std::string_view field_name) const noexcept
{
    const auto found = m_slots.find(field_name);
    return found == m_slots.end() ? std::nullopt : std::optional{found->second};
}

Result<std::size_t> RecordType::require_slot(std::string_view field_name) const
{
    if (const auto found = slot(field_name)) return *found;
    std::string names;
    for (const Field& field : fields)
        if (!field.hidden) names += (names.empty() ? "" : ", ") + field.name;
    return Error{
        .code = ErrorCode::invalid,
        .message = name + " has no field \"" + std::string{field_name} + "\"",
        .key = "records.unknown_field",
        .where = std::string{field_name},
        .hint = "its fields are " + names,
    };
}

void RecordType::finish()
{
    m_slots.clear();
    sorted_slots.clear();
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (!fields[i].hidden) m_slots.emplace(fields[i].name, i);
        if (fields[i].sorted) sorted_slots.push_back(i);
    }

    std::string field_columns;
    std::size_t count = 0;
    for (const Field& field : fields)
        for (const std::string& column : columns_of(field)) {
            field_columns += ", " + quoted_name(column);
            ++count;
        }
    sql.columns = "id, version, owner, created_at, updated_at, deleted_at, since" + field_columns;
    sql.select = "SELECT " + sql.columns + " FROM " + quoted_name(table);
    sql.select_by_id = sql.select + " WHERE id = ?1";
    sql.insert = "INSERT INTO " + quoted_name(table) + " (" + sql.columns;
    for (const std::size_t sorted : sorted_slots)
        sql.insert += ", " + quoted_name(key_column_of(fields[sorted]));
    sql.insert += ") VALUES (?,?,?,?,?,?,?";
    for (std::size_t i = 0; i < count + sorted_slots.size(); ++i)
        sql.insert += ",?";
    sql.insert += ")";
    sql.keep_history = "INSERT INTO " + quoted_name(table + "_h") + " (until, " + sql.columns
        + ") SELECT ?2, " + sql.columns + " FROM " + quoted_name(table) + " WHERE id = ?1 AND version = ?3";
    sql.select_history
        = "SELECT " + sql.columns + " FROM " + quoted_name(table + "_h") + " WHERE id = ?1 ORDER BY until";
}

std::vector<std::string> columns_of(const Field& field)
{
    if (field.is_money()) return {field.column + "_minor", field.column + "_currency"};
    if (field.is_file())
        return {field.column, field.column + "_name", field.column + "_size", field.column + "_type"};
    return {field.column};
}

/// A `$` is in no name of a field.
std::string key_column_of(const Field& field)
{
    return field.column + "$key";
}

std::string quoted_name(std::string_view name)
{
    std::string text{"\""};
    for (const char c : name)
        text.append(c == '"' ? 2 : 1, c);
    return text + '"';
}

Schema::Schema(std::vector<TypePointer> types, std::uint64_t epoch, std::string country)
    : m_types{std::move(types)},
      m_epoch{epoch},
      m_country{std::move(country)}
{
    std::ranges::sort(m_types, {}, [](const TypePointer& type) -> const std::string& { return type->name; });
}

TypePointer Schema::find(std::string_view name) const noexcept
{
    for (const TypePointer& type : m_types)
        if (type->name == name || type->plural == name) return type;
    return nullptr;
}

TypePointer Schema::find(std::int64_t type_id) const noexcept
{
    for (const TypePointer& type : m_types)
        if (type->id == type_id) return type;
    return nullptr;
}

Result<TypePointer> Schema::require(std::string_view name) const
{
    if (TypePointer type = find(name)) return type;
    std::string names;
    for (const TypePointer& type : m_types)
        names += (names.empty() ? "" : ", ") + type->name;
    return Error{
        .code = ErrorCode::not_found,
        .message = "there is no record type \"" + std::string{name} + "\"",
        .key = "records.unknown_type",
        .where = std::string{name},
        .hint = "the types are " + names,
    };
}

} // namespace mortise::host
