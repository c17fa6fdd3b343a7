#include "exchange/import/csv_import_source.hpp"

#include "base/json.hpp"
#include "base/text.hpp"
#include "base/time_text.hpp"
#include "exchange/export/exporter.hpp"
#include "exchange/import/exported_id.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace mortise::host {

namespace {

/// What other programs call the fields of a contact.
constexpr std::array<std::pair<std::string_view, std::string_view>, 40> usual_names{{
    {"first name", "given_name"},
    {"firstname", "given_name"},
    {"forename", "given_name"},
    {"vorname", "given_name"},
    {"middle name", "additional_name"},
    {"last name", "family_name"},
    {"lastname", "family_name"},
    {"surname", "family_name"},
    {"nachname", "family_name"},
    {"full name", "name"},
    {"display name", "name"},
    {"contact name", "name"},
    {"company name", "name"},
    {"account name", "name"},
    {"account", "name"},
    {"e mail", "email"},
    {"mail", "email"},
    {"email address", "email"},
    {"e mail address", "email"},
    {"e mail 1 value", "email"},
    {"primary email", "email"},
    {"telephone", "phone"},
    {"tel", "phone"},
    {"phone number", "phone"},
    {"mobile", "phone"},
    {"mobile phone", "phone"},
    {"phone 1 value", "phone"},
    {"business phone", "phone"},
    {"title", "job_title"},
    {"position", "job_title"},
    {"organization title", "job_title"},
    {"sector", "industry"},
    {"url", "website"},
    {"web page", "website"},
    {"web site", "website"},
    {"notes", "note"},
    {"comment", "note"},
    {"birth date", "birthday"},
    {"labels", "tags"},
    {"categories", "tags"},
}};

/// "E-mail Address" and "e_mail  address" are the same name.
std::string plain_name(std::string_view name)
{
    std::string plain;
    for (const char c : fold(name))
        if (const bool letter
            = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (static_cast<unsigned char>(c) >= 0x80);
            letter)
            plain += c;
        else if (!plain.empty() && plain.back() != ' ')
            plain += ' ';
    while (plain.ends_with(' '))
        plain.pop_back();
    return plain;
}

std::string listed(const std::vector<std::string>& names)
{
    std::string text;
    for (const std::string& name : names)
        text.append(text.empty() ? "" : ", ").append(name);
    return text;
}

Error wrong_mapping(std::string message, std::string where, std::string hint)
{
    return Error{
        .code = ErrorCode::invalid,
        .message = std::move(message),
        .key = "import.mapping",
        .where = std::move(where),
        .hint = std::move(hint),
    };
}

std::optional<std::size_t> find_column(const std::vector<std::string>& names, std::string_view name)
{
    const auto found = std::ranges::find(names, name);
    return found == names.end() ? std::nullopt
                                : std::optional{static_cast<std::size_t>(found - names.begin())};
}

/// The field that a column of that plain name is read into; empty: none.
std::string field_called(std::string_view plain, const RecordType& type)
{
    std::string field;
    for (const Field& candidate : type.fields)
        if (!candidate.archived
            && (plain == plain_name(candidate.name) || plain == plain_name(candidate.label)))
            field = candidate.name;
    if (!field.empty() || type.name != "contact") return field;
    for (const auto& [usual, meant] : usual_names)
        if (plain == usual) field = meant;
    return field;
}

FieldKind kind_of(const RecordType& type, std::string_view field)
{
    const auto slot = type.slot(field);
    return slot ? type.fields[*slot].kind : FieldKind::reference; // "owner"
}

} // namespace

Result<std::unique_ptr<CsvImportSource>>
CsvImportSource::open(ByteSource& bytes, const RecordType& type, const Mapping* mapping, CsvOptions options)
{
    MORTISE_TRY(CsvReader reader, CsvReader::open(bytes, std::move(options)));
    std::unique_ptr<CsvImportSource> source{new CsvImportSource{std::move(reader), mapping}};
    for (const Finding& finding : source->m_reader.findings())
        source->m_notices.push_back(finding.error.message);
    MORTISE_CHECK(source->plan(type));
    return source;
}

