#pragma once

/// \file
/// The segments that keep themselves current, compiled. A cache of what the database holds: forgotten
/// whenever a segment or a record type changes. Thread-safety: none; it lives on the plugin's strand.

#include "conditions/sql_condition.hpp"

#include <mortise/host.hpp>

#include <optional>
#include <string>
#include <vector>

namespace mortise::plugins::segmentation {

/// A dynamic segment.
struct Segment {
    Id id;
    std::string name;
    SqlCondition condition;
    Instant checked_to; ///< clauses that time flips are settled up to here
};

/// One that cannot be evaluated, with the reason.
struct BrokenSegment {
    Id id;
    std::string was_state;
    Error reason;
};

class SegmentBook {
public:
    explicit SegmentBook(const Host& host) : m_host{host} { }

    void forget() noexcept { m_is_read = false; }
    /// All that are active and not broken, those that others refer to first.
    std::vector<Segment>& segments();
    const std::vector<BrokenSegment>& broken();
    Segment* find(Id id);

private:
    void read();

    Host m_host;
    bool m_is_read{false};
    std::vector<Segment> m_segments;
    std::vector<BrokenSegment> m_broken;
};

/// The record types that there are, from the host.
TypeBook read_types(const Host& host);
/// The id of a segment by name or digits, of those that are not deleted.
std::optional<Id> find_segment(const Host& host, std::string_view name_or_id);
/// The same; fails with not_found.
Id require_segment(const Host& host, const Value& name_or_id);
/// Parses and compiles; throws the error.
SqlCondition compile_definition(const Host& host, const Value& definition, Reach reach);

} // namespace mortise::plugins::segmentation
