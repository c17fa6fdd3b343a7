#pragma once

/// \file
/// Targets: a figure of a report that should be reached, looked at every hour; and dashboards, several
/// reports at once. All throw Failure.

#include "commands/prepared.hpp"

namespace mortise::plugins::reporting {

Value create_target(ZoneBook& zones, const Host& host, const Arguments& arguments, Work& work);
/// Computes every target, keeps what it was, and tells by an event when one comes to another state.
Value check_targets(ZoneBook& zones, const Host& host, const Arguments& arguments, Work& work);
/// The reports of a dashboard, each with its answer or with why it has none.
Value show_dashboard(ZoneBook& zones, const Host& host, const Arguments& arguments);
/// Saves the reports of the standard pack whose types are there, and a dashboard of each part.
Value set_up_standard(ZoneBook& zones, const Host& host, const Arguments& arguments, Work& work);

/// met, warning or missed: how a value stands to a target, from which warning goes towards it.
std::string_view state_of(
    const Decimal& value, const Decimal& target, const std::optional<Decimal>& warning, bool more_is_better
);

} // namespace mortise::plugins::reporting
