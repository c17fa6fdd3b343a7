#pragma once

/// \file
/// The messages that wait to be read by one client of the socket server.

#include "control/session.hpp"

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>

namespace mortise::host {

enum class MessageKind : std::uint8_t { answer, notification };

/// Thread-safety: any thread.
class PeerOutlet final : public Outlet {
public:
    using Write = std::function<void(std::string message, MessageKind kind)>;

    /// `write` is given each message, with its line end; it must not wait. It is called until `close()`.
    explicit PeerOutlet(Write write) : m_write{std::move(write)} { }

    void notify(std::string_view method, boost::json::object params) override;
    bool has_room() const noexcept override;
    bool wait_for_room(const std::stop_token& stop) override;

    void send(std::string message, MessageKind kind);
    /// The client has read `bytes` more.
    void written(std::size_t bytes);
    /// The client has gone.
    void close();

private:
    mutable std::mutex m_mutex;
    std::condition_variable_any m_room;
    std::size_t m_waiting{0}; // bytes
    Write m_write; // empty: closed
};

} // namespace mortise::host
