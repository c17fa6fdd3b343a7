#pragma once

/// \file
/// Opens a data folder in this process and connects to it: for when no host serves it.

#include <mortise/control/connection.hpp>

#include <chrono>
#include <filesystem>
#include <memory>

namespace mortise::control {

/// A host of one's own over `folder`, ended with the connection. If another command has the folder, waits for
/// it, at most `patience`. Errors: `not_found` if there is no data in it, `busy` (key "lease.held") if
/// another process has it.
Result<std::unique_ptr<Connection>> open_folder(
    const std::filesystem::path& folder, std::chrono::milliseconds patience = std::chrono::seconds{10}
);

/// To the host that serves `folder` if there is one, else as `open_folder`.
Result<std::unique_ptr<Connection>> open_or_connect(const std::filesystem::path& folder);

} // namespace mortise::control
