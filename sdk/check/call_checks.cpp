#include "bench.hpp"
#include "command_trials.hpp"
#include "events/event_log.hpp"
#include "taps.hpp"

#include <mortise/status.hpp>

#include <algorithm>
#include <cstring>

namespace mortise::check {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view plugin_page = "docs/reference/interfaces/plugin.md";
constexpr std::string_view command_page = "docs/reference/interfaces/plugin.md#on_command";
constexpr std::string_view hook_page = "docs/reference/interfaces/plugin.md#on_hook";
constexpr std::string_view manifest_page = "docs/reference/manifest.md";
constexpr std::uint64_t nobodys_tag = 0xFEED'F00D'DEAD'BEEF;

std::string in_ms(std::chrono::nanoseconds time)
{
    return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(time).count()) + " ms";
}

Finding none_wrong()
{
    const std::scoped_lock lock{taps().mutex};
    if (taps().wrong.empty()) return Finding::passed();
    return Finding::failed(taps().wrong.front());
}

mortise_sink no_sink() noexcept
{
    return {nullptr, [](void*, mortise_tree) noexcept -> mortise_status { return MORTISE_OK; }};
}

/// Calls each function of the plugin with a tag that it never bound.
std::vector<std::pair<const char*, mortise_status>> call_with_unknown_tags(mortise_error* error)
{
    const mortise_plugin& table = taps().table;
    std::vector<std::pair<const char*, mortise_status>> answers;
    const ValueBlock nothing = *encode(Value{Map{}});
    mortise_context context{};
    context.size = sizeof context;
    mortise_event event{};
    event.size = sizeof event;
    event.links = nothing.tree();
    event.data = nothing.tree();
    mortise_draft draft{};
    draft.size = sizeof draft;
    draft.after = nothing.tree();
    std::uint64_t done = 0;
    if (table.on_command)
        answers.emplace_back(
            "on_command",
            table.on_command(table.impl, nobodys_tag, &context, 0, nothing.tree(), no_sink(), error)
        );
    if (table.on_events)
        answers.emplace_back(
            "on_events", table.on_events(table.impl, nobodys_tag, 0, &event, 1, &done, error)
        );
    if (table.on_hook)
        answers.emplace_back(
            "on_hook",
            table.on_hook(table.impl, nobodys_tag, &context, nothing.tree(), &draft, 1, no_sink(), error)
        );
    if (table.on_job)
        answers.emplace_back(
            "on_job", table.on_job(table.impl, nobodys_tag, &context, 1, nothing.tree(), no_sink(), error)
        );
    return answers;
}

Finding refuses_unknown_tags(const Target& target)
{
    const Bench bench{target, tapped(target)};
    mortise_error error = new_error();
    for (const auto& [function, status] : call_with_unknown_tags(&error))
        if (status >= 0)
            return Finding::failed(
                std::string{function} + " went well for a tag that the plugin never bound"
            );
    return Finding::passed();
}

Finding takes_null_errors(const Target& target)
{
    const Bench bench{target, tapped(target)};
    call_with_unknown_tags(nullptr); // a crash ends this process
    return Finding::passed();
}

/// An older host's error is shorter: nothing may be written behind its end.
Finding takes_short_errors(const Target& target)
{
    const Bench bench{target, tapped(target)};
    constexpr std::uint32_t short_size = 8;
    constexpr std::byte poison{0xA5};
    mortise_error error{};
    std::memset(&error, static_cast<int>(poison), sizeof error);
    error.size = short_size;
    call_with_unknown_tags(&error);
    const auto* bytes = reinterpret_cast<const std::byte*>(&error);
    if (std::any_of(bytes + short_size, bytes + sizeof error, [](std::byte b) { return b != poison; }))
        return Finding::failed("it wrote behind the end of an error that is 8 bytes long");
    return Finding::passed();
}

Finding takes_larger_structs(const Target& target)
{
    taps().larger_structs = true;
    Bench bench{target, tapped(target)};
    bench.play();
    return bench.judge();
}

Finding gives_allowed_statuses(const Target& target)
{
    Bench bench{target, tapped(target)};
    bench.play();
    return none_wrong();
}

Finding bears_stopped_sinks(const Target& target)
{
    if (target.manifest().commands.empty()) return Finding::skipped("it has no commands");
    taps().stop_sinks = true;
    Bench bench{target, tapped(target)};
    bench.play_commands();
    bench.expect_alive("answers that nobody took");
    return none_wrong();
}

/// Whether the plugin broke in it, rather than said no.
bool broke(const testkit::Call& call)
{
    return call.error
        && (call.error->code == ErrorCode::exception || call.error->code == ErrorCode::internal);
}

