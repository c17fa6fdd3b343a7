#include "app/verbs/job_wait.hpp"
#include "app/verbs/verbs.hpp"
#include "base/json.hpp"

#include <array>

namespace mortise::host {
namespace {

std::string absolute(const std::string& path)
{
    return std::filesystem::absolute(path).lexically_normal().native();
}

std::string words_of(const boost::json::object& plan)
{
    std::string words = "one each " + cell_text(at_path(plan, "every_hours")) + " hours in "
        + printable(cell_text(at_path(plan, "folder"))) + ", ";
    const std::string key = cell_text(at_path(plan, "key_file"));
    words += key.empty() ? "not encrypted" : "encrypted with " + printable(key);
    constexpr std::array<std::pair<const char*, const char*>, 4> kept{{
        {"keep.last", "of the newest"},
        {"keep.daily", "days"},
        {"keep.weekly", "weeks"},
        {"keep.monthly", "months"},
    }};
    words += "; kept:";
    const char* between = " ";
    for (const auto& [path, unit] : kept) {
        words += between + cell_text(at_path(plan, path)) + ' ' + unit;
        between = ", ";
    }
    return words;
}

} // namespace

Result<Exit> plan_backups(Program& program, const BackupPlanOptions& options)
{
    boost::json::object params{{"folder", absolute(options.folder)}};
    if (!options.key_file.empty()) params["key_file"] = absolute(options.key_file);
    const std::array<std::pair<const char*, const std::optional<std::int64_t>*>, 5> counts{{
        {"every_hours", &options.every_hours},
        {"keep_last", &options.keep_last},
        {"keep_daily", &options.keep_daily},
        {"keep_weekly", &options.keep_weekly},
        {"keep_monthly", &options.keep_monthly},
    }};
    for (const auto& [name, count] : counts)
        if (*count) params[name] = **count;
    MORTISE_TRY(const boost::json::value answer, program.call("backup.plan", std::move(params)));
    Output& output = program.output();
    output.print(answer, [&] {
        output.line(
            "backups are made while a host serves: "
            + words_of(at_path(answer.as_object(), "plan").as_object())
        );
        output.note("the first one is made within a minute; at once: mortise backups now");
    });
    return Exit::done;
}

Result<Exit> list_backups(Program& program)
{
    MORTISE_TRY(const boost::json::value answer, program.call("backup.list", {}));
    const boost::json::object& told = answer.as_object();
    Output& output = program.output();
    output.print(answer, [&] {
        if (const boost::json::value* plan = told.if_contains("plan"))
            output.line(words_of(plan->as_object()));
        else
            output.line("there is no plan: mortise backups plan FOLDER");
        if (const std::string warning = cell_text(at_path(told, "warning")); !warning.empty())
            output.line("warning: " + printable(warning));
        output.list(
            at_path(told, "backups").as_array(),
            {{"made", "made"},
             {"bytes", "bytes"},
             {"encrypted", "encrypted"},
             {"is there", "is_there"},
             {"file", "file"}},
            "none was made so far"
        );
    });
    return Exit::done;
}

Result<Exit> make_planned_backup(Program& program)
{
    program.stop_signals(); // before there are other threads
    MORTISE_TRY(const boost::json::value queued, program.call("backup.now", {}));
    const std::string job = cell_text(at_path(queued.as_object(), "job"));
    MORTISE_TRY(
        const boost::json::value over,
        wait_for_job(program, {.job = job, .unfinished = "the backup is not made yet"})
    );
    const boost::json::object& told = over.as_object();
    if (const std::string state = cell_text(at_path(told, "state")); state != "done")
        return Error{
            ErrorCode::state,
            "no backup was made (" + state + "): " + cell_text(at_path(told, "error")),
            "backup.failed",
            job,
            "mend that, and say \"mortise backups now\" again; the host tries again in an hour"
        };
    Output& output = program.output();
    output.print(over, [&] {
        output.line(
            "wrote the backup " + printable(cell_text(at_path(told, "result.file"))) + " and checked it"
        );
        if (const boost::json::value& removed = at_path(told, "result.removed");
            removed.is_number() && removed != 0)
            output.line("  old ones taken away: " + cell_text(removed));
        if (const boost::json::array* left = at_path(told, "result.left").if_array())
            for (const boost::json::value& one : *left)
                output.line("  not taken away: " + printable(cell_text(one)));
    });
    return Exit::done;
}

Result<Exit> forget_backups(Program& program)
{
    MORTISE_TRY(const boost::json::value answer, program.call("backup.forget", {}));
    Output& output = program.output();
    output.print(answer, [&] {
        output.line("no more backups are made by themselves; those that were made stay");
    });
    return Exit::done;
}

} // namespace mortise::host
