#pragma once

/// \file
/// One opportunity out of another, several out of one, one out of several. All throw Failure.

#include <mortise/command.hpp>
#include <mortise/work.hpp>

namespace mortise::plugins::pipelines {

/// The same again, in the first open stage, with its lines and splits.
Value clone_opportunity(const Host& host, const Arguments& arguments, Work& work);
/// Parts with amounts or lines of their own; the rest stays.
Value split_opportunity(const Host& host, const Arguments& arguments, Work& work);
/// Others into one: what it lacks is taken over, lines and history move to it, the others are deleted.
Value merge_opportunities(const Host& host, const Arguments& arguments, Work& work);

} // namespace mortise::plugins::pipelines
