#pragma once

/// \file
/// Writes events into the log, inside the transaction of the change that caused them. Only the writer uses
/// it.

#include "records/audit/audit_writer.hpp"
#include "records/unit_of_work.hpp"

#include <mortise/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mortise::host {

class Connection;

/// An event ready to be written, but for its number and the time of recording.
struct PreparedEvent {
    std::string type;
    Id subject;
    std::int64_t subject_type{0}; ///< id of the record type; 0: none
    Instant time;
    EventClass event_class{EventClass::history};
    bool external{false};
    std::string schema;
    std::vector<EventLink> links; ///< the subject itself is not among them
    std::string data; ///< JSON
    std::array<std::byte, 16> salt{};
    std::array<std::byte, 32> payload_digest{}; ///< H(salt, data)
    std::string sealed; ///< seals of the rows that it tells of (records/audit/row_seal.hpp)
};

/// What all events of one unit share.
struct EventOrigin {
    std::string actor;
    std::string client;
    std::int64_t cause{0};
    std::int64_t correlation{0};
    std::uint32_t depth{0};
};

class EventWriter {
public:
    /// Where the log and the audit trail end.
    struct Mark {
        std::int64_t event{0};
        AuditHead entry{};
    };

    /// Makes the tables where they are not there and reads the ends of the log and of the audit trail, which
    /// begins here where there is none.
    Result<void> open(Connection& connection, Instant now);

    /// The number that the last written event has.
    std::int64_t last() const noexcept { return m_last; }
    Mark mark() const noexcept { return {m_last, m_audit.head()}; }
    /// Writes the events of one unit with consecutive numbers, and its entry in the audit trail. `unit` is
    /// the number that its last event will have, `records` how many it wrote.
    Result<void> append(
        Connection& connection,
        const std::vector<PreparedEvent>& events,
        const EventOrigin& origin,
        std::int64_t unit,
        std::int64_t records,
        Instant now
    );

    /// In whose name the work is done that comes now; null: nobody's.
    void set_act(const AuditAct* act) noexcept { m_act = act; }
    /// Writes an entry of the audit trail that has no events, in the name of the act.
    Result<void> tell(Connection& connection, std::string_view kind, std::string detail, Instant now);

    /// Called when the transaction, or its part since `mark`, was undone.
    void rewind(const Mark& mark) noexcept;
    /// Called when the transaction is durable.
    void settle() noexcept { m_fresh_names.clear(); }

private:
    Result<std::int64_t> name_id(Connection& connection, std::string_view text);
    Result<void> append_links(Connection& connection, const PreparedEvent& event, std::int64_t number);
    AuditEntry entry_of(const std::vector<PreparedEvent>& events, const EventOrigin& origin) const;

    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept
        {
            return std::hash<std::string_view>{}(text);
        }
    };

    std::int64_t m_last{0};
    Instant m_recorded;
    AuditWriter m_audit;
    const AuditAct* m_act{nullptr};
    std::unordered_map<std::string, std::int64_t, TextHash, std::equal_to<>> m_names;
    std::vector<std::string> m_fresh_names; // not durable yet
};

} // namespace mortise::host
