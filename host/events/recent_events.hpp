#pragma once

/// \file
/// `RecentEvents`: stretches of the log that were read lately, in memory, so that of many subscriptions that
/// come by the same place one reads it from the database and makes values of it, and the others find them.
///
/// It holds only what was read back from the database after it was durable, at most `most_bytes` of it; what
/// was not used for longest goes first. It knows nothing of rights: whoever hands events on asks for them
/// each time. When events are overwritten in the log, `forget` must be called before anybody is told that
/// they are gone.
///
/// Thread-safety: every member may be called from any thread at any time.

#include "events/event.hpp"

#include <mortise/result.hpp>

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

namespace mortise::host {

/// A stretch of the log, all of its events.
struct EventRun {
    std::int64_t after{0}; ///< number before the stretch
    std::int64_t seen_to{0}; ///< number of its last event; `after` if there is none
    std::vector<Event> events;
    std::size_t bytes{0}; ///< what it takes in memory
};

/// What an event takes in memory, with what it points at.
std::size_t bytes_of(const Event& event) noexcept;

class RecentEvents {
public:
    using Run = std::shared_ptr<const EventRun>;
    /// Reads the events after number `after` up to `to` from the database; it may stop earlier.
    using Load = std::function<Result<EventRun>(std::int64_t after, std::int64_t to)>;

    /// Bytes that are held at most. What somebody still works with is counted by nobody once it is not held.
    static constexpr std::size_t most_bytes = std::size_t{8} << 20;
    /// Stretches end at multiples of this, so that those who began at different places come together.
    static constexpr std::int64_t stretch = 256;

    explicit RecentEvents(std::size_t most = most_bytes) noexcept : m_most{most} { }

    /// A stretch in which the event that follows `number` is. If it is not held it is loaded, by one of the
    /// threads that want it. A stretch without events when there is none after `number`.
    Result<Run> after(std::int64_t number, const Load& load);
    /// Lets go of everything, and of what is being loaded now as soon as it is there.
    void forget() noexcept;
    std::size_t bytes() const;

private:
    struct Held {
        Run run;
        std::list<std::int64_t>::iterator use;
    };

    Run find(std::int64_t number); // the mutex is held, here and below
    void hold(const Run& run);
    void drop(std::map<std::int64_t, Held>::iterator held) noexcept;

    const std::size_t m_most;
    mutable std::mutex m_mutex; // guards what follows
    std::condition_variable m_loaded;
    std::map<std::int64_t, Held> m_runs; // by the number before them
    std::list<std::int64_t> m_uses; // keys of `m_runs`, the one that was used last at the front
    std::set<std::int64_t> m_loading;
    std::size_t m_bytes{0};
    std::uint64_t m_epoch{0}; // how often everything was forgotten
};

} // namespace mortise::host
