#pragma once

/// \file
/// What the clock does to opportunities: nobody changes them, and yet they rot and their close dates pass.

#include <mortise/command.hpp>

namespace mortise::plugins::pipelines {

/// The job: notes when an open opportunity has been in its stage for too long (`stalled_at`) and when its
/// close date has passed (`overdue_since`). Each is noted once; the events follow from the change.
Value watch_deadlines(const Host& host, const Job& job);

} // namespace mortise::plugins::pipelines
