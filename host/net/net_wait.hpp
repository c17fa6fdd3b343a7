#pragma once

/// \file
/// Waiting for the network: until something can be read or written, the time is over, or nobody may wait any
/// longer.

#include <mortise/result.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <span>
#include <string_view>

namespace mortise::host {

using NetTime = std::chrono::steady_clock::time_point;

/// Lets go of everybody who waits, for good. Thread-safety: any thread.
class NetHalt {
public:
    NetHalt();
    NetHalt(const NetHalt&) = delete;
    NetHalt& operator=(const NetHalt&) = delete;
    ~NetHalt();

    /// Who is idle is let go now, who is in the middle of something at `latest`. The first call counts.
    void halt(NetTime latest) noexcept;
    bool is_halting() const noexcept { return m_halting.load(std::memory_order_acquire); }
    /// When the last one is let go. Only while halting.
    NetTime latest() const noexcept { return m_latest; }
    /// Becomes readable when it is halted.
    int descriptor() const noexcept { return m_event; }

private:
    int m_event;
    NetTime m_latest{}; // written once, before m_halting
    std::atomic<bool> m_halting{false};
};

/// How long somebody may wait.
struct NetPatience {
    const NetHalt& halt; ///< of the plugin
    const NetHalt* own{nullptr}; ///< of the connection alone
    NetTime until{};
    bool is_idle{false}; ///< lets go at once when it is halted
    std::function<bool()> is_cancelled{}; ///< asked four times a second, if it is there
};

enum class NetReady : std::uint8_t { yes, timeout, cancelled };

/// Waits until `descriptor` can be read (POLLIN) or written (POLLOUT), or is broken, which counts as ready.
NetReady wait_ready(int descriptor, short events, const NetPatience& patience);
/// The same for several that are to be read; `which` is the place of the first.
NetReady wait_readable(std::span<const int> descriptors, const NetPatience& patience, std::size_t& which);

/// The errors of a wait that came to nothing; `doing` is as in "reading from".
Error net_not_ready(NetReady why, std::string_view doing, std::string_view where);

} // namespace mortise::host
