#include "rules/entry_rules.hpp"

#include "rules/follow.hpp"

#include <algorithm>

namespace mortise::plugins::pipelines {

void check_entry(const Stage& stage, Draft& draft)
{
    const bool enters = is_new(draft) || draft.changes("stage");
    for (const std::string& field : stage.required_fields)
        if (draft[field].empty() && (enters || draft.changes(Key{std::string_view{field}})))
            draft.refuse(
                field,
                "pipelines.field_needed",
                "the stage \"" + stage.name + "\" needs a value for " + field + ": give one with the move"
            );
    if (!enters || stage.checklist.empty()) return;
    const auto ticked = texts_of(draft["checked"]);
    for (const std::string& item : stage.checklist)
        if (std::ranges::find(ticked, item) == ticked.end())
            draft.refuse(
                "checked",
                "pipelines.checklist_open",
                "the stage \"" + stage.name + "\" is not entered before this is done: " + item
            );
}

} // namespace mortise::plugins::pipelines
