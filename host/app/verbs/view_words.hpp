#pragma once

/// \file
/// How the command line tells of the buttons that a view has.

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <string>

namespace mortise::host {

/// The arguments of an action with the record's value for each "{field}". As they are without a record.
boost::json::value filled_in(const boost::json::value& arguments, const boost::json::object& record);

/// "button [Won]: mortise call pipelines.win '{"opportunity":"{id}"}', where status is open": the command is
/// quoted for a shell, so that it can be copied from the screen.
std::string button_text(const boost::json::object& action);

} // namespace mortise::host
