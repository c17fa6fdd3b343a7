#pragma once

/// \file
/// Serves the control API on a Unix stream socket: one JSON-RPC message per line, many clients, requests of
/// one client in parallel. Who a client is, the kernel tells (SO_PEERCRED).

#include "control/api.hpp"

#include <mortise/result.hpp>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>

namespace mortise::host {

struct ServerSettings {
    std::filesystem::path socket;
    bool shared{false}; ///< every account of the machine may connect; else only the host's own
    std::size_t most_sessions{256}; ///< further clients are told "busy" and closed
    std::size_t most_calls{64}; ///< of one client at once; then it is not read from until one is answered
    std::size_t most_threads{32}; ///< calls of all clients at once; the others wait
    std::chrono::milliseconds stop_grace{5000}; ///< how long `stop` lets clients read their last answers
};

/// Thread-safety: any thread, but `stop` must not be called by a handler.
class Server {
public:
    /// Listens on `settings.socket`, which only this user may then use (mode 0600; shared: everybody, 0666),
    /// and serves on threads of its own. A socket that stands there and on which nobody listens is replaced;
    /// the caller holds the folder's lease, so that it cannot be another host's. `api` must live until the
    /// server is destroyed. Errors: `exists` if somebody listens there or the path is something else than a
    /// socket; `io`.
    static Result<std::unique_ptr<Server>> start(const Api& api, ServerSettings settings);
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    ~Server();

    /// Takes no more clients and requests, requests the stop of calls under way, waits for them, sends what
    /// is to be sent, and removes the socket. May be repeated.
    void stop();
    std::size_t session_count() const;

private:
    struct State;
    explicit Server(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

} // namespace mortise::host
