#include "tests/scripted_connection.hpp"

#include <memory>
#include <utility>

namespace mortise::ui::testing {

class ScriptedConnection final : public control::Connection {
public:
    explicit ScriptedConnection(Script& script) : m_script{script} { }
    ~ScriptedConnection() override
    {
        const std::scoped_lock lock{m_script.m_mutex};
        if (m_script.m_connection == this) m_script.m_connection = nullptr;
    }

    control::CallNumber start(
        std::string_view method, boost::json::object params, Answer answer, control::CallEvents events
    ) override
    {
        const std::string name{method};
        Script::Parts parts;
        {
            const std::scoped_lock lock{m_script.m_mutex};
            m_script.m_calls[name].push_back(params);
            if (const auto held = m_script.m_held.find(name); held != m_script.m_held.end()) {
                held->second.push_back({std::move(answer), std::move(params)});
                return ++m_number;
            }
            if (const auto found = m_script.m_parts.find(name); found != m_script.m_parts.end())
                parts = found->second;
        }
        if (parts && events.on_chunk)
            for (boost::json::value& part : parts(params))
                events.on_chunk(std::move(part));
        answer(m_script.reply_to(name, params));
        return ++m_number;
    }

    void cancel(control::CallNumber) override { }
    void set_listener(Listener listener) override { m_listener = std::move(listener); }
    void set_on_closed(std::function<void(const Error&)> on_closed) override
    {
        m_on_closed = std::move(on_closed);
    }
    bool is_open() const noexcept override { return m_is_open; }

    void close()
    {
        m_is_open = false;
        if (m_on_closed)
            m_on_closed({ErrorCode::io, "the host ended the connection", "control.closed", {}, {}});
    }
    void notify(std::string_view method, const boost::json::object& params)
    {
        if (m_listener) m_listener(method, params);
    }

protected:
    bool is_callback_thread() const noexcept override { return false; }

private:
    Script& m_script;
    Listener m_listener;
    std::function<void(const Error&)> m_on_closed;
    std::atomic<bool> m_is_open{true};
    std::atomic<control::CallNumber> m_number{0};
};

void Script::answer(const std::string& method, boost::json::value value)
{
    answer(method, [value = std::move(value)](const boost::json::object&) -> Result<boost::json::value> {
        return value;
    });
}

void Script::answer(const std::string& method, Reply reply)
{
    const std::scoped_lock lock{m_mutex};
    m_replies[method] = std::move(reply);
}

void Script::fail(const std::string& method, Error error)
{
    answer(method, [error = std::move(error)](const boost::json::object&) -> Result<boost::json::value> {
        return error;
    });
}

void Script::send_parts(const std::string& method, Parts parts)
{
    const std::scoped_lock lock{m_mutex};
    m_parts[method] = std::move(parts);
}

void Script::hold(const std::string& method)
{
    const std::scoped_lock lock{m_mutex};
    m_held[method];
}

void Script::release(const std::string& method)
{
    std::vector<Held> held;
    {
        const std::scoped_lock lock{m_mutex};
        held = std::move(m_held[method]);
        m_held.erase(method);
    }
    for (const Held& one : held)
        one.answer(reply_to(method, one.params));
}

Result<boost::json::value> Script::reply_to(const std::string& method, const boost::json::object& params)
{
    Reply reply;
    {
        const std::scoped_lock lock{m_mutex};
        if (const auto found = m_replies.find(method); found != m_replies.end()) reply = found->second;
    }
    if (reply) return reply(params);
    return Error{ErrorCode::not_found, "there is no method " + method, "rpc.method", {}, {}};
}

int Script::calls(const std::string& method)
{
    const std::scoped_lock lock{m_mutex};
    return static_cast<int>(m_calls[method].size());
}

boost::json::object Script::last_params(const std::string& method)
{
    const std::scoped_lock lock{m_mutex};
    const auto& calls = m_calls[method];
    return calls.empty() ? boost::json::object{} : calls.back();
}

std::vector<boost::json::object> Script::all_params(const std::string& method)
{
    const std::scoped_lock lock{m_mutex};
    return m_calls[method];
}

Result<std::unique_ptr<control::Connection>> Script::connect()
{
    const std::scoped_lock lock{m_mutex};
    if (m_is_away)
        return Error{
            ErrorCode::io, "no host listens", "control.unreachable", {}, "start one with: mortise serve"
        };
    auto connection = std::make_unique<ScriptedConnection>(*this);
    m_connection = connection.get();
    return std::unique_ptr<control::Connection>{std::move(connection)};
}

void Script::go_away()
{
    ScriptedConnection* connection = nullptr;
    {
        const std::scoped_lock lock{m_mutex};
        m_is_away = true;
        connection = m_connection;
    }
    if (connection) connection->close();
}

void Script::come_back()
{
    const std::scoped_lock lock{m_mutex};
    m_is_away = false;
}

void Script::notify(std::string_view method, boost::json::object params)
{
    ScriptedConnection* connection = nullptr;
    {
        const std::scoped_lock lock{m_mutex};
        connection = m_connection;
    }
    if (connection) connection->notify(method, params);
}

} // namespace mortise::ui::testing
