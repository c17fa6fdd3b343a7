#pragma once

/// \file
/// What the audit trail says of records, rows and contents of events that are rightly gone: erased persons,
/// purged plugins, events past their time. Private to the trail's verification, but for the kind of entry.

#include <mortise/result.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

class Connection;
struct AuditedEvent;

/// Kind of an entry that says which events may say nothing any more, as a rule of retention has it. Its
/// detail:
/// {"types": pattern, "class", "before": microseconds of recording, "after", "to": numbers between which they
/// are, "but": numbers of those that were kept all the same}.
inline constexpr std::string_view audit_expired = "retention.applied";

class ErasedRecords {
public:
    static Result<ErasedRecords> read(Connection& reader);

    /// The entry of the erasure that took the record with what was written before `number`.
    std::optional<std::int64_t> erased(std::int64_t record, std::int64_t number) const;
    /// The same of any record that the event is about.
    std::optional<std::int64_t> erased(const AuditedEvent& event) const;
    /// The entry of the rule that let what the event said go. Nothing of an event that seals rows: those
    /// prove them.
    std::optional<std::int64_t> expired(const AuditedEvent& event) const;
    /// Whether the transaction was an erasure.
    bool is_erasure(std::int64_t unit) const { return m_erasures.contains(unit); }
    /// The entry by which a plugin's types, or fields of the type, were purged.
    std::optional<std::int64_t> purged(std::int64_t type) const;

private:
    struct Erasure {
        std::int64_t event{0};
        std::int64_t entry{0};
    };

    struct Expiry {
        std::int64_t entry{0};
        std::string types;
        std::int64_t event_class{0};
        std::int64_t before{0};
        std::int64_t after{0};
        std::int64_t to{0};
        std::vector<std::int64_t> but; // sorted
    };
    Result<void> read_expiries(Connection& reader);

    std::vector<Expiry> m_expiries; // by entry
    std::map<std::int64_t, std::int64_t> m_erasures; // transaction -> entry
    std::map<std::int64_t, Erasure> m_records; // the last of each
    std::map<std::int64_t, std::int64_t> m_purged; // type -> entry
};

} // namespace mortise::host
