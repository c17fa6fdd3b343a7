#pragma once

/// \file
/// How a CSV file is written, and how to find that out. Pure; any thread.

#include <cstddef>
#include <string_view>

namespace mortise::host {

struct CsvDialect {
    char separator{','};
    char quote{'"'}; ///< 0 if there is none
    bool backslash{false}; ///< \" is a quote and \\ a backslash inside quotes, besides the doubled quote

    friend bool operator==(const CsvDialect&, const CsvDialect&) = default;
};

/// What the first line of a file says about the separator, in the manner of Excel ("sep=;"): the separator
/// and the bytes of that line with its end. Size 0 if it says nothing.
struct SeparatorLine {
    char separator{0};
    std::size_t size{0};
};
SeparatorLine find_separator_line(std::string_view text) noexcept;

/// The dialect in which the rows of `sample` agree best with its first row: separators , ; tab and |, quotes
/// " and ', doubled or escaped by a backslash. Text without any separator is one column.
/// \param whole  true if the sample ends where the file does, so that its last row counts
CsvDialect sniff_dialect(std::string_view sample, bool whole);

} // namespace mortise::host
