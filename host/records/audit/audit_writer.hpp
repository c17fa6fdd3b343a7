#pragma once

/// \file
/// Writes the audit trail, inside the transaction of what an entry tells of. Only the writer of events uses
/// it.

#include "records/audit/audit_entry.hpp"

#include <mortise/result.hpp>

#include <cstdint>
#include <string_view>

namespace mortise::host {

class Connection;
struct AuditAct;

/// Kinds of entries that the trail makes by itself.
inline constexpr std::string_view audit_began = "audit.began"; ///< what is older has no entries
inline constexpr std::string_view audit_resumed = "audit.resumed"; ///< events came from outside
inline constexpr std::string_view audit_purged = "records.purged";
inline constexpr std::string_view audit_refused = "refused";

class AuditWriter {
public:
    /// Makes the table where it is not there and begins the trail where there is none. `last` is the last
    /// event of the log: those that have no entry yet get one, which says so.
    Result<void> open(Connection& connection, std::int64_t last, Instant now);

    const AuditHead& head() const noexcept { return m_head; }
    /// Gives `entry` its number and its hash and writes it.
    Result<void> append(Connection& connection, AuditEntry entry);
    /// Called when the transaction, or its part since `head`, was undone.
    void rewind(const AuditHead& head) noexcept { m_head = head; }

private:
    AuditHead m_head;
};

} // namespace mortise::host
