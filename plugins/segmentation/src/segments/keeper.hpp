#pragma once

/// \file
/// Keeps dynamic segments true: by the events that touch them, by the clock, and for everybody after their
/// definition changed. Thread-safety: none; it lives on the plugin's strand.

#include "segments/membership.hpp"

#include <mortise/plugin.hpp>

namespace mortise::plugins::segmentation {

class Keeper {
public:
    explicit Keeper(const Host& host) : m_host{host}, m_book{host} { }

    /// A batch of events of whatever type.
    void take(const Events& events, Work& work);
    /// Evaluates the segment for the next contacts behind `after`, and asks for the rest.
    Value rebuild(Id segment, std::int64_t after, Work& work);
    /// Settles the clauses that time has flipped, and asks to be woken for the next.
    Value come_due(Work& work);
    /// After a start: goes on with what was not finished, and settles what came due meanwhile.
    void resume();

private:
    void note_broken(Work& work);
    Movement settle_ranked(const Segment& segment, Instant now, Work& work);
    void plan_for(const Segment& segment, const Ids* contacts, Instant now);
    void wake_at(Instant when);

    Host m_host;
    SegmentBook m_book;
    Instant m_next_wake{}; ///< a wake is asked for then; 0: none
};

} // namespace mortise::plugins::segmentation
