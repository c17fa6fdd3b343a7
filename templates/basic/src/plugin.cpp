#include "greeting.hpp"

#include <mortise/plugin.hpp>

namespace {

/// Binds what plugin.json declares. What it decides is in greeting.cpp.
class Plugin : public mortise::Plugin {
public:
    explicit Plugin(mortise::Host given) : mortise::Plugin{std::move(given)}
    {
        // A hook sees a change before it is written. It is a pure function: it captures nothing.
        before(
            "contact.create",
            [](const mortise::Settings& settings, mortise::Reader&, mortise::Draft& contact) {
                if (settings["email_required"].boolean()
                    && my_plugin::lacks_email(contact["kind"].text(), contact["email"].text()))
                    contact.refuse("email", "my_plugin.email_needed", "a person needs an e-mail address");
            }
        );
        // A handler sees what has happened. What it writes commits together with its acknowledgement.
        on("contact.created", [this](const mortise::Event& event, mortise::Work& work) {
            const auto contact = mortise::if_found(host().get("contact", event.subject(), {"name"}));
            if (!contact) return; // deleted meanwhile; any other error is thrown, and the event comes again
            work.publish("my_plugin.greeted", event.subject(), {{"text", greet((*contact)["name"].text())}});
        });
        // A command is what people, programs and other plugins can ask for.
        command("my_plugin.greet", [this](const mortise::Arguments& arguments) -> mortise::Value {
            const auto contact = mortise::require(host().get("contact", arguments.id("contact"), {"name"}));
            return mortise::Map{{"text", greet(contact["name"].text())}};
        });
    }

private:
    std::string greet(std::string_view name) const
    {
        const mortise::Settings settings = mortise::require(host().settings());
        return my_plugin::greeting(settings["greeting"].text(), name);
    }
};

} // namespace

MORTISE_PLUGIN(Plugin)
