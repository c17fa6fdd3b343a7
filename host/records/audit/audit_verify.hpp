#pragma once

/// \file
/// Walks the audit trail: whether each entry is what was written behind the one before it, and whether the
/// database still holds what the entries tell of.

#include "records/audit/audit_entry.hpp"

#include <mortise/result.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace mortise::host {

class Connection;

struct AuditFinding {
    std::int64_t entry{0}; ///< where it does not fit; 0: in none
    std::string what; ///< one sentence, for people
};

/// What an erasure took away, which is no fault.
struct AuditErased {
    std::int64_t entry{0}; ///< of the erasure
    std::uint64_t events{0}; ///< that no longer say anything
};

struct AuditReport {
    std::uint64_t entries{0};
    std::uint64_t events{0};
    std::uint64_t rows{0}; ///< versions of records that were compared with what was written
    std::uint64_t before{0}; ///< events from before the trail
    std::uint64_t purged{0}; ///< rows that went, or were emptied, with what a plugin kept
    std::uint64_t expired{0}; ///< events that no longer say anything, as rules of retention have it
    std::vector<AuditErased> erased;
    std::uint64_t wrong{0};
    std::vector<AuditFinding> findings; ///< the first of what is wrong, by entry
    std::vector<AuditFinding> remarks; ///< what somebody may want to know
    AuditHead head;
};

struct AuditVerifyOptions {
    std::vector<AuditHead> heads{}; ///< kept elsewhere; the trail must still hold them
    std::function<void(std::uint64_t done, std::uint64_t all)> on_progress{}; ///< entries
    const std::atomic<bool>* cancel{nullptr};
};

/// On one snapshot. The connection must be a reader outside a transaction. Errors: `cancelled`, and what
/// keeps the database from being read.
Result<AuditReport> verify_audit(Connection& reader, const AuditVerifyOptions& options);

} // namespace mortise::host
