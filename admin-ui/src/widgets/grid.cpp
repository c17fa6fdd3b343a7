#include "widgets/grid.hpp"

#include "widgets/grid_frame.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace mortise::ui {

void Grid::set_columns(std::vector<GridColumn> columns)
{
    m_columns = std::move(columns);
    m_cursor_column = 0;
}

void Grid::set_cursor(std::int64_t row)
{
    m_cursor = row;
    m_top = static_cast<double>(std::max<std::int64_t>(0, row - 3));
}

void Grid::begin_edit(const GridSource& source)
{
    if (m_cursor < 0 || m_cursor >= source.count()) return;
    if (m_cursor_column >= m_columns.size() || !m_columns[m_cursor_column].editable) {
        const auto first
            = std::ranges::find_if(m_columns, [](const GridColumn& c) { return c.editable && !c.hidden; });
        if (first == m_columns.end()) return;
        m_cursor_column = static_cast<std::size_t>(first - m_columns.begin());
    }
    if (source.key(m_cursor) < 0) return;
    m_edit_text = source.edit_text(m_cursor, m_columns[m_cursor_column]);
    m_editing = m_edit_begins = true;
}

void Grid::lay_out(Frame& frame) const
{
    Ui& ui = frame.ui;
    frame.header = ui.px(28);
    frame.row = ui.px(23);
    frame.mark = m_selectable ? ui.px(30) : 0;
    float total = 0;
    for (std::size_t i = 0; i < m_columns.size(); ++i)
        if (!m_columns[i].hidden) {
            frame.shown.push_back(i);
            total += ui.px(m_columns[i].width);
        }
    const float bar = ui.px(11);
    frame.body
        = {{frame.box.min.x, frame.box.min.y + frame.header},
           {frame.box.max.x - bar, std::max(frame.box.max.y, frame.box.min.y + frame.header + 1)}};
    const float room = frame.body.width() - frame.mark;
    const float stretch = total > 0 && total < room ? room / total : 1;
    float x = frame.body.min.x + frame.mark - m_left;
    for (const std::size_t i : frame.shown) {
        frame.edges.push_back(std::floor(x));
        x += ui.px(m_columns[i].width) * stretch;
    }
    frame.edges.push_back(std::floor(x));
    frame.visible = static_cast<double>(frame.body.height() / frame.row);
    frame.count = frame.source.count();
}

GridAnswer Grid::draw(Ui& ui, std::string_view name, GridSource& source, float height)
{
    const ImVec2 at = ImGui::GetCursorScreenPos();
    ImVec2 size = ImGui::GetContentRegionAvail();
    if (height > 0) size.y = height;
    size = {std::max(size.x, ui.px(60)), std::max(size.y, ui.px(52))};
    ImGui::PushID(static_cast<int>(Ui::id_of(name)));
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {0, 0});
    ImGui::BeginChild("grid", size, false, ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse);
    Frame frame{ui, source};
    frame.list = ImGui::GetWindowDrawList();
    frame.box = {at, {at.x + size.x, at.y + size.y}};
    lay_out(frame);
    frame.list->AddRectFilled(frame.box.min, frame.box.max, ui.colors().surface, ui.px(6));
    ImGui::SetCursorScreenPos(frame.body.min);
    frame.is_clicked
        = ImGui::InvisibleButton("rows", {frame.body.width(), std::max(frame.body.height(), 1.0F)})
        && !ui.is_blocked();
    frame.is_hovered = ImGui::IsItemHovered() && !ui.is_blocked();
    frame.has_keys
        = m_takes_keys && !ui.is_blocked() && !ui.is_typing() && !ui.hints().are_shown() && !m_editing;
    m_cursor = std::clamp<std::int64_t>(m_cursor, 0, std::max<std::int64_t>(frame.count - 1, 0));
    read_wheel(frame);
    read_keys(frame);
    if (!frame.answer.moved) read_mouse(frame);
    m_top = std::clamp(m_top, 0.0, std::max(0.0, static_cast<double>(frame.count) - frame.visible));
    draw_rows(frame);
    draw_header(frame);
    draw_scrollbar(frame);
    draw_editor(frame);
    frame.list->AddRect(frame.box.min, frame.box.max, ui.colors().border, ui.px(6));
    ImGui::EndChild();
    ImGui::PopStyleVar();
    ImGui::PopID();
    return std::move(frame.answer);
}

