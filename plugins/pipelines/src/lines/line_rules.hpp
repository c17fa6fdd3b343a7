#pragma once

/// \file
/// What holds for lines, prices, price lists and splits of opportunities, and for what recurs without lines.

#include <mortise/hook.hpp>

namespace mortise::plugins::pipelines {

/// The hook opportunity_line.create and .update: price, terms and what they come to.
void check_line(Draft& draft);
/// The hook price.create and .update.
void check_price(Draft& draft);
/// The hook opportunity_split.create and .update.
void check_split(Draft& draft);

/// mrr and acv of an opportunity without lines; its amount, if it has none, is what recurs over the term.
void follow_recurring(Draft& draft);

} // namespace mortise::plugins::pipelines
