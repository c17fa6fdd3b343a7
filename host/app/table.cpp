#include "app/table.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <numeric>
#include <sys/ioctl.h>
#include <unistd.h>

namespace mortise::host {
namespace {

constexpr std::size_t gap = 2;
constexpr std::size_t least_width = 8; // a cell is not cut below this
constexpr std::size_t width_without_terminal = 80; // of the rule alone: cells are whole then

/// U+200E and U+200F, U+202A to U+202E, U+2066 to U+2069: marks that turn the direction of text.
bool turns_direction(std::string_view three_bytes) noexcept
{
    if (three_bytes.size() < 3 || three_bytes[0] != '\xE2') return false;
    const auto second = static_cast<unsigned char>(three_bytes[1]);
    const auto third = static_cast<unsigned char>(three_bytes[2]);
    if (second == 0x80) return third == 0x8E || third == 0x8F || (third >= 0xAA && third <= 0xAE);
    return second == 0x81 && third >= 0xA6 && third <= 0xA9;
}

std::string first_characters(std::string_view text, std::size_t count)
{
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < count && bytes < text.size(); ++i)
        bytes += utf8_length(text[bytes]);
    return std::string{text.substr(0, bytes)};
}

} // namespace

std::size_t terminal_width()
{
    winsize size{};
    if (::isatty(STDOUT_FILENO) == 0 || ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return 0;
    return size.ws_col;
}

std::string printable(std::string_view text)
{
    std::string clean;
    clean.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const std::size_t length = valid_utf8_prefix(text.substr(i));
        if (length == 0) {
            clean += "\xEF\xBF\xBD"; // U+FFFD
            ++i;
            continue;
        }
        const bool is_c1 = byte == 0xC2 && static_cast<unsigned char>(text[i + 1]) < 0xA0;
        if (byte < 0x20 || byte == 0x7F || is_c1 || turns_direction(text.substr(i)))
            clean += ' ';
        else
            clean += text.substr(i, length);
        i += length;
    }
    return clean;
}

Table::Table(std::vector<std::string> headings) : m_headings{std::move(headings)} { }

void Table::add(std::vector<std::string> row)
{
    for (std::string& cell : row)
        cell = printable(cell);
    row.resize(m_headings.size());
    m_rows.push_back(std::move(row));
}

void Table::choose_widths(std::size_t width)
{
    m_widths.clear();
    for (std::size_t i = 0; i < m_headings.size(); ++i) {
        std::size_t widest = count_characters(m_headings[i]);
        for (const auto& row : m_rows)
            widest = std::max(widest, count_characters(row[i]));
        m_widths.push_back(widest);
    }
    if (width == 0 || m_widths.empty()) return;
    m_is_cut = true;
    const std::size_t gaps = gap * (m_widths.size() - 1);
    std::size_t total = std::accumulate(m_widths.begin(), m_widths.end(), gaps);
    while (total > width) { // take from the widest
        const auto widest = std::ranges::max_element(m_widths);
        if (*widest <= least_width) return;
        --*widest;
        --total;
    }
}

std::string Table::line(const std::vector<std::string>& row) const
{
    std::string text;
    for (std::size_t i = 0; i < row.size(); ++i) {
        const std::size_t characters = count_characters(row[i]);
        const bool cut = m_is_cut && characters > m_widths[i];
        text += cut ? first_characters(row[i], m_widths[i] - 1) + "…" : row[i];
        if (i + 1 < row.size()) {
            const std::size_t written = cut ? m_widths[i] : characters;
            text.append(gap + (written < m_widths[i] ? m_widths[i] - written : 0), ' ');
        }
    }
    while (text.ends_with(' '))
        text.pop_back();
    return text + '\n';
}

std::string Table::text(std::size_t width)
{
    choose_widths(width);
    std::vector<std::string> rule;
    for (const std::size_t column : m_widths) {
        rule.emplace_back();
        for (std::size_t i = 0; i < column; ++i)
            rule.back() += "─";
    }
    std::string ruled = first_characters(line(rule), width == 0 ? width_without_terminal : width);
    while (ruled.ends_with(' ') || ruled.ends_with('\n'))
        ruled.pop_back();
    return line(m_headings) + ruled + '\n' + more_text();
}

std::string Table::more_text()
{
    std::string text;
    for (const auto& row : m_rows)
        text += line(row);
    m_rows.clear();
    return text;
}

} // namespace mortise::host