Finding survives_records(const Target& target)
{
    Bench bench{target};
    if (bench.types().empty()) return Finding::skipped("it has nothing to do with records");
    constexpr int some = 4;
    bench.play_records(some);
    bench.expect_alive("changes of records");
    for (const testkit::Call& call : bench.calls()) // the host says that the change is refused
        if (call.function == host::AbiFunction::plugin_on_hook && broke(call))
            return Finding::failed(testkit::text_of(call));
    return bench.judge();
}

Finding survives_events(const Target& target)
{
    if (target.manifest().subscriptions.empty()) return Finding::skipped("it subscribes to nothing");
    Bench bench{target};
    constexpr int some = 4;
    bench.play_records(some);
    bench.play_events(some);
    for (const testkit::Call& call : bench.calls())
        if (call.function == host::AbiFunction::plugin_on_events && call.error)
            return Finding::failed(testkit::text_of(call));
    // A handler may end well and have its work refused: then nothing that it does is ever kept.
    for (const auto& subscription : bench.box().host().dispatcher().status())
        if (const std::string error = subscription.last_error();
            subscription.plugin == target.manifest().id && !error.empty())
            return Finding::failed("the subscription \"" + subscription.name + "\" fails: " + error);
    return bench.judge();
}

/// What a command publishes or writes comes to the plugin's own handlers: they must bear it too.
Finding no_handler_broke(const Bench& bench)
{
    for (const testkit::Call& call : bench.calls())
        if (call.function == host::AbiFunction::plugin_on_events && broke(call))
            return Finding::failed(testkit::text_of(call));
    return Finding::passed();
}

Finding survives_arguments(const Target& target)
{
    if (target.manifest().commands.empty()) return Finding::skipped("it has no commands");
    Bench bench{target};
    bench.play_records(2);
    bench.play_commands_thoroughly();
    bench.expect_alive("its commands");
    Finding finding = bench.judge();
    return finding.verdict == Verdict::fail ? finding : no_handler_broke(bench);
}

/// What a command is called with, for messages.
std::string call_text(const host::CommandInfo& command, const WrongValue& wrong)
{
    return command.name + ", where " + wrong.what;
}

Finding refuses_wrong_arguments(const Target& target)
{
    Bench bench{target};
    bench.play_records(2);
    std::size_t tried = 0;
    for (const host::CommandInfo& command : target.manifest().commands)
        for (const WrongValue& wrong : bench.samples().wrong(command.arguments)) {
            const Done done
                = bench.run("commands.call", {{"name", command.name}, {"arguments", wrong.value}});
            if (done.is_breakage()) return Finding::failed(call_text(command, wrong) + ": " + done.story);
            if (done.ok && wrong.is_refused)
                return Finding::failed(
                    call_text(command, wrong) + ": went well, though its schema refuses it"
                );
            ++tried;
        }
    if (tried == 0) return Finding::skipped("no command of it takes arguments");
    bench.expect_alive("wrong arguments");
    Finding finding = no_handler_broke(bench);
    if (finding.verdict == Verdict::pass) finding.text = std::to_string(tried) + " wrong calls";
    return finding;
}

Finding survives_strange_arguments(const Target& target)
{
    if (target.manifest().commands.empty()) return Finding::skipped("it has no commands");
    Bench bench{target};
    constexpr int rounds = 12;
    for (int round = 0; round < rounds; ++round)
        for (const host::CommandInfo& command : target.manifest().commands) {
            const auto arguments = bench.samples().fitting(command.arguments, Taste::extreme);
            if (!arguments) continue;
            const Done done = bench.run("commands.call", {{"name", command.name}, {"arguments", *arguments}});
            if (done.is_breakage()) return Finding::failed(done.story);
        }
    bench.expect_alive("strange arguments");
    return no_handler_broke(bench);
}

Finding survives_jobs(const Target& target)
{
    if (target.manifest().jobs.empty()) return Finding::skipped("it has no jobs");
    Bench bench{target};
    bench.play();
    for (const testkit::Call& call : bench.calls())
        if (call.function == host::AbiFunction::plugin_on_job && broke(call))
            return Finding::failed(testkit::text_of(call));
    return bench.judge();
}

