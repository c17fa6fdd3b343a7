#include "store/read_pool.hpp"

#include <utility>

namespace mortise::host {

ReadLease::ReadLease(ReadPool& pool, std::unique_ptr<Connection> connection) noexcept
    : m_pool{&pool},
      m_connection{std::move(connection)}
{
}

ReadLease::ReadLease(ReadLease&& other) noexcept = default;

ReadLease& ReadLease::operator=(ReadLease&& other) noexcept
{
    std::swap(m_pool, other.m_pool);
    std::swap(m_connection, other.m_connection);
    return *this;
}

ReadLease::~ReadLease()
{
    if (m_connection) m_pool->take_back(std::move(m_connection));
}

void ReadPool::add(std::unique_ptr<Connection> connection)
{
    take_back(std::move(connection));
}

void ReadPool::grow_with(Opener opener, std::size_t keep)
{
    m_opener = std::move(opener);
    m_keep = keep;
}

ReadLease ReadPool::lend()
{
    std::unique_lock lock{m_mutex};
    if (m_idle.empty() && m_opener) {
        lock.unlock();
        if (auto more = m_opener()) return ReadLease{*this, *std::move(more)};
        lock.lock();
    }
    m_returned.wait(lock, [this] { return !m_idle.empty(); });
    std::unique_ptr<Connection> connection = std::move(m_idle.back());
    m_idle.pop_back();
    return ReadLease{*this, std::move(connection)};
}

std::size_t ReadPool::idle_count() const
{
    const std::lock_guard lock{m_mutex};
    return m_idle.size();
}

void ReadPool::close() noexcept
{
    const std::lock_guard lock{m_mutex};
    m_idle.clear();
}

void ReadPool::take_back(std::unique_ptr<Connection> connection) noexcept
{
    connection->end_reads();
    {
        const std::lock_guard lock{m_mutex};
        if (m_keep == 0 || m_idle.size() < m_keep) m_idle.push_back(std::move(connection));
    }
    m_returned.notify_one();
}

} // namespace mortise::host
