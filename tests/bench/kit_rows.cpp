// What a test of a vendor's costs: a host in memory with the plugin in it, opened and closed for each test.

#include "bench.hpp"
#include "house.hpp"

#include <mortise/testkit.hpp>

#include <ctime>

namespace mortise::bench {

namespace {

double processor_ms()
{
    timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

struct Cost {
    double processor; ///< of all its threads: others on the machine do not change it
    double wall;
};

/// Milliseconds of one whole test: the built plugin loaded into a fresh host, changes that its handler sees,
/// what came of it read back, and the end.
Cost one_test(const std::string& plugin)
{
    const double before = processor_ms();
    const Stopwatch watch;
    {
        testkit::Kit kit{plugin};
        for (int i = 0; i < 3; ++i) {
            const auto made = kit.create("contact", {{"name", "Contact " + std::to_string(i)}});
            if (!made) give_up("the kit made no contact");
            if (kit.list("contact").size() != static_cast<std::size_t>(i) + 1)
                give_up("a contact is missing");
        }
    }
    return {.processor = processor_ms() - before, .wall = watch.seconds() * 1e3};
}

} // namespace

void kit_rows(const Options& options, Rows& rows)
{
    if (!options.wants("kit_test")) return;
    constexpr double allowed = 50;
    const std::string plugin = built_plugin("counter").string();
    one_test(plugin); // the first one maps the kit's own library
    std::vector<double> processor;
    std::vector<double> wall;
    for (std::size_t i = 0; i < options.size(3, 100, 500); ++i) {
        const Cost cost = one_test(plugin);
        processor.push_back(cost.processor);
        wall.push_back(cost.wall);
    }
    const std::string note = std::to_string(processor.size())
        + " tests, a host each, p95 of processor time; by the clock p50 "
        + std::to_string(median(wall)).substr(0, 4) + " ms; against what is allowed";
    rows.add({"kit_test", quantile(processor, 0.95), allowed, "ms", 1.0, Better::lower, note});
}

} // namespace mortise::bench
