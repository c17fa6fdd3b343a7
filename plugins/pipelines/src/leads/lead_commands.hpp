#pragma once

/// \file
/// What people do with leads. All throw Failure.

#include <mortise/command.hpp>
#include <mortise/work.hpp>

namespace mortise::plugins::pipelines {

Value create_lead(const Host& host, const Arguments& arguments, Work& work);
/// Gives up on a lead, for now or for good.
Value recycle_lead(const Host& host, const Arguments& arguments, Work& work);
Value drop_lead(const Host& host, const Arguments& arguments, Work& work);

/// Makes or finds person and organisation, and makes an opportunity. A preview says what it would do.
Value convert_lead(const Host& host, const Arguments& arguments, Work& work);
/// Deletes what the conversion made and nobody changed since; the lead is as it was before.
Value undo_conversion(const Host& host, const Arguments& arguments, Work& work);

/// The lead that an argument names.
Record find_lead(const Host& host, const Arguments& arguments);

} // namespace mortise::plugins::pipelines
