#include "exchange/csv/csv_dialect.hpp"

#include "base/text.hpp"
#include "exchange/csv/csv_splitter.hpp"

#include <algorithm>
#include <array>

namespace mortise::host {
namespace {

constexpr std::array separators{',', ';', '\t', '|'};
constexpr std::size_t sampled_rows = 1000;

/// How well the rows agree with the first one: the share of rows with its width, and a little for the width.
double agreement(std::string_view sample, bool whole, const CsvDialect& dialect)
{
    CsvSplitter splitter{dialect};
    std::size_t width = 0;
    std::size_t rows = 0;
    double agreeing = 0;
    while (!sample.empty() && rows < sampled_rows) {
        if (splitter.split(sample, whole) != CsvSplitter::Outcome::row) break;
        sample.remove_prefix(splitter.length());
        const std::size_t cells = splitter.cells().size();
        if (cells == 1 && splitter.cells()[0].empty()) continue;
        if (rows++ == 0) width = cells;
        // A short row may have lost its empty cells at the end.
        agreeing += cells == width ? 1.0 : cells > 1 && cells < width ? 0.5 : 0.0;
    }
    if (rows == 0 || width < 2) return 0;
    return agreeing / static_cast<double>(rows)
        + 0.01 * static_cast<double>(std::min<std::size_t>(width, 20));
}

bool is_edge(std::string_view text, std::size_t at, char separator)
{
    return at >= text.size() || text[at] == separator || text[at] == '\n' || text[at] == '\r';
}

struct QuoteCount {
    std::size_t opening{0}; ///< at the start of a cell
    std::size_t closed{0}; ///< of those, with another at the end of a cell in the same line
};

QuoteCount count_quotes(std::string_view sample, char quote, char separator)
{
    QuoteCount count;
    for (std::size_t at = sample.find(quote); at != std::string_view::npos; at = sample.find(quote, at + 1)) {
        if (at != 0 && !is_edge(sample, at - 1, separator)) continue;
        ++count.opening;
        const std::size_t line_end = std::min(sample.find_first_of("\r\n", at), sample.size());
        for (std::size_t close = at + 1; close < line_end; ++close) {
            if (sample[close] != quote || !is_edge(sample, close + 1, separator)) continue;
            ++count.closed;
            at = close;
            break;
        }
    }
    return count;
}

char find_quote(std::string_view sample, char separator)
{
    if (count_quotes(sample, '"', separator).opening != 0) return '"';
    const QuoteCount single = count_quotes(sample, '\'', separator);
    return single.closed >= 3 && single.closed * 10 >= single.opening * 9 ? '\'' : '"';
}

/// A backslash before a quote that does not end a cell, where no quote is doubled.
bool uses_backslash(std::string_view sample, const CsvDialect& dialect)
{
    bool found = false;
    for (std::size_t at = sample.find(dialect.quote); at != std::string_view::npos;
         at = sample.find(dialect.quote, at + 1)) {
        const bool doubled = at + 1 < sample.size() && sample[at + 1] == dialect.quote;
        const bool empty_cell = doubled && (at == 0 || is_edge(sample, at - 1, dialect.separator))
            && is_edge(sample, at + 2, dialect.separator);
        const bool after_backslash = at != 0 && sample[at - 1] == '\\';
        if (doubled && !empty_cell && !after_backslash) return false;
        if (doubled) ++at;
        found = found || (after_backslash && !is_edge(sample, at + 1, dialect.separator));
    }
    return found;
}

} // namespace

SeparatorLine find_separator_line(std::string_view text) noexcept
{
    if (text.size() < 5 || !equal_ignoring_ascii_case(text.substr(0, 4), "sep=")) return {};
    const char separator = text[4];
    std::string_view rest = text.substr(5);
    if (separator == '\r' || separator == '\n' || separator == '"') return {};
    if (rest.starts_with("\r\n"))
        rest.remove_prefix(2);
    else if (rest.starts_with('\n') || rest.starts_with('\r'))
        rest.remove_prefix(1);
    else if (!rest.empty())
        return {};
    return {separator, text.size() - rest.size()};
}

CsvDialect sniff_dialect(std::string_view sample, bool whole)
{
    // Our own exports say what they are, whatever their cells hold.
    if (sample.starts_with("id,exported_from,")) return {};
    CsvDialect best;
    double best_agreement = 0.25;
    for (const char separator : separators) {
        CsvDialect dialect{separator, find_quote(sample, separator), false};
        dialect.backslash = uses_backslash(sample, dialect);
        const double found = agreement(sample, whole, dialect);
        if (found > best_agreement) {
            best = dialect;
            best_agreement = found;
        }
    }
    if (best_agreement == 0.25) {
        best.quote = find_quote(sample, best.separator);
        best.backslash = uses_backslash(sample, best);
    }
    return best;
}

} // namespace mortise::host