Result<void> CsvImportSource::plan(const RecordType& type)
{
    if (m_mapping) return plan_mapped(type);
    const auto source = find_column(m_reader.columns(), exported_from);
    m_id_column = source ? find_column(m_reader.columns(), "id") : std::nullopt;
    m_source_column = source.value_or(0);
    if (m_id_column)
        plan_export(type);
    else
        plan_by_name(type);
    if (!m_columns.empty()) return {};
    return wrong_mapping(
        "no column of the file has the name of a field of " + type.name,
        "header",
        "the columns are " + listed(m_reader.columns()) + "; say with --map which field each one is"
    );
}

Result<void> CsvImportSource::plan_mapped(const RecordType& type)
{
    const std::vector<std::string>& names = m_reader.columns();
    const auto index_of = [&](std::string_view name) { return find_column(names, name); };
    for (const ColumnMapping& mapped : m_mapping->columns) {
        const std::string where = "/columns/" + mapped.column;
        const auto index = index_of(mapped.column);
        if (!index)
            return wrong_mapping(
                "the file has no column \"" + mapped.column + "\"", where, "its columns are " + listed(names)
            );
        if (mapped.field != "owner") MORTISE_CHECK(type.require_slot(mapped.field));
        Column column{
            .index = *index,
            .field = mapped.field,
            .kind = kind_of(type, mapped.field),
            .mapping = &mapped,
            .currency_column = {}
        };
        if (mapped.currency.starts_with('@')) {
            column.currency_column = index_of(std::string_view{mapped.currency}.substr(1));
            if (!column.currency_column)
                return wrong_mapping(
                    "the file has no column \"" + mapped.currency.substr(1) + "\"",
                    where + "/currency",
                    "its columns are " + listed(names)
                );
        }
        m_columns.push_back(std::move(column));
    }
    for (const auto& [field, value] : m_mapping->constants)
        if (field != "owner") MORTISE_CHECK(type.require_slot(field));
    return {};
}

void CsvImportSource::plan_by_name(const RecordType& type)
{
    std::vector<std::string> unread;
    for (std::size_t i = 0; i < m_reader.columns().size(); ++i) {
        const std::string field = field_called(plain_name(m_reader.columns()[i]), type);
        const bool taken = std::ranges::find(m_columns, field, &Column::field) != m_columns.end();
        if (!field.empty() && kind_of(type, field) == FieldKind::file)
            m_notices.push_back(file_notice(field));
        else if (field.empty() || taken)
            unread.push_back(m_reader.columns()[i]);
        else
            m_columns.push_back(
                {.index = i,
                 .field = field,
                 .kind = kind_of(type, field),
                 .mapping = nullptr,
                 .currency_column = {}}
            );
    }
    find_currencies(unread);
    if (!unread.empty()) m_notices.push_back("not read, since no field has the name: " + listed(unread));
}

/// The currency of "Value" stands in the column "Value currency". Takes those columns out of `unread`.
void CsvImportSource::find_currencies(std::vector<std::string>& unread)
{
    for (Column& column : m_columns) {
        if (column.kind != FieldKind::money) continue;
        const std::string wanted = plain_name(m_reader.columns()[column.index]) + " currency";
        for (std::size_t i = 0; i < m_reader.columns().size(); ++i)
            if (plain_name(m_reader.columns()[i]) == wanted) {
                column.currency_column = i;
                std::erase(unread, m_reader.columns()[i]);
            }
    }
}

std::vector<const ReferenceRule*> CsvImportSource::rules() const
{
    return m_mapping ? rules_of(*m_mapping) : std::vector<const ReferenceRule*>{};
}

/// The columns of an export are the fields' names and nothing else.
void CsvImportSource::plan_export(const RecordType& type)
{
    const std::vector<std::string>& names = m_reader.columns();
    std::vector<bool> read(names.size());
    read[*m_id_column] = read[m_source_column] = true;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto slot = type.slot(names[i]);
        if (names[i] != "owner" && (!slot || type.fields[*slot].archived)) continue;
        read[i] = true;
        if (slot && type.fields[*slot].is_file()) {
            m_notices.push_back(file_notice(names[i]));
            continue;
        }
        Column column{
            .index = i,
            .field = names[i],
            .kind = kind_of(type, names[i]),
            .mapping = nullptr,
            .currency_column = {}
        };
        if (slot) column.reference_type = type.fields[*slot].reference_type;
        if (column.kind == FieldKind::money) {
            column.currency_column = find_column(names, names[i] + "_currency");
            if (column.currency_column) read[*column.currency_column] = true;
        }
        m_columns.push_back(std::move(column));
    }
    std::vector<std::string> unread;
    for (std::size_t i = 0; i < names.size(); ++i)
        if (!read[i]) unread.push_back(names[i]);
    if (!unread.empty()) m_notices.push_back("not read, since no field has the name: " + listed(unread));
}

