#pragma once

/// \file
/// What a view offers to do with a record.

#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace mortise::ui {

/// Whether an action's `when` fits the record.
bool action_applies(const boost::json::value& action, const boost::json::value& record);
/// The arguments of an action with {field} replaced by what the record has; what it has not is left out, so
/// that it is asked for. {group} is the column that a card was dropped in.
boost::json::object
filled(const boost::json::value& action, const boost::json::value& record, std::string_view group = {});

} // namespace mortise::ui
