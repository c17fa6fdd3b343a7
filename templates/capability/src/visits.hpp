#pragma once

/// \file
/// What the plugin does with visits through the host.

#include <mortise/plugin.hpp>

namespace my_plugin {

/// The hook of both creating and changing a visit: a pure function.
void check_visit(const mortise::Settings&, mortise::Reader&, mortise::Draft& visit);

/// The command: writes a visit down.
mortise::Value log_visit(const mortise::Host& host, const mortise::Arguments& arguments, mortise::Work& work);

/// The handler: counts the visits to the contacts of these events once more. It reads what is true now, so it
/// may see the same events twice and nothing is counted twice.
void count_visits(const mortise::Host& host, const mortise::Events& events, mortise::Work& work);

/// The migration to 0.2.0: a batch of visits that have no length yet. Gives the last one, or 0 when none is
/// left.
mortise::Id add_lengths(const mortise::Host& host, mortise::Id after, mortise::Work& work);

} // namespace my_plugin
