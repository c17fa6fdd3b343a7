#include "bench.hpp"
#include "process_facts.hpp"
#include "taps.hpp"

#include <mortise/status.hpp>

#include <algorithm>

namespace mortise::check {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view end_page = "docs/reference/interfaces/plugin.md#destroy";

/// One whole life of the plugin in a host of its own, with everything that it does in between.
void live(const Target& target, bool plays)
{
    Bench bench{target};
    if (plays) bench.play();
    const Done done = bench.run("plugin.disable");
    if (!done.ok) throw Stop{Finding::failed("it cannot be ended: " + done.story)};
}

Finding unmapped(const Target& target)
{
    Bench bench{target};
    bench.play();
    const Done done = bench.run("plugin.disable");
    if (!done.ok) return Finding::failed(done.story);
    if (done.value["unmapped"].get_or(false)) return Finding::passed();
    return Finding::failed("its code stays in memory: " + std::string{done.value["pinned_because"].text()});
}

Finding threads_gone(const Target& target)
{
    live(target, false);
    const std::size_t before = ProcessFacts::now().threads;
    live(target, true);
    if (threads_fall_to(before)) return Finding::passed();
    return Finding::failed(std::to_string(ProcessFacts::now().threads - before) + " thread(s) of it live on");
}

Finding files_closed(const Target& target)
{
    live(target, true);
    const std::size_t before = ProcessFacts::now().files;
    live(target, true);
    const std::size_t after = ProcessFacts::now().files;
    if (after <= before) return Finding::passed();
    return Finding::failed(std::to_string(after - before) + " file(s) or socket(s) of it stay open");
}

Finding memory_returned(const Target& target)
{
    constexpr int warm_up = 5;
    constexpr int rounds = 20;
    constexpr std::size_t most = 32 * 1024; // for each round: far above what a heap wavers
    Bench bench{target};
    const auto round = [&bench] {
        if (!bench.run("plugin.reload").ok) throw Stop{Finding::failed("it cannot be reloaded")};
        bench.run("trace.clear");
    };
    for (int i = 0; i < warm_up; ++i)
        round();
    const std::size_t before = ProcessFacts::now().heap_bytes;
    for (int i = 0; i < rounds; ++i)
        round();
    const std::size_t after = ProcessFacts::now().heap_bytes;
    const std::size_t grown = after > before ? (after - before) / rounds : 0;
    if (grown <= most) return Finding::passed();
    return Finding::failed("each life of it leaves " + std::to_string(grown / 1024) + " KiB behind");
}

Finding reloads_often(const Target& target)
{
    constexpr int rounds = 15;
    Bench bench{target};
    for (int i = 0; i < rounds; ++i) {
        const Done done = bench.run("plugin.reload");
        if (!done.ok) return Finding::failed("reload " + std::to_string(i + 1) + ": " + done.story);
        if (!done.value["unmapped"].get_or(false))
            return Finding::failed(
                "reload " + std::to_string(i + 1) + ": " + std::string{done.value["pinned_because"].text()}
            );
    }
    bench.play_records(1);
    bench.expect_alive("15 reloads");
    return bench.judge();
}

Finding ends_fast(const Target& target)
{
    constexpr auto most = 1s;
    {
        Bench bench{target, tapped(target)};
        bench.play();
        bench.run("plugin.disable");
    }
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(taps().longest_end);
    if (took <= most) return Finding::passed(std::to_string(took.count()) + " ms");
    return Finding::failed(
        "quiesce and destroy took " + std::to_string(took.count()) + " ms, allowed is one second"
    );
}

Finding quiesces_twice(const Target& target)
{
    taps().quiesce_twice = true;
    Bench bench{target, tapped(target)};
    bench.play_records(1);
    const Done done = bench.run("plugin.disable");
    return done.ok ? Finding::passed() : Finding::failed(done.story);
}

Finding destroyed_without_activate(const Target& target)
{
    need_sound(target);
    Proxy proxy;
    proxy.around = [](mortise_plugin_open entry,
                      const mortise_host* host,
                      mortise_self self,
                      mortise_plugin* out,
                      mortise_error* error) {
        mortise_plugin unused{};
        unused.head = {sizeof unused, MORTISE_ABI_TARGET};
        if (entry(host, self, &unused, error) >= 0 && unused.destroy) unused.destroy(unused.impl, error);
        return entry(host, self, out, error);
    };
    Bench bench{target, through(target, std::move(proxy))};
    bench.expect_alive("an instance that was destroyed before it was activated");
    return Finding::passed();
}

Finding ends_after_failed_start(const Target& target)
{
    live(target, false);
    const ProcessFacts before = ProcessFacts::now();
    const Map options{
        {"faults",
         List{
             Value{Map{{"function", "mortise.commands/1.bind"}, {"code", std::int64_t{MORTISE_E_INTERNAL}}}},
             Value{Map{{"function", "mortise.events/1.bind"}, {"code", std::int64_t{MORTISE_E_INTERNAL}}}},
             Value{
                 Map{{"function", "mortise.records/1.bind_hook"}, {"code", std::int64_t{MORTISE_E_INTERNAL}}}
             }
         }}
    };
    {
        auto box = testkit::Box::open(target.subjects(), options);
        static_cast<void>(box);
    }
    if (!threads_fall_to(before.threads))
        return Finding::failed("after a start that failed, threads of it live on");
    if (ProcessFacts::now().files > before.files)
        return Finding::failed("after a start that failed, files of it stay open");
    return Finding::passed();
}

constexpr Check checks[]{
    {"end.unmapped", "its code is gone when it was closed", end_page, unmapped},
    {"end.threads_gone", "none of its threads outlives it", end_page, threads_gone},
    {"end.files_closed", "no file or socket of it stays open", end_page, files_closed},
    {"end.memory_returned", "twenty lives leave no memory behind", end_page, memory_returned, 60s},
    {"end.reloads", "it can be reloaded again and again", end_page, reloads_often, 60s},
    {"end.fast", "it ends within a second", end_page, ends_fast},
    {"end.quiesce_twice",
     "it may be asked twice to wind up",
     "docs/reference/interfaces/plugin.md#quiesce",
     quiesces_twice},
    {"end.without_activate",
     "an instance that was never activated can be destroyed",
     end_page,
     destroyed_without_activate},
    {"end.failed_start",
     "a start that failed leaves nothing behind",
     "docs/reference/interfaces/plugin.md#activate",
     ends_after_failed_start},
};

} // namespace

std::span<const Check> end_checks()
{
    return checks;
}

} // namespace mortise::check
