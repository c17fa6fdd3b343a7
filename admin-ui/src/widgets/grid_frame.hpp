#pragma once

/// \file
/// What the parts of `Grid` share while it is drawn.

#include "widgets/grid.hpp"

namespace mortise::ui {

struct Grid::Frame {
    Ui& ui;
    GridSource& source;
    GridAnswer answer{};
    ImDrawList* list{nullptr};
    Box box{}; ///< all of it
    Box body{}; ///< without header and scrollbar
    float header{0};
    float row{0}; ///< height of a row
    float mark{0}; ///< width of the marks at the left
    std::vector<std::size_t> shown{}; ///< columns, in order
    std::vector<float> edges{}; ///< left edges of `shown`, and the last one's right edge
    double visible{0}; ///< rows that there is place for
    std::int64_t count{0};
    bool is_hovered{false};
    bool has_keys{false};
    bool is_clicked{false};

    Box cell(std::size_t shown_column, float y) const
    {
        return {{edges[shown_column], y}, {edges[shown_column + 1], y + row}};
    }
    std::int64_t row_at(double top, float y) const
    {
        return static_cast<std::int64_t>(top + static_cast<double>((y - body.min.y) / row));
    }
};

} // namespace mortise::ui
