#pragma once

/// \file
/// On which releases of the host a plugin runs, and what stops it on the others.

#include "target.hpp"

#include <string>
#include <vector>

namespace mortise::check {

struct Compatibility {
    std::string release; ///< "0.1"
    bool runs{false};
    std::vector<std::string> reasons; ///< why it does not, or what it does without
};

/// Errors: invalid if `release` is none, not_found if this program does not know it.
Result<Compatibility> against(const Target& target, const std::string& release);

} // namespace mortise::check
