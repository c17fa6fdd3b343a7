#include "commands/message_commands.hpp"
#include "mime/glib.hpp"

#include <mortise/plugin.hpp>

namespace mortise::plugins::email {

namespace {

/// Binds what plugin.json declares. Everything else is in the folders beside this file.
class Email : public Plugin {
public:
    explicit Email(Host given) : Plugin{std::move(given)}
    {
        prepare_gmime();
        read("email.parse", parse);
        write("email.ingest", ingest);
        read("email.import_messages", import_messages); // each message has a unit of its own
        write("email.add_mailbox", add_mailbox);
        write("email.adopt_sender", adopt_sender);
        write("email.suppress", suppress);
        write("email.allow", allow);
    }

private:
    void write(std::string_view name, Value (*run)(const Host&, const Arguments&, Work&))
    {
        command(name, [this, run](const Arguments& arguments, Work& work) {
            return run(host(), arguments, work);
        });
    }
    void read(std::string_view name, Value (*run)(const Host&, const Arguments&))
    {
        command(name, [this, run](const Arguments& arguments) { return run(host(), arguments); });
    }
};

} // namespace

} // namespace mortise::plugins::email

MORTISE_PLUGIN(mortise::plugins::email::Email)
