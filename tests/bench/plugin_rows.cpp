// Rows about loading plugins.

#include "bench.hpp"
#include "house.hpp"
#include "plugins/plugin_manager.hpp"

#include <dlfcn.h>

namespace mortise::bench {

namespace {

/// Milliseconds of dlopen and dlsym for so many libraries that are not mapped yet.
double bare(const Folder& folder, std::size_t count)
{
    for (std::size_t i = 0; i < count; ++i)
        std::filesystem::copy(built_plugin("counter") / "counter.so", folder / (std::to_string(i) + ".so"));
    std::vector<void*> libraries;
    const Stopwatch watch;
    for (std::size_t i = 0; i < count; ++i) {
        libraries.push_back(::dlopen((folder / (std::to_string(i) + ".so")).c_str(), RTLD_NOW | RTLD_LOCAL));
        if (!libraries.back() || !::dlsym(libraries.back(), "mortise_plugin_open_v1")) give_up(::dlerror());
    }
    const double milliseconds = watch.seconds() * 1e3;
    for (void* library : libraries)
        ::dlclose(library);
    return milliseconds;
}

} // namespace

void plugin_rows(const Options& options, Rows& rows)
{
    if (!options.wants("plugins_activated")) return;
    const std::size_t count = options.size(5, 100, 100);
    PluginHouse house{{}};
    house.add_counters(count);
    for (std::size_t i = 0; i < count; ++i)
        must(house.host().plugins().enable(PluginHouse::counter_id(i)));
    const Folder folder;
    const double limit = bare(folder, count);
    const Stopwatch watch;
    for (std::size_t i = 0; i < count; ++i)
        must(house.host().plugins().activate(PluginHouse::counter_id(i)));
    rows.add(
        {"plugins_activated",
         watch.seconds() * 1e3,
         limit,
         "ms",
         5.0,
         Better::lower,
         std::to_string(count) + " plugins opened and activated; bare: dlopen and dlsym"}
    );
}

} // namespace mortise::bench
