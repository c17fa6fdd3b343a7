#include "control/session.hpp"

#include "base/json.hpp"

namespace mortise::host {

std::string Session::acting_as() const
{
    const std::lock_guard lock{m_mutex};
    return m_acting_as;
}

void Session::set_acting_as(std::string user)
{
    const std::lock_guard lock{m_mutex};
    m_acting_as = std::move(user);
}

std::string Session::client() const
{
    const std::lock_guard lock{m_mutex};
    return m_client;
}

void Session::set_client(std::string client)
{
    const std::lock_guard lock{m_mutex};
    m_client = std::move(client);
}

std::stop_token Session::begin_call(const boost::json::value& id)
{
    const std::lock_guard lock{m_mutex};
    const std::stop_source& source = m_calls[to_json(id)];
    if (m_closed) source.request_stop();
    return source.get_token();
}

void Session::end_call(const boost::json::value& id)
{
    const std::lock_guard lock{m_mutex};
    m_calls.erase(to_json(id));
}

bool Session::cancel_call(const boost::json::value& id)
{
    std::stop_source source{std::nostopstate};
    {
        const std::lock_guard lock{m_mutex};
        const auto found = m_calls.find(to_json(id));
        if (found == m_calls.end()) return false;
        source = found->second;
    }
    source.request_stop();
    return true;
}

void Session::close()
{
    std::map<std::string, std::stop_source, std::less<>> calls;
    std::map<std::string, std::shared_ptr<SessionResource>, std::less<>> resources;
    {
        const std::lock_guard lock{m_mutex};
        m_closed = true;
        calls = m_calls;
        resources.swap(m_resources);
    }
    for (auto& [id, source] : calls)
        source.request_stop();
}

bool Session::is_closed() const
{
    const std::lock_guard lock{m_mutex};
    return m_closed;
}

std::string Session::keep(std::string_view kind, std::shared_ptr<SessionResource> resource)
{
    const std::lock_guard lock{m_mutex};
    if (m_closed) return {};
    std::string handle = std::string{kind} + '-' + std::to_string(++m_last_handle);
    m_resources.emplace(handle, std::move(resource));
    return handle;
}

std::shared_ptr<SessionResource> Session::find_resource(std::string_view handle) const
{
    const std::lock_guard lock{m_mutex};
    const auto found = m_resources.find(handle);
    return found == m_resources.end() ? nullptr : found->second;
}

bool Session::release(std::string_view handle)
{
    std::shared_ptr<SessionResource> released;
    const std::lock_guard lock{m_mutex};
    const auto found = m_resources.find(handle);
    if (found == m_resources.end()) return false;
    released = std::move(found->second);
    m_resources.erase(found);
    return true;
}

std::size_t Session::resource_count() const
{
    const std::lock_guard lock{m_mutex};
    return m_resources.size();
}

} // namespace mortise::host
