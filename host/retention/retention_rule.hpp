#pragma once

/// \file
/// A rule of retention: what is kept for how long. Records of a type, what events say, jobs that have ended,
/// dead letters.
///
///     {"what": "records", "type": "contact", "older_than_days": 730, "by": "activity",
///      "where": {"lifecycle": "lead"}, "how": "erase"}
///     {"what": "events", "types": "page.*", "class": "telemetry", "older_than_days": 90}
///     {"what": "jobs", "older_than_days": 30}
///     {"what": "dead_letters", "older_than_days": 30}

#include "records/schema.hpp"
#include "records/unit_of_work.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace mortise::host {

enum class RetentionSubject : std::uint8_t { records, events, jobs, dead_letters };

/// What becomes of records. `erase` is for contacts: privacy/erasure.hpp.
enum class RetentionEnd : std::uint8_t { remove, erase };

struct RetentionRule {
    std::int64_t id{0}; ///< 0: not kept yet
    RetentionSubject subject{RetentionSubject::records};
    std::int64_t older_than_days{0};
    std::string type{}; ///< of records
    std::string by{}; ///< of records: a field of dates or times, "created_at", "updated_at", "activity"
    Value where{}; ///< of records: a filter (records/list_filter.hpp); null: all
    RetentionEnd end{RetentionEnd::remove};
    std::string types{}; ///< of events: a pattern
    EventClass event_class{EventClass::history};
    std::string added_by{};
    Instant added{};

    /// What is older than that at `now` goes.
    Instant limit(Instant now) const noexcept;
};

/// Errors: `invalid`, key "retention.rule", with the member as `where`.
Result<RetentionRule> parse_retention_rule(const Map& map);
/// As it was given; `id`, `added_by` and `added` with it where it is kept.
Map map_of(const RetentionRule& rule);
/// Whether type and field are there, and may go. Errors: `invalid`, `not_found`.
Result<void> check_retention_rule(const RetentionRule& rule, const Schema& schema);
/// "contact older than 730 days by activity": for people.
std::string words_of(const RetentionRule& rule);

std::string_view name_of(EventClass event_class) noexcept;

} // namespace mortise::host
