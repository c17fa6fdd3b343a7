#include "control/client/pending_calls.hpp"
#include "control/line_buffer.hpp"
#include "control/unix_path.hpp"

#include <mortise/control/client.hpp>
#include <mortise/control/error_json.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <atomic>
#include <deque>
#include <optional>
#include <thread>

namespace mortise::control {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

Error closed_before()
{
    return {ErrorCode::io, "the connection to the host is closed", "control.closed", {}, "connect again"};
}

class SocketConnection final : public Connection {
public:
    SocketConnection() = default;
    ~SocketConnection() override
    {
        asio::post(m_context, [this] {
            m_destroyed = true;
            close("the connection was closed");
        });
        m_work.reset();
        if (m_thread.joinable()) m_thread.join();
    }

    Result<void> open(const std::filesystem::path& path)
    {
        MORTISE_TRY(const UnixPath address, UnixPath::of(path));
        error_code failed;
        m_socket.connect(asio::local::stream_protocol::endpoint{address.text()}, failed);
        if (failed == asio::error::access_denied)
            return Error{
                ErrorCode::denied,
                "no right to use the socket " + path.native(),
                "control.socket",
                {},
                "run as the user whom the host runs as"
            };
        if (failed)
            return Error{
                ErrorCode::io,
                "no host listens on " + path.native() + ": " + failed.message(),
                "control.unreachable",
                {},
                "start one with: mortise serve"
            };
        m_open = true;
        asio::post(m_context, [this] { read(); });
        m_thread = std::thread{[this] { m_context.run(); }};
        return {};
    }

    CallNumber
    start(std::string_view method, boost::json::object params, Answer answer, CallEvents events) override
    {
        const auto number = m_calls.add(std::move(answer), std::move(events));
        if (!number) return 0;
        const boost::json::object request{
            {"jsonrpc", "2.0"}, {"id", *number}, {"method", method}, {"params", std::move(params)}
        };
        std::string line = boost::json::serialize(request);
        if (line.size() <= max_message_bytes)
            send(std::move(line));
        else
            refuse(*number, line.size());
        return *number;
    }

    void cancel(CallNumber call) override
    {
        send(boost::json::serialize(
            boost::json::object{{"jsonrpc", "2.0"}, {"method", "call.cancel"}, {"params", {{"call", call}}}}
        ));
    }

    void set_listener(Listener listener) override { m_calls.set_listener(std::move(listener)); }
    void set_on_closed(std::function<void(const Error&)> on_closed) override
    {
        asio::post(m_context, [this, on_closed = std::move(on_closed)]() mutable {
            m_on_closed = std::move(on_closed);
        });
    }
    bool is_open() const noexcept override { return m_open.load(); }

protected:
    bool is_callback_thread() const noexcept override
    {
        return std::this_thread::get_id() == m_thread.get_id();
    }

private:
    void send(std::string message)
    {
        message += '\n';
        asio::post(m_context, [this, line = std::move(message)]() mutable {
            if (!m_open) return;
            m_output.push_back(std::move(line));
            if (m_output.size() == 1) write();
        });
    }

    void refuse(CallNumber call, std::size_t bytes)
    {
        const Error error{
            ErrorCode::limit,
            "the call has " + std::to_string(bytes) + " bytes, and may have "
                + std::to_string(max_message_bytes),
            "rpc.too_long",
            {},
            "send large things in parts"
        };
        asio::post(m_context, [this, call, error] {
            m_calls.take({{"id", call}, {"error", rpc_error_of(error)}});
        });
    }

    void write()
    {
        asio::async_write(m_socket, asio::buffer(m_output.front()), [this](error_code failed, std::size_t) {
            if (failed) return close("the connection to the host broke: " + failed.message());
            m_output.pop_front();
            if (!m_output.empty()) write();
        });
    }

    void read()
    {
        const auto space = m_input.space();
        m_socket.async_read_some(
            asio::buffer(space.data(), space.size()),
            [this](error_code failed, std::size_t count) {
                if (failed == asio::error::eof) return close("the host closed the connection");
                if (failed) return close("the connection to the host broke: " + failed.message());
                m_input.add(count);
                while (const auto line = m_input.next())
                    if (!take(*line))
                        return close("the host sent something that is no message of the control API");
                if (m_input.is_too_long()) return close("the host sent a message that is too long");
                read();
            }
        );
    }

    bool take(std::string_view line)
    {
        error_code wrong;
        boost::json::value message = boost::json::parse(
            boost::json::string_view{line.data(), line.size()}, wrong, {}, {.max_depth = 64}
        );
        if (wrong || !message.is_object()) return false;
        m_calls.take(std::move(message.get_object()));
        return true;
    }

    void close(const std::string& reason)
    {
        if (!m_open.exchange(false)) return;
        error_code ignored;
        m_socket.close(ignored);
        const Error error{
            ErrorCode::outcome_unknown,
            reason + " before it answered",
            "control.closed",
            {},
            "look whether it was done, then try again"
        };
        m_calls.close(error, closed_before());
        if (m_on_closed && !m_destroyed) m_on_closed({ErrorCode::io, reason, "control.closed", {}, {}});
    }

    asio::io_context m_context{1};
    std::optional<asio::executor_work_guard<asio::io_context::executor_type>> m_work{
        asio::make_work_guard(m_context)
    };
    asio::local::stream_protocol::socket m_socket{m_context};
    std::atomic<bool> m_open{false};
    PendingCalls m_calls;
    // Used on m_thread only.
    LineBuffer m_input;
    std::deque<std::string> m_output;
    std::function<void(const Error&)> m_on_closed;
    bool m_destroyed{false};
    std::thread m_thread;
};

} // namespace

Result<std::unique_ptr<Connection>> connect(const std::filesystem::path& socket)
{
    auto connection = std::make_unique<SocketConnection>();
    MORTISE_CHECK(connection->open(socket));
    return std::unique_ptr<Connection>{std::move(connection)};
}

} // namespace mortise::control
