#pragma once

/// \file
/// Records that say the same once they refer to the same contact: addresses, relations, consents, and what a
/// type declares as unique.

#include "merging/change_set.hpp"

#include <mortise/result.hpp>

#include <utility>
#include <vector>

namespace mortise::host {

struct PlanTools;

/// A record that goes, and the one that stays for it.
using Duplicate = std::pair<Id, Id>;

/// Finds duplicates among the records of `type` that refer to one of `targets`, as `changes` leave them, and
/// takes them away. `slots` are the references that were moved. Of relations those go too that cannot stay:
/// to oneself, a second one where one at a time is allowed, and one that would close a circle in a tree.
Result<std::vector<Duplicate>> drop_duplicates(
    const PlanTools& tools,
    ChangeSet& changes,
    const TypePointer& type,
    const std::vector<std::size_t>& slots,
    const std::vector<Id>& targets
);

} // namespace mortise::host
