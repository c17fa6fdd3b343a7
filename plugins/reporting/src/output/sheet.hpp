#pragma once

/// \file
/// An answer as a table of cells, for files that people open, and as series of figures, for charts.

#include "run/cells.hpp"
#include "run/paths.hpp"
#include "run/rows.hpp"

#include <optional>
#include <string>
#include <vector>

namespace mortise::plugins::reporting {

struct SheetCell {
    std::string text; ///< as people read it; numbers with a point and no separators
    std::optional<double> number;
    int digits{0}; ///< behind the point
};

struct SheetRow {
    std::vector<SheetCell> cells;
    bool is_total{false};
};

struct Sheet {
    std::string title;
    std::string note; ///< as of when, in which currency, with which rates
    std::vector<std::string> heads;
    std::vector<SheetRow> rows;
};

struct ChartSeries {
    std::string name;
    std::vector<std::optional<double>> values; ///< one for each category
};

struct Chart {
    std::string kind; ///< bar, stacked_bar, line, area, pie
    std::string title;
    std::vector<std::string> categories;
    std::vector<ChartSeries> series;
};

Sheet sheet_of(const Cells& cells);
Sheet sheet_of(const TableAnswer& table);
Sheet sheet_of(const FunnelAnswer& funnel);
Sheet sheet_of(const CohortAnswer& cohort);
/// No series where there is nothing to draw.
Chart chart_of(const Cells& cells, const Definition& report);
Chart chart_of(const FunnelAnswer& funnel);
Chart chart_of(const CohortAnswer& cohort);

} // namespace mortise::plugins::reporting
