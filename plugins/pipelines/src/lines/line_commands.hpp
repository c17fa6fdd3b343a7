#pragma once

/// \file
/// Products on opportunities, and who gets the credit. All throw Failure.

#include <mortise/command.hpp>
#include <mortise/event.hpp>
#include <mortise/work.hpp>

namespace mortise::plugins::pipelines {

/// A product, at the price that is given, that of the price list, or that of the product.
Value add_line(const Host& host, const Arguments& arguments, Work& work);
/// All splits of an opportunity at once; they come to 100 percent.
Value set_splits(const Host& host, const Arguments& arguments, Work& work);

/// Handles opportunity_line.*: the opportunity's amount, mrr and acv are those of its lines.
void sum_lines(const Host& host, const Events& events, Work& work);

} // namespace mortise::plugins::pipelines
