#pragma once

/// \file
/// Connections and passwords by way of the host.

#include "smtp/server.hpp"

#include <mortise/host.hpp>

namespace mortise::plugins::email {

/// `host` outlives what is given.
Connect connect_through(const Host& host);
FindSecret secrets_of(const Host& host);

} // namespace mortise::plugins::email
