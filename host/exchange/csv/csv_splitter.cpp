#include "exchange/csv/csv_splitter.hpp"

#include "exchange/stream/find_byte.hpp"

#include <algorithm>

namespace mortise::host {
namespace {

constexpr std::size_t chunk_size = std::size_t{64} * 1024;

bool is_blank(char c) noexcept
{
    return c == ' ' || c == '\t';
}

} // namespace

char* CellArena::take(std::size_t size)
{
    if (m_chunks.empty() || m_chunks.back().size - m_used < size) {
        const std::size_t wanted = std::max(size, chunk_size);
        m_chunks.push_back({std::make_unique<char[]>(wanted), wanted});
        m_used = 0;
    }
    char* memory = m_chunks.back().memory.get() + m_used;
    m_used += size;
    return memory;
}

void CellArena::clear() noexcept
{
    // A row with a huge cell must not make the reader keep its memory for the rest of the file.
    if (m_chunks.size() > 1 || (!m_chunks.empty() && m_chunks.front().size > chunk_size)) m_chunks.clear();
    m_used = 0;
}

struct CsvSplitter::Cursor {
    const char* at;
    const char* end;
    bool last;
    bool row_ended{false};
};

CsvSplitter::CsvSplitter(const CsvDialect& dialect) noexcept : m_dialect{dialect} { }

CsvSplitter::Outcome CsvSplitter::split(std::string_view text, bool last, std::size_t quoted_cells)
{
    m_cells.clear();
    m_arena.clear();
    m_lines = 0;
    m_stray = all;
    m_open_quote = false;
    Cursor cursor{text.data(), text.data() + text.size(), last};
    while (!cursor.row_ended) {
        const char* begin = cursor.at;
        const char* first = begin;
        const bool may_quote = m_dialect.quote != 0 && m_cells.size() < quoted_cells;
        while (may_quote && first != cursor.end && *first == ' ')
            ++first;
        const bool quoted = may_quote && first != cursor.end && *first == m_dialect.quote;
        if (quoted) cursor.at = first;
        if (!(quoted ? take_quoted(cursor) : take_plain(cursor))) {
            m_open_bytes = static_cast<std::size_t>(cursor.end - begin);
            return last ? Outcome::unclosed : Outcome::more;
        }
    }
    m_length = static_cast<std::size_t>(cursor.at - text.data());
    return Outcome::row;
}

bool CsvSplitter::take_plain(Cursor& cursor)
{
    const char* begin = cursor.at;
    cursor.at = find_byte(begin, cursor.end, m_dialect.separator, '\n', '\r');
    const std::string_view cell{begin, cursor.at};
    if (!end_cell(cursor)) return false;
    m_cells.push_back(cell);
    return true;
}

/// At the separator or line end behind a cell. False if more text is needed to know where it ends.
bool CsvSplitter::end_cell(Cursor& cursor)
{
    if (cursor.at == cursor.end) {
        cursor.row_ended = true;
        return cursor.last;
    }
    const char mark = *cursor.at++;
    if (mark == m_dialect.separator) return true;
    cursor.row_ended = true;
    ++m_lines;
    if (mark == '\n') return true;
    // CR, CRLF, or CR CRLF as files have it that were converted twice.
    const std::string_view after{cursor.at, cursor.end};
    if (after.size() < 2 && !cursor.last && (after.empty() || after[0] == '\r')) return false;
    cursor.at += after.starts_with('\n') ? 1 : after.starts_with("\r\n") ? 2 : 0;
    return true;
}

/// At the opening quote. False if the text ends before the cell does.
bool CsvSplitter::take_quoted(Cursor& cursor)
{
    m_open_quote = true;
    const char* begin = cursor.at + 1;
    const Quoted inside = find_closing_quote(cursor);
    if (!inside.closing) return false;
    m_open_quote = false;
    const std::string_view raw{begin, inside.closing};
    const std::string_view content = inside.escaped ? unquote(raw) : raw;

    cursor.at = inside.closing + 1;
    while (cursor.at != cursor.end && is_blank(*cursor.at) && *cursor.at != m_dialect.separator)
        ++cursor.at;
    const char* after_blanks = cursor.at;
    cursor.at = find_byte(inside.closing + 1, cursor.end, m_dialect.separator, '\n', '\r');
    const std::string_view tail{inside.closing + 1, cursor.at};
    const bool stray = cursor.at != after_blanks;
    if (!end_cell(cursor)) return false;
    if (stray && m_stray == all) m_stray = m_cells.size();
    m_cells.push_back(stray ? join(content, tail) : content);
    m_lines += inside.lines;
    return true;
}

CsvSplitter::Quoted CsvSplitter::find_closing_quote(const Cursor& cursor) const
{
    const char quote = m_dialect.quote;
    const char escape = m_dialect.backslash ? '\\' : quote;
    const char* at = cursor.at + 1;
    Quoted inside;
    while ((at = find_byte(at, cursor.end, quote, '\n', escape)) != cursor.end) {
        if (*at == '\n') {
            ++inside.lines;
            ++at;
            continue;
        }
        if (at + 1 == cursor.end) {
            // What is there ends here, and this may be the first half of a pair.
            if (cursor.last && *at == quote) break;
            return {};
        }
        const bool doubled = *at == quote && at[1] == quote;
        const bool escaped = m_dialect.backslash && *at == escape && (at[1] == quote || at[1] == escape);
        inside.escaped = inside.escaped || doubled || escaped;
        if (*at == quote && !doubled) break;
        at += doubled || escaped ? 2 : 1;
    }
    if (at == cursor.end) return {};
    inside.closing = at;
    // Line ends written as a lone CR are rare; they are looked for only where no LF was found.
    if (inside.lines == 0) inside.lines = static_cast<std::size_t>(std::count(cursor.at, at, '\r'));
    return inside;
}

std::string_view CsvSplitter::join(std::string_view content, std::string_view tail)
{
    char* joined = m_arena.take(content.size() + tail.size());
    std::ranges::copy(content, joined);
    std::ranges::copy(tail, joined + content.size());
    return {joined, content.size() + tail.size()};
}

std::string_view CsvSplitter::unquote(std::string_view raw)
{
    char* memory = m_arena.take(raw.size());
    char* out = memory;
    for (std::size_t i = 0; i < raw.size(); ++i) {
        const bool has_next = i + 1 < raw.size();
        const bool doubled = has_next && raw[i] == m_dialect.quote && raw[i + 1] == m_dialect.quote;
        const bool escaped = has_next && m_dialect.backslash && raw[i] == '\\'
            && (raw[i + 1] == m_dialect.quote || raw[i + 1] == '\\');
        if (doubled || escaped) ++i;
        *out++ = raw[i];
    }
    return {memory, out};
}

} // namespace mortise::host
