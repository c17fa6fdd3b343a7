#pragma once

/// \file
/// `ReadPool` lends read-only connections; `ReadLease` is one that is lent. Take leases from
/// `Database::read()`.

#include "store/connection.hpp"

#include <mortise/result.hpp>

#include <condition_variable>
#include <cstddef>
#include <functional>
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
    using Opener = std::function<Result<std::unique_ptr<Connection>>()>;

    void add(std::unique_ptr<Connection> connection);
    /// What `lend` opens further connections with when all are lent; `keep` of them are kept when they come
    /// back.
    void grow_with(Opener opener, std::size_t keep);
    /// A free connection: the one that came back last, since its cache is warm, or one more. It never waits
    /// for another lease: a thread that holds one may take a second (a hook reads while its unit is
    /// prepared), and would wait for itself. Only when no connection can be opened it waits until one comes
    /// back.
    ReadLease lend();
    std::size_t idle_count() const;
    /// Closes the connections. No lease may be out.
    void close() noexcept;

private:
    friend class ReadLease;
    void take_back(std::unique_ptr<Connection> connection) noexcept;

    Opener m_opener;
    std::size_t m_keep{0};
    mutable std::mutex m_mutex;
    std::condition_variable m_returned;
    std::vector<std::unique_ptr<Connection>> m_idle;
};

} // namespace mortise::host
