#include "app/table.hpp"
#include "app/verbs/duplicate_verbs.hpp"
#include "app/verbs/job_wait.hpp"
#include "base/json.hpp"

namespace mortise::host {
namespace {

Result<boost::json::value>
call_command(Program& program, std::string_view name, boost::json::object arguments, bool preview = false)
{
    boost::json::object params{{"name", name}, {"arguments", std::move(arguments)}};
    if (preview) params["context"] = {{"dry_run", true}};
    return program.call("commands.call", std::move(params));
}

std::string who(const boost::json::object& contact)
{
    const std::string name = printable(cell_text(at_path(contact, "name")));
    const std::string email = printable(cell_text(at_path(contact, "email")));
    return name + (email.empty() || email == name ? "" : " <" + email + '>') + " ("
        + cell_text(at_path(contact, "id")) + ')';
}

boost::json::array texts(const std::vector<std::string>& list)
{
    return boost::json::array(list.begin(), list.end());
}

void tell_merges(
    Output& output, const boost::json::array& merges, const boost::json::array& left, bool preview
)
{
    for (const boost::json::value& item : merges) {
        const boost::json::object& merge = item.as_object();
        const std::string id = cell_text(at_path(merge, "merge"));
        output.line(
            (preview ? "would merge into " : "merged into ") + cell_text(at_path(merge, "survivor")) + ": "
            + cell_text(at_path(merge, "contacts")) + ", " + cell_text(at_path(merge, "records")) + " records"
            + (id.empty() ? "" : "; take it back with: mortise undo " + id)
        );
    }
    for (const boost::json::value& item : left)
        output.line(
            "left " + cell_text(at_path(item.as_object(), "contacts")) + ": "
            + printable(cell_text(at_path(item.as_object(), "reason")))
        );
    if (merges.empty() && left.empty()) output.line("nothing to merge");
}

} // namespace

Result<Exit> list_duplicates(Program& program, const DuplicateListOptions& options)
{
    boost::json::object arguments{{"state", options.state}, {"limit", options.limit}};
    if (!options.band.empty()) arguments["band"] = options.band;
    if (!options.after.empty()) arguments["after"] = options.after;
    MORTISE_TRY(
        const boost::json::value given, call_command(program, "duplicates.list", std::move(arguments))
    );
    Output& output = program.output();
    const boost::json::object& answer = given.as_object();
    const boost::json::array& pairs = at_path(answer, "pairs").as_array();
    if (output.is_json() || pairs.empty()) {
        output.list(pairs, {}, "no pairs; \"mortise contacts duplicates scan\" looks for them");
        return Exit::done;
    }
    Table table{{"pair", "band", "score", "first", "second", "caution"}};
    for (const boost::json::value& item : pairs) {
        const boost::json::object& pair = item.as_object();
        table.add(
            {cell_text(at_path(pair, "id")),
             cell_text(at_path(pair, "band")),
             cell_text(at_path(pair, "score")),
             who(at_path(pair, "first").as_object()),
             who(at_path(pair, "second").as_object()),
             cell_text(at_path(pair, "caution"))}
        );
    }
    output.raw(table.text(terminal_width()));
    if (const std::string next = cell_text(at_path(answer, "next")); !next.empty())
        output.note("more with --after " + next);
    return Exit::done;
}

Result<Exit> scan_duplicates(Program& program)
{
    program.stop_signals(); // before there are other threads
    MORTISE_TRY(const boost::json::value queued, call_command(program, "duplicates.scan", {}));
    const std::string job = cell_text(at_path(queued.as_object(), "job"));
    MORTISE_TRY(
        const boost::json::value given,
        wait_for_job(program, {.job = job, .unfinished = "the scan is not done"})
    );
    const boost::json::object& done = given.as_object();
    if (at_path(done, "state") != "done")
        return Error{
            ErrorCode::state,
            "the scan ended as " + cell_text(at_path(done, "state")) + ": "
                + cell_text(at_path(done, "error")),
            "duplicates.failed",
            job,
            "\"mortise jobs show " + job + "\" tells more"
        };
    boost::json::object result = at_path(done, "result").as_object();
    result["job"] = job;
    Output& output = program.output();
    output.print(boost::json::value(result), [&] {
        output.line(
            cell_text(at_path(result, "contacts")) + " contacts: " + cell_text(at_path(result, "same"))
            + " pairs are the same, " + cell_text(at_path(result, "review")) + " are to be looked at"
        );
        output.note("\"mortise contacts duplicates\" lists them");
    });
    return Exit::done;
}

Result<Exit> explain_duplicates(Program& program, const std::vector<std::string>& ids)
{
    boost::json::object arguments;
    if (ids.size() == 1)
        arguments["pair"] = ids.front();
    else
        arguments["contacts"] = texts(ids);
    MORTISE_TRY(
        const boost::json::value given, call_command(program, "duplicates.explain", std::move(arguments))
    );
    Output& output = program.output();
    output.print(given, [&] {
        const boost::json::object& answer = given.as_object();
        for (const char* side : {"first", "second"})
            output.line(who(at_path(answer, side).as_object()));
        output.line(
            cell_text(at_path(answer, "band")) + ", score " + cell_text(at_path(answer, "score"))
            + ", weight " + cell_text(at_path(answer, "weight"))
        );
        if (const std::string caution = cell_text(at_path(answer, "caution")); !caution.empty())
            output.line("caution: " + caution);
        for (const boost::json::value& part : at_path(answer, "explanation").as_array())
            output.line("  " + cell_text(at_path(part.as_object(), "words")));
    });
    return Exit::done;
}

Result<Exit> decide_duplicates(
    Program& program,
    const std::string& command,
    const std::vector<std::string>& pairs,
    const std::string& reason
)
{
    boost::json::object arguments{{"pairs", texts(pairs)}};
    if (!reason.empty()) arguments["reason"] = reason;
    MORTISE_TRY(const boost::json::value given, call_command(program, command, std::move(arguments)));
    Output& output = program.output();
    output.print(given, [&] {
        const boost::json::object& answer = given.as_object();
        output.line(
            cell_text(at_path(answer, "pairs"))
            + " pairs: " + (at_path(answer, "state") == "open" ? "open again" : "no duplicates")
        );
    });
    return Exit::done;
}

Result<Exit> merge_duplicates(Program& program, const DuplicateMergeOptions& options)
{
    boost::json::object arguments;
    if (options.same) {
        arguments["band"] = "same";
        arguments["limit"] = options.limit;
        if (!options.preview) MORTISE_CHECK(program.confirm("merge all pairs of the band same"));
    } else
        arguments["pairs"] = texts(options.pairs);
    if (!options.reason.empty()) arguments["reason"] = options.reason;
    MORTISE_TRY(
        const boost::json::value given,
        call_command(program, "duplicates.merge", std::move(arguments), options.preview)
    );
    const boost::json::object& answer = given.as_object();
    const boost::json::array& merges = at_path(answer, "merges").as_array();
    const boost::json::array& left = at_path(answer, "left").as_array();
    Output& output = program.output();
    output.print(given, [&] { tell_merges(output, merges, left, options.preview); });
    return left.empty() ? Exit::done : Exit::partly;
}

} // namespace mortise::host
