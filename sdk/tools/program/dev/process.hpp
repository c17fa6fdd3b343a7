#pragma once

/// \file
/// Runs another program and keeps what it writes.

#include <mortise/result.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace mortise::tool {

struct Ended {
    int status{0}; ///< its exit status; 128 and the signal's number if a signal ended it
    std::string output; ///< standard output and standard error as they came
};

/// Runs `command`, found on the PATH unless it is a path, in `folder`, and waits for its end.
Result<Ended> run_process(const std::vector<std::string>& command, const std::filesystem::path& folder);

} // namespace mortise::tool
