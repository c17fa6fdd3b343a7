#include "box.hpp"
#include "jobs/job_queue.hpp"

namespace mortise::testkit {

namespace {

constexpr std::size_t most_lines = 500;

Result<Value> now(Box& box, const Map&)
{
    return Value{box.clock().now()};
}

/// Moves the clock, and lets everybody who waits for a time look at it.
Result<Value> set_now(Box& box, const Map& arguments)
{
    const auto* to = arguments["to"].as<Instant>();
    if (!to)
        return Error{
            .code = ErrorCode::invalid, .message = "\"to\" must be an instant", .key = "testkit.argument"
        };
    if (*to < box.clock().now())
        return Error{
            .code = ErrorCode::invalid,
            .message = "the kit's clock does not go back",
            .key = "testkit.clock",
            .hint = "make a new kit that starts earlier",
        };
    box.clock().set(*to);
    box.host().dispatcher().notify(box.host().events().last());
    return Value{*to};
}

Result<Value> status(Box& box, const Map& arguments)
{
    MORTISE_TRY(const host::PluginStatus status, box.plugins().find(box.plugin_of(arguments)));
    List problems;
    for (const Error& each : status.problems)
        problems.emplace_back(each.where.empty() ? each.message : each.where + ": " + each.message);
    List warnings;
    for (const std::string& each : status.warnings)
        warnings.emplace_back(each);
    List bound;
    for (const std::string& each : status.bound)
        bound.emplace_back(each);
    List granted;
    for (const std::string& each : status.granted)
        granted.emplace_back(each);
    return Value{Map{
        {"id", status.id},
        {"version", status.version},
        {"state", host::name_of(status.state)},
        {"problems", std::move(problems)},
        {"warnings", std::move(warnings)},
        {"bound", std::move(bound)},
        {"granted", std::move(granted)},
        {"pinned", status.pinned},
    }};
}

Result<Value> activate(Box& box, const Map& arguments)
{
    MORTISE_CHECK(box.plugins().activate(box.plugin_of(arguments)));
    return Value{};
}

Result<Value> reload(Box& box, const Map& arguments)
{
    const std::string id = box.plugin_of(arguments);
    MORTISE_TRY(const host::Closing closing, box.plugins().reload(id));
    if (!closing.is_clean)
        return Error{
            .code = ErrorCode::timeout,
            .message = id + " did not come to an end: " + closing.problem,
            .key = "testkit.closing",
        };
    return Value{Map{
        {"problem", closing.problem},
        {"unmapped", closing.unloaded.unmapped},
        {"pinned_because", closing.unloaded.pinned_because},
    }};
}

Result<Value> disable(Box& box, const Map& arguments)
{
    const std::string id = box.plugin_of(arguments);
    MORTISE_CHECK(box.plugins().disable(id));
    MORTISE_TRY(const host::PluginStatus status, box.plugins().find(id));
    return Value{Map{{"unmapped", status.pinned.empty()}, {"pinned_because", status.pinned}}};
}

Result<Value> enable(Box& box, const Map& arguments)
{
    const std::string id = box.plugin_of(arguments);
    MORTISE_CHECK(box.plugins().enable(id));
    return activate(box, arguments);
}

Result<Value> settings(Box& box, const Map& arguments)
{
    return box.plugins().settings(box.plugin_of(arguments));
}

Result<Value> set_setting(Box& box, const Map& arguments)
{
    MORTISE_TRY(const std::string name, need_text(arguments, "name"));
    MORTISE_CHECK(box.plugins().set_setting(box.plugin_of(arguments), name, arguments["value"]));
    return Value{};
}

/// Takes a permission away (or gives it back), as an administrator may at any time.
Result<Value> set_grant(Box& box, const Map& arguments, bool grant)
{
    MORTISE_TRY(const std::string permission, need_text(arguments, "permission"));
    const std::string id = box.plugin_of(arguments);
    MORTISE_TRY(const auto manifest, box.plugins().manifest(id));
    if (std::ranges::find(manifest->permissions, permission) == manifest->permissions.end()) {
        std::string asked;
        for (const std::string& each : manifest->permissions)
            asked += (asked.empty() ? "" : ", ") + each;
        return Error{
            .code = ErrorCode::not_found,
            .message = id + " does not ask for \"" + permission + '"',
            .key = "testkit.permission",
            .where = permission,
            .hint
            = asked.empty() ? "its plugin.json asks for no permission" : "its plugin.json asks for " + asked,
        };
    }
    MORTISE_CHECK(grant ? box.plugins().grant(id, {permission}) : box.plugins().revoke(id, {permission}));
    MORTISE_CHECK(box.plugins().activate(id));
    return Value{};
}

Result<Value> log(Box& box, const Map& arguments)
{
    MORTISE_TRY(const auto lines, box.plugins().logs(box.plugin_of(arguments), most_lines));
    List all;
    for (const host::LogLine& line : lines)
        all.emplace_back(Map{
            {"time", line.time},
            {"level", host::name_of(line.level)},
            {"key", line.key},
            {"message", line.message},
            {"fields", line.fields},
            {"from_host", line.from_host},
        });
    return Value{std::move(all)};
}

} // namespace

void add_plugin_operations(Box& box)
{
    box.add_reading("clock.now", now);
    box.add("clock.set", set_now);
    box.add_reading("plugin.status", status);
    box.add("plugin.activate", activate);
    box.add("plugin.reload", reload);
    box.add("plugin.disable", disable);
    box.add("plugin.enable", enable);
    box.add_reading("plugin.settings", settings);
    box.add("plugin.set", set_setting);
    box.add("plugin.deny", [](Box& in, const Map& arguments) { return set_grant(in, arguments, false); });
    box.add("plugin.grant", [](Box& in, const Map& arguments) { return set_grant(in, arguments, true); });
    box.add_reading("plugin.log", log);
}

} // namespace mortise::testkit
