#pragma once

/// \file
/// `NetConnection`: a TCP connection of ours to another machine, plain or with TLS.

#include "net/net_wait.hpp"
#include "net/resolve.hpp"
#include "net/tls_context.hpp"
#include "net/tls_session.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace mortise::host {

struct NetTarget {
    std::string host; ///< normal: see normalise_host
    std::uint16_t port{0};
    bool public_only{false}; ///< refuse addresses inside the house
};

/// Thread-safety: one thread at a time, but for the counts and `halt`.
class NetConnection {
public:
    /// Tries every address of the host in turn. Errors: `net.resolve`, `net.private`, `net.connect`,
    /// `net.timeout`, `net.cancelled`.
    static Result<std::unique_ptr<NetConnection>> open(const NetTarget& target, const NetPatience& patience);
    NetConnection(int socket, const NetTarget& target, const NetAddress& address);
    NetConnection(const NetConnection&) = delete;
    NetConnection& operator=(const NetConnection&) = delete;
    ~NetConnection();

    /// `name` is what the certificate must be for; empty: the host.
    Result<void> start_tls(
        const std::shared_ptr<const TlsContext>& context, std::string name, const NetPatience& patience
    );
    bool is_encrypted() const noexcept { return m_tls != nullptr; }
    /// At least one byte, or none at the end.
    Result<std::size_t> read(std::span<std::byte> into, const NetPatience& patience);
    Result<void> write(std::span<const std::byte> data, const NetPatience& patience);
    /// Whether `read` gives something without waiting for the socket.
    bool has_pending() { return m_tls && m_tls->has_pending(); }
    int socket() const noexcept { return m_socket; }
    Map facts() const;

    std::uint64_t bytes_read() const noexcept { return m_read.load(std::memory_order_relaxed); }
    std::uint64_t bytes_written() const noexcept { return m_written.load(std::memory_order_relaxed); }

private:
    Result<std::size_t> read_plain(std::span<std::byte> into, const NetPatience& patience) const;
    Result<void> write_plain(std::span<const std::byte> data, const NetPatience& patience) const;
    Error lost(std::string_view what, int why) const;
    Result<void> require_whole() const;

    int m_socket;
    std::string m_host;
    std::uint16_t m_port;
    std::string m_where; ///< "smtp.example.com:465"
    std::string m_address;
    std::unique_ptr<TlsSession> m_tls;
    bool m_is_broken{false}; ///< something failed in the middle: nobody goes on, least of all in plain text
    std::atomic<std::uint64_t> m_read{0};
    std::atomic<std::uint64_t> m_written{0};
};

/// "smtp.example.com:465", "[::1]:25"
std::string host_port_text(std::string_view host, std::uint16_t port);

} // namespace mortise::host
