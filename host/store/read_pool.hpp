#pragma once

/// \file
/// `ReadPool` lends read-only connections; `ReadLease` is one that is lent. Take leases from
/// `Database::read()`.

#include "store/connection.hpp"

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

namespace mortise::host {

class ReadPool;

/// A read-only connection for as long as this lives. A read transaction that was begun on it ends with it,
/// and statements that were prepared on it must end before it. Used by one thread at a time.
class ReadLease {
public:
    ReadLease(ReadLease&& other) noexcept;
    ReadLease& operator=(ReadLease&& other) noexcept;
    ReadLease(const ReadLease&) = delete;
    ReadLease& operator=(const ReadLease&) = delete;
    ~ReadLease();

    Connection* operator->() const noexcept { return m_connection.get(); }
    Connection& operator*() const noexcept { return *m_connection; }

private:
    friend class ReadPool;
    ReadLease(ReadPool& pool, std::unique_ptr<Connection> connection) noexcept;

    ReadPool* m_pool;
    std::unique_ptr<Connection> m_connection;
};

/// All members from any thread. Leases must end before the pool.
class ReadPool {
public:
    void add(std::unique_ptr<Connection> connection);
    /// Waits until a connection is free. The one that came back last is lent first: its cache is warm.
    ReadLease lend();
    std::size_t idle_count() const;
    /// Closes the connections. No lease may be out.
    void close() noexcept;

private:
    friend class ReadLease;
    void take_back(std::unique_ptr<Connection> connection) noexcept;

    mutable std::mutex m_mutex;
    std::condition_variable m_returned;
    std::vector<std::unique_ptr<Connection>> m_idle;
};

} // namespace mortise::host
