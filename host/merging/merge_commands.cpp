#include "merging/merge_commands.hpp"

#include "base/json.hpp"
#include "commands/id_argument.hpp"
#include "commands/registry.hpp"
#include "merging/merging.hpp"

namespace mortise::host {

namespace {

constexpr const char* merge_arguments = R"json({
    "type": "object", "additionalProperties": false, "required": ["survivor", "merge"],
    "properties": {
        "survivor": { "type": ["string", "integer"], "description": "Id of the contact that stays." },
        "merge": { "type": "array", "minItems": 1, "maxItems": 1000, "items": { "type": ["string", "integer"] },
            "description": "Ids of the contacts that are merged into it." },
        "take": { "type": "object", "description": "For fields: whose value counts, or another value. The latest that was set, if left out.",
            "additionalProperties": { "type": "object", "additionalProperties": false, "minProperties": 1, "maxProperties": 1,
                "properties": { "from": { "type": ["string", "integer"], "description": "Id of one of the contacts." },
                    "value": { "description": "Another value; null clears the field." } } } },
        "version": { "type": "integer", "minimum": 1, "description": "Of the survivor; refused if it is another by now." },
        "reason": { "type": "string", "maxLength": 1000, "description": "Why they are the same." }
    }
})json";

constexpr const char* merge_result = R"json({
    "type": "object",
    "properties": {
        "merge": { "type": "string", "description": "Id of the merge; undo takes it." },
        "transaction": { "type": "string" },
        "survivor": { "type": "string" },
        "merged": { "type": "array", "items": { "type": "string" } },
        "records": { "type": "integer", "description": "How many records change." },
        "fields": { "type": "array", "items": { "type": "object" } },
        "references": { "type": "array", "items": { "type": "object" } },
        "dropped": { "type": "array", "items": { "type": "object" } },
        "dry_run": { "type": "boolean" }
    }
})json";

constexpr const char* unmerge_arguments = R"json({
    "type": "object", "additionalProperties": false, "required": ["merge"],
    "properties": { "merge": { "type": ["string", "integer"], "description": "Id of the merge." } }
})json";

constexpr const char* unmerge_result = R"json({
    "type": "object",
    "properties": {
        "merge": { "type": "string" },
        "transaction": { "type": "string" },
        "survivor": { "type": "string" },
        "restored": { "type": "array", "items": { "type": "string" } },
        "records": { "type": "integer", "description": "How many records change." },
        "later": { "type": "array", "items": { "type": "object" }, "description": "What was done after the merge and stays." },
        "more_later": { "type": "integer" },
        "dry_run": { "type": "boolean" }
    }
})json";

Result<Id> id_of(const Value& value, std::string where)
{
    return id_argument(value, "merge", std::move(where));
}

Result<MergeRequest> request_of(const Map& arguments)
{
    MergeRequest request;
    MORTISE_TRY(request.survivor, id_of(arguments["survivor"], "/survivor"));
    const List losers = arguments["merge"].get_or(List{});
    for (std::size_t i = 0; i < losers.size(); ++i) {
        MORTISE_TRY(const Id id, id_of(losers[i], "/merge/" + std::to_string(i)));
        request.losers.push_back(id);
    }
    for (const Entry& entry : arguments["take"].get_or(Map{})) {
        FieldTake take;
        if (!entry.value["from"].is_null()) {
            MORTISE_TRY(take.from, id_of(entry.value["from"], "/take/" + entry.key));
        } else
            take.value = entry.value["value"];
        request.takes.emplace(entry.key, std::move(take));
    }
    if (const auto* version = arguments["version"].as<std::int64_t>()) request.version = *version;
    request.reason = arguments["reason"].text();
    return request;
}

