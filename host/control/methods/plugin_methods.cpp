#include "base/json.hpp"
#include "base/time_text.hpp"
#include "control/host.hpp"
#include "control/methods/answers.hpp"
#include "control/methods/methods.hpp"
#include "plugins/plugin_manager.hpp"
#include "plugins/plugin_secrets.hpp"

#include <mortise/control/error_json.hpp>

#include <algorithm>
#include <iterator>
#include <optional>

namespace mortise::host {
namespace {

const Param plugin_param{"plugin", ParamKind::text, "its id, such as \"mortise.pipelines\"", true};

boost::json::object start_json(const StartCost& start)
{
    const auto time = [](Instant instant, std::uint64_t spent) {
        return spent == 0 ? boost::json::value{} : boost::json::value(format_instant(instant));
    };
    return {
        {"declared_at", time(start.declared_at, start.declare_ns)},
        {"declare_ns", start.declare_ns},
        {"loaded_at", time(start.loaded_at, start.load_ns)},
        {"load_ns", start.load_ns},
        {"activate_ns", start.activate_ns},
        {"loads", start.loads},
    };
}

boost::json::object cost_json(const PluginCost& cost)
{
    boost::json::array functions;
    for (const FunctionCost& function : cost.functions)
        functions.emplace_back(boost::json::object{
            {"function", function.function},
            {"calls", function.calls},
            {"errors", function.errors},
            {"p50_ns", function.p50_ns},
            {"p99_ns", function.p99_ns}
        });
    boost::json::array events;
    for (const EventCount& event : cost.events)
        events.emplace_back(boost::json::object{
            {"type", event.type},
            {"published", event.published},
            {"handled", event.handled},
            {"failed", event.failed}
        });
    return {
        {"calls", cost.calls},
        {"errors", cost.errors},
        {"host_calls", cost.host_calls},
        {"host_errors", cost.host_errors},
        {"rows_read", cost.rows_read},
        {"records_written", cost.records_written},
        {"slow_quanta", cost.slow_quanta},
        {"late_hooks", cost.late_hooks},
        {"connections", cost.connections},
        {"connections_failed", cost.connections_failed},
        {"net_read", cost.net_read},
        {"net_written", cost.net_written},
        {"queued", cost.queued},
        {"queued_most", cost.queued_most},
        {"slowest", cost.slowest},
        {"start", start_json(cost.start)},
        {"functions", std::move(functions)},
        {"events", std::move(events)},
    };
}

boost::json::object log_json(const LogLine& line)
{
    return {
        {"number", line.number},
        {"time", format_instant(line.time)},
        {"level", name_of(line.level)},
        {"key", line.key},
        {"message", line.message},
        {"fields", json_of(Value{line.fields})},
        {"from", line.from_host ? "host" : "plugin"},
    };
}

/// Nothing if there is no such level; without a name the lowest.
std::optional<LogLevel> level_of(std::string_view name)
{
    if (name.empty()) return LogLevel::debug;
    for (const LogLevel level : {LogLevel::debug, LogLevel::info, LogLevel::warning, LogLevel::error})
        if (name == name_of(level)) return level;
    return std::nullopt;
}

boost::json::object schedule_json(const ScheduleStatus& schedule)
{
    boost::json::object json{
        {"name", schedule.name},
        {"job", schedule.job},
        {"rule", schedule.rule},
        {"next", format_instant(schedule.next)},
        {"last", nullptr},
        {"last_job", nullptr},
    };
    if (schedule.last_job != 0) {
        json["last"] = format_instant(schedule.last);
        json["last_job"] = number_text(schedule.last_job);
    }
    return json;
}

/// Those of the host itself, in the shape that those of plugins have.
Answer host_settings_json(const Value& settings)
{
    return boost::json::value(boost::json::object{
        {"settings", json_of(settings)},
        {"secrets", boost::json::object{}},
        {"schema", nullptr},
        {"quotas", boost::json::object{}},
        {"net", boost::json::object{}},
    });
}

/// What became of a plugin after a change that an admin asked for.
Answer after(PluginManager& plugins, const std::string& id)
{
    MORTISE_TRY(const PluginStatus status, plugins.find(id));
    return boost::json::value(plugin_json(status));
}

Method admin_method(
    std::string name,
    std::string help,
    Effect effect,
    PluginManager& plugins,
    Result<void> (*change)(PluginManager&, const std::string&)
)
{
    return {
        .name = std::move(name),
        .help = std::move(help),
        .params = {plugin_param},
        .result = "the plugin, as in plugins.list",
        .effect = effect,
        .handler = [&plugins, change](Call& call, const Arguments& arguments) -> Answer {
            MORTISE_CHECK(require_capability(call, Capability::plugins));
            const std::string id = arguments.text("plugin");
            MORTISE_CHECK(change(plugins, id));
            return after(plugins, id);
        },
    };
}

Method permission_method(
    std::string name,
    std::string help,
    PluginManager& plugins,
    Result<void> (PluginManager::*change)(std::string_view, const std::vector<std::string>&)
)
{
    return {
        .name = std::move(name),
        .help = std::move(help),
        .params = {plugin_param, {"permissions", ParamKind::list, "such as \"contacts.read\"", true}},
        .result = "the plugin, as in plugins.list",
        .effect = Effect::write,
        .handler = [&plugins, change](Call& call, const Arguments& arguments) -> Answer {
            MORTISE_CHECK(require_capability(call, Capability::plugins));
            MORTISE_TRY(const auto permissions, arguments.texts("permissions"));
            const std::string id = arguments.text("plugin");
            MORTISE_CHECK((plugins.*change)(id, permissions));
            return after(plugins, id);
        },
    };
}

// NOLINTNEXTLINE(readability-function-size): a table
void add_reading(Api& api, PluginManager& plugins)
{
    api.add({
        .name = "plugins.list",
        .help = "Lists the plugins that there are, enabled or not",
        .result = "{plugins: [{id, name, version, vendor, homepage, license, state, enabled, problems, "
                  "asked, granted, owns: what it writes "
                  "without a permission, uses: [{permission, count, last}] since the host started, ...}]}",
        .handler = [&plugins](Call&, const Arguments&) -> Answer {
            boost::json::array json;
            for (const PluginStatus& status : plugins.list())
                json.emplace_back(plugin_json(status));
            return boost::json::value(boost::json::object{{"plugins", std::move(json)}});
        },
    });
    api.add({
        .name = "plugins.get",
        .help = "Reads one plugin's state",
        .params = {plugin_param},
        .result = "as in plugins.list, and schedules: [{name, job, rule, next, last, last_job}]",
        .handler = [&plugins](Call&, const Arguments& arguments) -> Answer {
            const std::string id = arguments.text("plugin");
            MORTISE_TRY(boost::json::value json, after(plugins, id));
            MORTISE_TRY(const auto schedules, plugins.schedules(id));
            boost::json::array all;
            for (const ScheduleStatus& one : schedules)
                all.emplace_back(schedule_json(one));
            json.as_object()["schedules"] = std::move(all);
            return json;
        },
    });
    api.add({
        .name = "plugins.logs",
        .help = "Reads the newest log lines of a plugin",
        .params = {
            plugin_param,
            {"limit", ParamKind::integer, "at most so many, 100 without it"},
            {"after", ParamKind::integer, "only lines with a greater number"},
            {"level", ParamKind::text, "debug, info, warning or error: only lines that matter as much"},
        },
        .result = "{lines: [{number, time, level, key, message, fields, from}]}, oldest first",
        .handler = [&plugins](Call& call, const Arguments& arguments) -> Answer {
            MORTISE_CHECK(require_capability(call, Capability::plugins));
            const auto least = level_of(arguments.text("level"));
            if (!least)
                return Error{
                    .code = ErrorCode::invalid,
                    .message = "there is no level \"" + arguments.text("level") + '"',
                    .key = "log.level",
                    .where = "level",
                    .hint = "levels are debug, info, warning and error",
                };
            const std::uint64_t limit = arguments.count("limit", 100, 1000);
            MORTISE_TRY(
                const auto all,
                plugins.logs(
                    arguments.text("plugin"),
                    LogRing::capacity,
                    static_cast<std::uint64_t>(arguments.integer("after"))
                )
            );
            std::vector<LogLine> lines;
            std::ranges::copy_if(all, std::back_inserter(lines), [&](const LogLine& line) {
                return line.level >= *least;
            });
            if (lines.size() > limit)
                lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(limit)); // the newest stay
            boost::json::array json;
            for (const LogLine& line : lines)
                json.emplace_back(log_json(line));
            return boost::json::value(boost::json::object{{"lines", std::move(json)}});
        },
    });
    api.add({
        .name = "plugins.stats",
        .help = "Tells what plugins have cost since the host started",
        .params = {{"plugin", ParamKind::text, "one of them; without it all that are enabled"}},
        .result = "{plugins: [{plugin, calls, errors, host_calls, rows_read, queued, functions: [{function, "
                  "calls, errors, "
                  "p50_ns, p99_ns}], events: [{type, published, handled, failed}], start: {declared_at, "
                  "declare_ns, loaded_at, load_ns, "
                  "activate_ns, loads}, ...}]}",
        .handler = [&plugins](Call&, const Arguments& arguments) -> Answer {
            boost::json::array json;
            for (const PluginStatus& status : plugins.list()) {
                if (arguments.has("plugin") ? status.id != arguments.text("plugin") : !status.enabled)
                    continue;
                MORTISE_TRY(const PluginCost cost, plugins.cost(status.id));
                boost::json::object one{{"plugin", status.id}};
                for (auto& [name, value] : cost_json(cost))
                    one[name] = value;
                json.emplace_back(std::move(one));
            }
            return boost::json::value(boost::json::object{{"plugins", std::move(json)}});
        },
    });
}

Result<boost::json::object> secrets_json(PluginManager& plugins, const Manifest& manifest)
{
    MORTISE_TRY(const auto given, plugins.given_secrets(manifest.id));
    boost::json::object json;
    for (const std::string& name : secret_settings(manifest))
        json[name] = std::ranges::find(given, name) != given.end();
    return json;
}

void add_settings(Api& api, PluginManager& plugins)
{
    api.add({
        .name = "settings.get",
        .help = "Reads the settings of a plugin, or of the plugin \"host\" those of the host about plugins, "
                "with the "
                "defaults filled in, and the schema that they follow",
        .params = {plugin_param},
        .result
        = "{settings, secrets: {NAME: whether it was given}, schema (JSON Schema, null if there are none), "
          "quotas, net: {authorities, private}}",
        .handler = [&plugins](Call&, const Arguments& arguments) -> Answer {
            MORTISE_TRY(const Value settings, plugins.settings(arguments.text("plugin")));
            if (arguments.text("plugin") == PluginManager::host_id) return host_settings_json(settings);
            MORTISE_TRY(const auto manifest, plugins.manifest(arguments.text("plugin")));
            MORTISE_TRY(boost::json::object secrets, secrets_json(plugins, *manifest));
            MORTISE_TRY(const Map quotas, plugins.quotas(arguments.text("plugin")));
            MORTISE_TRY(const Map net, plugins.net_options(arguments.text("plugin")));
            return boost::json::value(boost::json::object{
                {"settings", json_of(settings)},
                {"secrets", std::move(secrets)},
                {"schema", manifest->settings},
                {"quotas", json_of(Value{quotas})},
                {"net", json_of(Value{net})},
            });
        },
    });
    api.add({
        .name = "settings.set",
        .help
        = "Sets a setting of a plugin; null takes it back to its default. A secret is sealed, and never told",
        .params
        = {plugin_param,
           {"name",
            ParamKind::text,
            "the setting, quota. and the name of a quota, net.authorities or net.private",
            true},
           {"value", ParamKind::any, "what its schema takes"}},
        .result = "{settings, secrets}",
        .effect = Effect::write,
        .handler = [&plugins](Call& call, const Arguments& arguments) -> Answer {
            MORTISE_CHECK(require_capability(call, Capability::plugins));
            const std::string id = arguments.text("plugin");
            MORTISE_CHECK(plugins.set_setting(id, arguments.text("name"), value_of(arguments.value("value")))
            );
            MORTISE_TRY(const Value settings, plugins.settings(id));
            if (id == PluginManager::host_id) return host_settings_json(settings);
            MORTISE_TRY(const auto manifest, plugins.manifest(id));
            MORTISE_TRY(boost::json::object secrets, secrets_json(plugins, *manifest));
            return boost::json::value(
                boost::json::object{{"settings", json_of(settings)}, {"secrets", std::move(secrets)}}
            );
        },
    });
}

/// Each permission that it holds, used or not, in the order in which it asks for them.
boost::json::array uses_json(const PluginStatus& status)
{
    boost::json::array uses;
    for (const std::string& permission : status.granted) {
        const auto use = std::ranges::find(status.uses, permission, &PermissionUse::permission);
        const bool is_used = use != status.uses.end() && use->count != 0;
        uses.emplace_back(boost::json::object{
            {"permission", permission},
            {"count", is_used ? use->count : 0},
            {"last", is_used ? boost::json::value(format_instant(use->last)) : boost::json::value{}},
        });
    }
    return uses;
}

} // namespace

