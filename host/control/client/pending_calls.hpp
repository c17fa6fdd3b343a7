#pragma once

/// \file
/// The calls of a connection that wait for their answers, and where what comes for them goes.

#include <mortise/control/connection.hpp>

#include <map>
#include <memory>
#include <mutex>

namespace mortise::control {

/// Thread-safety: every member may be called from any thread at any time. Callbacks are called with no lock
/// held.
class PendingCalls {
public:
    /// Nothing if the connection has been closed; then `answer` has been called.
    std::optional<CallNumber> add(Connection::Answer answer, CallEvents events);
    /// Hands a message from the host on. Answers to calls that nobody waits for are dropped.
    void take(boost::json::object message);
    /// Answers every call with `error`, and those to come with `later`.
    void close(const Error& error, const Error& later);
    bool is_closed() const;
    void set_listener(Connection::Listener listener);

private:
    struct Pending {
        Connection::Answer answer;
        CallEvents events;
    };

    void take_answer(boost::json::object& message);
    void take_notification(boost::json::object& message);
    std::shared_ptr<Pending> find(const boost::json::value* call);

    mutable std::mutex m_mutex;
    CallNumber m_last{0};
    std::map<CallNumber, std::shared_ptr<Pending>> m_calls;
    std::optional<Error> m_closed;
    Connection::Listener m_listener;
};

} // namespace mortise::control
