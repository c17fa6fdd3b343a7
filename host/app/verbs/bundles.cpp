#include "app/output_file.hpp"
#include "app/verbs/verbs.hpp"
#include "base/json.hpp"

#include <boost/json.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace mortise::host {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

Result<json::object> read_json_file(const std::string& file)
{
    std::ifstream in{file, std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    if (!in.is_open())
        return Error{
            ErrorCode::not_found, "cannot read " + file, "cli.usage.file", file, "is the name right?"
        };
    return read_object(text, file);
}

/// The name of one that came with the system, or a file.
Result<json::object> params_of(const BundleOptions& options)
{
    json::object params;
    std::error_code ignored;
    const bool is_file = options.bundle.find('/') != std::string::npos || options.bundle.ends_with(".json")
        || fs::is_regular_file(options.bundle, ignored);
    if (is_file) {
        MORTISE_TRY(params["bundle"], read_json_file(options.bundle));
    } else
        params["name"] = options.bundle;
    params["sample_data"] = options.sample_data;
    if (!options.lock.empty()) {
        MORTISE_TRY(params["lock"], read_json_file(options.lock));
    }
    return params;
}

void tell_texts(Output& output, std::string_view heading, const json::array& texts)
{
    if (texts.empty()) return;
    output.line(heading);
    for (const json::value& text : texts)
        output.line("  " + printable(cell_text(text)));
}

void tell_steps(Output& output, const json::object& plan)
{
    const json::array& steps = at_path(plan, "steps").as_array();
    if (steps.empty()) return;
    output.line("It would");
    std::size_t number = 0;
    for (const json::value& item : steps)
        output.line(
            "  " + std::to_string(++number) + ". " + printable(cell_text(at_path(item.as_object(), "text")))
        );
}

void tell_permissions(Output& output, const json::object& plan)
{
    std::string plugin;
    for (const json::value& item : at_path(plan, "permissions").as_array()) {
        const json::object& asked = item.as_object();
        if (const std::string of = cell_text(at_path(asked, "plugin")); of != plugin) {
            plugin = of;
            output.line(plugin + " would be allowed to");
        }
        output.line(
            "  " + printable(cell_text(at_path(asked, "text"))) + "  ("
            + printable(cell_text(at_path(asked, "permission"))) + ')'
        );
    }
}

void tell_plan(Output& output, const json::object& plan)
{
    output.line("Bundle " + cell_text(at_path(plan, "bundle")) + ' ' + cell_text(at_path(plan, "version")));
    tell_steps(output, plan);
    tell_permissions(output, plan);
    tell_texts(output, "Migrations", at_path(plan, "migrations").as_array());
    tell_texts(output, "It costs", at_path(plan, "cost.words").as_array());
    tell_texts(output, "Notes", at_path(plan, "notes").as_array());
    const json::array& conflicts = at_path(plan, "conflicts").as_array();
    if (!conflicts.empty()) output.line("It cannot be applied:");
    for (const json::value& item : conflicts) {
        const json::object& conflict = item.as_object();
        output.line("  " + printable(cell_text(at_path(conflict, "message"))));
        if (const std::string hint = cell_text(at_path(conflict, "hint")); !hint.empty())
            output.line("    " + printable(hint));
    }
    if (conflicts.empty() && at_path(plan, "steps").as_array().empty())
        output.line("All of it is so already.");
}

Result<void> write_json_file(const std::string& name, const json::value& value)
{
    MORTISE_TRY(const auto file, OutputFile::create(name));
    MORTISE_CHECK(file->sink().write(to_pretty_json(value) + '\n'));
    MORTISE_CHECK(file->sink().finish());
    return file->keep();
}

/// Into the file, or to standard output.
Result<void> give(Program& program, const std::string& file, const json::value& value)
{
    if (file.empty()) {
        program.output().print(value, [&] { program.output().line(to_pretty_json(value)); });
        return {};
    }
    MORTISE_CHECK(write_json_file(file, value));
    program.output().print(json::value(json::object{{"file", file}}), [&] {
        program.output().line("wrote " + file);
    });
    return {};
}

} // namespace

Result<Exit> list_bundles(Program& program)
{
    MORTISE_TRY(const json::value answer, program.call("bundles.list"));
    program.output().list(
        at_path(answer.as_object(), "bundles").as_array(),
        {{"name", "name"},
         {"version", "version"},
         {"applied", "applied"},
         {"plugins", "plugins"},
         {"what for", "description"},
         {"problem", "problem"}},
        "no bundles came with this system; \"mortise bundles apply FILE\" takes yours"
    );
    return Exit::done;
}