Finding answers_fit(const Target& target)
{
    Bench bench{target};
    std::size_t judged = 0;
    for (const host::CommandInfo& command : target.manifest().commands) {
        if (command.result.is_null()) continue;
        const auto arguments = bench.samples().fitting(command.arguments, Taste::all);
        if (!arguments) continue;
        const Done done = bench.run("commands.call", {{"name", command.name}, {"arguments", *arguments}});
        if (done.key == "testkit.result")
            return Finding::failed(done.story.substr(0, done.story.find("\n  what")));
        judged += done.ok ? 1 : 0;
    }
    if (judged == 0) return Finding::skipped("no command that declares a result could be called");
    return Finding::passed(std::to_string(judged) + " answers fit");
}

/// What the database holds, as far as the plugin may have changed it.
struct Stock {
    std::int64_t events{0};
    std::map<std::string, std::size_t> records{};

    static Stock of(Bench& bench) { return {bench.box().host().events().last(), bench.own_counts()}; }
    friend bool operator==(const Stock&, const Stock&) = default;
};

Finding reads_write_nothing(const Target& target)
{
    Bench bench{target};
    bench.play_records(2);
    std::size_t judged = 0;
    for (const host::CommandInfo& command : target.manifest().commands) {
        if (command.effect != host::Effect::read) continue;
        const auto arguments = bench.samples().fitting(command.arguments, Taste::all);
        if (!arguments) continue;
        ++judged;
        const Stock before = Stock::of(bench);
        const Done done = bench.run("commands.call", {{"name", command.name}, {"arguments", *arguments}});
        const bool is_kept_out = done.key == "plugins.read_only"; // the host saw it, and wrote nothing
        if (is_kept_out || !(Stock::of(bench) == before))
            return Finding::failed(
                command.name + " says that its effect is \"read\", and "
                + (is_kept_out ? "wants to write: it never goes well" : "wrote")
            );
    }
    return judged == 0 ? Finding::skipped("it has no command that only reads") : Finding::passed();
}

Finding previews_write_nothing(const Target& target)
{
    Bench bench{target};
    bench.play_records(2);
    std::size_t judged = 0;
    for (const host::CommandInfo& command : target.manifest().commands) {
        if (!command.preview) continue;
        const auto arguments = bench.samples().fitting(command.arguments, Taste::all);
        if (!arguments) continue;
        ++judged;
        const Stock before = Stock::of(bench);
        bench.run("commands.call", {{"name", command.name}, {"arguments", *arguments}, {"preview", true}});
        if (!(Stock::of(bench) == before))
            return Finding::failed(command.name + " wrote when it was only previewed");
    }
    return judged == 0 ? Finding::skipped("it has no command with a preview") : Finding::passed();
}

Finding idempotent_twice(const Target& target)
{
    Bench bench{target};
    bench.play_records(2);
    std::size_t judged = 0;
    for (const host::CommandInfo& command : target.manifest().commands) {
        if (!command.idempotent || command.effect == host::Effect::read) continue;
        const auto arguments = bench.samples().fitting(command.arguments, Taste::all);
        if (!arguments) continue;
        const Map call{{"name", command.name}, {"arguments", *arguments}};
        if (!bench.run("commands.call", call).ok) continue;
        ++judged;
        const auto before = bench.own_counts();
        bench.run("commands.call", call);
        if (bench.own_counts() != before)
            return Finding::failed(
                command.name + " says that it is idempotent, and made more records the second time"
            );
    }
    return judged == 0 ? Finding::skipped("no idempotent command could be called") : Finding::passed();
}

/// Fails for the first call of the host that the border refused for that reason.
Finding no_refusal(const Target& target, std::string_view key)
{
    Bench bench{target};
    bench.play();
    for (const testkit::Call& call : bench.calls())
        if (!call.into_plugin() && call.error && call.error->key == key)
            return Finding::failed(testkit::text_of(call));
    return Finding::passed();
}

Finding calls_from_allowed_threads(const Target& target)
{
    return no_refusal(target, "border.thread");
}

Finding gives_sound_arguments(const Target& target)
{
    return no_refusal(target, "border.argument");
}

Finding calls_only_what_it_may(const Target& target)
{
    constexpr std::string_view missing = "access.permission_missing";
    Bench bench{target};
    bench.play();
    for (const testkit::Call& call : bench.calls()) {
        if (call.into_plugin() || !call.error || call.injected) continue;
        if (call.error->key == missing) return Finding::failed(testkit::text_of(call));
        if (const std::string type = hidden_type(bench, call.error->key, call.error->message); !type.empty())
            return Finding::failed(
                testkit::text_of(call) + "\nplugin.json asks for no permission to read records of " + type
            );
    }
    // What a command leaves to the host to write is refused after it returned.
    for (const CommandTrial& trial : try_commands(bench))
        for (const Refusal& refusal : trial.refusals)
            if (refusal.done.key == missing
                && refusal.done.message.find(target.manifest().id) != std::string::npos)
                return Finding::failed(trial.command->name + ": " + refusal.done.message);
    return Finding::passed();
}

