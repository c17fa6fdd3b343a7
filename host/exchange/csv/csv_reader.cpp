#include "exchange/csv/csv_reader.hpp"

#include "base/text.hpp"
#include "exchange/csv/formula_guard.hpp"

#include <algorithm>
#include <cstring>

namespace mortise::host {
namespace {

constexpr std::size_t chunk = std::size_t{256} * 1024;
constexpr std::size_t sample_size = std::size_t{128} * 1024;
constexpr std::size_t shown_of_oversized = 1000;
constexpr std::size_t max_unclosed = 100;
constexpr std::size_t whole_row = CsvSplitter::all;

bool is_blank(std::span<const std::string_view> cells) noexcept
{
    return std::ranges::all_of(cells, [](std::string_view cell) { return cell.empty(); });
}

/// Finds the end of a row, told one character after another, and keeps none of it.
class RowEnd {
public:
    explicit RowEnd(const CsvDialect& dialect) : m_dialect{dialect} { }
    bool is_quoted() const noexcept { return m_quoted; }
    /// Whether the row ended before `c`.
    bool ends_with(char c) noexcept
    {
        if (m_escaped || (m_quoted && m_dialect.backslash && c == '\\')) {
            m_escaped = !m_escaped;
            return false;
        }
        if (c == m_dialect.quote && (m_quoted || m_at_cell || m_closed)) {
            m_closed = m_quoted;
            m_quoted = !m_quoted;
            m_at_cell = false;
            return false;
        }
        if (!m_quoted && (c == '\n' || c == '\r')) return true;
        m_at_cell = !m_quoted && c == m_dialect.separator;
        m_closed = false;
        return false;
    }

private:
    const CsvDialect& m_dialect;
    bool m_quoted{false};
    bool m_at_cell{true};
    bool m_closed{false}; ///< the character before closed a quote, or was one of two
    bool m_escaped{false};
};

} // namespace

bool CsvRow::usable() const noexcept
{
    return std::ranges::none_of(findings, [](const Finding& finding) {
        return finding.severity == Severity::refused;
    });
}

CsvReader::CsvReader(TextSource text, CsvOptions options)
    : m_text{std::move(text)},
      m_options{std::move(options)},
      m_splitter{m_dialect}
{
}

Result<CsvReader> CsvReader::open(ByteSource& source, CsvOptions options)
{
    MORTISE_TRY(TextSource text, TextSource::open(source, options.encoding));
    CsvReader reader{std::move(text), std::move(options)};
    MORTISE_CHECK(reader.begin());
    return reader;
}

Result<void> CsvReader::begin()
{
    MORTISE_CHECK(fill());
    const SeparatorLine said = find_separator_line(rest());
    m_begin = said.size;
    m_line += said.size != 0 ? 1 : 0;
    const std::string_view sample = rest().substr(0, sample_size);
    m_dialect = m_options.dialect ? *m_options.dialect
                                  : sniff_dialect(sample, m_at_end && sample.size() == rest().size());
    if (said.size != 0 && !m_options.dialect) m_dialect.separator = said.separator;
    m_splitter = CsvSplitter{m_dialect};
    return read_header();
}

Result<void> CsvReader::read_header()
{
    while (true) {
        MORTISE_TRY(const bool found, split());
        if (!found) {
            if (!m_options.has_header) return {};
            return Error{
                ErrorCode::invalid,
                "the file has no header",
                "csv.empty",
                "line 1",
                "its first row must name the columns"
            };
        }
        if (!is_blank(m_splitter.cells()) || !m_row_findings.empty()) break;
    }
    if (!m_options.has_header) {
        name_columns(std::vector<std::string_view>(m_splitter.cells().size()));
        m_findings.clear();
        m_consumed = 0; // to be split again as the first row
        m_lines = 0;
        m_row = 1;
        return {};
    }
    m_cells.assign(m_splitter.cells().begin(), m_splitter.cells().end());
    check_text();
    const auto refused = std::ranges::find(m_row_findings, Severity::refused, &Finding::severity);
    if (refused != m_row_findings.end()) return refused->error;
    m_findings = std::move(m_row_findings);
    name_columns(m_cells);
    m_row = 1;
    return {};
}

void CsvReader::name_columns(std::span<const std::string_view> names)
{
    const auto note = [&](std::string key, std::string message) {
        const std::string where = "line " + std::to_string(m_line);
        m_findings.push_back(
            {Severity::notice, {ErrorCode::invalid, std::move(message), std::move(key), where, {}}}
        );
    };
    const auto is_taken
        = [&](const std::string& name) { return std::ranges::find(m_columns, name) != m_columns.end(); };
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::string given{trim(names[i])};
        const std::string base = given.empty() ? "column " + std::to_string(i + 1) : given;
        std::string name = base;
        for (int count = 2; is_taken(name); ++count)
            name = base + " (" + std::to_string(count) + ")";
        if (given.empty())
            note(
                "csv.unnamed_column",
                "column " + std::to_string(i + 1) + " has no name; it is called \"" + name + "\""
            );
        else if (name != given)
            note(
                "csv.duplicate_column",
                "the column \"" + given + "\" stands there more than once; this one is called \"" + name
                    + "\""
            );
        m_columns.push_back(std::move(name));
    }
}

