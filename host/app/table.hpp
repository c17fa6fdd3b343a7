#pragma once

/// \file
/// Text in columns for people.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

/// Columns of standard output if it is a terminal; 0 if it is not: then nothing is cut.
std::size_t terminal_width();

/// Without what would move the cursor, change colours or turn the direction of a line: data is never a
/// command to the terminal. Line ends become blanks.
std::string printable(std::string_view text);

/// Rows that are gathered, then set in columns as wide as what is in them.
class Table {
public:
    explicit Table(std::vector<std::string> headings);

    void add(std::vector<std::string> row);
    std::size_t row_count() const noexcept { return m_rows.size(); }
    /// The headings, a rule and the rows. `width`: cut cells so that lines fit into so many characters; 0: do
    /// not. The rule is no longer than that, or than 80 characters.
    std::string text(std::size_t width);
    /// Rows that were added since, set like those before: for what comes in parts.
    std::string more_text();

private:
    void choose_widths(std::size_t width);
    std::string line(const std::vector<std::string>& row) const;

    std::vector<std::string> m_headings;
    std::vector<std::vector<std::string>> m_rows;
    std::vector<std::size_t> m_widths;
    bool m_is_cut{false};
};

} // namespace mortise::host
