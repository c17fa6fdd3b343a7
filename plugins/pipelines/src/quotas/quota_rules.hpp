#pragma once

/// \file
/// Quotas: what somebody is to win in a period.

#include <mortise/command.hpp>
#include <mortise/hook.hpp>

namespace mortise::plugins::pipelines {

/// The hook quota.create and quota.update: a period that is one, an amount above zero, and one bearer.
void check_quota(Draft& draft);

/// What was won against each quota of a period, and what is open. Credit goes by the splits of opportunities.
Value quota_attainment(const Host& host, const Arguments& arguments);
/// Won amounts by who has the credit: shares add up to what was won.
Value won_credit(const Host& host, const Arguments& arguments);

} // namespace mortise::plugins::pipelines
