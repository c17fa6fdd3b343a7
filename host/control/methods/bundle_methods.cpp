#include "base/json.hpp"
#include "base/time_text.hpp"
#include "bundles/bundles.hpp"
#include "control/host.hpp"
#include "control/methods/answers.hpp"
#include "control/methods/methods.hpp"

namespace mortise::host {
namespace {

const Param bundle_param{"bundle", ParamKind::object, "a bundle (bundle.schema.json)"};
const Param name_param{"name", ParamKind::text, "instead of a bundle, one that came with the system"};
const Param sample_param{"sample_data", ParamKind::boolean, "make its sample data too"};
const Param lock_param{"lock", ParamKind::object, "keep to exactly these versions and files"};

Result<Bundle> bundle_of(Bundles& bundles, const Arguments& arguments)
{
    if (arguments.has("bundle")) return parse_bundle(boost::json::value(arguments.object("bundle")));
    if (arguments.has("name")) return bundles.find_shipped(arguments.text("name"));
    return Error{
        ErrorCode::invalid, "bundle is missing", "rpc.params", "/bundle", "give a bundle, or the name of one"
    };
}

Result<PlanOptions> options_of(const Arguments& arguments)
{
    PlanOptions options{.sample_data = arguments.flag("sample_data")};
    if (arguments.has("lock")) {
        MORTISE_TRY(options.lock, parse_lock(boost::json::value(arguments.object("lock"))));
    }
    return options;
}

boost::json::value time_json(Instant time)
{
    return time.microseconds == 0 ? boost::json::value{} : boost::json::value(format_instant(time));
}

boost::json::object run_json(const BundleRun& run)
{
    return {
        {"run", run.id},
        {"bundle", run.bundle},
        {"version", run.version},
        {"state", name_of(run.state)},
        {"started", time_json(run.started)},
        {"ended", time_json(run.ended)},
        {"by", run.by},
        {"problem", run.problem},
    };
}

boost::json::object shipped_json(const ShippedBundle& shipped, const std::vector<BundleRun>& runs)
{
    boost::json::object json{{"name", shipped.name}};
    if (shipped.bundle) {
        const Bundle& bundle = *shipped.bundle;
        boost::json::array plugins;
        for (const BundlePlugin& plugin : bundle.plugins)
            plugins.emplace_back(plugin.id);
        json["title"] = bundle.title;
        json["version"] = bundle.version.text();
        json["description"] = bundle.description;
        json["plugins"] = std::move(plugins);
    }
    json["problem"] = shipped.problem ? boost::json::value(shipped.problem->message) : boost::json::value{};
    json["applied"] = nullptr;
    for (const BundleRun& run : runs)
        if (run.bundle == shipped.name && run.state == RunState::applied) {
            json["applied"] = run.version;
            break;
        }
    return json;
}

Answer list(Bundles& bundles)
{
    MORTISE_TRY(const auto runs, bundles.runs());
    boost::json::array shipped;
    for (const ShippedBundle& one : bundles.shipped())
        shipped.emplace_back(shipped_json(one, runs));
    boost::json::array all;
    for (const BundleRun& run : runs)
        all.emplace_back(run_json(run));
    const auto problem = bundles.problem();
    return boost::json::value(boost::json::object{
        {"bundles", std::move(shipped)},
        {"runs", std::move(all)},
        {"problem", problem ? boost::json::value(problem->message) : boost::json::value{}},
    });
}

Answer rollback(Bundles& bundles, Call& call, const Arguments& arguments)
{
    MORTISE_CHECK(require_admin(call));
    MORTISE_TRY(const RolledBackBundle result, bundles.rollback(arguments.flag("look")));
    boost::json::object json = run_json(result.run);
    json["steps"] = text_array(result.steps);
    json["left"] = text_array(result.left);
    return boost::json::value(std::move(json));
}

Answer lock(Bundles& bundles, const Arguments& arguments)
{
    MORTISE_TRY(const auto runs, bundles.runs());
    const std::string name = arguments.text("name");
    for (const BundleRun& run : runs)
        if (run.state == RunState::applied && (name.empty() || run.bundle == name))
            return boost::json::value(json_of(run.lock));
    return Error{
        ErrorCode::not_found,
        name.empty() ? "no bundle is applied" : "the bundle " + name + " is not applied",
        "bundles.none_applied",
        name,
        "\"mortise bundles plan\" tells the lock of one before it is applied"
    };
}

Answer export_bundle(Bundles& bundles, Call& call, const Arguments& arguments)
{
    MORTISE_CHECK(require_admin(call));
    ExportOptions options{.name = arguments.text("name")};
    options.version = arguments.text("version", "1.0.0");
    options.title = arguments.text("title");
    options.description = arguments.text("description");
    MORTISE_TRY(options.types, arguments.texts("types"));
    std::vector<std::string> notes;
    MORTISE_TRY(boost::json::object bundle, bundles.exported(options, notes));
    return boost::json::value(boost::json::object{{"bundle", std::move(bundle)}, {"notes", text_array(notes)}}
    );
}

void add_reading(Api& api, Bundles& bundles)
{
    api.add({
        .name = "bundles.list",
        .help = "Lists the bundles that came with the system, and what was applied and taken back",
        .result
        = "{bundles: [{name, title, version, description, plugins: [id], problem, applied: version or "
          "null}], "
          "runs: [{run, bundle, version, state, started, ended, by, problem}], newest first, problem: why "
          "something that was cut short is not taken back yet}",
        .handler = [&bundles](Call&, const Arguments&) { return list(bundles); },
    });
    api.add({
        .name = "bundles.plan",
        .help = "Tells what applying a bundle would do, in words; nothing is written",
        .params = {bundle_param, name_param, sample_param, lock_param},
        .result = "{bundle, version, possible, steps: [{kind, text, what}], permissions: [{plugin, "
                  "permission, text}], "
                  "migrations: [text], conflicts: [{code, message, where, hint}], notes: [text], cost: "
                  "{bytes, types, "
                  "..., words: [text]}, lock, plan: its digest}",
        .handler = [&bundles](Call& call, const Arguments& arguments) -> Answer {
            MORTISE_CHECK(require_admin(call));
            MORTISE_TRY(const Bundle bundle, bundle_of(bundles, arguments));
            MORTISE_TRY(const PlanOptions options, options_of(arguments));
            MORTISE_TRY(const BundlePlan plan, bundles.plan(bundle, options));
            return boost::json::value(json_of(plan));
        },
    });
    api.add({
        .name = "bundles.lock",
        .help = "Tells which versions and files an applied bundle came to",
        .params = {{"name", ParamKind::text, "of a bundle; without it the one that was applied last"}},
        .result = "{format, bundle, version, digest, platform, plugins: {id: {version, digest}}}",
        .handler = [&bundles](Call&, const Arguments& arguments) { return lock(bundles, arguments); },
    });
    api.add({
        .name = "bundles.export",
        .help = "Makes a bundle of what runs: plugins, settings without secrets, fields of the installation, records",
        .params = {
            {"name", ParamKind::text, "of the bundle, such as \"our-sales\"", true},
            {"version", ParamKind::text, "of the bundle, 1.0.0 without it"},
            {"title", ParamKind::text, "what people call it"},
            {"description", ParamKind::text, "what it is for"},
            {"types", ParamKind::list, "record types whose records go with it"},
        },
        .result = "{bundle, notes: [text], what was left out}",
        .handler = [&bundles](Call& call, const Arguments& arguments) { return export_bundle(bundles, call, arguments); },
    });
}

} // namespace

void add_bundle_methods(Api& api, Host& host)
{
    Bundles& bundles = host.bundles();
    add_reading(api, bundles);
    api.add({
        .name = "bundles.apply",
        .help = "Does all that bundles.plan tells, or nothing: after a failure what was done is taken back. "
                "Progress: {done, total, doing}",
        .params = {
            bundle_param,
            name_param,
            sample_param,
            lock_param,
            {"plan", ParamKind::text, "digest of the plan that was agreed to: refused if it would do something else now"},
        },
        .result = "{run: null if all of it was so already, plan: as that of bundles.plan}",
        .effect = Effect::write,
        .handler = [&bundles](Call& call, const Arguments& arguments) -> Answer {
            MORTISE_CHECK(require_admin(call));
            MORTISE_TRY(const Bundle bundle, bundle_of(bundles, arguments));
            MORTISE_TRY(const PlanOptions options, options_of(arguments));
            const auto tell = [&call](std::size_t done, const BundlePlan& plan) {
                call.send_progress({
                    {"done", done},
                    {"total", plan.steps.size()},
                    {"doing", done < plan.steps.size() ? plan.steps[done].text : std::string{}},
                });
            };
            MORTISE_TRY(
                const AppliedBundle applied,
                bundles.apply(call.context(), bundle, options, arguments.text("plan"), tell)
            );
            return boost::json::value(boost::json::object{
                {"run", applied.run == 0 ? boost::json::value{} : boost::json::value(applied.run)},
                {"plan", json_of(applied.plan)},
            });
        },
    });
    api.add({
        .name = "bundles.rollback",
        .help = "Takes back the bundle that was applied last: plugins that it enabled are disabled with "
                "their records "
                "kept, records that it made are deleted and can be restored, its fields are archived",
        .params = {{"look", ParamKind::boolean, "only tell what would be taken back"}},
        .result = "{run, bundle, version, state, ..., steps: [text], left: [text], what stays and why}",
        .effect = Effect::destructive,
        .handler
        = [&bundles](Call& call, const Arguments& arguments) { return rollback(bundles, call, arguments); },
    });
}

} // namespace mortise::host
