#pragma once

/// \file
/// The command palette: everything that there is, found by typing a few letters of its name.

#include "shell/console.hpp"

namespace mortise::ui {

struct Entry {
    std::string title;
    std::string detail{};
    std::string keys{};
    Icon icon{Icon::none};
    std::string id{}; ///< remembered, so that what was used lately comes first
    std::function<void()> run{};
    std::string why_not{};
    std::string folded{}; ///< made by the palette
};

/// How well `text` fits what was typed; 0: not at all. Words that begin so come first, then letters in order.
/// Both in small letters.
int score(std::string_view text, std::string_view typed);

/// Indices of the best `most` entries, best first. With nothing typed: the first ones, recent ones ahead.
std::vector<std::size_t> best(
    const std::vector<Entry>& entries,
    std::string_view typed,
    std::size_t most,
    const std::vector<std::string>& recent
);

/// Thread-safety: the UI thread.
class PaletteBox {
public:
    void open(std::vector<Entry> entries, std::string typed = {});
    void close() noexcept { m_is_open = false; }
    bool is_open() const noexcept { return m_is_open; }
    const std::string& typed() const noexcept { return m_typed; }
    /// Draws it and runs what is chosen.
    void draw(Console& console);
    const std::vector<Entry>& entries() const noexcept { return m_entries; }

private:
    void seek(Console& console);
    void seek_records(Console& console);
    void take_records(Console& console, const boost::json::value& answer);
    void draw_list(Console& console, const Box& box);
    void draw_row(Console& console, std::size_t row, const Box& box);
    void take(std::size_t row);
    const Entry& shown(std::size_t row) const;

    std::vector<Entry> m_entries;
    std::vector<Entry> m_records;
    std::vector<std::size_t> m_found;
    std::vector<std::string> m_recent;
    std::string m_typed;
    std::string m_sought;
    std::string m_records_of;
    std::string m_note; ///< what is wrong with the search for records
    std::size_t m_chosen{0};
    std::size_t m_top{0};
    bool m_is_open{false};
    bool m_begins{false};
    Ticket m_call;
};

} // namespace mortise::ui
