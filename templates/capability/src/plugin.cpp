#include "visits.hpp"

#include <mortise/plugin.hpp>

namespace {

/// Binds what plugin.json declares. Everything else is in the files beside this one.
class Plugin : public mortise::Plugin {
public:
    explicit Plugin(mortise::Host given) : mortise::Plugin{std::move(given)}
    {
        before("my_plugin_visit.create", my_plugin::check_visit);
        before("my_plugin_visit.update", my_plugin::check_visit);
        on_batch("visits", [this](const mortise::Events& events, mortise::Work& work) {
            my_plugin::count_visits(host(), events, work);
        });
        command("my_plugin.log_visit", [this](const mortise::Arguments& arguments, mortise::Work& work) {
            return my_plugin::log_visit(host(), arguments, work);
        });
    }

    /// Runs once after an upgrade, batch by batch; a crash in between goes on where the last batch ended.
    mortise::Id migrate(const mortise::Migration& migration, mortise::Work& work) override
    {
        if (migration.type != "my_plugin_visit") return {};
        return my_plugin::add_lengths(host(), migration.after, work);
    }
};

} // namespace

MORTISE_PLUGIN(Plugin)
