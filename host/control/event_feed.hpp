#pragma once

/// \file
/// Live events for clients: what is appended to the log goes out to every session that subscribed, as
/// notifications "events.batch". Nothing is queued here: each subscription has a place in the log, and is
/// read on from there when its client has room. So a slow client costs the others nothing, and costs no
/// memory.

#include "control/session.hpp"
#include "events/event_log.hpp"

#include <mortise/result.hpp>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace mortise::host {

struct FeedWish {
    Principal principal; ///< with whose rights events are seen
    std::string type; ///< pattern; empty: all
    Id subject; ///< 0: any
    std::int64_t since{0}; ///< events with a greater number
    bool may_skip{true
    }; ///< a client that falls far behind skips to the end, and is told; else it gets all, late
    /// Who it is by now, asked before each batch, so that a change of rights is felt at once; an error ends
    /// the subscription. Empty: `principal` for ever.
    std::function<Result<Principal>()> identify{};
};

/// Thread-safety: any thread.
class EventFeed {
public:
    /// A client that is further behind than this skips, if it may.
    static constexpr std::int64_t longest_lag = 10'000;
    static constexpr std::size_t batch_size = 256;

    /// `source` is what events name as theirs.
    EventFeed(EventLog& log, std::string source);
    EventFeed(const EventFeed&) = delete;
    EventFeed& operator=(const EventFeed&) = delete;
    ~EventFeed() { stop(); }

    /// Subscribes the session until it closes or releases the handle that this returns. Fails with `limit` if
    /// it has too much open.
    Result<std::string> subscribe(const std::shared_ptr<Session>& session, FeedWish wish);
    /// There are new events. Never waits.
    void notify() noexcept;
    void stop();

private:
    struct Subscription;

    void run();
    bool serve(Subscription& subscription);

    EventLog& m_log;
    const std::string m_source;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_news{false};
    bool m_stopping{false};
    std::vector<std::weak_ptr<Subscription>> m_subscriptions;
    std::thread m_thread;
};

} // namespace mortise::host
