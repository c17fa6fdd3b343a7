#pragma once

/// \file
/// Sends a file to the host, for a call that reads it.

#include "app/program.hpp"

#include <string>

namespace mortise::host {

/// Gives the upload's handle.
Result<std::string> upload_file(Program& program, const std::string& path);

} // namespace mortise::host
