#pragma once

/// \file
/// How a merge is taken back: every value that is still as the merge left it becomes what it was before, and
/// what was edited since is kept and listed.

#include "merging/merge_plan.hpp"

#include <mortise/result.hpp>

#include <string>
#include <vector>

namespace mortise::host {

/// Something that was done after the merge and stays.
struct LaterEdit {
    std::string type;
    Id id;
    std::string field; ///< empty: the whole record
    Value value; ///< what it is now
    std::string what; ///< "edited", "edited over what the merge wrote", "deleted", "restored", "new"
};

struct UnmergePlan {
    Id survivor;
    std::vector<Id> merged;
    ChangeSet changes;
    std::vector<LaterEdit> later;
    std::size_t more_later{0}; ///< that are not in the list, which has an end
};

/// `merge` is the record of the merge. Errors: `merge.undone`, `merge.in_the_way` (later merges changed the
/// same records; `details` lists them), `merge.survivor_deleted`.
Result<UnmergePlan> plan_unmerge(const PlanTools& tools, const Row& merge);

} // namespace mortise::host
