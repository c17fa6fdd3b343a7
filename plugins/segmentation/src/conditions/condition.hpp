#pragma once

/// \file
/// A condition on contacts, as it was read from JSON: a tree of clauses. `parse_condition` makes it,
/// `sql_condition.hpp` turns it into SQL, `docs` of the language are in the plugin's README.

#include <mortise/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::plugins::segmentation {

/// How a value is compared.
enum class Operator : std::uint8_t {
    eq,
    ne,
    in,
    not_in,
    lt,
    le,
    gt,
    ge,
    between,
    starts_with,
    ends_with,
    contains,
    not_contains,
    is_set,
    is_not_set,
    has_any,
    has_all,
    has_none,
    within_last,
    before_last,
    within_next,
};

std::string_view name_of(Operator test) noexcept;
std::optional<Operator> operator_named(std::string_view name) noexcept;
/// Whether the truth of the test depends on what time it is.
bool is_relative(Operator test) noexcept;

/// A length of time as people say it: 30 days.
struct Span {
    std::int64_t count{0};
    std::string unit; ///< minute, hour, day, week, month, quarter or year
};

/// A comparison with what stands on the right.
struct Comparison {
    Operator test{Operator::eq};
    Value value; ///< none for is_set and is_not_set; a list for in, not_in, between (two), has_*
    Span span; ///< within_last, before_last, within_next
};

/// What is computed over the events or records of a contact.
enum class Measure : std::uint8_t { count, sum, average, least, greatest, first, latest };

std::string_view name_of(Measure measure) noexcept;

/// One more test inside an event clause: on a path in the event's data.
struct DataTest {
    std::vector<std::string> path; ///< keys from the outside in
    Comparison comparison;
};

struct Condition {
    enum class Kind : std::uint8_t { all, any, none, field, events, related, segment, random, top };

    Kind kind{Kind::all};
    /// all, any: any number; none: one; related: at most one; top: what is ranked by (a field, events,
    /// related or random clause without a test), and perhaps among whom
    std::vector<Condition> parts;
    std::vector<std::string>
        path; ///< field: its name behind the references that lead there; related: references
    Comparison comparison; ///< field; events and related: what the measure is compared with
    std::string name; ///< events: type; related: record type; segment: name or id; random: seed
    std::string by; ///< related: the reference of those records that points here
    Measure measure{Measure::count};
    std::vector<std::string> measured; ///< events: path in the data; related: the field
    std::vector<DataTest> where; ///< events
    std::optional<Span> within; ///< events: only those of the last so long
    std::optional<Instant> from; ///< events: not before
    std::optional<Instant> to; ///< events: before
    std::string currency; ///< what a top clause ranks by, where that is money
    std::int64_t low{0}; ///< random: from this share on, in 1/100 percent
    std::int64_t high{0}; ///< random: up to this share
    std::int64_t count{0}; ///< top: how many; 0: a share, which is in `high`
    bool is_lowest{false}; ///< top: those with the least
    std::string where_in_json; ///< JSON pointer, for messages
};

} // namespace mortise::plugins::segmentation
