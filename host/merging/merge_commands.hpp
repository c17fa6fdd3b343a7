#pragma once

/// \file
/// The commands of merging: `contacts.merge`, `contacts.unmerge`; a dry run previews either.

#include <mortise/result.hpp>

namespace mortise::host {

class CommandRegistry;
class Merging;
struct UnmergeOutcome;

/// `merging` outlives the registry.
Result<void> add_merge_commands(CommandRegistry& registry, Merging& merging);

} // namespace mortise::host