Result<void> CsvReader::fill()
{
    if (m_begin != 0) {
        std::memmove(m_buffer.data(), m_buffer.data() + m_begin, m_end - m_begin);
        m_end -= m_begin;
        m_begin = 0;
    }
    const std::size_t wanted = std::max(chunk, 2 * m_end);
    if (m_buffer.size() < wanted) m_buffer.resize(wanted);
    while (!m_at_end && m_end + 16 <= wanted) {
        MORTISE_TRY(const std::size_t count, m_text.read(std::span{m_buffer}.subspan(m_end, wanted - m_end)));
        m_at_end = count == 0;
        m_end += count;
    }
    return {};
}

/// Leaves a row in `m_splitter`, its size in `m_consumed` and `m_lines`. False at the end.
Result<bool> CsvReader::split()
{
    m_begin += m_consumed;
    m_line += m_lines;
    m_consumed = 0;
    m_lines = 0;
    m_row_findings.clear();
    m_cut.clear();
    while (true) {
        if (m_begin == m_end) {
            if (m_at_end) return false;
            MORTISE_CHECK(fill());
            continue;
        }
        const auto outcome = m_splitter.split(rest(), m_at_end);
        if (outcome == CsvSplitter::Outcome::more) {
            const bool fits = m_splitter.open_bytes() <= m_options.max_cell_bytes
                && rest().size() <= m_options.max_row_bytes;
            if (fits) {
                MORTISE_CHECK(fill());
                continue;
            }
            if (!m_splitter.open_quote() || !swallows_rows()) {
                MORTISE_CHECK(pass_oversized());
                return true;
            }
        }
        if (outcome != CsvSplitter::Outcome::row) {
            if (++m_unclosed > max_unclosed)
                return Error{
                    ErrorCode::limit,
                    "more than " + std::to_string(max_unclosed) + " quotes are never closed",
                    "csv.unclosed_quote",
                    "line " + std::to_string(m_line),
                    "name the quote character with which the file was written",
                };
            read_unquoted(m_splitter.cells().size(), "a quote is never closed");
        }
        m_consumed = m_splitter.length();
        m_lines = m_splitter.lines();
        return true;
    }
}

/// Splits the row again with quotes from `cell` on as ordinary characters. Such a row ends with its line,
/// which `rest()` holds: it was read on to far beyond, or to the end.
void CsvReader::read_unquoted(std::size_t cell, std::string why)
{
    add(Severity::refused,
        ErrorCode::invalid,
        "csv.unclosed_quote",
        std::move(why),
        cell,
        "close it, or double it if it is meant as a character");
    m_splitter.split(rest(), true, cell);
}

/// Whether what follows the line of the open quote looks like rows of this file rather than one large text.
bool CsvReader::swallows_rows() const
{
    constexpr std::size_t rows_that_tell = 3;
    if (m_columns.size() < 2) return false;
    std::string_view text = rest().substr(rest().size() - m_splitter.open_bytes());
    CsvSplitter lines{m_dialect};
    const auto first_end = text.find('\n');
    if (first_end == std::string_view::npos) return false;
    text.remove_prefix(first_end + 1);
    for (std::size_t row = 0; row < rows_that_tell; ++row) {
        if (text.empty() || lines.split(text, false) != CsvSplitter::Outcome::row) return false;
        if (lines.cells().size() != m_columns.size()) return false;
        text.remove_prefix(lines.length());
    }
    return true;
}

Result<void> CsvReader::pass_oversized()
{
    const std::size_t cell = m_splitter.cells().size();
    const bool cell_too_large = m_splitter.open_bytes() > m_options.max_cell_bytes;
    const std::size_t limit = cell_too_large ? m_options.max_cell_bytes : m_options.max_row_bytes;
    add(Severity::refused,
        ErrorCode::limit,
        "csv.too_large",
        std::string{cell_too_large ? "a cell" : "a row"} + " of more than " + std::to_string(limit)
            + " bytes",
        cell_too_large ? cell : whole_row);
    m_cut = cut_utf8(rest(), shown_of_oversized);
    return skip_row();
}

/// Discards text from the start of `rest()` to the end of the row, however far that is.
Result<void> CsvReader::skip_row()
{
    RowEnd row{m_dialect};
    while (true) {
        for (; m_begin != m_end; ++m_begin) {
            const char c = m_buffer[m_begin];
            m_lines += c == '\n' ? 1 : 0;
            if (row.ends_with(c)) return skip_line_end(c);
        }
        if (m_at_end) break;
        MORTISE_CHECK(fill());
    }
    if (row.is_quoted())
        add(Severity::refused,
            ErrorCode::invalid,
            "csv.unclosed_quote",
            "a quote is never closed; the rest of the file was not read",
            whole_row);
    return {};
}

