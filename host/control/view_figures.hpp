#pragma once

/// \file
/// What every reader of plugins' views does alike, be it the command line or the test kit: which buttons a
/// row has, and what stands below a column. Rows are objects of JSON, as the API has them. Pure functions.

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

/// Whether an action of a view is one of each row, and not of the view as a whole: its arguments have a
/// "{field}", or it depends on a field.
bool needs_row(const boost::json::value& action);

/// Whether its "when" holds for a row: each field has the value, or one of the values.
bool is_offered(const boost::json::value& action, const boost::json::object& row);

/// The figure below a column. `how`: "sum", "average", "count", "min" or "max". Amounts of money stand by
/// currency. Empty where nothing in the column can be counted so.
std::string total_text(std::string_view how, const std::vector<boost::json::value>& cells);

} // namespace mortise::host
