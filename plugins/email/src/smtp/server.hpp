#pragma once

/// \file
/// Which server to speak to, and how the rest gets a connection and a password without knowing the host.

#include "smtp/smtp_client.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace mortise::plugins::email {

/// Where to connect to.
struct Server {
    std::string host;
    std::uint16_t port{0};
    Security security{Security::tls};
};

/// Opens a connection; throws mortise::Failure.
using Connect = std::function<std::unique_ptr<Wire>(const Server& server)>;
/// The password or token of a mailbox; throws mortise::Failure.
using FindSecret = std::function<std::string(const std::string& address)>;

} // namespace mortise::plugins::email
