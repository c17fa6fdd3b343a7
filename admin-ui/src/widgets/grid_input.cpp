#include "widgets/grid_frame.hpp"

#include <algorithm>
#include <cmath>

namespace mortise::ui {

void Grid::read_wheel(const Frame& frame)
{
    const ImGuiIO& io = ImGui::GetIO();
    if (!frame.is_hovered) return;
    if (io.MouseWheel != 0 && !io.KeyShift) m_top -= static_cast<double>(io.MouseWheel * 3);
    const float sideways = io.MouseWheelH + (io.KeyShift ? io.MouseWheel : 0);
    if (sideways == 0) return;
    const float total = frame.edges.back() - frame.edges.front();
    const float most = std::max(0.0F, total - (frame.body.width() - frame.mark));
    m_left = std::clamp(m_left - sideways * frame.ui.px(60), 0.0F, most);
}

void Grid::toggle(const Frame& frame, std::int64_t row)
{
    const std::int64_t key = frame.source.key(row);
    if (key < 0) return;
    if (!m_selection.erase(key)) m_selection.insert(key);
}

void Grid::show_row(const Frame& frame, std::int64_t row)
{
    const auto place = static_cast<double>(row);
    m_top = std::clamp(m_top, std::max(place + 1 - std::floor(frame.visible), 0.0), place);
}

void Grid::read_move(Frame& frame)
{
    const ImGuiIO& io = ImGui::GetIO();
    const auto page = std::max<std::int64_t>(static_cast<std::int64_t>(frame.visible) - 1, 1);
    std::int64_t to = m_cursor;
    if (is_pressed(Key::down, Repeat::yes) || is_pressed(Key::j, Repeat::yes)) ++to;
    if (is_pressed(Key::up, Repeat::yes) || is_pressed(Key::k, Repeat::yes)) --to;
    if (is_pressed(Key::page_down, Repeat::yes)) to += page;
    if (is_pressed(Key::page_up, Repeat::yes)) to -= page;
    if (is_pressed(Key::home)) to = 0;
    if (is_pressed(Key::end)) to = frame.count - 1;
    to = std::clamp<std::int64_t>(to, 0, std::max<std::int64_t>(frame.count - 1, 0));
    if (to == m_cursor) return;
    if (io.KeyShift && m_selectable) {
        if (m_anchor < 0) m_anchor = m_cursor;
        const auto [low, high] = std::minmax(m_anchor, to);
        for (std::int64_t row = low; row <= high && row < low + 10'000; ++row)
            if (const std::int64_t key = frame.source.key(row); key >= 0) m_selection.insert(key);
        frame.answer.selected = true;
    } else {
        m_anchor = -1;
    }
    m_cursor = to;
    frame.answer.moved = true;
    show_row(frame, to);
}

void Grid::read_keys(Frame& frame)
{
    const ImGuiIO& io = ImGui::GetIO();
    if (!frame.has_keys || frame.count == 0 || io.KeyAlt) return;
    if (io.KeyCtrl) {
        if (is_pressed(Key::c))
            if (const auto cell
                = frame.source.cell(m_cursor, m_columns[std::min(m_cursor_column, m_columns.size() - 1)]))
                ImGui::SetClipboardText(cell->text.c_str());
        return;
    }
    read_move(frame);
    const auto place = std::ranges::find(frame.shown, m_cursor_column);
    const std::ptrdiff_t column = place == frame.shown.end() ? 0 : place - frame.shown.begin();
    if (is_pressed(Key::right, Repeat::yes) && column + 1 < std::ssize(frame.shown))
        m_cursor_column = frame.shown[static_cast<std::size_t>(column + 1)];
    if (is_pressed(Key::left, Repeat::yes) && column > 0)
        m_cursor_column = frame.shown[static_cast<std::size_t>(column - 1)];
    if (is_pressed(Key::enter) && frame.source.key(m_cursor) >= 0) frame.answer.opened = m_cursor;
    if (m_selectable && (is_pressed(Key::x) || is_pressed(Key::space))) {
        toggle(frame, m_cursor);
        frame.answer.selected = true;
    }
    if (is_pressed(Key::e)) begin_edit(frame.source);
    if (is_pressed(Key::f) && m_cursor_column < m_columns.size())
        if (const auto cell = frame.source.cell(m_cursor, m_columns[m_cursor_column]))
            frame.answer.filter_wish = GridEdit{m_cursor, m_columns[m_cursor_column].key, cell->text};
}

void Grid::read_mouse(Frame& frame)
{
    if (!frame.is_clicked && !(frame.is_hovered && ImGui::IsMouseDoubleClicked(0))) return;
    const ImVec2 mouse = ImGui::GetIO().MousePos;
    const std::int64_t row = frame.row_at(m_top, mouse.y);
    if (row >= frame.count) return;
    const bool is_mark = m_selectable && mouse.x < frame.body.min.x + frame.mark;
    m_takes_keys = true;
    m_cursor = row;
    frame.answer.moved = true;
    for (std::size_t i = 0; i + 1 < frame.edges.size(); ++i)
        if (mouse.x >= frame.edges[i] && mouse.x < frame.edges[i + 1]) m_cursor_column = frame.shown[i];
    if (frame.is_clicked && (is_mark || (m_selectable && ImGui::GetIO().KeyCtrl))) {
        toggle(frame, row);
        frame.answer.selected = true;
    } else if (frame.is_clicked && ImGui::GetIO().KeyAlt && m_cursor_column < m_columns.size()) {
        if (const auto cell = frame.source.cell(row, m_columns[m_cursor_column]))
            frame.answer.filter_wish = GridEdit{row, m_columns[m_cursor_column].key, cell->text};
    } else if (!is_mark && frame.source.key(row) >= 0) {
        const auto cell = frame.source.cell(row, m_columns[std::min(m_cursor_column, m_columns.size() - 1)]);
        const bool is_name = cell && cell->look == CellLook::strong; // a name opens at one click
        if (ImGui::IsMouseDoubleClicked(0) || (frame.is_clicked && is_name)) frame.answer.opened = row;
    }
}

} // namespace mortise::ui
