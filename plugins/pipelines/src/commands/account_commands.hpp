#pragma once

/// \file
/// Opportunities that belong to no organisation: listing them, and giving them one. All throw Failure.

#include <mortise/command.hpp>
#include <mortise/work.hpp>

namespace mortise::plugins::pipelines {

/// A page of opportunities without an organisation, and how many there are in all.
Value opportunities_without_account(const Host& host, const Arguments& arguments);
/// Gives opportunities an organisation.
Value assign_account(const Host& host, const Arguments& arguments, Work& work);

} // namespace mortise::plugins::pipelines
