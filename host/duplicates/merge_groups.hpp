#pragma once

/// \file
/// Pairs that share contacts, put together: what a merge of them would make one.

#include "duplicates/duplicates.hpp"

#include <span>
#include <vector>

namespace mortise::host {

/// The groups, the contact that was there first as the survivor of each. Pure.
std::vector<MergeGroup> groups_of(std::span<const Pair> pairs);

} // namespace mortise::host
