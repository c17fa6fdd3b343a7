#include "base/json.hpp"
#include "bench.hpp"
#include "control/temporary_folder.hpp"
#include "events/event_log.hpp"

#include <boost/json/object.hpp>

#include <algorithm>
#include <fstream>

namespace mortise::check {

namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

constexpr std::string_view settings_page = "docs/reference/interfaces/settings.md";
constexpr std::string_view events_page = "docs/reference/interfaces/plugin.md#on_events";
constexpr std::string_view migrate_page = "docs/reference/interfaces/plugin.md#migrate";

const json::object* properties_of(const Target& target)
{
    const json::value& schema = target.manifest().settings;
    const auto* found = schema.is_object() ? schema.get_object().if_contains("properties") : nullptr;
    return found ? found->if_object() : nullptr;
}

bool is_secret(const json::value& property)
{
    return property.is_object() && property.get_object().contains("secret");
}

Finding bears_settings(const Target& target)
{
    const json::object* properties = properties_of(target);
    if (!properties) return Finding::skipped("it has no settings");
    Bench bench{target};
    constexpr std::size_t rounds = 8;
    for (std::size_t round = 0; round < rounds; ++round)
        for (const auto& property : *properties) {
            if (is_secret(property.value())) continue;
            const Taste taste = round == 0 ? Taste::all : Taste::extreme;
            const auto value = bench.samples().fitting(property.value(), taste, round);
            if (!value) continue;
            bench.run("plugin.set", {{"name", std::string_view{property.key()}}, {"value", *value}});
            for (const testkit::Call& call : bench.last_calls())
                if (call.function == host::AbiFunction::plugin_settings_changed && call.error)
                    return Finding::failed(
                        "for \"" + std::string{property.key()} + "\": " + testkit::text_of(call)
                    );
            bench.expect_alive("a change of its settings");
        }
    bench.play_records(1);
    bench.play_commands();
    return bench.judge();
}

Finding refuses_garbage(const Target& target)
{
    const json::object* properties = properties_of(target);
    if (!properties) return Finding::skipped("it has no settings");
    Bench bench{target};
    for (const auto& property : *properties) {
        if (is_secret(property.value())) continue;
        const std::string name{property.key()};
        const Value garbage{Map{{"garbage", List{Value{1}, Value{"two"}}}}};
        const bool takes_objects = host::to_json(property.value()).find("\"object\"") != std::string::npos;
        if (!takes_objects && bench.run("plugin.set", {{"name", name}, {"value", garbage}}).ok)
            return Finding::failed("the setting \"" + name + "\" takes an object of nonsense");
        for (const WrongValue& wrong : bench.samples().wrong(property.value()))
            if (wrong.is_refused && bench.run("plugin.set", {{"name", name}, {"value", wrong.value}}).ok)
                return Finding::failed("the setting \"" + name + "\" is set to what " + wrong.what);
    }
    if (bench.run("plugin.set", {{"name", "no_such_setting_of_anybody"}, {"value", 1}}).ok)
        return Finding::failed(
            "settings that it does not declare are taken: say \"additionalProperties\": false"
        );
    return Finding::passed();
}

Finding keeps_no_truth_in_memory(const Target& target)
{
    const auto counts = [&target](bool reloads) {
        Bench bench{target};
        for (int i = 0; i < 3; ++i) {
            bench.play_records(2);
            bench.play_events(1);
            if (reloads) bench.run("plugin.reload");
        }
        return bench.own_counts();
    };
    if (target.manifest().types.empty()) return Finding::skipped("it keeps no records");
    const auto without = counts(false);
    const auto with = counts(true);
    for (const auto& [type, count] : without)
        if (with.at(type) != count)
            return Finding::failed(
                "with a reload in between there are " + std::to_string(with.at(type)) + " of " + type
                + " instead of " + std::to_string(count) + ": something was kept in memory only"
            );
    return Finding::passed();
}

/// Events that the plugin published itself.
std::size_t published(Bench& bench)
{
    std::size_t count = 0;
    for (const Value& event : bench.run("events.list").value.get_or(List{}))
        count
            += event["actor"].text().find("plugin:" + bench.manifest().id) != std::string_view::npos ? 1 : 0;
    return count;
}

/// "TYPE.FIELD was 10 and is 20" for the first value that is another one; empty if there is none.
std::string difference(
    const std::map<std::string, std::vector<std::string>>& before,
    const std::map<std::string, std::vector<std::string>>& after
)
{
    for (const auto& [field, values] : before) {
        const auto found = after.find(field);
        if (found == after.end()) continue;
        const auto [was, is] = std::ranges::mismatch(values, found->second);
        if (was != values.end() && is != found->second.end())
            return field + " was " + *was + " and is " + *is;
    }
    return {};
}

Finding bears_repetition(const Target& target)
{
    if (target.manifest().subscriptions.empty()) return Finding::skipped("it subscribes to nothing");
    Bench bench{target};
    bench.play_records(2);
    bench.play_events(2);
    const auto before = bench.own_counts();
    const auto values_before = bench.own_values();
    const std::size_t events_before = published(bench);
    for (const auto& subscription : target.manifest().subscriptions)
        bench.run("events.replay", {{"name", subscription.name}});
    const auto after = bench.own_counts();
    for (const auto& [type, count] : before)
        if (after.at(type) != count)
            return Finding::failed(
                "events that came twice made " + std::to_string(after.at(type)) + " of " + type + " out of "
                + std::to_string(count)
            );
    if (const std::string changed = difference(values_before, bench.own_values()); !changed.empty())
        return Finding::failed(
            "events that came twice counted twice: " + changed
            + " (keep a record for each event, with the event's sequence in a unique field, and count those)"
        );
    if (const std::size_t events_after = published(bench); events_after != events_before)
        return Finding::warned(
            "events that came twice made it publish " + std::to_string(events_after - events_before) + " more"
        );
    return Finding::passed();
}

void copy_plugin(const Target& target, const std::filesystem::path& to, const std::string& version)
{
    std::filesystem::copy(
        target.folder,
        to,
        std::filesystem::copy_options::recursive | std::filesystem::copy_options::overwrite_existing
    );
    json::object manifest = target.manifest().json.as_object();
    manifest["version"] = version;
    std::ofstream{to / "plugin.json"} << host::to_json(manifest);
}

Finding upgrades(const Target& target)
{
    need_sound(target);
    auto folder = host::TemporaryFolder::create();
    if (!folder) return Finding::failed(folder.error().message);
    const auto place = folder->path() / "plugin";
    copy_plugin(target, place, "0.0.1");
    Bench bench{target, testkit::Subject{place, nullptr}};
    bench.play_records(3);
    const auto before = bench.own_counts();
    const std::string version = target.manifest().version.text();
    for (const std::string& next : {version, version}) { // the second time nothing is left to do
        copy_plugin(target, place, next);
        const Done done = bench.run("plugin.reload");
        if (!done.ok)
            return Finding::failed("it cannot be upgraded from 0.0.1 to " + next + ": " + done.story);
    }
    bench.expect_alive("an upgrade");
    if (bench.run("plugin.status").value["version"].text() != version)
        return Finding::failed("after an upgrade the old version runs");
    if (bench.own_counts() != before) return Finding::failed("an upgrade lost or made records");
    return Finding::passed();
}

constexpr Check checks[]{
    {"state.settings",
     "the plugin bears every value that the schema of its settings takes",
     settings_page,
     bears_settings},
    {"state.settings_refused",
     "the schema of its settings refuses nonsense",
     "docs/reference/manifest.md",
     refuses_garbage},
    {"state.no_truth_in_memory",
     "a reload in between changes nothing",
     "docs/guides/threads-and-ownership.md",
     keeps_no_truth_in_memory,
     60s},
    {"state.repetition", "an event that comes twice is handled once", events_page, bears_repetition, 60s},
    {"state.upgrade",
     "records of an earlier version are taken over, and twice is the same as once",
     migrate_page,
     upgrades,
     60s},
};

} // namespace

std::span<const Check> state_checks()
{
    return checks;
}

} // namespace mortise::check
