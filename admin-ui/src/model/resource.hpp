#pragma once

/// \file
/// `Resource`: the latest answer to one question to the host, with its age, and what went wrong since.

#include "model/clock.hpp"
#include "model/link.hpp"

#include <boost/json/value.hpp>

#include <optional>

namespace mortise::ui {

/// Thread-safety: the UI thread.
class Resource {
public:
    using Steady = Clock::Steady;

    Resource(Link& link, const Clock& clock, std::string method, boost::json::object params = {});

    /// Asks again if the answer is older than `age` and the host is there.
    void keep_fresh(std::chrono::milliseconds age);
    /// Asks again, at once or when the call that is under way has ended.
    void refresh();
    /// Asks another question; the former answer is forgotten.
    void ask(boost::json::object params);

    /// Null until there was an answer.
    const boost::json::value* value() const noexcept { return m_value ? &*m_value : nullptr; }
    /// Of the last call, if it failed.
    const std::optional<Error>& error() const noexcept { return m_error; }
    bool is_loading() const noexcept { return m_call.is_under_way(); }
    /// How old the answer is.
    std::chrono::seconds age() const;
    /// Whether what is shown may no longer be so: the host is gone, or the last call failed.
    bool is_stale() const noexcept { return m_value && (m_error || m_link.state() != LinkState::open); }
    /// Grows with each answer that differs from the one before.
    int version() const noexcept { return m_version; }
    /// When the call that is under way began.
    Steady asked_at() const noexcept { return m_asked_at; }
    const boost::json::object& params() const noexcept { return m_params; }

private:
    void start();

    Link& m_link;
    const Clock& m_clock;
    std::string m_method;
    boost::json::object m_params;
    std::optional<boost::json::value> m_value;
    std::optional<Error> m_error;
    Steady m_asked_at{};
    Steady m_answered_at{};
    bool m_was_asked{false};
    bool m_wants_more{false};
    int m_version{0};
    int m_session{0};
    Ticket m_call;
};

} // namespace mortise::ui
