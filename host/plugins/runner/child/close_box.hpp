#pragma once

/// \file
/// Closes the box around this process. It cannot be opened again, and what is loaded later is in it from its
/// first instruction.

#include "plugins/runner/box.hpp"

namespace mortise::host {

struct BoxPlan {
    std::uint64_t memory_bytes; ///< addresses that the process may use
    int first_unused; ///< this descriptor and all above it are closed
};

/// Closes what this machine can close; the report says how far. Before there is a second thread.
BoxReport close_box(const BoxPlan& plan) noexcept;

} // namespace mortise::host
