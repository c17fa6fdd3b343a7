#include "exchange/import/json_import_source.hpp"

#include "base/json.hpp"
#include "base/text.hpp"
#include "base/time_text.hpp"

#include <algorithm>
#include <array>

namespace mortise::host {

namespace {

constexpr std::size_t longest_line = 16 << 20;

/// What a record has beside its fields; an export names them, an import does not set them.
constexpr std::array own_members{"id", "type", "version", "created_at", "updated_at", "deleted_at"};

} // namespace

Result<bool> JsonImportSource::next_line(std::string& line)
{
    for (;;) {
        const std::size_t end = m_buffer.find('\n', m_begin);
        if (end != std::string::npos || (m_at_end && m_begin < m_buffer.size())) {
            line = m_buffer.substr(m_begin, end == std::string::npos ? std::string::npos : end - m_begin);
            m_begin = end == std::string::npos ? m_buffer.size() : end + 1;
            ++m_line;
            return true;
        }
        if (m_at_end) return false;
        if (m_buffer.size() - m_begin > longest_line)
            return Error{
                .code = ErrorCode::limit,
                .message = "line " + std::to_string(m_line + 1) + " is longer than 16 MiB",
                .key = "import.line_too_long",
                .where = "line " + std::to_string(m_line + 1),
            };
        m_buffer.erase(0, m_begin);
        m_begin = 0;
        std::array<char, 65536> chunk{};
        MORTISE_TRY(const std::size_t size, m_bytes.read(chunk));
        m_read += size;
        m_at_end = size == 0;
        m_buffer.append(chunk.data(), size);
    }
}

void JsonImportSource::convert(const Map& object, ImportRow& row) const
{
    if (!m_mapping) {
        row.values = object;
        for (const char* member : own_members)
            row.values.erase(member);
        return;
    }
    row.values = m_mapping->constants;
    for (const ColumnMapping& column : m_mapping->columns) {
        Value value = object[column.column];
        if (value.kind() == Kind::text) {
            std::string text{column.trim ? trim(value.text()) : value.text()};
            if (const auto meant = column.values.find(text); meant != column.values.end())
                text = meant->second;
            value = text.empty() ? Value{} : Value{std::move(text)};
        }
        if (value.is_null()) continue;
        if (column.reference) {
            const std::string text
                = value.kind() == Kind::text ? std::string{value.text()} : json_text(value);
            row.lookups.push_back({column.field, &*column.reference, text});
        } else if (!column.date.empty()) {
            auto date = parse_date(value.text(), column.date);
            if (date)
                row.values.set(column.field, *date);
            else
                row.problems.push_back(std::move(date).error());
        } else if (!column.currency.empty())
            row.values.set(
                column.field,
                Map{{"amount", value},
                    {"currency",
                     column.currency.starts_with('@') ? object[column.currency.substr(1)]
                                                      : Value{column.currency}}}
            );
        else
            row.values.set(column.field, std::move(value));
    }
}

Result<bool> JsonImportSource::next(ImportRow& row)
{
    std::string line;
    for (;;) {
        MORTISE_TRY(const bool more, next_line(line));
        if (!more) return false;
        if (!trim(line).empty()) break;
    }
    row = {};
    row.number = ++m_number;
    row.line = m_line;
    row.raw = line;
    auto parsed = parse_value(line, "line " + std::to_string(m_line));
    if (!parsed)
        row.problems.push_back(std::move(parsed).error());
    else if (const Map* object = parsed->as<Map>())
        convert(*object, row);
    else
        row.problems.push_back({
            .code = ErrorCode::invalid,
            .message = "line " + std::to_string(m_line) + " is no JSON object",
            .key = "import.no_object",
            .where = "line " + std::to_string(m_line),
            .hint = "each line is one record: {\"name\": \"Ada\", ...}",
        });
    return true;
}

} // namespace mortise::host
