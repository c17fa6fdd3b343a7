#include "push.hpp"

#include <mortise/plugin.hpp>

namespace {

/// Binds what plugin.json declares. Everything else is in the files beside this one.
class Plugin : public mortise::Plugin {
public:
    explicit Plugin(mortise::Host given) : mortise::Plugin{std::move(given)}
    {
        // A command must answer soon; what takes long is a job. The key keeps a second one from running
        // beside it.
        command("my_plugin.push", [](const mortise::Arguments&, mortise::Work& work) -> mortise::Value {
            work.start("push", {}, {.key = "push"});
            return mortise::Map{{"started", true}};
        });
        job("push", [this](mortise::Job& running) { return my_plugin::push_contacts(host(), running); });
    }
};

} // namespace

MORTISE_PLUGIN(Plugin)
