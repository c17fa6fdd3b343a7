#pragma once

/// \file
/// `Grid`: rows and columns, however many rows there are. Only what is seen is asked for and drawn;
/// everything works by key; a cell can be changed where it stands.

#include "widgets/ui.hpp"

#include <cstdint>
#include <set>

namespace mortise::ui {

struct GridColumn {
    std::string key{};
    std::string label{};
    float width{120}; ///< units
    Align align{Align::left};
    bool sortable{true};
    bool editable{false};
    bool hidden{false};
};

enum class CellLook : std::uint8_t { plain, strong, muted, badge, status, mono };

struct GridCell {
    std::string text{};
    CellLook look{CellLook::plain};
    Tone tone{Tone::neutral};
    double share{-1}; ///< 0 to 1: a bar behind the text
};

/// Where rows come from.
class GridSource {
public:
    GridSource() = default;
    GridSource(const GridSource&) = delete;
    GridSource& operator=(const GridSource&) = delete;
    virtual ~GridSource() = default;

    virtual std::int64_t count() const = 0;
    /// What stands there; null if the row is not there yet. Columns are those of the grid.
    virtual std::optional<GridCell> cell(std::int64_t row, const GridColumn& column) const = 0;
    /// What a row is called, however rows are sorted; -1 if it is not there yet.
    virtual std::int64_t key(std::int64_t row) const { return row; }
    /// Rows that are seen; called in each frame.
    virtual void want(std::int64_t first, std::int64_t last)
    {
        static_cast<void>(first), static_cast<void>(last);
    }
    /// What is edited, as text.
    virtual std::string edit_text(std::int64_t row, const GridColumn& column) const
    {
        const auto found = cell(row, column);
        return found ? found->text : std::string{};
    }
};

struct GridSort {
    std::string column{};
    bool descending{false};
    friend bool operator==(const GridSort&, const GridSort&) = default;
};

struct GridEdit {
    std::int64_t row{0};
    std::string column{};
    std::string text{};
};

struct GridAnswer {
    std::optional<std::int64_t> opened{};
    std::optional<GridEdit> edited{};
    bool sorted{false};
    bool moved{false}; ///< the cursor
    bool selected{false}; ///< the selection changed
    std::optional<GridEdit> filter_wish{
    }; ///< "show rows with this value": the cell was clicked with Alt, or `f`
};

/// Thread-safety: the UI thread.
class Grid {
public:
    explicit Grid(std::vector<GridColumn> columns) : m_columns{std::move(columns)} { }

    /// Draws into what is left of the window, or `height` pixels of it.
    GridAnswer draw(Ui& ui, std::string_view name, GridSource& source, float height = 0);

    std::vector<GridColumn>& columns() noexcept { return m_columns; }
    void set_columns(std::vector<GridColumn> columns);
    const GridSort& sort() const noexcept { return m_sort; }
    void set_sort(GridSort sort) { m_sort = std::move(sort); }
    std::int64_t cursor() const noexcept { return m_cursor; }
    /// The key of the column that it is in; empty without columns.
    std::string cursor_column() const
    {
        return m_cursor_column < m_columns.size() ? m_columns[m_cursor_column].key : std::string{};
    }
    void set_cursor(std::int64_t row);
    std::set<std::int64_t>& selection() noexcept { return m_selection; }
    /// Whether rows can be marked.
    void set_selectable(bool selectable) noexcept { m_selectable = selectable; }
    void set_takes_keys(bool takes_keys) noexcept { m_takes_keys = takes_keys; }
    bool is_editing() const noexcept { return m_editing; }
    void begin_edit(const GridSource& source);
    std::int64_t rows_seen() const noexcept { return m_rows_seen; }

private:
    struct Frame;

    void lay_out(Frame& frame) const;
    void read_wheel(const Frame& frame);
    void read_keys(Frame& frame);
    void read_move(Frame& frame);
    void read_mouse(Frame& frame);
    void draw_header(Frame& frame);
    void draw_rows(Frame& frame);
    void draw_row(Frame& frame, std::int64_t row, float y);
    void draw_cell(Frame& frame, const GridCell& cell, const GridColumn& column, const Box& box) const;
    void draw_editor(Frame& frame);
    void draw_scrollbar(Frame& frame);
    void toggle(const Frame& frame, std::int64_t row);
    void show_row(const Frame& frame, std::int64_t row);

    std::vector<GridColumn> m_columns;
    GridSort m_sort;
    std::int64_t m_cursor{0};
    std::size_t m_cursor_column{0};
    double m_top{0}; ///< rows above the first that is seen, with a fraction
    float m_left{0};
    std::set<std::int64_t> m_selection;
    bool m_selectable{false};
    bool m_takes_keys{true};
    bool m_editing{false};
    bool m_edit_begins{false};
    std::string m_edit_text;
    std::int64_t m_rows_seen{0};
    std::int64_t m_anchor{-1};
    std::size_t m_resizing{SIZE_MAX};
    bool m_drags_scrollbar{false};
};

} // namespace mortise::ui
