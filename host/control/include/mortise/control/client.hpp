#pragma once

/// \file
/// Connects to a running host.

#include <mortise/control/connection.hpp>

#include <filesystem>
#include <memory>

namespace mortise::control {

/// A connection to the host that listens on the Unix socket `socket`; the path may be of any length. Errors:
/// `io` with key "control.unreachable" if nobody listens there, `denied` if the socket is not for this user.
Result<std::unique_ptr<Connection>> connect(const std::filesystem::path& socket);

} // namespace mortise::control