Map answer_of(const MergeOutcome& outcome)
{
    const MergePlan& plan = outcome.plan;
    List merged;
    for (const Row& loser : plan.losers())
        merged.emplace_back(loser.id);
    List fields;
    for (const FieldChoice& choice : plan.fields) {
        List values;
        for (const FieldCandidate& each : choice.candidates)
            values.emplace_back(Map{{"contact", each.contact}, {"value", each.value}});
        const Value& before = plan.rows.front().values[choice.slot];
        const Row* after = plan.changes.find(plan.survivor());
        Map field{
            {"field", plan.contacts->fields[choice.slot].name},
            {"label", plan.contacts->fields[choice.slot].label},
            {"before", before},
            {"after", after->values[choice.slot]},
            {"conflict", choice.is_conflict},
            {"values", std::move(values)},
        };
        if (choice.from) field.set("from", choice.from);
        fields.emplace_back(std::move(field));
    }
    List references;
    for (const MovedReferences& each : plan.references)
        references.emplace_back(Map{
            {"type", each.type}, {"field", each.field}, {"records", static_cast<std::int64_t>(each.records)}
        });
    List dropped;
    for (const DroppedRecord& each : plan.dropped)
        dropped.emplace_back(Map{{"type", each.type}, {"id", each.id}, {"same_as", each.same_as}});
    Map answer;
    if (outcome.merge) {
        answer.set("merge", outcome.merge);
        answer.set("transaction", std::to_string(outcome.commit));
    } else
        answer.set("dry_run", true);
    answer.set("survivor", plan.survivor());
    answer.set("merged", std::move(merged));
    answer.set("records", static_cast<std::int64_t>(plan.changes.size()));
    answer.set("fields", std::move(fields));
    answer.set("references", std::move(references));
    answer.set("dropped", std::move(dropped));
    return answer;
}

Map answer_of(const UnmergeOutcome& outcome)
{
    List restored;
    for (const Id id : outcome.plan.merged)
        restored.emplace_back(id);
    List later;
    for (const LaterEdit& each : outcome.plan.later) {
        Map edit{{"type", each.type}, {"id", each.id}, {"what", each.what}};
        if (!each.field.empty()) {
            edit.set("field", each.field);
            edit.set("value", each.value);
        }
        later.emplace_back(std::move(edit));
    }
    Map answer{{"merge", outcome.merge}};
    if (outcome.commit != 0)
        answer.set("transaction", std::to_string(outcome.commit));
    else
        answer.set("dry_run", true);
    answer.set("survivor", outcome.plan.survivor);
    answer.set("restored", std::move(restored));
    answer.set("records", static_cast<std::int64_t>(outcome.plan.changes.size()));
    answer.set("later", std::move(later));
    answer.set("more_later", static_cast<std::int64_t>(outcome.plan.more_later));
    return answer;
}

struct Declared {
    const char* name;
    const char* title;
    const char* help;
    const char* arguments;
    const char* result;
    Effect effect;
    bool undoable;
};

/// Plugins need the right to merge; the registry's callers check what a command's permission says.
Result<void> add(CommandRegistry& registry, const Declared& declared, CommandFunction function)
{
    MORTISE_TRY(auto arguments, parse_json(declared.arguments, declared.name));
    MORTISE_TRY(auto result, parse_json(declared.result, declared.name));
    CommandInfo info{
        .name = declared.name,
        .title = declared.title,
        .help = declared.help,
        .provider = "mortise",
        .permission = "contacts.merge",
        .arguments = std::move(arguments),
        .result = std::move(result),
        .effect = declared.effect,
        .undoable = declared.undoable,
        .preview = true,
        .confirm = true,
        .audience = {"console", "api", "agent"},
        .timeout_ms = 30'000,
    };
    return registry.add(std::move(info), std::move(function));
}

} // namespace

Result<void> add_merge_commands(CommandRegistry& registry, Merging& merging)
{
    MORTISE_CHECK(
        add(registry,
            {"contacts.merge",
             "Merge contacts",
             "Makes one contact of several. What refers to the others refers to the survivor then, their ids "
             "lead on to it, and undo takes all of it back.",
             merge_arguments,
             merge_result,
             Effect::destructive,
             true},
            [&merging](const CallContext& context, const Map& arguments) -> Result<Value> {
                MORTISE_TRY(const MergeRequest request, request_of(arguments));
                MORTISE_TRY(const MergeOutcome outcome, merging.merge(context, request));
                return Value{answer_of(outcome)};
            })
    );
    return add(
        registry,
        {"contacts.unmerge",
         "Take a merge back",
         "Gives every contact of a merge back what it had. What was edited since stays as it is, and is "
         "listed.",
         unmerge_arguments,
         unmerge_result,
         Effect::write,
         false},
        [&merging](const CallContext& context, const Map& arguments) -> Result<Value> {
            MORTISE_TRY(const Id merge, id_of(arguments["merge"], "/merge"));
            MORTISE_TRY(const UnmergeOutcome outcome, merging.unmerge(context, merge));
            return Value{answer_of(outcome)};
        }
    );
}

} // namespace mortise::host
