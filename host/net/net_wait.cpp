#include "net/net_wait.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <optional>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <vector>

namespace mortise::host {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds glance{250};

int milliseconds_until(NetTime end, NetTime now) noexcept
{
    if (end <= now) return 0;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - now).count();
    return static_cast<int>(std::min<std::int64_t>(left, 1'000'000'000));
}

/// How long a wait lasts at most.
struct Limit {
    NetTime end;
    bool is_cut_short{false}; ///< by what halts
};

/// Adds what can halt the wait to `watched`; nothing if the wait is over.
std::optional<Limit> watch_halts(std::vector<pollfd>& watched, const NetPatience& patience)
{
    Limit limit{patience.until};
    for (const NetHalt* halt : {&patience.halt, patience.own}) {
        if (!halt) continue;
        if (!halt->is_halting())
            watched.push_back({halt->descriptor(), POLLIN, 0});
        else if (patience.is_idle)
            return std::nullopt;
        else if (halt->latest() < limit.end)
            limit = {halt->latest(), true};
    }
    return limit;
}

/// The last three of `watched` are places for what lets go.
NetReady wait_for(std::vector<pollfd>& watched, std::size_t wanted, const NetPatience& patience)
{
    while (true) {
        watched.resize(wanted);
        const auto limit = watch_halts(watched, patience);
        if (!limit || (patience.is_cancelled && patience.is_cancelled())) return NetReady::cancelled;
        const NetTime now = Clock::now();
        const bool is_last = !patience.is_cancelled || limit->end <= now + glance;
        const int time = milliseconds_until(is_last ? limit->end : now + glance, now);
        const int found = ::poll(watched.data(), watched.size(), time);
        if (found < 0 && errno != EINTR) return NetReady::cancelled;
        if (found > 0
            && std::any_of(
                watched.begin(),
                watched.begin() + static_cast<std::ptrdiff_t>(wanted),
                [](const pollfd& each) { return each.revents != 0; }
            ))
            return NetReady::yes;
        if (found == 0 && is_last) return limit->is_cut_short ? NetReady::cancelled : NetReady::timeout;
    }
}

} // namespace

NetHalt::NetHalt() : m_event{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)} { }

NetHalt::~NetHalt()
{
    if (m_event >= 0) ::close(m_event);
}

void NetHalt::halt(NetTime latest) noexcept
{
    if (m_halting.load(std::memory_order_acquire)) return;
    m_latest = latest;
    m_halting.store(true, std::memory_order_release);
    const std::uint64_t one = 1;
    static_cast<void>(::write(m_event, &one, sizeof one)); // NOLINT: it can only fail when it is full
}

NetReady wait_ready(int descriptor, short events, const NetPatience& patience)
{
    std::vector<pollfd> watched{{descriptor, events, 0}};
    return wait_for(watched, 1, patience);
}

NetReady wait_readable(std::span<const int> descriptors, const NetPatience& patience, std::size_t& which)
{
    std::vector<pollfd> watched;
    watched.reserve(descriptors.size() + 2);
    for (const int descriptor : descriptors)
        watched.push_back({descriptor, POLLIN, 0});
    const NetReady ready = wait_for(watched, descriptors.size(), patience);
    for (std::size_t i = 0; ready == NetReady::yes && i < descriptors.size(); ++i)
        if (watched[i].revents != 0) {
            which = i;
            break;
        }
    return ready;
}

Error net_not_ready(NetReady why, std::string_view doing, std::string_view where)
{
    const std::string what = std::string{doing} + ' ' + std::string{where};
    if (why == NetReady::cancelled)
        return {
            .code = ErrorCode::cancelled,
            .message = what + " was stopped: the plugin is being closed, or somebody asked for it",
            .key = "net.cancelled",
            .where = std::string{where},
        };
    return {
        .code = ErrorCode::timeout,
        .message = what + " took longer than it may",
        .key = "net.timeout",
        .where = std::string{where},
    };
}

} // namespace mortise::host