Finding answers_fast(const Target& target)
{
    constexpr auto most = 250ms;
    constexpr auto good = 10ms;
    Bench bench{target, tapped(target)};
    bench.play();
    const auto longest = taps().longest_call;
    if (longest > most)
        return Finding::failed(
            taps().longest_what + " used " + in_ms(longest) + " of the processor; longer work is a job"
        );
    if (longest > good)
        return Finding::warned(
            taps().longest_what + " used " + in_ms(longest)
            + " of the processor, more than a quantum of 10 ms"
        );
    return Finding::passed();
}

Finding hooks_in_budget(const Target& target)
{
    if (target.manifest().hooks.empty()) return Finding::skipped("it has no hooks");
    std::chrono::milliseconds budget{0};
    for (const host::HookDeclaration& hook : target.manifest().hooks)
        budget = std::max(budget, hook.budget);
    Bench bench{target, tapped(target)};
    bench.play_records(4);
    if (taps().longest_hook > budget)
        return Finding::failed(
            "a hook used " + in_ms(taps().longest_hook) + ", its budget is " + in_ms(budget)
        );
    return Finding::passed();
}

Finding hooks_are_pure(const Target& target)
{
    if (target.manifest().hooks.empty()) return Finding::skipped("it has no hooks");
    taps().hooks_twice = true;
    Bench bench{target, tapped(target)};
    bench.play_records(4);
    return none_wrong();
}

constexpr Check checks[]{
    {"calls.unknown_tags", "a tag that was never bound is an error", plugin_page, refuses_unknown_tags},
    {"calls.null_errors",
     "errors are told without a place to tell them",
     "docs/reference/interfaces/error.md",
     takes_null_errors},
    {"calls.short_errors",
     "nothing is written behind the end of a shorter error",
     "docs/reference/interfaces/error.md",
     takes_short_errors},
    {"calls.larger_structs",
     "structs of a younger host are stepped over by their own size",
     plugin_page,
     takes_larger_structs},
    {"calls.statuses",
     "only statuses that a plugin may give, and one answer for a call",
     "docs/reference/interfaces/error.md",
     gives_allowed_statuses},
    {"calls.stopped_sinks", "an answer that nobody takes ends the call", command_page, bears_stopped_sinks},
    {"calls.records", "hooks and handlers bear every change of records", hook_page, survives_records},
    {"calls.events",
     "handlers handle what they subscribe to",
     "docs/reference/interfaces/plugin.md#on_events",
     survives_events},
    {"calls.arguments", "commands bear everything that their schema takes", command_page, survives_arguments},
    {"calls.strange_arguments",
     "commands bear the ends of what their schema takes",
     command_page,
     survives_strange_arguments,
     60s},
    {"calls.wrong_arguments",
     "arguments that are wrong are refused, by the schema or by the plugin",
     command_page,
     refuses_wrong_arguments,
     60s},
    {"calls.jobs", "jobs end without breaking", "docs/reference/interfaces/plugin.md#on_job", survives_jobs},
    {"calls.answers_fit", "answers fit the result that plugin.json declares", manifest_page, answers_fit},
    {"calls.reads_write_nothing",
     "a command whose effect is \"read\" writes nothing",
     manifest_page,
     reads_write_nothing},
    {"calls.previews_write_nothing", "a preview writes nothing", manifest_page, previews_write_nothing},
    {"calls.idempotent", "an idempotent command may be repeated", manifest_page, idempotent_twice},
    {"calls.threads",
     "each function of the host is called from where it may be",
     "docs/reference/interfaces/README.md",
     calls_from_allowed_threads},
    {"calls.sound_arguments",
     "the plugin passes no null, broken text or broken value",
     "docs/reference/interfaces/README.md",
     gives_sound_arguments},
    {"calls.permissions",
     "the plugin asks for nothing that plugin.json does not ask for",
     manifest_page,
     calls_only_what_it_may,
     120s},
    {"calls.fast",
     "a command or a batch uses at most 250 ms of the processor (10 ms are good)",
     plugin_page,
     answers_fast},
    {"calls.hooks_in_budget", "hooks keep the budget that plugin.json gives", hook_page, hooks_in_budget},
    {"calls.hooks_are_pure", "the same drafts get the same verdicts", hook_page, hooks_are_pure},
};

} // namespace

std::span<const Check> call_checks()
{
    return checks;
}

} // namespace mortise::check
