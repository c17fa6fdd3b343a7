#include "control/client/pending_calls.hpp"

#include <mortise/control/error_json.hpp>

#include <optional>

namespace mortise::control {

std::optional<CallNumber> PendingCalls::add(Connection::Answer answer, CallEvents events)
{
    std::optional<Error> closed;
    {
        const std::lock_guard lock{m_mutex};
        if (!m_closed) {
            m_calls.emplace(
                ++m_last, std::make_shared<Pending>(Pending{std::move(answer), std::move(events)})
            );
            return m_last;
        }
        closed = m_closed;
    }
    answer(*std::move(closed));
    return std::nullopt;
}

void PendingCalls::take(boost::json::object message)
{
    if (message.contains("method"))
        take_notification(message);
    else
        take_answer(message);
}

std::shared_ptr<PendingCalls::Pending> PendingCalls::find(const boost::json::value* call)
{
    if (!call) return nullptr;
    boost::system::error_code wrong;
    const auto number = call->to_number<CallNumber>(wrong);
    if (wrong) return nullptr;
    const std::lock_guard lock{m_mutex};
    const auto found = m_calls.find(number);
    return found == m_calls.end() ? nullptr : found->second;
}

void PendingCalls::take_answer(boost::json::object& message)
{
    const boost::json::value* call = message.if_contains("id");
    const auto pending = find(call);
    if (!pending) return;
    {
        const std::lock_guard lock{m_mutex};
        if (m_calls.erase(call->to_number<CallNumber>()) == 0) return;
    }
    if (boost::json::value* result = message.if_contains("result"))
        pending->answer(std::move(*result));
    else if (const boost::json::value* error = message.if_contains("error"))
        pending->answer(error_of(*error));
    else
        pending->answer(error_of(nullptr));
}

void PendingCalls::take_notification(boost::json::object& message)
{
    const boost::json::value* method = message.if_contains("method");
    boost::json::value* params = message.if_contains("params");
    if (!method->is_string() || !params || !params->is_object()) return;
    const std::string_view name = method->get_string();
    boost::json::object& fields = params->get_object();
    if (name == "call.chunk" || name == "call.progress") {
        const auto pending = find(fields.if_contains("call"));
        if (!pending) return;
        if (name == "call.progress") {
            boost::json::value* progress = fields.if_contains("progress");
            if (pending->events.on_progress && progress && progress->is_object())
                pending->events.on_progress(progress->get_object());
        } else if (boost::json::value* chunk = fields.if_contains("chunk");
                   chunk && pending->events.on_chunk) {
            pending->events.on_chunk(std::move(*chunk));
        }
        return;
    }
    Connection::Listener listener;
    {
        const std::lock_guard lock{m_mutex};
        listener = m_listener;
    }
    if (listener) listener(name, fields);
}

void PendingCalls::close(const Error& error, const Error& later)
{
    std::map<CallNumber, std::shared_ptr<Pending>> calls;
    {
        const std::lock_guard lock{m_mutex};
        if (m_closed) return;
        m_closed = later;
        calls.swap(m_calls);
    }
    for (const auto& [number, pending] : calls)
        pending->answer(error);
}

bool PendingCalls::is_closed() const
{
    const std::lock_guard lock{m_mutex};
    return m_closed.has_value();
}

void PendingCalls::set_listener(Connection::Listener listener)
{
    const std::lock_guard lock{m_mutex};
    m_listener = std::move(listener);
}

} // namespace mortise::control
