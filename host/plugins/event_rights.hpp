#pragma once

/// \file
/// Which events a plugin may be given: who sees events of a record type sees its records. A type may come
/// after the plugin that waits for its events, so this is asked with every delivery.

#include "access/principal.hpp"
#include "events/dispatcher.hpp"
#include "plugins/manifest.hpp"
#include "records/schema.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

/// The permission that events of a type, or of a pattern, need ("opportunity.won" -> "opportunities.read").
/// Empty: none, as the plugin brings the type itself, or no record type of that name is there.
std::string permission_for_events(const Schema& schema, std::string_view plugin, std::string_view pattern);

/// Events that a plugin asks for and is not given.
struct WithheldEvents {
    std::size_t subscription{0}; ///< index in the manifest
    std::string pattern;
    std::string permission; ///< that it does not have
    bool is_optional{false}; ///< of a type that may be missing: neither the host nor a required plugin has it
};

std::vector<WithheldEvents>
withheld_events(const Manifest& manifest, const Schema& schema, const PluginGrants& grants);

/// Lets `handler` have the events that the plugin may be given. The others count as handled, in their order.
DeliveryOutcome hand_over(
    std::span<const Event> events,
    const CallContext& context,
    const Schema& schema,
    const PluginGrants& grants,
    const EventHandler& handler
);

} // namespace mortise::host
