#include "app/verbs/verbs.hpp"
#include "base/json.hpp"

#include <algorithm>

namespace mortise::host {
namespace {

constexpr std::size_t most_lines = 20;

std::string conflict_text(const boost::json::object& conflict)
{
    const std::string field = cell_text(at_path(conflict, "field"));
    return cell_text(at_path(conflict, "type")) + ' ' + cell_text(at_path(conflict, "id"))
        + (field.empty() ? "" : ", " + field) + ": " + printable(cell_text(at_path(conflict, "reason")));
}

/// Tells what stands in the way, one line each.
void tell(Output& output, const boost::json::array& conflicts, bool as_result)
{
    for (std::size_t i = 0; i < std::min(conflicts.size(), most_lines); ++i) {
        const std::string line = "  " + conflict_text(conflicts[i].as_object());
        as_result ? output.line(line) : output.note(line);
    }
    if (conflicts.size() <= most_lines) return;
    const std::string rest
        = "  and " + std::to_string(conflicts.size() - most_lines) + " more; --json tells all";
    as_result ? output.line(rest) : output.note(rest);
}

Error with_list(Output& output, Error error)
{
    if (error.key != "records.undo_conflict") return error;
    const auto details = parse_json(error.details, "what stands in the way");
    if (details && details->is_array() && !output.is_json()) {
        output.note("in the way:");
        tell(output, details->get_array(), false);
    }
    error.hint
        = "undo the later changes first, or add --force: what stands in the way is then left as it is, "
          "and the rest is taken back";
    return error;
}

} // namespace

Result<Exit> undo(Program& program, const std::string& target, const std::string& kind, bool force)
{
    MORTISE_CHECK(program.confirm("take back " + (kind.empty() ? "" : kind + ' ') + target));
    boost::json::object params{{"target", target}, {"force", force}};
    if (!kind.empty()) params["kind"] = kind;
    Output& output = program.output();
    auto answer = program.call("undo", std::move(params));
    if (!answer) return with_list(output, std::move(answer).error());
    output.print(*answer, [&] {
        const boost::json::object& outcome = answer->as_object();
        output.line("put back " + cell_text(at_path(outcome, "records")) + " records");
        const boost::json::array& conflicts = at_path(outcome, "conflicts").as_array();
        if (!conflicts.empty()) output.line("left as it is, since it was changed again:");
        tell(output, conflicts, true);
        const boost::json::array& external = at_path(outcome, "external").as_array();
        if (!external.empty())
            output.line(
                "left the house and cannot be taken back: events " + cell_text(at_path(outcome, "external"))
            );
    });
    return Exit::done;
}

} // namespace mortise::host
