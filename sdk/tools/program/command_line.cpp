#include "program/command_line.hpp"

#include "program/subcommands/subcommands.hpp"

#include <mortise/abi/version.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <string>

namespace mortise::tool {
namespace {

std::string version_text()
{
    return "mortise-sdk " + std::to_string(MORTISE_VERSION_MAJOR) + '.'
        + std::to_string(MORTISE_VERSION_MINOR) + '.' + std::to_string(MORTISE_VERSION_PATCH);
}

Error usage_error(const CLI::App& app, const CLI::ParseError& failed)
{
    const bool is_chosen = !app.get_subcommands().empty();
    std::string message = failed.what();
    for (const std::string& word : app.remaining(true))
        if (!is_chosen && !word.starts_with('-')) message = '"' + word + "\" is no command of mortise-sdk";
    const std::string command = is_chosen ? ' ' + app.get_subcommands().front()->get_name() : "";
    return tool_error(ErrorCode::invalid, "usage", message, {}, "see: mortise-sdk" + command + " --help");
}

} // namespace

int run_command_line(int argc, char** argv)
{
    CLI::App app{"What developers of Mortise plugins work with", "mortise-sdk"};
    bool json = false;
    Action action;
    app.require_subcommand(0, 1);
    app.fallthrough();
    app.set_version_flag("--version", version_text());
    app.add_flag("--json", json, "print exactly one JSON document");
    for (const auto add :
         {add_new,
          add_check,
          add_dev,
          add_pack,
          add_verify,
          add_keygen,
          add_sign,
          add_statement,
          add_catalog,
          add_docs})
        add(app, action);
    for (CLI::App* command : app.get_subcommands({}))
        command->fallthrough();
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& help) { // --help, --version
        return app.exit(help);
    } catch (const CLI::ParseError& failed) {
        Output output{json};
        return static_cast<int>(report(output, usage_error(app, failed)));
    }
    if (!action) {
        std::cout << app.help();
        return static_cast<int>(Exit::usage);
    }
    Output output{json};
    const Result<Exit> ended = action(output);
    return static_cast<int>(ended ? *ended : report(output, ended.error()));
}

} // namespace mortise::tool
