#include "bench.hpp"
#include "testkit/src/generated/contract.hpp"

#include <mortise/status.hpp>

#include <algorithm>
#include <set>

namespace mortise::check {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view interfaces_page = "docs/reference/interfaces/README.md";

bool is_binding(host::AbiFunction function)
{
    const std::string_view name = host::info(function).name;
    return name.find(".bind") != std::string_view::npos || name.starts_with("mortise.log/");
}

/// Functions of the host that the plugin called itself, in calls whose label begins with `label`.
std::set<host::AbiFunction> used(const Bench& bench, std::string_view label = {})
{
    std::set<host::AbiFunction> functions;
    for (const testkit::Call& call : bench.calls())
        if (!call.into_plugin() && !is_binding(call.function) && call.label.starts_with(label))
            functions.insert(call.function);
    return functions;
}

/// The errors that the contract gives a function, and two that any call may meet.
std::vector<std::int64_t> errors_of(host::AbiFunction function)
{
    std::vector<std::int64_t> codes{MORTISE_E_INTERNAL, MORTISE_E_DENIED};
    for (const testkit::DescribedError& error :
         testkit::described_functions[static_cast<std::size_t>(function)].errors)
        for (const testkit::DescribedStatus& status : testkit::described_statuses)
            if (status.code == error.code) codes.push_back(status.number);
    return codes;
}

Map fault(host::AbiFunction function, std::int64_t code, std::int64_t times)
{
    return {
        {"function", host::info(function).name},
        {"code", code},
        {"message", "as the check wants it"},
        {"times", times}
    };
}

Finding each_call_fails_once(const Target& target)
{
    Bench bench{target};
    bench.play();
    const auto functions = used(bench);
    if (functions.empty()) return Finding::skipped("it calls nothing of the host");
    std::size_t tried = 0;
    for (const host::AbiFunction function : functions)
        for (const std::int64_t code : errors_of(function)) {
            bench.run("faults.add", fault(function, code, 1));
            bench.play_records(1);
            bench.play_commands();
            bench.run("faults.clear");
            ++tried;
            bench.expect_alive(std::string{host::info(function).name} + " failed");
        }
    Bench after{target};
    after.play();
    return after.judge(
        std::to_string(tried) + " failures of " + std::to_string(functions.size()) + " functions"
    );
}

Finding starting_fails_cleanly(const Target& target)
{
    std::set<host::AbiFunction> functions;
    {
        const Bench bench{target};
        functions = used(bench, "activate");
    }
    if (functions.empty()) return Finding::skipped("it calls nothing of the host while it starts");
    for (const host::AbiFunction function : functions) {
        const Map options{{"faults", List{Value{fault(function, MORTISE_E_INTERNAL, 1)}}}};
        auto box = testkit::Box::open(target.subjects(), options); // a crash ends this process
        static_cast<void>(box);
    }
    return Finding::passed(std::to_string(functions.size()) + " functions failed while it started");
}

constexpr std::string_view in_handler = "subscription ";

/// What there is when all is done. Of values only figures count: ids, and the places of events in the log,
/// are others when something is done later.
struct Remains {
    std::map<std::string, std::size_t> counts;
    std::map<std::string, std::vector<std::string>> figures;
};

/// "there are 3 of TYPE instead of 4", "FIELD holds 1, 2 instead of 2, 2"; empty if nothing differs.
std::string difference(const Remains& wanted, const Remains& found)
{
    for (const auto& [type, count] : wanted.counts)
        if (const std::size_t other = found.counts.at(type); other != count)
            return "there are " + std::to_string(other) + " of " + type + " instead of "
                + std::to_string(count);
    const auto words = [](const std::vector<std::string>& values) {
        std::string text;
        for (const std::string& value : values)
            text += (text.empty() ? "" : ", ") + value;
        return text;
    };
    for (const auto& [field, values] : wanted.figures)
        if (const auto& others = found.figures.at(field); others != values)
            return field + " holds " + words(others) + " instead of " + words(values);
    return {};
}

Remains remains_of(Bench& bench)
{
    Remains remains{.counts = bench.own_counts(), .figures = bench.own_values()};
    const auto schema = bench.box().host().records().schema();
    std::erase_if(remains.figures, [&](const auto& entry) {
        const std::size_t dot = entry.first.find('.');
        const auto type = schema->find(entry.first.substr(0, dot));
        const auto slot = type ? type->slot(entry.first.substr(dot + 1)) : std::nullopt;
        if (!slot) return true;
        const host::Field& field = type->fields[*slot];
        using Kind = host::FieldKind;
        const bool is_figure = field.kind == Kind::integer || field.kind == Kind::decimal
            || field.kind == Kind::percent || field.kind == Kind::money || field.kind == Kind::boolean;
        return !is_figure || field.unique;
    });
    for (auto& [field, values] : remains.figures)
        std::ranges::sort(values);
    return remains;
}

/// What there is after some records were made, while a function failed once inside of a handler.
Remains remains_with(const Target& target, std::optional<host::AbiFunction> failing)
{
    Bench bench{target};
    if (failing) {
        Map once = fault(*failing, MORTISE_E_IO, 1);
        once.set("in", in_handler);
        bench.run("faults.add", once);
    }
    bench.play_records(2);
    bench.play_events(2);
    for (int i = 0; i < 4; ++i) {
        const Value now = bench.run("clock.now").value;
        constexpr std::int64_t minute = 60'000'000;
        bench.run("clock.set", {{"to", Instant{now.get_or(Instant{}).microseconds + minute}}});
    }
    return remains_of(bench);
}

Finding handlers_recover(const Target& target)
{
    if (target.manifest().subscriptions.empty()) return Finding::skipped("it subscribes to nothing");
    std::set<host::AbiFunction> functions;
    {
        Bench bench{target};
        bench.play_records(2);
        bench.play_events(2);
        functions = used(bench, in_handler);
    }
    if (functions.empty()) return Finding::skipped("its handlers call nothing of the host");
    const Remains wanted = remains_with(target, std::nullopt);
    for (const host::AbiFunction function : functions)
        if (const std::string found = difference(wanted, remains_with(target, function)); !found.empty())
            return Finding::failed(
                "when " + std::string{host::info(function).name}
                + " failed once in a handler, something was lost or made twice: " + found
            );
    return Finding::passed();
}

Finding no_storm(const Target& target)
{
    constexpr std::size_t most = 1000;
    Bench bench{target};
    bench.play();
    for (const host::AbiFunction function : used(bench)) {
        bench.run("faults.add", fault(function, MORTISE_E_BUSY, 0));
        for (const host::CommandInfo& command : target.manifest().commands) {
            bench.run("commands.call", {{"name", command.name}, {"arguments", Map{}}});
            const auto calls = bench.last_calls();
            const auto count = std::ranges::count(calls, function, &testkit::Call::function);
            if (static_cast<std::size_t>(count) > most)
                return Finding::failed(
                    "in " + command.name + " it called " + std::string{host::info(function).name} + ' '
                    + std::to_string(count) + " times while it answered busy"
                );
        }
        bench.run("faults.clear");
    }
    bench.expect_alive("a busy host");
    return Finding::passed();
}

Finding bears_denial(const Target& target)
{
    if (target.manifest().permissions.empty()) return Finding::skipped("it asks for no permission");
    for (const std::string& permission : target.manifest().permissions) {
        Bench bench{target};
        bench.run("plugin.deny", {{"permission", permission}});
        bench.play_records(1);
        bench.play_commands();
        bench.run("plugin.grant", {{"permission", permission}});
        bench.expect_alive(permission + " was denied and granted again");
        if (Finding finding = bench.judge(); finding.verdict == Verdict::fail) {
            finding.text = "without " + permission + ": " + finding.text;
            return finding;
        }
    }
    return Finding::passed();
}

Finding quiet_when_denied(const Target& target)
{
    constexpr std::size_t most = 500;
    for (const std::string& permission : target.manifest().permissions) {
        Bench bench{target};
        if (!bench.run("plugin.deny", {{"permission", permission}}).ok) continue; // it is not started at all
        const std::uint64_t mark = bench.box().recorder().mark();
        bench.play_commands();
        std::size_t denied = 0;
        for (const testkit::Call& call : bench.calls(mark))
            denied += call.error && call.error->code == ErrorCode::denied ? 1 : 0;
        if (denied > most)
            return Finding::failed(
                "without " + permission + " it asked " + std::to_string(denied) + " times for what it may not"
            );
    }
    return Finding::passed();
}

constexpr Check checks[]{
    {"faults.each_call",
     "the plugin bears that any call of the host fails once",
     interfaces_page,
     each_call_fails_once,
     120s},
    {"faults.start",
     "if a call fails while the plugin starts, it does not crash",
     interfaces_page,
     starting_fails_cleanly,
     60s},
    {"faults.recovery",
     "an event whose handler failed is handled when it comes again, and once",
     "docs/reference/interfaces/plugin.md#on_events",
     handlers_recover,
     60s},
    {"faults.no_storm", "a host that is busy is not asked again and again", interfaces_page, no_storm, 60s},
    {"permissions.denied",
     "the plugin bears that a permission is taken away",
     "docs/reference/manifest.md",
     bears_denial,
     60s},
    {"permissions.quiet",
     "what was denied is not asked for again and again",
     "docs/reference/manifest.md",
     quiet_when_denied,
     60s},
};

} // namespace

std::span<const Check> fault_checks()
{
    return checks;
}

} // namespace mortise::check
