#pragma once

/// \file
/// Commands that answer questions about segments and conditions; they change nothing.

#include <mortise/plugin.hpp>

namespace mortise::plugins::segmentation {

/// How many contacts fulfil a condition, with some of them.
Value preview(const Host& host, const Arguments& arguments);
/// Clause by clause why a contact is in or out.
Value explain(const Host& host, const Arguments& arguments);
/// Who is in, or was at a time.
Value members(const Host& host, const Arguments& arguments);
/// How many contacts each two of the segments share.
Value overlap(const Host& host, const Arguments& arguments);
/// Who entered and left, day by day.
Value growth(const Host& host, const Arguments& arguments);

} // namespace mortise::plugins::segmentation
