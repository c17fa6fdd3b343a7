#pragma once

/// \file
/// What becomes of the relations of contacts that are merged.

#include "merging/change_set.hpp"
#include "merging/duplicates.hpp"

#include <mortise/result.hpp>

#include <span>
#include <vector>

namespace mortise::host {

struct PlanTools;

/// The relations among `rows`, as `changes` leave them, that cannot all stay, each with the one that stays
/// for it: itself where it goes for nothing. Those that stand first in `rows` stay.
Result<std::vector<Duplicate>>
surplus_relations(const PlanTools& tools, const ChangeSet& changes, std::span<const Row> rows);

/// Of what the survivor works at today the one is primary that its organisation is that of, and no other.
Result<void> settle_employment(const PlanTools& tools, ChangeSet& changes, const Row& survivor);

} // namespace mortise::host
