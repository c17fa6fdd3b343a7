#pragma once

/// \file
/// Which methods of the control API a person with roles may call at all. What a method then shows or changes
/// is judged where that is done.

#include "access/principal.hpp"

#include <mortise/result.hpp>

#include <string_view>

namespace mortise::host {

/// `denied` with what it takes. A method that is named nowhere here is for administrators.
Result<void> person_may_use(const Principal& principal, std::string_view method);

} // namespace mortise::host
