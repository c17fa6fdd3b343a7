#pragma once

/// \file
/// Reads the audit trail.

#include "records/audit/audit_entry.hpp"

#include <mortise/result.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace mortise::host {

class Connection;

/// What is not said does not matter.
struct AuditFilter {
    std::string person{}; ///< name of a user, also where a plugin acted for it
    std::string plugin{}; ///< id, also of an act that was about it
    std::string kind{}; ///< "contact.erased", "plugins.*"
    std::optional<Instant> since{};
    std::optional<Instant> until{}; ///< before it
    std::int64_t before{0}; ///< only entries with smaller numbers
    std::size_t limit{50};
};

/// The newest first. Errors: `invalid` for a kind that is none.
Result<std::vector<AuditEntry>> list_audit(Connection& reader, const AuditFilter& filter);

Result<AuditHead> audit_head(Connection& reader);

} // namespace mortise::host