Result<Exit> show_bundle_history(Program& program)
{
    MORTISE_TRY(const json::value answer, program.call("bundles.list"));
    program.output().list(
        at_path(answer.as_object(), "runs").as_array(),
        {{"run", "run"},
         {"bundle", "bundle"},
         {"version", "version"},
         {"state", "state"},
         {"started", "started"},
         {"by", "by"},
         {"problem", "problem"}},
        "no bundle was applied yet"
    );
    return Exit::done;
}

Result<Exit> plan_bundle(Program& program, const BundleOptions& options)
{
    MORTISE_TRY(json::object params, params_of(options));
    MORTISE_TRY(const json::value answer, program.call("bundles.plan", std::move(params)));
    const json::object& plan = answer.as_object();
    program.output().print(answer, [&] { tell_plan(program.output(), plan); });
    const bool is_possible = at_path(plan, "possible") == true;
    if (is_possible && !options.write_lock.empty())
        MORTISE_CHECK(write_json_file(options.write_lock, plan.at("lock")));
    return is_possible ? Exit::done : Exit::failed;
}

Result<Exit> apply_bundle(Program& program, const BundleOptions& options)
{
    Output& output = program.output();
    MORTISE_TRY(json::object params, params_of(options));
    MORTISE_TRY(const json::value planned, program.call("bundles.plan", params));
    const json::object& plan = planned.as_object();
    if (!output.is_json()) tell_plan(output, plan);
    output.flush();
    const bool is_possible = at_path(plan, "possible") == true;
    if (is_possible && !at_path(plan, "steps").as_array().empty())
        MORTISE_CHECK(program.confirm("Apply the bundle " + cell_text(at_path(plan, "bundle"))));
    params["plan"] = plan.at("plan");
    MORTISE_TRY(const json::value applied, program.call("bundles.apply", std::move(params)));
    const json::object& answer = applied.as_object();
    if (!options.write_lock.empty())
        MORTISE_CHECK(write_json_file(options.write_lock, at_path(answer, "plan.lock")));
    output.print(applied, [&] {
        if (!at_path(answer, "run").is_null())
            output.line("Applied; \"mortise bundles rollback\" takes it back.");
    });
    return Exit::done;
}

Result<Exit> roll_back_bundle(Program& program, bool look)
{
    Output& output = program.output();
    MORTISE_TRY(const json::value would, program.call("bundles.rollback", {{"look", true}}));
    const json::object& last = would.as_object();
    const std::string name = cell_text(at_path(last, "bundle")) + ' ' + cell_text(at_path(last, "version"));
    const auto tell = [&](std::string_view heading) {
        output.line(std::string{heading} + ' ' + name);
        tell_texts(output, "taking back", at_path(last, "steps").as_array());
    };
    if (look) {
        output.print(would, [&] { tell("Would take back the bundle"); });
        return Exit::done;
    }
    if (!output.is_json()) tell("The bundle");
    output.flush();
    MORTISE_CHECK(program.confirm("Take the bundle " + name + " back"));
    MORTISE_TRY(const json::value done, program.call("bundles.rollback"));
    output.print(done, [&] {
        output.line("Took back the bundle " + name);
        tell_texts(output, "What stays", at_path(done.as_object(), "left").as_array());
    });
    return Exit::done;
}

Result<Exit> lock_bundle(Program& program, const std::string& name, const std::string& file)
{
    json::object params;
    if (!name.empty()) params["name"] = name;
    MORTISE_TRY(const json::value lock, program.call("bundles.lock", std::move(params)));
    MORTISE_CHECK(give(program, file, lock));
    return Exit::done;
}

Result<Exit> export_bundle(Program& program, const BundleExportOptions& options)
{
    json::array types;
    for (const std::string& type : options.types)
        types.emplace_back(type);
    MORTISE_TRY(
        const json::value answer,
        program.call(
            "bundles.export",
            {{"name", options.name},
             {"version", options.version},
             {"title", options.title},
             {"description", options.description},
             {"types", std::move(types)}}
        )
    );
    const json::object& made = answer.as_object();
    for (const json::value& note : at_path(made, "notes").as_array())
        program.output().note("note: " + printable(cell_text(note)));
    MORTISE_CHECK(give(program, options.file, made.at("bundle")));
    return Exit::done;
}

} // namespace mortise::host
