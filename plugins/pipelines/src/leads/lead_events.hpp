#pragma once

/// \file
/// What follows from a change of a lead: the events that others wait for.

#include <mortise/event.hpp>
#include <mortise/work.hpp>

namespace mortise::plugins::pipelines {

/// Handles lead.created and lead.updated.
void follow_lead(const Event& event, Work& work);

} // namespace mortise::plugins::pipelines
