#pragma once

/// \file
/// From the name of a host to its addresses.

#include "net/net_wait.hpp"

#include <mortise/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <vector>

namespace mortise::host {

struct NetAddress {
    sockaddr_storage storage{};
    socklen_t size{0};

    /// "192.0.2.1", "2001:db8::1"
    std::string text() const;
    /// Whether it is in the public internet: not this machine, a private or local network, or reserved.
    bool is_public() const noexcept;
};

/// An address that is written as one; nothing for a name.
std::vector<NetAddress> numeric_address(std::string_view host, std::uint16_t port);

/// The addresses of a name, in the order of the system's preference. What the name servers need longer than
/// `patience` for is left to itself. Errors: `net.resolve`, `net.timeout`, `net.cancelled`.
Result<std::vector<NetAddress>>
resolve(const std::string& host, std::uint16_t port, const NetPatience& patience);

} // namespace mortise::host
