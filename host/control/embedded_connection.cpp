#include "control/embedded_connection.hpp"

#include "control/client/pending_calls.hpp"

#include <mortise/control/error_json.hpp>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace mortise::host {
namespace {

/// Messages on their way to the client, handed over one at a time on a thread of its own.
class Mailbox final : public Outlet {
public:
    void notify(std::string_view method, boost::json::object params) override
    {
        put({{"method", method}, {"params", std::move(params)}});
    }

    bool has_room() const noexcept override
    {
        const std::lock_guard lock{m_mutex};
        return !m_closed && m_messages.size() < room;
    }

    bool wait_for_room(const std::stop_token& stop) override
    {
        std::unique_lock lock{m_mutex};
        m_changed.wait(lock, stop, [this] { return m_closed || m_messages.size() < room; });
        return !m_closed && !stop.stop_requested();
    }

    void put(boost::json::object message)
    {
        {
            const std::lock_guard lock{m_mutex};
            if (m_closed) return;
            m_messages.push_back(std::move(message));
        }
        m_changed.notify_all();
    }

    void close()
    {
        {
            const std::lock_guard lock{m_mutex};
            m_closed = true;
        }
        m_changed.notify_all();
    }

    /// The next message; waits for one. False once closed.
    bool take(boost::json::object& message)
    {
        std::unique_lock lock{m_mutex};
        m_changed.wait(lock, [this] { return m_closed || !m_messages.empty(); });
        if (m_closed) return false;
        message = std::move(m_messages.front());
        m_messages.pop_front();
        lock.unlock();
        m_changed.notify_all();
        return true;
    }

private:
    static constexpr std::size_t room = 16;

    mutable std::mutex m_mutex;
    std::condition_variable_any m_changed;
    std::deque<boost::json::object> m_messages;
    bool m_closed{false};
};

class EmbeddedConnection final : public control::Connection {
public:
    EmbeddedConnection(Service& service, std::string os_user, std::shared_ptr<void> owner)
        : m_owner{std::move(owner)},
          m_service{service},
          m_session{std::make_shared<Session>(std::move(os_user), m_mailbox, true)},
          m_thread{[this] {
              boost::json::object message;
              while (m_mailbox->take(message))
                  m_calls.take(std::move(message));
          }}
    {
    }

    ~EmbeddedConnection() override
    {
        m_session->close();
        m_mailbox->close();
        m_thread.join();
        m_calls.close(
            {ErrorCode::outcome_unknown,
             "the connection was closed before the call was answered",
             "control.closed",
             {},
             {}},
            {ErrorCode::io, "the connection is closed", "control.closed", {}, {}}
        );
    }

    control::CallNumber start(
        std::string_view method, boost::json::object params, Answer answer, control::CallEvents events
    ) override
    {
        const auto number = m_calls.add(std::move(answer), std::move(events));
        if (!number) return 0;
        RpcRequest request{*number, false, std::string{method}, std::move(params)};
        m_service.handle(
            m_session,
            std::move(request),
            [mailbox = m_mailbox, number = *number](Result<boost::json::value> result) {
                if (result)
                    mailbox->put({{"id", number}, {"result", *std::move(result)}});
                else
                    mailbox->put({{"id", number}, {"error", control::rpc_error_of(result.error())}});
            }
        );
        return *number;
    }

    void cancel(control::CallNumber call) override { m_session->cancel_call(call); }
    void set_listener(Listener listener) override { m_calls.set_listener(std::move(listener)); }
    void set_on_closed(std::function<void(const Error&)>) override { }
    bool is_open() const noexcept override { return true; }

protected:
    bool is_callback_thread() const noexcept override
    {
        return std::this_thread::get_id() == m_thread.get_id();
    }

private:
    std::shared_ptr<void> m_owner; // first, so that it goes last
    Service& m_service;
    control::PendingCalls m_calls;
    std::shared_ptr<Mailbox> m_mailbox{std::make_shared<Mailbox>()};
    std::shared_ptr<Session> m_session;
    std::thread m_thread;
};

} // namespace

std::unique_ptr<control::Connection>
connect_embedded(Service& service, std::string os_user, std::shared_ptr<void> owner)
{
    return std::make_unique<EmbeddedConnection>(service, std::move(os_user), std::move(owner));
}

} // namespace mortise::host
