#pragma once

/// \file
/// One client of the socket server.

#include "control/line_buffer.hpp"
#include "control/server/peer_outlet.hpp"
#include "control/service.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <deque>
#include <functional>
#include <memory>

namespace mortise::host {

/// Lives until the client has gone and its calls are done. Members are called on the io thread only.
class Peer : public std::enable_shared_from_this<Peer> {
public:
    using Socket = boost::asio::local::stream_protocol::socket;

    Peer(boost::asio::io_context& context, Socket socket, Service& service, std::size_t most_calls)
        : m_context{context},
          m_socket{std::move(socket)},
          m_service{service},
          m_most_calls{most_calls}
    {
    }

    /// `on_gone` is called once when the client has gone.
    void start(std::function<void()> on_gone);
    /// Tells the client why it is not served, then closes.
    void refuse(const Error& error);
    /// Reads no more requests, requests the stop of calls under way, and closes when they are answered.
    void finish();
    /// Closes at once.
    void close();

private:
    void read();
    void take_lines();
    void take(std::string_view line);
    void write(std::string message, MessageKind kind);
    void write_next();
    void end_of_input();
    void watch_hang_up();
    bool has_hung_up();
    bool may_read() const noexcept { return !m_finishing && m_calls < m_most_calls; }
    void close_if_done();

    struct Message {
        std::string text;
        MessageKind kind{MessageKind::notification};
    };

    boost::asio::io_context& m_context;
    Socket m_socket;
    Service& m_service;
    const std::size_t m_most_calls;
    std::function<void()> m_on_gone;
    std::shared_ptr<PeerOutlet> m_outlet;
    std::shared_ptr<Session> m_session;
    control::LineBuffer m_input;
    std::deque<Message> m_output;
    std::size_t m_calls{0}; // requests whose answers were not written yet
    bool m_reading{false};
    bool m_finishing{false}; // nothing more is read
    bool m_closed{false};
};

} // namespace mortise::host
