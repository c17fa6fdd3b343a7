#include "control/server/peer.hpp"

#include "control/os_user.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include <poll.h>
#include <sys/socket.h>

namespace mortise::host {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

/// Who the kernel says is at the other end.
std::string user_at(int descriptor)
{
    ucred credentials{};
    socklen_t size = sizeof credentials;
    if (::getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return "#unknown";
    return os_user_name(credentials.uid);
}

} // namespace

void Peer::start(std::function<void()> on_gone)
{
    m_on_gone = std::move(on_gone);
    m_outlet = std::make_shared<PeerOutlet>([weak = weak_from_this(),
                                             &context = m_context](std::string message, MessageKind kind) {
        asio::post(context, [weak, message = std::move(message), kind]() mutable {
            if (const auto self = weak.lock()) self->write(std::move(message), kind);
        });
    });
    m_session = std::make_shared<Session>(user_at(m_socket.native_handle()), m_outlet, false);
    read();
}

void Peer::refuse(const Error& error)
{
    m_finishing = true; // so that nothing is read
    start({});
    m_outlet->send(rpc_failure(nullptr, error), MessageKind::notification);
    asio::post(m_context, [self = shared_from_this()] { self->close_if_done(); });
}

void Peer::finish()
{
    if (m_closed) return;
    m_finishing = true;
    m_session->close();
    // Behind what the outlet has posted already.
    asio::post(m_context, [self = shared_from_this()] { self->close_if_done(); });
}

void Peer::close()
{
    if (m_closed) return;
    m_closed = true;
    m_finishing = true;
    m_outlet->close();
    m_session->close();
    error_code ignored;
    m_socket.close(ignored);
    if (m_on_gone) std::exchange(m_on_gone, nullptr)();
}

void Peer::close_if_done()
{
    if (m_finishing && m_calls == 0 && m_output.empty()) close();
}

void Peer::read()
{
    if (m_reading || m_closed || !may_read()) return;
    m_reading = true;
    const auto space = m_input.space();
    m_socket.async_read_some(
        asio::buffer(space.data(), space.size()),
        [self = shared_from_this()](error_code failed, std::size_t count) {
            self->m_reading = false;
            if (self->m_closed) return;
            if (failed == asio::error::eof) return self->end_of_input();
            if (failed) return self->close();
            self->m_input.add(count);
            self->take_lines();
        }
    );
}

void Peer::take_lines()
{
    while (may_read()) {
        const auto line = m_input.next();
        if (line) {
            take(*line);
        } else if (m_input.is_too_long()) {
            const Error error{
                ErrorCode::limit,
                "a message may have at most " + std::to_string(control::max_message_bytes) + " bytes",
                "rpc.too_long",
                {},
                "send large things in parts"
            };
            m_outlet->send(rpc_failure(nullptr, error, rpc_code::invalid_request), MessageKind::notification);
            return finish();
        } else {
            return read();
        }
    }
}

void Peer::take(std::string_view line)
{
    RpcRequest request;
    RpcRefusal refusal;
    if (!parse_rpc(line, request, refusal)) {
        m_outlet->send(rpc_failure(refusal.id, refusal.error, refusal.code), MessageKind::notification);
        return;
    }
    // What is done without an answer wanted could fail without anybody's knowledge: only giving up is taken
    // so.
    if (request.is_notification) {
        if (request.method == "call.cancel")
            m_service.handle(m_session, std::move(request), [](const auto&) { });
        return;
    }
    ++m_calls;
    const boost::json::value id = request.id;
    m_service.handle(
        m_session,
        std::move(request),
        [self = shared_from_this(), id](const Result<boost::json::value>& result) {
            self->m_outlet->send(
                result ? rpc_answer(id, *result)
                       : rpc_failure(id, result.error(), rpc_code_of(result.error())),
                MessageKind::answer
            );
        }
    );
}

void Peer::write(std::string message, MessageKind kind)
{
    if (m_closed) return;
    m_output.push_back({std::move(message), kind});
    if (m_output.size() == 1) write_next();
}

void Peer::write_next()
{
    asio::async_write(
        m_socket,
        asio::buffer(m_output.front().text),
        [self = shared_from_this()](error_code failed, std::size_t) {
            if (self->m_closed) return;
            if (failed) return self->close();
            const Message message = std::move(self->m_output.front());
            self->m_output.pop_front();
            self->m_outlet->written(message.text.size());
            if (message.kind == MessageKind::answer) --self->m_calls;
            if (!self->m_output.empty()) self->write_next();
            if (!self->m_reading) self->take_lines();
            self->close_if_done();
        }
    );
}

/// The client sends no more; it may still read.
void Peer::end_of_input()
{
    m_finishing = true;
    if (has_hung_up()) return close();
    close_if_done();
    if (!m_closed) watch_hang_up();
}

void Peer::watch_hang_up()
{
    m_socket.async_wait(Socket::wait_error, [self = shared_from_this()](error_code failed) {
        if (self->m_closed) return;
        if (failed || self->has_hung_up()) return self->close();
        self->watch_hang_up();
    });
}

bool Peer::has_hung_up()
{
    pollfd descriptor{m_socket.native_handle(), 0, 0};
    return ::poll(&descriptor, 1, 0) > 0 && (descriptor.revents & (POLLHUP | POLLERR)) != 0;
}

} // namespace mortise::host
