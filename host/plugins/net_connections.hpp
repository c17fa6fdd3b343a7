#pragma once

/// \file
/// The connections that one running plugin has open, by number.

#include "net/net_wait.hpp"

#include <mortise/result.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace mortise::host {

class NetConnection;

/// Thread-safety: any thread.
class NetConnections {
public:
    NetConnections();
    NetConnections(const NetConnections&) = delete;
    NetConnections& operator=(const NetConnections&) = delete;
    ~NetConnections();

    /// A connection that may come to be: counts as open until it is destroyed or added.
    class Place {
    public:
        explicit Place(NetConnections& connections) noexcept : m_connections{&connections} { }
        Place(Place&& other) noexcept : m_connections{std::exchange(other.m_connections, nullptr)} { }
        Place& operator=(Place&&) = delete;
        ~Place();

    private:
        friend class NetConnections;
        NetConnections* m_connections;
    };
    /// Errors: `limit` at `most_open`, `busy` if more than `most_a_minute` were asked for within one.
    Result<Place> reserve(std::uint64_t most_open, std::uint64_t most_a_minute);
    std::uint64_t add(Place place, std::unique_ptr<NetConnection> connection);

    struct Entry {
        std::uint64_t number{0};
        std::unique_ptr<NetConnection> connection;
        NetHalt own; ///< when it is closed
        std::mutex use;
    };
    /// An entry that nobody else uses meanwhile.
    struct Use {
        std::shared_ptr<Entry> entry;
        std::unique_lock<std::mutex> lock;
        NetConnection* operator->() const noexcept { return entry->connection.get(); }
    };
    /// Errors: `net.closed`, `net.busy`.
    Result<Use> use(std::uint64_t number);
    Result<void> close(std::uint64_t number);

    /// Lets go of who waits: who is idle at once, who is in the middle of something after `grace`.
    void halt(std::chrono::milliseconds grace) noexcept;
    /// Closes all; nobody uses one any more.
    void clear() noexcept;
    const NetHalt& halting() const noexcept { return m_halt; }
    std::uint64_t open() const;

private:
    mutable std::mutex m_mutex; // guards what follows
    std::map<std::uint64_t, std::shared_ptr<Entry>> m_entries;
    std::uint64_t m_next{1};
    std::uint64_t m_reserved{0};
    NetTime m_minute{};
    std::uint64_t m_this_minute{0};
    NetHalt m_halt;
};

} // namespace mortise::host
