#pragma once

/// \file
/// Charts and printed pages: SVG, PNG and PDF by one drawing.

#include "output/sheet.hpp"

#include <mortise/value.hpp>

namespace mortise::plugins::reporting {

struct DrawingSize {
    int width{960};
    int height{540};
};

Bytes svg_of(const Chart& chart, DrawingSize size);
Bytes png_of(const Chart& chart, DrawingSize size);
/// A4, wider than high: the chart if there is one, then the table over as many pages as it needs.
Bytes pdf_of(const Sheet& sheet, const Chart& chart);

} // namespace mortise::plugins::reporting
