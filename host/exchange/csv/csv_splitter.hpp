#pragma once

/// \file
/// Splits text into one row's cells. The grammar of CSV is here and nowhere else.

#include "exchange/csv/csv_dialect.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace mortise::host {

/// Memory for unquoted text that is given back all at once. Views into it stay until `clear`.
class CellArena {
public:
    char* take(std::size_t size);
    void clear() noexcept;

private:
    struct Chunk {
        std::unique_ptr<char[]> memory;
        std::size_t size{0};
    };
    std::vector<Chunk> m_chunks;
    std::size_t m_used{0}; ///< of the last chunk
};

/// Takes rows off the start of a text.
///
/// A cell that begins with the quote runs to the closing quote and may hold separators and line ends; a
/// doubled quote in it is one quote. A quote inside a cell that does not begin with one is an ordinary
/// character. Rows end with LF, CR or CRLF in any mixture, the last one also with the text. Thread-safety:
/// one thread at a time.
class CsvSplitter {
public:
    enum class Outcome {
        row, ///< a row was split
        more, ///< the text ends within the row, and more may follow
        unclosed, ///< the text ends for good within the quotes of cell `cells().size()`
    };

    explicit CsvSplitter(const CsvDialect& dialect) noexcept;

    static constexpr std::size_t all = static_cast<std::size_t>(-1);

    /// Splits the row at the start of `text`, which is not empty.
    /// \param last  nothing follows `text`
    /// \param quoted_cells  from this cell on, quotes are ordinary characters
    Outcome split(std::string_view text, bool last, std::size_t quoted_cells = all);

    /// The cells of the row, or after `more` and `unclosed` those that were complete. Valid until the next
    /// `split` and while the text lives.
    std::span<const std::string_view> cells() const noexcept { return m_cells; }
    /// Bytes of the row with its line end.
    std::size_t length() const noexcept { return m_length; }
    /// Line ends in the row, its own included.
    std::size_t lines() const noexcept { return m_lines; }
    /// The first cell that goes on after its closing quote; `all` if none does.
    std::size_t stray_cell() const noexcept { return m_stray; }
    /// After `more`: the bytes of the cell that is not complete, and whether it is in quotes.
    std::size_t open_bytes() const noexcept { return m_open_bytes; }
    bool open_quote() const noexcept { return m_open_quote; }

private:
    struct Cursor;
    struct Quoted {
        const char* closing{nullptr}; ///< the closing quote; null if the text ends before
        std::size_t lines{0};
        bool escaped{false};
    };
    bool take_plain(Cursor& cursor);
    bool take_quoted(Cursor& cursor);
    Quoted find_closing_quote(const Cursor& cursor) const;
    std::string_view join(std::string_view content, std::string_view tail);
    std::string_view unquote(std::string_view raw);
    bool end_cell(Cursor& cursor);

    CsvDialect m_dialect;
    std::vector<std::string_view> m_cells;
    CellArena m_arena;
    std::size_t m_length{0};
    std::size_t m_lines{0};
    std::size_t m_stray{all};
    std::size_t m_open_bytes{0};
    bool m_open_quote{false};
};

} // namespace mortise::host
