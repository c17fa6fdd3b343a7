#pragma once

/// \file
/// Looks whether a database is what it must be: its pages, the references between records, histories without
/// gaps, event numbers without holes, events that say what was written. It only reads.

#include <mortise/result.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace mortise::host {

class Connection;

/// One thing that was looked at.
struct DatabaseCheck {
    std::string name; ///< "pages", "references", "history", "events"
    std::uint64_t looked_at{0}; ///< pages, references, versions, events
    std::uint64_t wrong{0};
    std::vector<std::string> findings; ///< the first of what is wrong, for people
};

struct VerifyOptions {
    std::function<void(const std::string& check)> on_check{}; ///< begins
    const std::atomic<bool>* cancel{nullptr};
};

/// All checks on one snapshot. The connection must be a reader outside a transaction. Errors: `cancelled`,
/// and what keeps the database from being read at all.
Result<std::vector<DatabaseCheck>> verify_database(Connection& reader, const VerifyOptions& options);

/// How many records of each type there are that are not deleted, and "event".
Result<std::vector<std::pair<std::string, std::int64_t>>> count_records(Connection& reader);

} // namespace mortise::host
