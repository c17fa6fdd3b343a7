#include "control/server/peer_outlet.hpp"

#include "control/rpc.hpp"

namespace mortise::host {
namespace {

constexpr std::size_t room_bytes = std::size_t{1} << 20;

} // namespace

void PeerOutlet::notify(std::string_view method, boost::json::object params)
{
    send(rpc_notification(method, params), MessageKind::notification);
}

void PeerOutlet::send(std::string message, MessageKind kind)
{
    message += '\n';
    const std::lock_guard lock{m_mutex};
    if (!m_write) return;
    m_waiting += message.size();
    m_write(std::move(message), kind);
}

bool PeerOutlet::has_room() const noexcept
{
    const std::lock_guard lock{m_mutex};
    return m_write && m_waiting < room_bytes;
}

bool PeerOutlet::wait_for_room(const std::stop_token& stop)
{
    std::unique_lock lock{m_mutex};
    m_room.wait(lock, stop, [this] { return !m_write || m_waiting < room_bytes; });
    return m_write && !stop.stop_requested();
}

void PeerOutlet::written(std::size_t bytes)
{
    {
        const std::lock_guard lock{m_mutex};
        m_waiting -= bytes;
    }
    m_room.notify_all();
}

void PeerOutlet::close()
{
    Write write; // destroyed without the lock
    {
        const std::lock_guard lock{m_mutex};
        write.swap(m_write);
    }
    m_room.notify_all();
}

} // namespace mortise::host
