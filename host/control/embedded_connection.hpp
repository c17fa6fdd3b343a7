#pragma once

/// \file
/// A connection to the control API inside the host's own process: the same messages, no socket.

#include "control/service.hpp"

#include <mortise/control/connection.hpp>

#include <memory>
#include <string>

namespace mortise::host {

/// `service` must live until the connection is destroyed and its calls are done (`Service::stop`); `owner`,
/// if any, is let go of last. `os_user` is whom the session counts as.
std::unique_ptr<control::Connection>
connect_embedded(Service& service, std::string os_user, std::shared_ptr<void> owner = {});

} // namespace mortise::host
