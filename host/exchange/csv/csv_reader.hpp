#pragma once

/// \file
/// Reads CSV of any dialect and encoding row by row, from files of any size in little memory.

#include "exchange/csv/csv_dialect.hpp"
#include "exchange/csv/csv_splitter.hpp"
#include "exchange/finding.hpp"
#include "exchange/stream/text_source.hpp"

#include <mortise/result.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

struct CsvOptions {
    std::optional<CsvDialect> dialect; ///< nothing: found out from the first 64 KiB, or from a `sep=` line
    std::optional<std::string> encoding; ///< nothing: found out, see `TextSource`
    bool has_header{true}; ///< false: columns are called "column 1", "column 2", ...
    bool formula_guard{true}; ///< take off what `CsvWriter` puts before formulas
    std::size_t max_cell_bytes{std::size_t{10} * 1024 * 1024};
    std::size_t max_row_bytes{std::size_t{32} * 1024 * 1024};
};

/// One row. What it points to lives until the reader's next call.
struct CsvRow {
    std::uint64_t number{0}; ///< 1 for the first row after the header; rows without any content do not count
    std::uint64_t line{0}; ///< the line of the file in which it begins, from 1
    std::span<const std::string_view> cells; ///< as many as there are columns; missing ones are empty
    std::string_view
        raw; ///< as it stands in the file, decoded, without its line end; of one too large, the start
    std::span<const Finding> findings; ///< mostly none

    /// False if a finding refuses the row: then `cells` is for showing only.
    bool usable() const noexcept;
};

/// Finds refuse a row for: more cells than columns (unless all the further ones are empty), bytes that are
/// not of the encoding, U+0000, a cell or row above its limit, a quote that is never closed. Notices tell of
/// missing cells and of text behind a closing quote.
///
/// A quote that is not closed up to the end of the file would swallow all rows behind it; so that row is
/// refused and read again with its quote as an ordinary character, and reading goes on with the next line.
/// Thread-safety: one thread at a time.
class CsvReader {
public:
    /// Reads the start of `source`, which must outlive the reader. Errors: those of the source; `invalid` for
    /// an unknown encoding, a file without a header, or a header that cannot be read.
    static Result<CsvReader> open(ByteSource& source, CsvOptions options = {});

    /// In the order of the file; trimmed and unique: the second `name` is `name (2)`, one without a name is
    /// `column N`.
    const std::vector<std::string>& columns() const noexcept { return m_columns; }
    /// What was noticed in the header.
    const std::vector<Finding>& findings() const noexcept { return m_findings; }
    const CsvDialect& dialect() const noexcept { return m_dialect; }
    /// Final at the end of the file: one that begins with ASCII shows its encoding only further on.
    const TextEncoding& encoding() const noexcept { return m_text.encoding(); }

    /// The next row with any content; false at the end. What is wrong with a row is in its findings. Errors:
    /// those of the source, and `limit` after 100 quotes that were never closed.
    Result<bool> next(CsvRow& row);

    /// Bytes of the source that were decoded so far: for progress.
    std::uint64_t bytes_read() const noexcept { return m_text.bytes_read(); }

private:
    explicit CsvReader(TextSource text, CsvOptions options);
    Result<void> begin();
    Result<void> read_header();
    void name_columns(std::span<const std::string_view> names);

    Result<void> fill();
    Result<bool> split();
    void read_unquoted(std::size_t cell, std::string why);
    Result<void> pass_oversized();
    Result<void> skip_row();
    Result<void> skip_line_end(char first);
    bool swallows_rows() const;

    void inspect();
    void check_width();
    void check_text();
    void check_sizes();
    void remove_guards();
    void
    add(Severity severity,
        ErrorCode code,
        std::string key,
        std::string message,
        std::size_t column,
        std::string hint = {});

    std::string_view rest() const noexcept { return {m_buffer.data() + m_begin, m_end - m_begin}; }
    std::string_view raw() const noexcept;

    TextSource m_text;
    CsvOptions m_options;
    CsvDialect m_dialect;
    CsvSplitter m_splitter;
    std::vector<std::string> m_columns;
    std::vector<Finding> m_findings;

    std::vector<char> m_buffer;
    std::size_t m_begin{0}; ///< of the row that was last split
    std::size_t m_end{0};
    bool m_at_end{false};

    std::size_t m_consumed{0}; ///< bytes of the row that was last split
    std::size_t m_lines{0}; ///< its line ends
    std::uint64_t m_row{0}; ///< number of the row that is read next; 0 in the header
    std::uint64_t m_line{1};
    std::size_t m_unclosed{0}; ///< quotes in the file that were never closed

    std::vector<std::string_view> m_cells;
    std::vector<Finding> m_row_findings;
    std::vector<std::string> m_mended; ///< cells with U+FFFD for what is not UTF-8
    std::string m_cut; ///< the start of a row that was too large
};

} // namespace mortise::host
