#pragma once

/// \file
/// `Connection`: a way to the control API, whatever lies between: a Unix socket (`client.hpp`) or nothing at
/// all
/// (`embedded.hpp`). What a person can see or do in Mortise goes through one of these.

#include <mortise/result.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace mortise::control {

/// Names a call of one connection; never 0.
using CallNumber = std::uint64_t;

/// What may come while a call is under way. Either may be empty.
struct CallEvents {
    /// A part of the answer, in order. The host waits while this does not return: back-pressure.
    std::function<void(boost::json::value chunk)> on_chunk{};
    /// How far it got; some may be left out when they come faster than they are read.
    std::function<void(const boost::json::object& progress)> on_progress{};
};

/// Thread-safety: every member may be called from any thread at any time, but for the two that set listeners,
/// which belong before the first call. Callbacks come one at a time on a thread of the connection; they may
/// start calls but not wait for them. The destructor waits for a callback that runs, and must not be called
/// by one.
class Connection {
public:
    using Answer = std::function<void(Result<boost::json::value>)>;
    using Listener = std::function<void(std::string_view method, const boost::json::object& params)>;

    Connection() = default;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    virtual ~Connection() = default;

    /// Starts a call and returns at once. `answer` is called exactly once, last of the call's callbacks; with
    /// `outcome_unknown` if the connection broke meanwhile, with `io` (key "control.closed") if it was broken
    /// before.
    virtual CallNumber
    start(std::string_view method, boost::json::object params, Answer answer, CallEvents events = {})
        = 0;
    /// Asks the host to give a call up. It still answers: with `cancelled`, or with what it did first.
    virtual void cancel(CallNumber call) = 0;
    /// Who hears of notifications that belong to no call, such as "events.batch".
    virtual void set_listener(Listener listener) = 0;
    /// Called once when the connection breaks, but not when it is destroyed.
    virtual void set_on_closed(std::function<void(const Error&)> on_closed) = 0;
    virtual bool is_open() const noexcept = 0;

    /// Starts a call and waits for its answer. Fails with `deadlock` on a thread that callbacks come on.
    Result<boost::json::value>
    call(std::string_view method, boost::json::object params = {}, CallEvents events = {});

protected:
    virtual bool is_callback_thread() const noexcept = 0;
};

} // namespace mortise::control