void Grid::draw_header(Frame& frame)
{
    Ui& ui = frame.ui;
    const Palette& c = ui.colors();
    const float bottom = frame.box.min.y + frame.header;
    frame.list->AddRectFilled(
        frame.box.min, {frame.box.max.x, bottom}, c.ground, ui.px(6), ImDrawFlags_RoundCornersTop
    );
    frame.list->AddLine({frame.box.min.x, bottom}, {frame.box.max.x, bottom}, c.border);
    frame.list->PushClipRect(
        {frame.body.min.x + frame.mark, frame.box.min.y}, {frame.body.max.x, bottom}, true
    );
    for (std::size_t i = 0; i < frame.shown.size(); ++i) {
        GridColumn& column = m_columns[frame.shown[i]];
        const Box box{{frame.edges[i], frame.box.min.y}, {frame.edges[i + 1], bottom}};
        if (box.min.x > frame.body.max.x || box.max.x < frame.body.min.x) continue;
        const bool is_sorted = m_sort.column == column.key;
        ImGui::PushID(static_cast<int>(frame.shown[i]));
        if (column.sortable && ui.area(column.label, {box.min, {box.max.x - ui.px(6), box.max.y}})) {
            m_sort = {column.key, is_sorted && !m_sort.descending};
            frame.answer.sorted = true;
        }
        if (column.sortable && ui.is_area_hovered()) frame.list->AddRectFilled(box.min, box.max, c.hover);
        ImGui::SetCursorScreenPos({box.max.x - ui.px(4), box.min.y});
        ImGui::InvisibleButton("edge", {ui.px(8), frame.header});
        if (ImGui::IsItemHovered() || ImGui::IsItemActive()) ImGui::SetMouseCursor(ImGuiMouseCursor_ResizeEW);
        if (ImGui::IsItemActive())
            column.width
                = std::clamp(column.width + ImGui::GetIO().MouseDelta.x / ui.theme().scale(), 40.0F, 900.0F);
        ImGui::PopID();
        const float sign = is_sorted ? ui.px(16) : 0;
        ui.put_text(
            *frame.list,
            ui.theme().fonts().small,
            {{box.min.x + ui.px(8), box.min.y}, {box.max.x - ui.px(8) - sign, box.max.y}},
            column.label,
            is_sorted ? c.text : c.muted,
            column.align
        );
        if (is_sorted) {
            const float x = box.max.x - ui.px(18);
            const float y = (box.min.y + box.max.y) / 2;
            const float half = ui.px(4);
            const float point = m_sort.descending ? half : -half;
            frame.list->AddTriangleFilled(
                {x, y + point}, {x + half, y - point}, {x - half, y - point}, c.accent
            );
        }
        frame.list->AddLine({box.max.x, box.min.y + ui.px(6)}, {box.max.x, box.max.y - ui.px(6)}, c.border);
    }
    frame.list->PopClipRect();
}

void Grid::draw_rows(Frame& frame)
{
    const auto first = static_cast<std::int64_t>(m_top);
    const auto last = std::min(frame.count, static_cast<std::int64_t>(m_top + frame.visible) + 1);
    m_rows_seen = std::max<std::int64_t>(last - first, 0);
    if (last > first) frame.source.want(first, last);
    frame.list->PushClipRect(frame.body.min, frame.body.max, true);
    for (std::int64_t row = first; row < last; ++row) {
        const double offset = (static_cast<double>(row) - m_top) * static_cast<double>(frame.row);
        draw_row(frame, row, std::floor(frame.body.min.y + static_cast<float>(offset)));
    }
    frame.list->PopClipRect();
}

