#pragma once

/// \file
/// Reads the event log. Events are written by units of work and by nothing else.
///
/// Delivery reads by way of `RecentEvents`: what was read lately is held in memory, at most 8 MiB of it, for
/// all subscriptions together; what is not there comes from the database.
///
/// Thread-safety: every member may be called from any thread at any time.

#include "access/principal.hpp"
#include "events/event.hpp"
#include "events/recent_events.hpp"

#include <mortise/result.hpp>

#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace mortise::host {

class Database;

/// A record whose events are listed with those of the subject.
struct EventCompanion {
    Id record;
    Instant from{std::numeric_limits<std::int64_t>::min()}; ///< only events that happened from then on
    Instant until{std::numeric_limits<std::int64_t>::max()}; ///< and before this
};

struct EventFilter {
    Id subject; ///< 0: any; otherwise events that are linked to this record, its own included
    std::string type; ///< pattern; empty: any
    std::int64_t since{0}; ///< only events with a greater number
    std::int64_t until{0}; ///< only events with a number not greater; 0: no end
    std::size_t limit{100};
    bool newest_first{false};
    std::vector<EventCompanion> companions{}; ///< with a subject
};

/// A stretch of the log with the events in it that were asked for.
struct EventSlice {
    std::span<const Event> events;
    std::int64_t seen_to{0}; ///< number of the last event that was looked at
    std::shared_ptr<const void> hold{}; ///< what `events` shows lives as long as this
};

class EventLog {
public:
    explicit EventLog(Database& database);

    /// Number of the newest committed event.
    std::int64_t last() const noexcept { return m_last.load(std::memory_order_acquire); }
    /// Called by the writer after each commit.
    void committed(std::int64_t last) noexcept { m_last.store(last, std::memory_order_release); }
    Result<void> open();

    Result<std::vector<Event>> list(const Principal& principal, const EventFilter& filter);
    /// Events after number `after` whose type matches one of `patterns`, oldest first, at most `limit`; looks
    /// at no more than `look_at` events, or a few more. It may give fewer than there are: `seen_to` says how
    /// far it came. With the host's own rights: for delivery.
    Result<EventSlice> read_after(
        std::int64_t after, std::span<const std::string> patterns, std::size_t limit, std::size_t look_at
    );
    Result<Event> get(std::int64_t number);
    /// Events were overwritten, and that is durable: what is held in memory is let go, so that nobody is
    /// given what they said before.
    void forget_recent() noexcept { m_recent.forget(); }

    /// The number of the last event that had been recorded at `time`: what as-of reads go by.
    Result<std::int64_t> number_at(Instant time);

private:
    Result<std::vector<Event>> list_together(const Principal& principal, const EventFilter& filter);
    Result<EventRun> load(std::int64_t after, std::int64_t to);

    Database& m_database;
    RecentEvents m_recent;
    std::atomic<std::int64_t> m_last{0};
};

} // namespace mortise::host
