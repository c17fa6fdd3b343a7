#pragma once

/// \file
/// Tells systemd, or whatever speaks its protocol of sd_notify(3), how the service is.

#include <string_view>

namespace mortise::host {

/// Sends `state`, such as "READY=1", to where $NOTIFY_SOCKET points. Does nothing if it is not set or nobody
/// listens.
void tell_service_manager(std::string_view state) noexcept;

} // namespace mortise::host
