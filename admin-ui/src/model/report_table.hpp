#pragma once

/// \file
/// The answer of a report as rows and columns for people: pivots with their totals, lists, funnels, cohorts.

#include "widgets/chart.hpp"
#include "widgets/grid.hpp"

#include <boost/json/value.hpp>

#include <map>

namespace mortise::ui {

/// A figure as reporting gives it: an amount, a number, a time; empty if there is none.
std::string figure_text(const boost::json::value& figure, std::string_view kind);
/// The same for a chart; not a number if there is none.
double figure_number(const boost::json::value& figure);

/// Thread-safety: the UI thread.
class ReportTable final : public GridSource {
public:
    /// Any JSON is taken; what cannot be read has no rows.
    void take(boost::json::value answer, std::string source);
    const boost::json::value& answer() const noexcept { return m_answer; }

    std::vector<GridColumn> grid_columns() const;
    std::int64_t count() const override { return static_cast<std::int64_t>(m_lines.size()); }
    std::optional<GridCell> cell(std::int64_t row, const GridColumn& column) const override;

    /// What `reporting.drill` has to be told for the records behind a figure; null where there are none to
    /// show.
    std::optional<boost::json::object> behind(std::int64_t row, std::string_view column) const;
    /// What the records behind a figure are called: "Won, 2026 Q1".
    std::string name_of(std::int64_t row, std::string_view column) const;
    /// The place of the record that a row of a list is; empty for others.
    std::string place_of(std::int64_t row) const;

    /// `wanted` as in a definition's `chart`; null if nothing can be drawn.
    std::optional<ChartKind> chart_kind(std::string_view wanted) const;
    ChartData chart() const;

private:
    enum class Form : std::uint8_t { nothing, pivot, list, funnel, cohort };

    struct Line {
        boost::json::array keys;
        std::vector<std::string> labels;
        const boost::json::value* object{nullptr}; ///< of forms that are no pivot
    };
    /// A column with figures.
    struct Figures {
        std::string key;
        std::string label;
        boost::json::array keys;
        std::size_t measure{0};
    };

    void take_pivot();
    void take_lines(std::string_view member);
    std::string label_of(std::string_view side, std::size_t level, const boost::json::value& key) const;
    const boost::json::value*
    figure(const boost::json::array& row, const boost::json::array& column, std::string_view measure) const;
    const Figures* column_named(std::string_view key) const;
    ChartData pivot_chart() const;

    boost::json::value m_answer;
    std::string m_source; ///< the record type that the report is about; empty for events
    Form m_form{Form::nothing};
    std::vector<Line> m_lines;
    std::vector<Figures> m_figures;
    std::map<std::string, const boost::json::value*> m_values; ///< of cells, by row and column as text
};

} // namespace mortise::ui
