#pragma once

/// \file
/// The events of many records in one order, without collecting and sorting them: the links of each record are
/// in the order of their events, so that the next one is the first of the heads.

#include "events/event_log.hpp"

#include <mortise/result.hpp>

#include <cstdint>
#include <vector>

namespace mortise::host {

class Connection;

/// Lives for one list; used by one thread.
class LinkMerge {
public:
    /// Goes by the range and the direction of the filter. Both given ones outlive it.
    LinkMerge(Connection& reader, const EventFilter& filter) : m_reader{reader}, m_filter{filter} { }

    /// Adds the links of a record that count within the companion's time.
    Result<void> add(Id record, const EventCompanion& within);

    struct Next {
        std::int64_t number{0}; ///< of the event; 0: there are no more
        std::vector<EventCompanion> records; ///< by which it is listed

        bool is_within(Instant time) const noexcept;
    };
    Result<Next> next();

private:
    struct Arm {
        EventCompanion record;
        std::vector<std::int64_t> numbers{}; ///< read ahead, the next one last
        std::int64_t read_to{0}; ///< the last number that was read
        std::size_t stretch{0}; ///< how many were read at once
        bool is_over{false};
    };
    struct Head {
        std::int64_t number{0};
        std::size_t arm{0};
    };

    Result<void> read_ahead(Arm& arm);
    Result<void> push(std::size_t arm);
    /// Whether `a` is to come after `b`.
    bool is_later(const Head& a, const Head& b) const noexcept
    {
        return m_filter.newest_first ? a.number < b.number : a.number > b.number;
    }

    Connection& m_reader;
    const EventFilter& m_filter;
    std::vector<Arm> m_arms;
    std::vector<Head> m_heads; // a heap
};

} // namespace mortise::host
