#include "control/host.hpp"
#include "control/methods/answers.hpp"
#include "control/methods/methods.hpp"
#include "merging/merging.hpp"
#include "records/undo.hpp"

#include <array>

namespace mortise::host {
namespace {

boost::json::object outcome_json(const UndoOutcome& outcome)
{
    boost::json::array conflicts;
    for (const UndoConflict& conflict : outcome.conflicts)
        conflicts.emplace_back(boost::json::object{
            {"type", conflict.type},
            {"id", number_text(conflict.id.number)},
            {"field", conflict.field},
            {"reason", conflict.reason}
        });
    boost::json::array external;
    for (const std::int64_t number : outcome.external)
        external.emplace_back(number_text(number));
    boost::json::array commits;
    for (const std::int64_t number : outcome.commits)
        commits.emplace_back(number_text(number));
    return {
        {"records", outcome.records},
        {"conflicts", std::move(conflicts)},
        {"external", std::move(external)},
        {"transactions", std::move(commits)},
    };
}

boost::json::object outcome_json(const UnmergeOutcome& outcome)
{
    boost::json::array later;
    for (const LaterEdit& edit : outcome.plan.later)
        later.emplace_back(boost::json::object{
            {"type", edit.type},
            {"id", number_text(edit.id.number)},
            {"field", edit.field},
            {"reason", edit.what}
        });
    boost::json::array transactions;
    if (outcome.commit != 0) transactions.emplace_back(number_text(outcome.commit));
    return {
        {"records", outcome.plan.changes.size()},
        {"conflicts", std::move(later)},
        {"external", boost::json::array{}},
        {"transactions", std::move(transactions)},
        {"merge", number_text(outcome.merge.number)},
    };
}

Answer unmerge(Host& host, const Call& call, Id merge)
{
    MORTISE_TRY(const UnmergeOutcome outcome, host.merging().unmerge(call.context(), merge));
    return boost::json::value(outcome_json(outcome));
}

Error undoes_a_merge(Id merge, std::int64_t transaction)
{
    return {
        ErrorCode::state,
        "transaction " + std::to_string(transaction) + " took back merge " + std::to_string(merge.number)
            + ", and that cannot be undone",
        "undo.unmerge",
        std::to_string(transaction),
        "merge the contacts again"
    };
}

/// Imports and merges are named by their records' ids, transactions by their numbers; ids are looked at
/// first. A transaction that merged is taken back as the merge.
Answer undo(Host& host, const Call& call, const Arguments& arguments)
{
    const Id target = arguments.id("target");
    const UndoForce force = arguments.flag("force") ? UndoForce::yes : UndoForce::no;
    const std::string kind = arguments.text("kind");
    const auto is = [&](const char* type) {
        return kind == type
            || (kind.empty() && host.records().get(call.principal(), type, target, true).has_value());
    };
    // For a person with roles that may not merge there are no merges.
    const auto& rights = call.principal().rights;
    const bool merges = !rights || rights->can(Capability::merge);
    if (merges && is("merge")) return unmerge(host, call, target);
    const bool is_import = is("import");
    if (!is_import && merges) {
        MORTISE_TRY(const auto merge, host.merging().merge_of_commit(target.number));
        if (merge) return unmerge(host, call, *merge);
        MORTISE_TRY(const auto unmerged, host.merging().unmerge_of_commit(target.number));
        if (unmerged) return undoes_a_merge(*unmerged, target.number);
    }
    const std::array numbers{target.number};
    auto outcome = is_import ? host.undo().import(call.context(), target, force)
                             : host.undo().commits(call.context(), numbers, force);
    if (!outcome) return std::move(outcome).error();
    return boost::json::value(outcome_json(*outcome));
}

} // namespace

void add_undo_methods(Api& api, Host& host)
{
    api.add({
        .name = "undo",
        .help = "Takes back what an import, a merge or a transaction did, where it is still as it left it",
        .params = {
            {"target", ParamKind::id, "an import's or a merge's id, or a transaction's number", true},
            {"kind", ParamKind::text, "which it is; without it the import or merge of that id, if there is one", false, {"import", "merge", "transaction"}},
            {"force", ParamKind::boolean, "leave what was changed since, and take back the rest"},
        },
        .result = "{records, conflicts: [{type, id, field, reason}], external: [event numbers], transactions}; with "
                  "a dry run what it would do, and nothing is written. Of a merge \"conflicts\" are the later edits, which stay",
        .effect = Effect::destructive,
        .handler = [&host](Call& call, const Arguments& arguments) { return undo(host, call, arguments); },
    });
}

} // namespace mortise::host
