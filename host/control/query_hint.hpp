#pragma once

/// \file
/// What was meant by a name that a statement has and no view.

#include "access/principal.hpp"
#include "records/views.hpp"

#include <mortise/result.hpp>

#include <string_view>

namespace mortise::host {

/// The error of a query, with the nearest column or view as its hint if it is about an unknown name.
Error with_meant_name(Error error, const Views& views, const Principal& principal, std::string_view sql);

} // namespace mortise::host