void CsvImportSource::convert_export(const CsvRow& row, ImportRow& out)
{
    out.source = trim(row.cells[m_source_column]);
    const std::string_view id_text = trim(row.cells[*m_id_column]);
    if (!out.source.empty()) {
        const auto id = parse_exported_id(Value{id_text});
        if (!id) return out.problems.push_back(id.error());
        out.source_id = *id;
    } else if (!id_text.empty())
        return out.problems.push_back(no_exported_from());
    for (const Column& column : m_columns)
        convert_exported(column, row, out);
}

/// As it stands there, and what is empty is set to nothing.
void CsvImportSource::convert_exported(const Column& column, const CsvRow& row, ImportRow& out)
{
    const std::string_view text = row.cells[column.index];
    const bool is_exported = !out.source.empty(); // else a row that was added to the file
    if (text.empty()) {
        if (is_exported && column.field != "owner") out.values.set(column.field, Value{});
        return;
    }
    if (column.kind == FieldKind::reference && column.field != "owner" && is_exported) {
        const ReferenceRule* rule = m_rules.keep({column.reference_type, "", false, {}, out.source});
        out.lookups.push_back({column.field, rule, std::string{trim(text)}});
    } else if (column.kind == FieldKind::json) {
        auto value = parse_value(text, column.field);
        if (value)
            out.values.set(column.field, *std::move(value));
        else {
            value.error().where = column.field;
            out.problems.push_back(std::move(value).error());
        }
    } else if (column.currency_column)
        out.values.set(
            column.field, Map{{"amount", trim(text)}, {"currency", trim(row.cells[*column.currency_column])}}
        );
    else
        out.values.set(column.field, text);
}

void CsvImportSource::convert(const Column& column, const CsvRow& row, ImportRow& out) const
{
    std::string_view text = row.cells[column.index];
    const ColumnMapping* mapped = column.mapping;
    if (!mapped || mapped->trim) text = trim(text);
    if (mapped)
        if (const auto found = mapped->values.find(text); found != mapped->values.end()) text = found->second;
    if (text.empty()) return;
    if (mapped && mapped->reference) {
        out.lookups.push_back({column.field, &*mapped->reference, std::string{text}});
        return;
    }
    if (mapped && !mapped->date.empty()) {
        auto date = parse_date(text, mapped->date);
        if (!date) {
            date.error().where = m_reader.columns()[column.index];
            out.problems.push_back(std::move(date).error());
            return;
        }
        out.values.set(
            column.field,
            column.kind == FieldKind::date ? Value{*date} : Value{format_date(*date) + "T00:00:00Z"}
        );
        return;
    }
    if (column.currency_column || (mapped && column.kind == FieldKind::money && !mapped->currency.empty())) {
        const std::string_view currency = column.currency_column ? trim(row.cells[*column.currency_column])
                                                                 : std::string_view{mapped->currency};
        out.values.set(column.field, Map{{"amount", text}, {"currency", currency}});
        return;
    }
    out.values.set(column.field, text);
}

Result<bool> CsvImportSource::next(ImportRow& row)
{
    CsvRow read;
    MORTISE_TRY(const bool more, m_reader.next(read));
    if (!more) return false;
    row = {};
    row.number = read.number;
    row.line = read.line;
    row.raw = read.raw;
    for (const Finding& finding : read.findings)
        if (finding.severity == Severity::refused) row.problems.push_back(finding.error);
    if (!read.usable()) return true;
    if (m_id_column) {
        convert_export(read, row);
        return true;
    }
    if (m_mapping) row.values = m_mapping->constants;
    for (const Column& column : m_columns)
        convert(column, read, row);
    return true;
}

/// In the dialect of the rows that will follow it.
std::string CsvImportSource::header() const
{
    const CsvDialect& dialect = m_reader.dialect();
    const char quote = dialect.quote == 0 ? '"' : dialect.quote;
    std::string line;
    for (const std::string& name : m_reader.columns()) {
        if (!line.empty()) line += dialect.separator;
        line += quote;
        for (const char c : name)
            line.append(c == quote ? 2 : 1, c);
        line += quote;
    }
    return line;
}

} // namespace mortise::host
