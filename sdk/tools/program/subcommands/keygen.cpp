#include "program/key_files.hpp"
#include "program/subcommands/subcommands.hpp"

#include <boost/json/object.hpp>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>

namespace mortise::tool {
namespace {

Result<Exit> make_keys(Output& output, const std::string& name)
{
    const std::string secret = name + ".key";
    const std::string open = name + ".pub";
    const host::SigningKey key = host::SigningKey::create();
    MORTISE_CHECK(write_key_files(key, secret, open));
    const std::string fingerprint = host::key_fingerprint(key.public_key());
    output.print(
        boost::json::object{{"secret", secret}, {"public", open}, {"fingerprint", fingerprint}},
        [&] {
            output.line("made " + secret + " and " + open + ", fingerprint " + fingerprint);
            output.note(
                "keep " + secret + " to yourself: whoever has it can sign in your name; hand on " + open
            );
        }
    );
    return Exit::done;
}

} // namespace

void add_keygen(CLI::App& app, Action& action)
{
    const auto name = std::make_shared<std::string>("mortise-signing");
    CLI::App* command = app.add_subcommand("keygen", "make a key pair to sign packages with");
    command->add_option("NAME", *name, "the files are NAME.key and NAME.pub; without it mortise-signing");
    command->callback([&action, name] {
        action = [name](Output& output) { return make_keys(output, *name); };
    });
}

} // namespace mortise::tool
