#pragma once

/// \file
/// Writes what `consequences_of` says.

#include <mortise/event.hpp>
#include <mortise/host.hpp>
#include <mortise/work.hpp>

namespace mortise::plugins::pipelines {

/// Handles a batch of opportunity.created and opportunity.updated. Rows and events commit with the batch's
/// acknowledgement; a change whose row is there already (the subscription was replayed) is left out.
void keep_history(const Host& host, const Events& events, Work& work);

} // namespace mortise::plugins::pipelines
