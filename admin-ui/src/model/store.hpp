#pragma once

/// \file
/// What the console knows of its host: answers with their age, and the live events.

#include "model/resource.hpp"
#include "model/types.hpp"

#include <deque>
#include <map>
#include <set>

namespace mortise::ui {

struct FeedEvent {
    std::int64_t number{0};
    std::string type;
    std::string time;
    std::string subject; ///< id of the record, or empty
    std::string subject_type;
    std::string actor;
    boost::json::value json;
};

/// The newest events, up to a bound; what is older is let go.
class Feed {
public:
    static constexpr std::size_t most = 5'000;

    const std::deque<FeedEvent>& events() const noexcept { return m_events; }
    void add(FeedEvent event);
    void note_skipped(std::int64_t count) noexcept { m_skipped += count; }
    /// Events that the host left out because they came faster than they could be read.
    std::int64_t skipped() const noexcept { return m_skipped; }
    std::int64_t total() const noexcept { return m_total; }
    /// How many came in the last `span`.
    double rate(Clock::Steady now, std::chrono::seconds span) const;
    void note_arrivals(Clock::Steady now, std::int64_t count);
    /// Number of events in each of the last 60 seconds, oldest first.
    std::vector<double> by_second(Clock::Steady now) const;

private:
    std::deque<FeedEvent> m_events;
    std::deque<std::pair<Clock::Steady, std::int64_t>> m_arrivals;
    std::int64_t m_skipped{0};
    std::int64_t m_total{0};
};

/// Thread-safety: the UI thread.
class Store {
public:
    Store(Link& link, const Clock& clock);

    Link& link;
    const Clock& clock;
    Resource hello;
    Resource status;
    Resource types_list;
    Resource commands;
    Resource plugins;
    Resource stats;
    Resource subscriptions;
    Resource dead_letters;
    Resource jobs;
    Resource users;
    Resource roles;
    Resource views;
    Resource counts; ///< rows of each type; asked by the dashboard

    /// Follows the connection: asks what every screen needs, and subscribes to events in each new session.
    void tick();

    const std::vector<TypeInfo>& types();
    const TypeInfo* type(std::string_view name);
    const boost::json::object* command(std::string_view name) const;
    /// A named query, a view; null if there is none.
    const boost::json::value* query(std::string_view name) const;
    const boost::json::value* view(std::string_view name) const;
    bool is_admin() const;

    Feed& feed() noexcept { return m_feed; }
    /// Grows with each change of a record of the type that events tell of.
    std::int64_t changes_of(std::string_view type) const;

private:
    void hear(std::string_view method, const boost::json::object& params);
    const boost::json::value* declared(std::string_view list, std::string_view name) const;

    std::vector<TypeInfo> m_types;
    int m_types_version{-1};
    int m_session{0};
    std::string m_seen_to;
    Feed m_feed;
    std::map<std::string, std::int64_t, std::less<>> m_changes;
    Ticket m_subscribing;
};

} // namespace mortise::ui
