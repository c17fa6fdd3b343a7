#pragma once

/// \file
/// What each merge changed: for every record the version before and after. What was in those versions is in
/// the history of the record.

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace mortise::host {

class ChangeSet;
class Connection;

struct MergeEntry {
    Id record;
    std::int64_t type{0}; ///< id of the record type
    std::int64_t before{0}; ///< version; 0: the merge made the record
    std::int64_t after{0};
};

/// Makes the table where it is not there.
Result<void> create_merge_log(Connection& connection);

/// Inside a transaction of the writer.
Result<void> write_merge_log(Connection& connection, Id merge, const ChangeSet& changes);

/// In the order of the records.
Result<std::vector<MergeEntry>> read_merge_log(Connection& connection, Id merge);

/// Merges that are still applied, and that changed after this one what it changed: oldest first.
Result<std::vector<Id>> later_merges(Connection& connection, Id merge);

} // namespace mortise::host
