#pragma once

/// \file
/// Where rules of retention are kept, and whether they are applied by themselves. Private to this room.

#include "retention/retention_rule.hpp"

#include <mortise/result.hpp>

#include <vector>

namespace mortise::host {

class Connection;

/// Makes the table where it is not there.
Result<void> open_rule_table(Connection& connection);
/// By their ids.
Result<std::vector<RetentionRule>> read_rules(Connection& connection);
/// Inside a transaction of the writer; gives the id.
Result<std::int64_t> insert_rule(Connection& connection, const RetentionRule& rule);
/// Errors: not_found.
Result<void> delete_rule(Connection& connection, std::int64_t id);

/// When all rules are applied by themselves once a day.
struct RetentionDaily {
    bool is_on{false};
    Instant last{}; ///< when that was done last; 0: never
};
Result<RetentionDaily> read_daily(Connection& connection);
/// Inside a transaction of the writer.
Result<void> write_daily(Connection& connection, const RetentionDaily& daily);

} // namespace mortise::host