/// Discards the end of a line that begins with `first`, which `m_begin` is at.
Result<void> CsvReader::skip_line_end(char first)
{
    ++m_begin;
    if (first == '\n') return {};
    if (m_begin == m_end) MORTISE_CHECK(fill());
    ++m_lines;
    if (m_begin != m_end && m_buffer[m_begin] == '\n') ++m_begin;
    return {};
}

std::string_view CsvReader::raw() const noexcept
{
    if (!m_cut.empty()) return m_cut;
    std::string_view row = rest().substr(0, m_consumed);
    if (row.ends_with('\n')) row.remove_suffix(1);
    while (row.ends_with('\r'))
        row.remove_suffix(1);
    return row;
}

Result<bool> CsvReader::next(CsvRow& row)
{
    while (true) {
        const std::uint64_t begins_at = m_line + m_lines;
        MORTISE_TRY(const bool found, split());
        if (!found) return false;
        if (m_row_findings.empty() && is_blank(m_splitter.cells())) continue;
        inspect();
        row = CsvRow{m_row++, begins_at, m_cells, raw(), m_row_findings};
        return true;
    }
}

void CsvReader::inspect()
{
    m_cells.assign(m_splitter.cells().begin(), m_splitter.cells().end());
    if (!m_cut.empty()) m_cells.clear();
    if (m_splitter.stray_cell() != CsvSplitter::all)
        add(Severity::notice,
            ErrorCode::invalid,
            "csv.text_after_quote",
            "text stands behind a closing quote",
            m_splitter.stray_cell());
    check_width();
    check_sizes();
    check_text();
    if (m_options.formula_guard) remove_guards();
}

void CsvReader::check_width()
{
    const std::size_t width = m_columns.size();
    const std::size_t cells = m_cells.size();
    if (cells == width) return;
    if (cells < width) {
        if (m_cut.empty())
            add(Severity::notice,
                ErrorCode::invalid,
                "csv.short_row",
                "the row has " + std::to_string(cells) + " cells, the header " + std::to_string(width),
                whole_row);
    } else if (!is_blank(std::span{m_cells}.subspan(width))) {
        add(Severity::refused,
            ErrorCode::invalid,
            "csv.long_row",
            "the row has " + std::to_string(cells) + " cells, the header " + std::to_string(width),
            whole_row,
            "put quotes around a cell that holds the separator");
    }
    m_cells.resize(width);
}

void CsvReader::check_sizes()
{
    if (m_consumed <= m_options.max_cell_bytes) return;
    for (std::size_t i = 0; i < m_cells.size(); ++i)
        if (m_cells[i].size() > m_options.max_cell_bytes)
            add(Severity::refused,
                ErrorCode::limit,
                "csv.too_large",
                "a cell of more than " + std::to_string(m_options.max_cell_bytes) + " bytes",
                i);
}

void CsvReader::check_text()
{
    const std::string_view text = raw();
    const bool utf8 = valid_utf8(text);
    const bool zero = std::memchr(text.data(), '\0', text.size()) != nullptr;
    const bool lost = m_text.replaced() != 0 && text.find("\uFFFD") != std::string_view::npos;
    if (utf8 && !zero && !lost) return;
    m_mended.clear();
    m_mended.reserve(m_cells.size());
    for (std::size_t i = 0; i < m_cells.size(); ++i) {
        std::string_view& cell = m_cells[i];
        if (!valid_utf8(cell)) {
            add(Severity::refused,
                ErrorCode::invalid,
                "csv.encoding",
                "the cell is not " + encoding().name,
                i,
                "name the encoding with which the file was written");
            cell = m_mended.emplace_back(replace_invalid_utf8(cell));
        } else if (cell.find('\0') != std::string_view::npos) {
            add(Severity::refused, ErrorCode::invalid, "csv.nul", "the cell has a U+0000", i);
        } else if (lost && cell.find("\uFFFD") != std::string_view::npos) {
            add(Severity::refused,
                ErrorCode::invalid,
                "csv.encoding",
                "the cell has characters that are not " + encoding().name,
                i,
                "name the encoding with which the file was written");
        }
    }
}

void CsvReader::remove_guards()
{
    for (std::string_view& cell : m_cells)
        if (cell.starts_with('\'')) cell = remove_formula_guard(cell);
}

void CsvReader::add(
    Severity severity,
    ErrorCode code,
    std::string key,
    std::string message,
    std::size_t column,
    std::string hint
)
{
    std::string where = m_row == 0 ? "" : "row " + std::to_string(m_row) + ", ";
    where += "line " + std::to_string(m_line);
    if (column < m_columns.size())
        where += ", column " + m_columns[column];
    else if (column != whole_row)
        where += ", column " + std::to_string(column + 1);
    m_row_findings.push_back(
        {severity, {code, std::move(message), std::move(key), std::move(where), std::move(hint)}}
    );
}

} // namespace mortise::host
