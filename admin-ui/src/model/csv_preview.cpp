#include "model/csv_preview.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace mortise::ui {
namespace {

std::string plain_name(std::string_view name)
{
    std::string result;
    for (const char c : lower(name))
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c & 0x80) != 0) result += c;
    return result;
}

/// What else columns are called.
constexpr std::array<std::pair<std::string_view, std::string_view>, 26> synonyms{{
    {"firstname", "given_name"},
    {"forename", "given_name"},
    {"vorname", "given_name"},
    {"lastname", "family_name"},
    {"surname", "family_name"},
    {"nachname", "family_name"},
    {"fullname", "name"},
    {"displayname", "name"},
    {"company", "organisation"},
    {"companyname", "organisation"},
    {"organization", "organisation"},
    {"firma", "organisation"},
    {"account", "organisation"},
    {"emailaddress", "email"},
    {"mail", "email"},
    {"email1", "email"},
    {"telephone", "phone"},
    {"tel", "phone"},
    {"mobile", "phone"},
    {"phonenumber", "phone"},
    {"title", "job_title"},
    {"position", "job_title"},
    {"web", "website"},
    {"url", "website"},
    {"notes", "note"},
    {"comment", "note"},
}};

class Reader {
public:
    Reader(std::string_view text, char separator) : m_rest{text}, m_separator{separator} { }

    bool read(std::vector<std::string>& cells)
    {
        cells.clear();
        if (m_rest.empty()) return false;
        std::string cell;
        bool quoted = false;
        while (!m_rest.empty()) {
            const char c = m_rest.front();
            m_rest.remove_prefix(1);
            if (quoted) {
                if (c == '"' && !m_rest.empty() && m_rest.front() == '"') {
                    cell += '"';
                    m_rest.remove_prefix(1);
                } else if (c == '"') {
                    quoted = false;
                } else {
                    cell += c;
                }
            } else if (c == '"' && cell.empty()) {
                quoted = true;
            } else if (c == m_separator) {
                cells.push_back(std::exchange(cell, {}));
            } else if (c == '\n') {
                break;
            } else if (c != '\r') {
                cell += c;
            }
        }
        cells.push_back(std::move(cell));
        return true;
    }

private:
    std::string_view m_rest;
    char m_separator;
};

} // namespace

std::string CsvPreview::sample(std::size_t column) const
{
    for (const auto& row : rows)
        if (column < row.size() && !row[column].empty()) return row[column];
    return {};
}

CsvPreview preview_csv(std::string_view text, std::size_t most)
{
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    const std::string_view line = text.substr(0, text.find('\n'));
    CsvPreview preview;
    for (const char separator : {';', '\t', '|'})
        if (std::ranges::count(line, separator) > std::ranges::count(line, preview.separator))
            preview.separator = separator;
    Reader reader{text, preview.separator};
    reader.read(preview.header);
    std::vector<std::string> cells;
    while (preview.rows.size() < most && reader.read(cells))
        if (cells.size() > 1 || !cells[0].empty()) preview.rows.push_back(cells);
    return preview;
}

std::vector<std::string> guess_fields(const std::vector<std::string>& header, const TypeInfo& type)
{
    std::vector<std::string> fields;
    for (const std::string& column : header) {
        const std::string plain = plain_name(column);
        std::string found;
        for (const FieldInfo& field : type.fields)
            if (!plain.empty() && (plain == plain_name(field.name) || plain == plain_name(field.label)))
                found = field.name;
        for (const auto& [other, field] : synonyms)
            if (found.empty() && plain == other && type.find(field)) found = field;
        if (std::ranges::find(fields, found) != fields.end()) found.clear(); // a field has one column
        fields.push_back(found);
    }
    return fields;
}

} // namespace mortise::ui
