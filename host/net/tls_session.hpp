#pragma once

/// \file
/// TLS over a socket that does not block: the client's side. What it writes goes out by `send` without
/// signals, so that a peer that is gone ends a call and not the process.

#include "net/net_wait.hpp"
#include "net/tls_context.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <string>

using SSL = struct ssl_st;

namespace mortise::host {

/// Thread-safety: one thread at a time.
class TlsSession {
public:
    /// Agrees on keys and checks the certificate for `name`, a host name or an address. Errors: `net.tls`,
    /// `net.certificate`, `net.lost`, `net.timeout`, `net.cancelled`. `where` is for their texts.
    static Result<std::unique_ptr<TlsSession>> open(
        int socket,
        const std::shared_ptr<const TlsContext>& context,
        const std::string& name,
        const NetPatience& patience,
        std::string_view where
    );
    TlsSession(int socket, std::shared_ptr<const TlsContext> context, SSL* session, std::string_view where);
    TlsSession(const TlsSession&) = delete;
    TlsSession& operator=(const TlsSession&) = delete;
    ~TlsSession();

    /// At least one byte, or none at the end that the other side has announced.
    Result<std::size_t> read(std::span<std::byte> into, const NetPatience& patience);
    Result<void> write(std::span<const std::byte> data, const NetPatience& patience);
    /// Whether `read` gives something without waiting for the socket.
    bool has_pending();
    /// Says farewell if the socket takes it at once.
    void end() noexcept;
    /// Version, cipher and certificate: see `mortise.net/1`.
    Map facts() const;

private:
    Result<void> handshake(const NetPatience& patience, const std::string& name);
    Error handshake_error(const std::string& name) const;
    Result<void> send_out(const NetPatience& patience);
    /// False: the other side has closed the socket.
    Result<bool> take_in(const NetPatience& patience);
    bool take_in_now();
    Error lost(std::string why) const;

    int m_socket;
    std::shared_ptr<const TlsContext> m_context;
    SSL* m_session;
    std::string m_where;
};

} // namespace mortise::host