void Grid::draw_row(Frame& frame, std::int64_t row, float y)
{
    Ui& ui = frame.ui;
    const Palette& c = ui.colors();
    const Box line{{frame.body.min.x, y}, {frame.body.max.x, y + frame.row}};
    const std::int64_t key = frame.source.key(row);
    const bool is_marked = m_selection.contains(key);
    const bool is_under = frame.is_hovered && line.contains(ImGui::GetIO().MousePos);
    const ImU32 ground = is_marked ? c.selected : is_under ? c.hover : row % 2 != 0 ? c.stripe : c.surface;
    frame.list->AddRectFilled(line.min, line.max, ground);
    if (key >= 0 && frame.source.count() > 0 && !ui.is_blocked() && line.max.y <= frame.body.max.y
        && ui.hints().offer(Ui::id_of("row") + static_cast<ImGuiID>(row), line)) {
        m_cursor = row;
        frame.answer.opened = row;
    }
    if (m_selectable) {
        const ImVec2 at{line.min.x + ui.px(8), y + (frame.row - ui.px(14)) / 2};
        const ImVec2 end{at.x + ui.px(14), at.y + ui.px(14)};
        frame.list->AddRectFilled(at, end, is_marked ? c.accent : c.surface, ui.px(3));
        frame.list->AddRect(at, end, c.border_strong, ui.px(3));
        if (is_marked) draw_icon(*frame.list, Icon::check, at, ui.px(14), c.on_accent);
    }
    frame.list->PushClipRect({frame.body.min.x + frame.mark, line.min.y}, line.max, true);
    for (std::size_t i = 0; i < frame.shown.size(); ++i) {
        const Box box = frame.cell(i, y);
        if (box.min.x > frame.body.max.x || box.max.x < frame.body.min.x) continue;
        const GridColumn& column = m_columns[frame.shown[i]];
        if (const auto cell = frame.source.cell(row, column))
            draw_cell(frame, *cell, column, box);
        else // not there yet
            frame.list->AddRectFilled(
                {box.min.x + ui.px(8), y + ui.px(8)},
                {box.min.x + ui.px(8) + box.width() * (0.35F + 0.1F * static_cast<float>(row % 4)),
                 y + ui.px(15)},
                c.border,
                ui.px(4)
            );
    }
    frame.list->PopClipRect();
    if (row == m_cursor && m_takes_keys) {
        frame.list->AddRect(line.min, line.max, with_alpha(c.accent, 0.75F), ui.px(3));
        for (std::size_t i = 0; i < frame.shown.size(); ++i)
            if (frame.shown[i] == m_cursor_column && m_columns[m_cursor_column].editable) {
                const Box box = frame.cell(i, y);
                frame.list->AddLine(
                    {box.min.x + ui.px(6), box.max.y - 1},
                    {box.max.x - ui.px(6), box.max.y - 1},
                    c.accent,
                    ui.px(2)
                );
            }
    }
}

void Grid::draw_cell(Frame& frame, const GridCell& cell, const GridColumn& column, const Box& box) const
{
    Ui& ui = frame.ui;
    const Palette& c = ui.colors();
    const Box inner{{box.min.x + ui.px(8), box.min.y}, {box.max.x - ui.px(8), box.max.y}};
    const Fonts& fonts = ui.theme().fonts();
    if (cell.share >= 0) {
        const float width = inner.width() * static_cast<float>(std::clamp(cell.share, 0.0, 1.0));
        frame.list->AddRectFilled(
            {inner.min.x, box.max.y - ui.px(5)},
            {inner.min.x + width, box.max.y - ui.px(3)},
            ui.theme().of(Tone::accent),
            ui.px(1)
        );
    }
    if (cell.look == CellLook::badge || cell.look == CellLook::status) {
        if (cell.text.empty()) return;
        const float sign = cell.look == CellLook::status ? ui.px(15) : 0;
        const float width
            = std::min(ui.width_of(fonts.small, clean_line(cell.text, 80)) + ui.px(14) + sign, inner.width());
        const Box pill{{inner.min.x, box.min.y + ui.px(2)}, {inner.min.x + width, box.max.y - ui.px(2)}};
        frame.list->AddRectFilled(pill.min, pill.max, ui.theme().soft(cell.tone), pill.height() / 2);
        const ImU32 ink = cell.tone == Tone::neutral ? c.text : ui.theme().of(cell.tone);
        if (sign > 0) {
            const Icon icon = cell.tone == Tone::positive ? Icon::check
                : cell.tone == Tone::danger               ? Icon::error
                : cell.tone == Tone::warning              ? Icon::warning
                : cell.tone == Tone::neutral              ? Icon::pause
                                                          : Icon::info;
            draw_icon(*frame.list, icon, {pill.min.x + ui.px(5), pill.min.y + ui.px(3)}, ui.px(13), ink);
        }
        ui.put_text(
            *frame.list,
            fonts.small,
            {{pill.min.x + ui.px(7) + sign, pill.min.y}, {pill.max.x - ui.px(5), pill.max.y}},
            cell.text,
            ink
        );
        return;
    }
    ImFont* font = cell.look == CellLook::strong ? fonts.strong
        : cell.look == CellLook::mono            ? fonts.mono
                                                 : fonts.body;
    const ImU32 ink = cell.look == CellLook::muted ? c.muted
        : cell.tone == Tone::neutral               ? c.text
                                                   : ui.theme().of(cell.tone);
    ui.put_text(*frame.list, font, inner, cell.text, ink, column.align);
}

