#include "plugins/net_connections.hpp"

#include "net/net_connection.hpp"

#include <string>

namespace mortise::host {

namespace {

using Clock = std::chrono::steady_clock;

Error closed(std::uint64_t number)
{
    return {
        .code = ErrorCode::not_found,
        .message = "no connection " + std::to_string(number) + " is open",
        .key = "net.closed",
        .where = "connection",
    };
}

} // namespace

NetConnections::NetConnections() = default;
NetConnections::~NetConnections() = default;

NetConnections::Place::~Place()
{
    if (!m_connections) return;
    const std::scoped_lock lock{m_connections->m_mutex};
    --m_connections->m_reserved;
}

Result<NetConnections::Place> NetConnections::reserve(std::uint64_t most_open, std::uint64_t most_a_minute)
{
    const std::scoped_lock lock{m_mutex};
    if (m_entries.size() + m_reserved >= most_open)
        return Error{
            .code = ErrorCode::limit,
            .message = std::to_string(most_open) + " connections are open already",
            .key = "net.open",
            .where = "net_open",
            .hint = "close what is not used any more, or let an admin raise quota.net_open",
        };
    const NetTime now = Clock::now();
    if (now - m_minute >= std::chrono::minutes{1}) {
        m_minute = now;
        m_this_minute = 0;
    }
    if (m_this_minute >= most_a_minute)
        return Error{
            .code = ErrorCode::busy,
            .message = std::to_string(most_a_minute) + " connections were opened within a minute",
            .key = "net.connects",
            .where = "net_connects",
            .hint = "keep connections open, or let an admin raise quota.net_connects",
        };
    ++m_this_minute;
    ++m_reserved;
    return Place{*this};
}

std::uint64_t NetConnections::add(Place place, std::unique_ptr<NetConnection> connection)
{
    auto entry = std::make_shared<Entry>();
    entry->connection = std::move(connection);
    const std::scoped_lock lock{m_mutex};
    place.m_connections = nullptr;
    --m_reserved;
    entry->number = m_next++;
    m_entries.emplace(entry->number, entry);
    return entry->number;
}

Result<NetConnections::Use> NetConnections::use(std::uint64_t number)
{
    std::shared_ptr<Entry> entry;
    {
        const std::scoped_lock lock{m_mutex};
        const auto found = m_entries.find(number);
        if (found == m_entries.end()) return closed(number);
        entry = found->second;
    }
    std::unique_lock lock{entry->use, std::try_to_lock};
    if (!lock)
        return Error{
            .code = ErrorCode::busy,
            .message = "another thread uses connection " + std::to_string(number),
            .key = "net.busy",
            .where = "connection",
        };
    return Use{std::move(entry), std::move(lock)};
}

Result<void> NetConnections::close(std::uint64_t number)
{
    std::shared_ptr<Entry> entry; // ends outside of the lock, or with whoever uses it
    const std::scoped_lock lock{m_mutex};
    const auto found = m_entries.find(number);
    if (found == m_entries.end()) return closed(number);
    entry = std::move(found->second);
    m_entries.erase(found);
    entry->own.halt(Clock::now());
    return {};
}

void NetConnections::halt(std::chrono::milliseconds grace) noexcept
{
    m_halt.halt(Clock::now() + grace);
}

void NetConnections::clear() noexcept
{
    std::map<std::uint64_t, std::shared_ptr<Entry>> entries;
    const std::scoped_lock lock{m_mutex};
    entries.swap(m_entries);
}

std::uint64_t NetConnections::open() const
{
    const std::scoped_lock lock{m_mutex};
    return m_entries.size();
}

} // namespace mortise::host
