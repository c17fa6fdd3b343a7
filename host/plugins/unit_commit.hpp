#pragma once

/// \file
/// Commits units of work that plugins filled, with the jobs that they queued, and remembers the answers of
/// commands that were called with an idempotency key.

#include "plugins/frame.hpp"
#include "plugins/services.hpp"
#include "records/unit_of_work.hpp"

#include <mortise/result.hpp>

#include <functional>
#include <optional>
#include <string_view>

namespace mortise::host {

class Connection;
class PluginStats;

/// Makes the table of answers where it is not there.
Result<void> create_answer_table(Connection& connection);

/// The id of a unit that a key names, within a plugin.
UnitId unit_id(std::string_view plugin, std::string_view purpose, std::string_view key);

/// The unit with its jobs as something that `Records::commit` (or the dispatcher) writes.
UnitOfWork with_jobs(PluginServices& services, OpenUnit unit);

/// Commits `unit` (nothing happens if it is empty and has no key).
Result<Commit>
commit_unit(PluginServices& services, PluginStats& stats, const CallContext& context, OpenUnit unit);

/// What a command answered when it was called with this key before; an error if it was called with other
/// arguments.
Result<std::optional<Value>> find_answer(PluginServices& services, const UnitId& id, const Map& arguments);

/// Lets the unit of a command remember its answer.
void remember_answer(UnitOfWork& unit, const UnitId& id, const Map& arguments, const Value& answer);

} // namespace mortise::host