boost::json::object plugin_json(const PluginStatus& status)
{
    boost::json::array problems;
    for (const Error& problem : status.problems)
        problems.emplace_back(control::json_of(problem));
    return {
        {"id", status.id},
        {"name", status.name},
        {"version", status.version},
        {"summary", status.summary},
        {"vendor", status.vendor},
        {"homepage", status.homepage},
        {"license", status.license},
        {"folder", status.folder},
        {"state", name_of(status.state)},
        {"enabled", status.enabled},
        {"problems", std::move(problems)},
        {"warnings", text_array(status.warnings)},
        {"asked", text_array(status.asked)},
        {"granted", text_array(status.granted)},
        {"owns", text_array(status.owns)},
        {"uses", uses_json(status)},
        {"migrating_from", status.migrating_from},
        {"pinned", status.pinned},
        {"bound", text_array(status.bound)},
        {"versions", text_array(status.versions)},
        {"key", status.key},
        {"isolation", status.isolated ? "process" : "none"},
        {"process", status.process == 0 ? boost::json::value{} : boost::json::value{status.process}},
        {"crashes", status.crashes},
        {"tier", status.box ? boost::json::value(name_of(status.box->tier())) : boost::json::value{}},
        {"box", status.box ? boost::json::value(status.box->words()) : boost::json::value{}},
    };
}

