#include "exchange/import/json_import_source.hpp"

#include "base/json.hpp"
#include "base/text.hpp"
#include "base/time_text.hpp"
#include "exchange/export/exporter.hpp"
#include "exchange/import/exported_id.hpp"

#include <algorithm>
#include <array>

namespace mortise::host {

namespace {

/// What a record has beside its fields; an export names them, an import does not set them.
constexpr std::array own_members{"id", "type", "version", "created_at", "updated_at", "deleted_at"};

/// A text as the mapping reads it; what is no text stays as it is. Null: nothing is said.
Value meant_by(const ColumnMapping& column, Value value)
{
    if (value.kind() != Kind::text) return value;
    std::string text{column.trim ? trim(value.text()) : value.text()};
    if (const auto meant = column.values.find(text); meant != column.values.end()) text = meant->second;
    return text.empty() ? Value{} : Value{std::move(text)};
}

} // namespace

Result<std::unique_ptr<JsonImportSource>>
JsonImportSource::open(ByteSource& bytes, const RecordType& type, const Mapping* mapping)
{
    MORTISE_TRY(JsonlReader reader, JsonlReader::open(bytes));
    return std::unique_ptr<JsonImportSource>{new JsonImportSource{std::move(reader), type, mapping}};
}

std::vector<std::string> JsonImportSource::notices() const
{
    std::vector<std::string> notices;
    for (const Field& field : m_type.fields)
        if (field.is_file() && !field.archived) notices.push_back(file_notice(field.name));
    return notices;
}

std::vector<const ReferenceRule*> JsonImportSource::rules() const
{
    return m_mapping ? rules_of(*m_mapping) : std::vector<const ReferenceRule*>{};
}

void JsonImportSource::convert(Map& object, ImportRow& row)
{
    if (m_mapping) return convert_mapped(object, row);
    row.values = std::move(object);
    if (row.values.contains(exported_from)) convert_export(row);
    for (const char* member : own_members)
        row.values.erase(member);
}

/// References of an export are ids of its database.
void JsonImportSource::convert_export(ImportRow& row)
{
    row.source = row.values[exported_from].text();
    row.values.erase(exported_from);
    auto id = parse_exported_id(row.values["id"]);
    if (!id || row.source.empty()) {
        row.problems.push_back(id ? no_exported_from() : std::move(id).error());
        return;
    }
    row.source_id = *id;
    for (const Field& field : m_type.fields) {
        if (field.archived || field.is_file()) {
            row.values.erase(field.name);
            continue;
        }
        const Value& value = row.values[field.name];
        if (field.kind != FieldKind::reference || value.is_null()) continue;
        std::string text = value.kind() == Kind::text ? std::string{value.text()} : json_text(value);
        row.lookups.push_back(
            {field.name, m_rules.keep({field.reference_type, "", false, {}, row.source}), std::move(text)}
        );
        row.values.erase(field.name);
    }
}

void JsonImportSource::convert_mapped(const Map& object, ImportRow& row) const
{
    row.values = m_mapping->constants;
    for (const ColumnMapping& column : m_mapping->columns)
        if (Value value = meant_by(column, object[column.column]); !value.is_null())
            convert_column(column, std::move(value), object, row);
}

void JsonImportSource::convert_column(
    const ColumnMapping& column, Value value, const Map& object, ImportRow& row
)
{
    if (column.reference) {
        std::string text = value.kind() == Kind::text ? std::string{value.text()} : json_text(value);
        row.lookups.push_back({column.field, &*column.reference, std::move(text)});
        return;
    }
    if (!column.date.empty()) {
        auto date = parse_date(value.text(), column.date);
        if (date)
            row.values.set(column.field, *date);
        else
            row.problems.push_back(std::move(date).error());
        return;
    }
    if (!column.currency.empty()) {
        const bool is_named = column.currency.starts_with('@');
        const Value currency = is_named ? object[column.currency.substr(1)] : Value{column.currency};
        value = Map{{"amount", std::move(value)}, {"currency", currency}};
    }
    row.values.set(column.field, std::move(value));
}

Result<bool> JsonImportSource::next(ImportRow& row)
{
    JsonLine line;
    MORTISE_TRY(const bool more, m_reader.next(line));
    if (!more) return false;
    row = {};
    row.number = ++m_number;
    row.line = line.number;
    row.raw = std::move(line.raw);
    if (line.finding)
        row.problems.push_back(std::move(line.finding->error));
    else
        convert(line.object, row);
    return true;
}

} // namespace mortise::host
