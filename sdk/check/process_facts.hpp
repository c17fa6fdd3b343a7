#pragma once

/// \file
/// What this process holds of the machine: threads, open files, memory.

#include <cstddef>

namespace mortise::check {

struct ProcessFacts {
    std::size_t threads{0};
    std::size_t files{0};
    std::size_t heap_bytes{0}; ///< in use

    static ProcessFacts now();
};

/// Waits until there are no more than `threads`, as threads that were joined take a moment to go. False:
/// there still are.
bool threads_fall_to(std::size_t threads);

} // namespace mortise::check