// NOLINTNEXTLINE(readability-function-size): a table
void add_plugin_methods(Api& api, Host& host)
{
    PluginManager& plugins = host.plugins();
    add_reading(api, plugins);
    api.add(admin_method(
        "plugins.enable",
        "Enables a plugin, grants what its manifest asks for, and starts it once, so that what it sets up is "
        "there",
        Effect::write,
        plugins,
        [](PluginManager& manager, const std::string& id) -> Result<void> {
            MORTISE_CHECK(manager.rescan());
            MORTISE_CHECK(manager.enable(id));
            MORTISE_CHECK(manager.activate(id));
            manager.drain();
            return {};
        }
    ));
    api.add(admin_method(
        "plugins.disable",
        "Disables a plugin; its records stay",
        Effect::write,
        plugins,
        [](PluginManager& manager, const std::string& id) { return manager.disable(id); }
    ));
    api.add(admin_method(
        "plugins.activate",
        "Starts the code of an enabled plugin now, before it is needed",
        Effect::write,
        plugins,
        [](PluginManager& manager, const std::string& id) { return manager.activate(id); }
    ));
    api.add({
        .name = "plugins.isolate",
        .help
        = "Says whether a plugin's code runs in a process of its own; code that runs is started again there",
        .params = {plugin_param, {"on", ParamKind::boolean, "false: in the host's own process"}},
        .result = "the plugin, as in plugins.list",
        .effect = Effect::write,
        .handler = [&plugins](Call& call, const Arguments& arguments) -> Answer {
            MORTISE_CHECK(require_capability(call, Capability::plugins));
            const std::string id = arguments.text("plugin");
            MORTISE_CHECK(plugins.isolate(id, !arguments.has("on") || arguments.flag("on")));
            return after(plugins, id);
        },
    });
    api.add({
        .name = "plugins.reload",
        .help = "Closes a plugin's code and takes up the newest on disk, while the host runs",
        .params = {plugin_param},
        .result = "{plugin: as in plugins.list, clean: whether the former code came back in time, problem}",
        .effect = Effect::write,
        .handler = [&plugins](Call& call, const Arguments& arguments) -> Answer {
            MORTISE_CHECK(require_capability(call, Capability::plugins));
            const std::string id = arguments.text("plugin");
            MORTISE_TRY(const Closing closing, plugins.reload(id));
            MORTISE_TRY(const PluginStatus status, plugins.find(id));
            return boost::json::value(boost::json::object{
                {"plugin", plugin_json(status)}, {"clean", closing.is_clean}, {"problem", closing.problem}
            });
        },
    });
    api.add(
        permission_method("plugins.grant", "Grants permissions to a plugin", plugins, &PluginManager::grant)
    );
    api.add(permission_method(
        "plugins.revoke", "Takes permissions from a plugin", plugins, &PluginManager::revoke
    ));
    add_settings(api, plugins);
}

} // namespace mortise::host
