#pragma once

/// \file
/// A plugin's chart over the answer of a query or of a command.

#include "model/table_rows.hpp"
#include "widgets/chart.hpp"

namespace mortise::ui {

/// As the chart declares: x, y, series. What is missing in the data is told instead.
void draw_query_chart(Ui& ui, const boost::json::value& chart, const QueryRows& rows, float height);
ChartData chart_data_of(const boost::json::value& chart, const QueryRows& rows);
/// Bars over rows of objects: the first text against the first number. False if there are none.
bool draw_answer_chart(Ui& ui, const boost::json::value& chart, const boost::json::array& rows, float height);

} // namespace mortise::ui
