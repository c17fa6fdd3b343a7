#include "bench.hpp"
#include "compatibility.hpp"
#include "plugins/root_table.hpp"
#include "process_facts.hpp"
#include "proxy.hpp"

#include <mortise/border.hpp>

#include <algorithm>
#include <cstring>

namespace mortise::check {

namespace {

using SteadyClock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr std::string_view open_page = "docs/reference/interfaces/root.md";
constexpr std::string_view activate_page = "docs/reference/interfaces/plugin.md#activate";

std::string in_ms(SteadyClock::duration time)
{
    return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(time).count()) + " ms";
}

Finding binds_now(const Target& target)
{
    load_entry(target); // throws what is missing
    return Finding::passed();
}

/// What appeared between two moments, as words; empty if nothing did.
std::string grown(const ProcessFacts& before, const ProcessFacts& after)
{
    if (after.threads > before.threads)
        return "started " + std::to_string(after.threads - before.threads) + " thread(s)";
    if (after.files > before.files)
        return "opened " + std::to_string(after.files - before.files) + " file(s) or socket(s)";
    return {};
}

Finding quiet_while_loaded(const Target& target)
{
    const ProcessFacts before = ProcessFacts::now();
    load_entry(target);
    const std::string did = grown(before, ProcessFacts::now());
    return did.empty() ? Finding::passed() : Finding::failed("its static constructors " + did);
}

/// Lets the entry run inside a host and gives what `judge` says.
Finding around_entry(
    const Target& target,
    const std::function<
        Finding(mortise_plugin_open, const mortise_host*, mortise_self, mortise_plugin*, mortise_error*, mortise_status&)>&
        judge
)
{
    need_sound(target);
    Finding finding = Finding::failed("the host never called its entry");
    Proxy proxy;
    proxy.around = [&](mortise_plugin_open entry,
                       const mortise_host* host,
                       mortise_self self,
                       mortise_plugin* out,
                       mortise_error* error) {
        mortise_status status = MORTISE_OK;
        finding = judge(entry, host, self, out, error, status);
        return status;
    };
    const Bench bench{target, through(target, std::move(proxy))};
    return finding;
}

Finding quiet_while_opened(const Target& target)
{
    return around_entry(target, [](auto entry, auto host, auto self, auto out, auto error, auto& status) {
        const ProcessFacts before = ProcessFacts::now();
        status = entry(host, self, out, error);
        const std::string did = grown(before, ProcessFacts::now());
        return did.empty() ? Finding::passed()
                           : Finding::failed("while it was opened it " + did + ": that is for activate");
    });
}

Finding opens_fast(const Target& target)
{
    static constexpr auto most = 100ms;
    return around_entry(target, [](auto entry, auto host, auto self, auto out, auto error, auto& status) {
        const auto start = SteadyClock::now();
        status = entry(host, self, out, error);
        const auto took = SteadyClock::now() - start;
        return took <= most ? Finding::passed(in_ms(took))
                            : Finding::failed("opening it took " + in_ms(took) + ", allowed are 100 ms");
    });
}

/// A host that is older gives a shorter table: what lies behind it is not the plugin's.
Finding respects_small_table(const Target& target)
{
    return around_entry(target, [](auto entry, auto host, auto self, auto out, auto error, auto& status) {
        constexpr std::size_t room = 64; // head, impl, activate, quiesce, destroy ... a first release
        constexpr std::byte poison{0xA5};
        struct Guarded {
            mortise_plugin table;
        } guarded;
        std::memset(&guarded, static_cast<int>(poison), sizeof guarded);
        std::memset(&guarded, 0, room);
        guarded.table.head = {room, MORTISE_ABI_TARGET};
        status = entry(host, self, &guarded.table, error);
        const auto* bytes = reinterpret_cast<const std::byte*>(&guarded);
        const bool overran
            = std::any_of(bytes + room, bytes + sizeof guarded, [](std::byte b) { return b != poison; });
        if (status >= 0) { // the host itself gets the whole table
            guarded.table.destroy(guarded.table.impl, error);
            status = entry(host, self, out, error);
        }
        if (overran) return Finding::failed("it wrote behind the end of the table that it was given");
        return Finding::passed();
    });
}

Finding says_true_size(const Target& target)
{
    return around_entry(target, [](auto entry, auto host, auto self, auto out, auto error, auto& status) {
        const std::uint32_t given = out->head.size;
        status = entry(host, self, out, error);
        if (status < 0) return Finding::failed("its entry failed");
        if (out->head.size > given)
            return Finding::failed("it says that its table is larger than the room that it was given");
        if (!border::offers(out->head.size, offsetof(mortise_plugin, destroy), out->destroy))
            return Finding::failed("it offers no destroy, so what it allocated can never be freed");
        return Finding::passed();
    });
}

Finding does_without(const Target& target)
{
    need_sound(target);
    std::vector<std::string> broken;
    const auto& needed = target.manifest().requires_interfaces;
    std::size_t tried = 0;
    for (const std::string& id : target.manifest().experimental) {
        if (std::ranges::find(needed, id) != needed.end()) continue;
        ++tried;
        try {
            Bench{target, through(target, {.refuse = id})}.expect_alive("a start without " + id);
        } catch (const Stop& stop) {
            broken.push_back(id + " (" + stop.finding().text + ")");
        }
    }
    if (tried == 0) return Finding::skipped("it requires every interface that it uses");
    if (broken.empty()) return Finding::passed("it does without each of " + std::to_string(tried));
    const Bench with_all{target}; // throws if it does not start with every interface either
    return Finding::failed(
        "it does not start without " + broken.front()
        + ", which plugin.json does not list under requires.interfaces"
    );
}

Finding fails_cleanly(const Target& target)
{
    need_sound(target);
    if (target.manifest().requires_interfaces.empty()) return Finding::skipped("it requires no interface");
    for (const std::string& id : target.manifest().requires_interfaces)
        static_cast<void>(testkit::Box::open({through(target, {.refuse = id})}, {})
        ); // a crash ends this process
    return Finding::passed();
}

Finding takes_larger_tables(const Target& target)
{
    need_sound(target);
    Bench bench{target, through(target, {.larger_tables = true})};
    bench.play_commands();
    bench.expect_alive("a start in a younger host");
    return bench.judge();
}

/// The promise to vendors read the other way round: what is built today runs in the oldest host that it
/// names.
Finding runs_in_oldest_host(const Target& target)
{
    need_sound(target);
    const host::Manifest& manifest = target.manifest();
    const std::string named = std::to_string(manifest.sdk_major) + '.' + std::to_string(manifest.sdk_minor);
    const std::string advice = ". Name a later release as sdk.min, or do without what came after " + named;
    const auto compatibility = against(target, named);
    if (!compatibility) return Finding::failed(compatibility.error().message);
    if (!compatibility->runs)
        return Finding::failed(
            "plugin.json names release " + named + " as sdk.min, but " + compatibility->reasons.front()
            + advice
        );
    constexpr int minors = 1000; // as MORTISE_ABI_TARGET counts
    try {
        Bench bench{target, through(target, {.release = manifest.sdk_major * minors + manifest.sdk_minor})};
        bench.play_commands();
        bench.expect_alive("a start and its commands");
        Finding finding = bench.judge();
        if (finding.verdict == Verdict::pass)
            finding.text = "it works in a host that has what release " + named + " had, and no more";
        return finding;
    } catch (const Stop& stop) {
        const Bench today{target}; // throws if it does not start in today's host either
        return Finding::failed(
            "in a host that has only what release " + named + " had " + stop.finding().text + advice
        );
    }
}

Finding activates(const Target& target)
{
    Bench bench{target};
    bench.expect_alive("its start");
    return Finding::passed();
}

Finding activates_fast(const Target& target)
{
    constexpr auto most = 500ms;
    need_sound(target);
    SteadyClock::duration took{};
    Proxy proxy;
    static mortise_status (*activate)(void*, mortise_error*) noexcept = nullptr;
    static SteadyClock::duration* measured = nullptr;
    measured = &took;
    proxy.after = [](mortise_plugin& table) {
        activate = table.activate;
        table.activate = [](void* impl, mortise_error* error) noexcept -> mortise_status {
            const auto start = SteadyClock::now();
            const mortise_status status = activate(impl, error);
            *measured = SteadyClock::now() - start;
            return status;
        };
    };
    const Bench bench{target, through(target, std::move(proxy))};
    return took <= most ? Finding::passed(in_ms(took))
                        : Finding::failed("activate took " + in_ms(took) + ", allowed are 500 ms");
}

Finding offers_all(const Target& target)
{
    Bench bench{target};
    for (const Value& warning : bench.run("plugin.status").value["warnings"].get_or(List{}))
        if (warning.text().find("does not offer it") != std::string_view::npos)
            return Finding::failed(std::string{warning.text()});
    return Finding::passed();
}

Finding binds_cleanly(const Target& target)
{
    const Bench bench{target};
    for (const testkit::Call& call : bench.calls())
        if (call.error && host::info(call.function).name.find(".bind") != std::string_view::npos)
            return Finding::failed(testkit::text_of(call));
    return Finding::passed();
}

Finding runs_twice_in_a_process(const Target& target)
{
    Bench one{target};
    Bench two{target};
    one.play_records(1);
    two.play_records(1);
    one.expect_alive("a start beside another one");
    two.expect_alive("a start beside another one");
    return two.judge();
}

constexpr Check checks[]{
    {"load.binds_now", "the library can be loaded with everything that it needs", open_page, binds_now},
    {"load.quiet", "loading starts no thread and opens no file", open_page, quiet_while_loaded},
    {"load.open_quiet",
     "opening starts no thread and opens no file: that is for activate",
     open_page,
     quiet_while_opened},
    {"load.open_fast", "opening takes at most 100 ms", open_page, opens_fast},
    {"load.small_table",
     "the plugin writes no more of its table than an older host has room for",
     open_page,
     respects_small_table},
    {"load.true_size",
     "the table says how much of it is there, and can be destroyed",
     open_page,
     says_true_size},
    {"load.activates", "the plugin starts", activate_page, activates},
    {"load.activates_fast", "activate takes at most 500 ms", activate_page, activates_fast},
    {"load.offers_all", "the code offers everything that plugin.json declares", activate_page, offers_all},
    {"load.binds_cleanly", "the code binds only what plugin.json declares, once", activate_page, binds_cleanly
    },
    {"load.does_without",
     "the plugin starts without any interface that it does not require",
     open_page,
     does_without,
     60s},
    {"load.fails_cleanly",
     "without an interface that it requires it fails, and does not crash",
     open_page,
     fails_cleanly,
     60s},
    {"load.larger_tables",
     "the plugin runs in a younger host, whose tables have grown",
     open_page,
     takes_larger_tables},
    {"load.oldest_host",
     "the plugin runs in a host of the oldest release that plugin.json names",
     "docs/guides/compatibility.md",
     runs_in_oldest_host},
    {"load.two_hosts",
     "two instances in one process do not disturb each other",
     open_page,
     runs_twice_in_a_process},
};

} // namespace

std::span<const Check> load_checks()
{
    return checks;
}

} // namespace mortise::check
