#pragma once

/// \file
/// A connection as the protocols of mail need it: lines, bytes, and encryption that begins in the middle. The
/// plugin speaks over the host's network; tests speak over sockets of their own.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mortise::plugins::email {

/// Each function throws mortise::Failure when the connection is of no more use; the key says why, as those of
/// mortise.net/1 do: "net.lost", "net.timeout", "net.tls" and so on.
class Wire {
public:
    virtual ~Wire() = default;

    /// A line without its end.
    virtual std::string read_line(std::size_t most, std::uint32_t timeout_ms) = 0;
    /// What is there, at least one byte; nothing at all when the other side has ended it.
    virtual std::string read_some(std::size_t most, std::uint32_t timeout_ms) = 0;
    virtual std::string read_exactly(std::size_t size, std::uint32_t timeout_ms) = 0;
    virtual void write(std::string_view bytes, std::uint32_t timeout_ms) = 0;
    /// Fails if the other side sent more before: nobody knows who did.
    virtual void start_tls(std::string_view server_name) = 0;
};

} // namespace mortise::plugins::email
