#include "app/verbs/plugin_words.hpp"
#include "app/verbs/verbs.hpp"
#include "base/json.hpp"

#include <algorithm>

namespace mortise::host {
namespace {

std::string first_problem(const boost::json::object& plugin)
{
    const boost::json::array& problems = at_path(plugin, "problems").as_array();
    return problems.empty() ? std::string{} : cell_text(at_path(problems.front().as_object(), "message"));
}

/// Uses are counted by the host that serves the folder, since it started.
std::string use_text(const boost::json::object& use, bool is_serving)
{
    std::string text = cell_text(at_path(use, "permission")) + ": ";
    if (!is_serving) return text + "counted while a host serves the folder";
    const std::string count = cell_text(at_path(use, "count"));
    if (count == "0") return text + "not since the host started";
    return text + count + (count == "1" ? " time" : " times") + " since the host started, last "
        + cell_text(at_path(use, "last"));
}

void print_plugin(const Program& program, Output& output, const boost::json::object& plugin)
{
    const bool is_serving = !program.is_direct();
    for (const std::string_view key :
         {"id",    "name",      "version", "summary", "vendor", "homepage", "license",
          "state", "folder",    "asked",   "granted", "owns",   "bound",    "versions",
          "key",   "isolation", "process", "tier",    "box",    "crashes"}) {
        const std::string text
            = key == "state" ? explained(state_of(program, plugin)) : cell_text(at_path(plugin, key));
        if (!text.empty())
            output.line(std::string{key} + std::string(10 - key.size(), ' ') + printable(text));
    }
    for (const boost::json::value& item : at_path(plugin, "uses").as_array())
        output.line("used      " + use_text(item.as_object(), is_serving));
    if (const boost::json::value* schedules = plugin.if_contains("schedules"))
        for (const boost::json::value& item : schedules->as_array()) {
            const auto text = [&](std::string_view key) { return cell_text(at_path(item.as_object(), key)); };
            output.line(
                "schedule  " + text("name") + " (" + text("rule") + ") starts " + text("job") + ", next "
                + text("next")
                + (text("last").empty() ? "" : ", last " + text("last") + " as job " + text("last_job"))
            );
        }
    for (const boost::json::value& item : at_path(plugin, "problems").as_array())
        print_problem(output, "problem   ", item.as_object());
    for (const boost::json::value& warning : at_path(plugin, "warnings").as_array())
        output.line("warning   " + printable(cell_text(warning)));
}

/// The message, and behind it "key=value" for each field; values with blanks in quotes.
std::string message_with_fields(const boost::json::object& line)
{
    std::string text = cell_text(at_path(line, "message"));
    const boost::json::value& fields = at_path(line, "fields");
    if (!fields.is_object()) return text;
    for (const auto& [key, value] : fields.get_object()) {
        if (value.is_null()) continue;
        std::string shown = cell_text(value);
        if (shown.empty() || shown.find_first_of(" \t\n\"=") != std::string::npos)
            shown = to_json(boost::json::value(shown));
        text += (text.empty() ? "" : " ") + std::string{key} + '=' + shown;
    }
    return text;
}

std::string microseconds(const boost::json::value& nanoseconds)
{
    std::string text = std::to_string(nanoseconds.to_number<double>() / 1000);
    text.resize(text.find('.') + 2);
    return text + " us";
}

} // namespace

Result<Exit> list_plugins(Program& program)
{
    MORTISE_TRY(const boost::json::value answer, program.call("plugins.list"));
    Output& output = program.output();
    const boost::json::array& plugins = at_path(answer.as_object(), "plugins").as_array();
    if (output.is_json() || plugins.empty()) {
        output.list(plugins, {}, "there are no plugins");
        return Exit::done;
    }
    std::vector<std::string> states;
    Table table{{"plugin", "version", "state", "summary"}};
    for (const boost::json::value& item : plugins) {
        const boost::json::object& plugin = item.as_object();
        const std::string problem = first_problem(plugin);
        const std::string state = state_of(program, plugin);
        if (std::ranges::find(states, state) == states.end()) states.push_back(state);
        table.add(
            {cell_text(at_path(plugin, "id")),
             cell_text(at_path(plugin, "version")),
             state,
             problem.empty() ? cell_text(at_path(plugin, "summary")) : problem}
        );
    }
    output.raw(table.text(terminal_width()));
    for (const boost::json::value& item : plugins) {
        const boost::json::object& plugin = item.as_object();
        const boost::json::array& problems = at_path(plugin, "problems").as_array();
        if (!problems.empty())
            print_problem(output, cell_text(at_path(plugin, "id")) + ": ", problems.front().as_object());
    }
    for (const std::string& state : states)
        output.note(explained(state));
    return Exit::done;
}

Result<Exit> show_plugin(Program& program, const std::string& id)
{
    MORTISE_TRY(const boost::json::value plugin, program.call("plugins.get", {{"plugin", id}}));
    program.output().print(plugin, [&] { print_plugin(program, program.output(), plugin.as_object()); });
    return Exit::done;
}

Result<Exit> change_plugin(
    Program& program,
    const std::string& action,
    const std::string& id,
    const std::vector<std::string>& permissions
)
{
    boost::json::object params{{"plugin", id}};
    if (!permissions.empty())
        params["permissions"] = boost::json::array(permissions.begin(), permissions.end());
    MORTISE_TRY(boost::json::value answer, program.call("plugins." + action, std::move(params)));
    Output& output = program.output();
    const boost::json::value* inner = answer.as_object().if_contains("plugin");
    const boost::json::object& plugin = inner ? inner->as_object() : answer.as_object();
    output.print(answer, [&] {
        output.line(
            id + ' ' + cell_text(at_path(plugin, "version")) + ": " + explained(state_of(program, plugin))
        );
        if (action == "enable" || action == "grant" || action == "revoke")
            output.line("granted: " + cell_text(at_path(plugin, "granted")));
        if (const std::string problem = cell_text(at_path(answer.as_object(), "problem")); !problem.empty())
            output.note("the former code: " + printable(problem));
        if (const std::string problem = first_problem(plugin); !problem.empty())
            output.note(printable(problem));
    });
    return Exit::done;
}

Result<Exit> isolate_plugin(Program& program, const std::string& id, bool on)
{
    MORTISE_TRY(
        const boost::json::value plugin, program.call("plugins.isolate", {{"plugin", id}, {"on", on}})
    );
    program.output().print(plugin, [&] {
        program.output().line(
            id + (on ? " runs in a process of its own" : " runs in the host's process")
            + (at_path(plugin.as_object(), "enabled") == true ? "" : " once it is enabled")
        );
    });
    return Exit::done;
}

Result<Exit>
show_plugin_logs(Program& program, const std::string& id, std::uint64_t limit, const std::string& level)
{
    boost::json::object params{{"plugin", id}, {"limit", limit}};
    if (!level.empty()) params["level"] = level;
    MORTISE_TRY(boost::json::value answer, program.call("plugins.logs", std::move(params)));
    boost::json::array& lines = answer.as_object()["lines"].as_array();
    if (!program.output().is_json())
        for (boost::json::value& line : lines)
            line.as_object()["message"] = message_with_fields(line.as_object());
    program.output().list(
        lines,
        {{"time", "time"}, {"level", "level"}, {"from", "from"}, {"key", "key"}, {"message", "message"}},
        "nothing was logged since the host started"
    );
    return Exit::done;
}

Result<Exit> show_plugin_stats(Program& program, const std::string& id)
{
    boost::json::object params;
    if (!id.empty()) params["plugin"] = id;
    MORTISE_TRY(const boost::json::value answer, program.call("plugins.stats", std::move(params)));
    Output& output = program.output();
    const boost::json::array& plugins = at_path(answer.as_object(), "plugins").as_array();
    if (output.is_json() || plugins.empty()) {
        output.list(plugins, {}, "no plugin is enabled");
        return Exit::done;
    }
    Table table{{"plugin", "function", "calls", "errors", "p50", "p99"}};
    for (const boost::json::value& item : plugins) {
        const boost::json::object& plugin = item.as_object();
        table.add(
            {cell_text(at_path(plugin, "plugin")),
             "all",
             cell_text(at_path(plugin, "calls")),
             cell_text(at_path(plugin, "errors")),
             "",
             ""}
        );
        for (const boost::json::value& one : at_path(plugin, "functions").as_array()) {
            const boost::json::object& function = one.as_object();
            table.add(
                {"",
                 cell_text(at_path(function, "function")),
                 cell_text(at_path(function, "calls")),
                 cell_text(at_path(function, "errors")),
                 microseconds(at_path(function, "p50_ns")),
                 microseconds(at_path(function, "p99_ns"))}
            );
        }
    }
    output.raw(table.text(terminal_width()));
    return Exit::done;
}

Result<Exit> list_jobs(Program& program, const std::string& plugin)
{
    boost::json::object params;
    if (!plugin.empty()) params["plugin"] = plugin;
    MORTISE_TRY(const boost::json::value answer, program.call("jobs.list", std::move(params)));
    program.output().list(
        at_path(answer.as_object(), "jobs").as_array(),
        {{"id", "id"},
         {"plugin", "plugin"},
         {"job", "name"},
         {"state", "state"},
         {"tries", "tries"},
         {"done", "done"},
         {"of", "total"},
         {"doing", "doing"},
         {"error", "error"}},
        "there are no jobs"
    );
    return Exit::done;
}

Result<Exit> use_job(Program& program, const std::string& method, const std::string& id)
{
    MORTISE_TRY(const boost::json::value job, program.call(method, {{"id", id}}));
    program.output().object(job.as_object());
    return Exit::done;
}

} // namespace mortise::host
