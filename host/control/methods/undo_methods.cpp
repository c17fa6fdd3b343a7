#include "control/host.hpp"
#include "control/methods/answers.hpp"
#include "control/methods/methods.hpp"
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

/// An import is named by its record's id, a transaction by its number; both are numbers, and ids of imports
/// are looked at first.
Answer undo(Host& host, const Call& call, const Arguments& arguments)
{
    const Id target = arguments.id("target");
    const UndoForce force = arguments.flag("force") ? UndoForce::yes : UndoForce::no;
    const std::string kind = arguments.text("kind");
    const bool is_import = kind == "import"
        || (kind.empty() && host.records().get(call.principal(), "import", target, true).has_value());
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
        .help = "Takes back what an import or a transaction did, where it is still as it left it",
        .params = {
            {"target", ParamKind::id, "an import's id, or a transaction's number", true},
            {"kind", ParamKind::text, "which it is; without it an import if there is one of that id", false, {"import", "transaction"}},
            {"force", ParamKind::boolean, "leave what was changed since, and take back the rest"},
        },
        .result = "{records, conflicts: [{type, id, field, reason}], external: [event numbers], transactions}; with "
                  "a dry run what it would do, and nothing is written",
        .effect = Effect::destructive,
        .handler = [&host](Call& call, const Arguments& arguments) { return undo(host, call, arguments); },
    });
}

} // namespace mortise::host