void Grid::draw_editor(Frame& frame)
{
    if (!m_editing) return;
    const double offset = (static_cast<double>(m_cursor) - m_top) * static_cast<double>(frame.row);
    const float y = std::floor(frame.body.min.y + static_cast<float>(offset));
    const auto shown = std::ranges::find(frame.shown, m_cursor_column);
    if (shown == frame.shown.end()) {
        m_editing = false;
        return;
    }
    const Box box = frame.cell(static_cast<std::size_t>(shown - frame.shown.begin()), y);
    ImGui::SetCursorScreenPos({box.min.x, y - frame.ui.px(3)});
    const InputAnswer answer = frame.ui.input(
        "cell",
        m_edit_text,
        {.width = std::max(box.width(), frame.ui.px(140)), .take_keys = std::exchange(m_edit_begins, false)}
    );
    if (answer.entered) {
        frame.answer.edited = GridEdit{m_cursor, m_columns[m_cursor_column].key, m_edit_text};
        m_editing = false;
    } else if (is_pressed(Key::escape)
               || (!answer.active && !ImGui::IsWindowAppearing() && ImGui::IsMouseClicked(0))) {
        m_editing = false;
    }
}

void Grid::draw_scrollbar(Frame& frame)
{
    Ui& ui = frame.ui;
    if (static_cast<double>(frame.count) <= frame.visible) return;
    const Box track{
        {frame.box.max.x - ui.px(11), frame.body.min.y}, {frame.box.max.x - ui.px(2), frame.body.max.y}
    };
    const double share = frame.visible / static_cast<double>(frame.count);
    const float length = std::max(ui.px(28), track.height() * static_cast<float>(share));
    const double most = static_cast<double>(frame.count) - frame.visible;
    ImGui::SetCursorScreenPos(track.min);
    ImGui::InvisibleButton("scrollbar", {track.width(), std::max(track.height(), 1.0F)});
    m_drags_scrollbar = ImGui::IsItemActive() && !ui.is_blocked();
    if (m_drags_scrollbar) {
        const float y = ImGui::GetIO().MousePos.y - track.min.y - length / 2;
        m_top = std::clamp(static_cast<double>(y / std::max(track.height() - length, 1.0F)), 0.0, 1.0) * most;
    }
    const float y = track.min.y + (track.height() - length) * static_cast<float>(m_top / most);
    frame.list->AddRectFilled(
        {track.min.x, y},
        {track.max.x, y + length},
        m_drags_scrollbar || ImGui::IsItemHovered() ? ui.colors().border_strong
                                                    : with_alpha(ui.colors().border_strong, 0.6F),
        ui.px(5)
    );
    if (m_drags_scrollbar)
        ui.tip(with_separators(static_cast<std::int64_t>(m_top) + 1) + " of " + with_separators(frame.count));
}

} // namespace mortise::ui
