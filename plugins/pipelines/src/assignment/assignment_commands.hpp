#pragma once

/// \file
/// Giving leads and opportunities to sales agents: one, many, or everything of somebody. All throw Failure.

#include <mortise/command.hpp>
#include <mortise/event.hpp>
#include <mortise/work.hpp>

namespace mortise::plugins::pipelines {

/// Leads or opportunities that are named, to an agent that is named or by a method.
Value assign(const Host& host, const Arguments& arguments, Work& work);
/// Everything that an agent has, or that nobody has.
Value reassign(const Host& host, const Arguments& arguments, Work& work);

/// Handles lead.created and opportunity.created: by the method of the settings, if nobody has it yet.
void assign_new(const Host& host, const Events& events, Work& work);
/// Handles sales_agent.updated: what a deactivated one has goes into the queue.
void queue_work_of_inactive(const Host& host, const Event& event, Work& work);

} // namespace mortise::plugins::pipelines
