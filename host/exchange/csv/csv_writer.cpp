#include "exchange/csv/csv_writer.hpp"

#include "base/text.hpp"
#include "exchange/csv/formula_guard.hpp"

namespace mortise::host {
namespace {

bool is_blank(char c) noexcept
{
    return c == ' ' || c == '\t';
}

} // namespace

Result<void> CsvWriter::write(std::span<const std::string_view> cells)
{
    for (const std::string_view cell : cells)
        add(cell);
    return end_row();
}

Result<void> CsvWriter::write(std::span<const std::string> cells)
{
    for (const std::string& cell : cells)
        add(cell);
    return end_row();
}

void CsvWriter::add(std::string_view cell)
{
    if (!m_started && m_options.byte_order_mark) m_line += "\xEF\xBB\xBF";
    const bool first_of_all = !m_started;
    m_started = true;
    if (m_row_begun) m_line += m_options.separator;
    m_row_begun = true;

    std::string mended;
    if (!valid_utf8(cell)) cell = mended = replace_invalid_utf8(cell);
    // Even without the guard one is put before what looks like one, since a reader takes it off.
    const bool guarded = needs_formula_guard(cell) && (m_options.formula_guard || cell.starts_with('\''));
    const bool blank_edge = !cell.empty() && (is_blank(cell.front()) || is_blank(cell.back()));
    const bool has_mark = cell.find_first_of("\"\r\n") != std::string_view::npos
        || cell.find(m_options.separator) != std::string_view::npos;
    // Without quotes, it would name the separator of the file.
    const bool names_separator = first_of_all && equal_ignoring_ascii_case(cell.substr(0, 4), "sep=");
    const bool quoted = blank_edge || has_mark || names_separator;
    if (quoted) m_line += '"';
    if (guarded) m_line += '\'';
    for (const char c : cell) {
        if (c == '"') m_line += '"';
        m_line += c;
    }
    if (quoted) m_line += '"';
}

Result<void> CsvWriter::end_row()
{
    m_line += m_options.line_end;
    m_row_begun = false;
    auto written = m_sink->write(m_line);
    m_line.clear();
    return written;
}

} // namespace mortise::host
