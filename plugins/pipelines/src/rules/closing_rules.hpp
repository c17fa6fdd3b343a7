#pragma once

/// \file
/// What follows from closing an opportunity, or from being late with it: reasons, deadlines, and the amount
/// in the currency of the business.

#include "rules/pipeline_book.hpp"

#include <mortise/hook.hpp>

#include <string_view>

namespace mortise::plugins::pipelines {

/// Reasons of won and lost ones: demanded, or taken from the list, as the settings say; gone when it is open.
void follow_reasons(
    const Settings& settings, const PipelineBook& book, std::string_view status, Draft& draft
);
/// `overdue_since` of open ones whose close date has passed, `slip_count`, and the end of `stalled_at`.
void follow_deadlines(std::string_view status, Draft& draft);
/// The amount of won ones in the currency of the business, at the rate of the close date, which stays.
void follow_base_amount(
    const Settings& settings, const PipelineBook& book, std::string_view status, Draft& draft
);

/// The currency that everything is converted into.
std::string_view base_currency(const Settings& settings);

} // namespace mortise::plugins::pipelines
