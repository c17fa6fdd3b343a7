#pragma once

/// \file
/// Runs requests of any number of sessions on worker threads: what the socket server and the embedded
/// connection share.

#include "control/api.hpp"
#include "control/rpc.hpp"
#include "control/workers.hpp"

#include <functional>
#include <memory>

namespace mortise::host {

/// Thread-safety: any thread.
class Service {
public:
    /// `most_threads` calls run at once; the others wait for their turn.
    explicit Service(const Api& api, std::size_t most_threads = 32) : m_api{api}, m_workers{most_threads} { }

    using Done = std::function<void(Result<boost::json::value>)>;
    /// Calls `done` once, on another thread or (for "call.cancel", or once stopped) on this one.
    void handle(std::shared_ptr<Session> session, RpcRequest request, Done done);
    /// Takes no more requests and waits until those that it took are answered.
    void stop() { m_workers.stop(); }

private:
    const Api& m_api;
    Workers m_workers;
};

} // namespace mortise::host
