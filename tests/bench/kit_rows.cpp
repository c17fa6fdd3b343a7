// What a test of a vendor's costs: a host in memory with the plugin in it, opened and closed for each test.

#include "bench.hpp"
#include "house.hpp"

#include <mortise/testkit.hpp>

#include <algorithm>

namespace mortise::bench {

namespace {

/// Milliseconds of one whole test: the built plugin loaded into a fresh host, changes that its hook and its
/// handler see, what came of it read back, and the end.
double one_test(const std::string& plugin)
{
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
    return watch.seconds() * 1e3;
}

} // namespace

void kit_rows(const Options& options, Rows& rows)
{
    if (!options.wants("kit_test")) return;
    constexpr double allowed = 50;
    const std::string plugin = built_plugin("counter").string();
    one_test(plugin); // the first one maps the kit's own library
    std::vector<double> samples;
    for (std::size_t i = 0; i < options.size(3, 100, 500); ++i)
        samples.push_back(one_test(plugin));
    const std::string note = std::to_string(samples.size()) + " tests, a host each; p50 "
        + std::to_string(median(samples)).substr(0, 4) + " ms; against what is allowed";
    rows.add({"kit_test", quantile(samples, 0.95), allowed, "ms", 1.0, Better::lower, note});
}

} // namespace mortise::bench
