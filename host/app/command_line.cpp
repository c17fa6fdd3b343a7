#include "app/command_line.hpp"

#include "app/verb_options.hpp"
#include "control/data_folder.hpp"
#include "control/nearest.hpp"

#include <mortise/abi/version.h>

#include <CLI/CLI.hpp>
#include <iostream>

namespace mortise::host {
namespace {

std::string version_text()
{
    return "mortise " + std::to_string(MORTISE_VERSION_MAJOR) + '.' + std::to_string(MORTISE_VERSION_MINOR)
        + '.' + std::to_string(MORTISE_VERSION_PATCH);
}

void add_global_options(CLI::App& app, GlobalOptions& options)
{
    app.set_version_flag("--version", version_text());
    app.add_option(
        "--data", options.data, "the data folder; without it $MORTISE_DATA, then the user's folder for data"
    );
    app.add_option(
        "--connect",
        options.connect,
        "the socket of a running host; without it the one that serves the data folder"
    );
    app.add_flag("--json", options.json, "print exactly one JSON document");
    app.add_flag("--yes,-y", options.yes, "ask nothing");
    app.add_option("--user", options.user, "act as this user; for administrators");
}

/// The word that should have been a verb of `at`, if that is what is wrong. Words that no verb took end at
/// `app`.
std::string unknown_verb(const CLI::App& app, const CLI::App& at)
{
    if (at.get_subcommands({}).empty()) return {};
    for (const std::string& word : app.remaining(true))
        if (!word.starts_with('-')) return word;
    return {};
}

Error usage_error(const CLI::App& app, const CLI::ParseError& failed)
{
    const CLI::App* at = &app;
    std::string command = "mortise";
    while (!at->get_subcommands().empty()) {
        at = at->get_subcommands().front();
        command += ' ' + at->get_display_name();
    }
    std::vector<std::string> verbs;
    for (const CLI::App* verb : at->get_subcommands({}))
        verbs.push_back(verb->get_name());
    const std::string word = unknown_verb(app, *at);
    if (!word.empty()) {
        const std::string near = nearest(word, verbs);
        return {
            ErrorCode::invalid,
            "\"" + word + "\" is no verb of " + command,
            "cli.usage.verb",
            {},
            near.empty() ? command + " --help lists them" : "did you mean " + near + "?"
        };
    }
    return {ErrorCode::invalid, failed.what(), "cli.usage", {}, "see: " + command + " --help"};
}

Exit run(CLI::App& app, GlobalOptions& options, const VerbAction& action)
{
    if (options.data.empty()) options.data = DataFolder::default_path();
    Program program{options};
    if (!action) {
        std::cout << app.help();
        return Exit::usage;
    }
    const auto ended = action(program);
    return ended ? *ended : report(program.output(), ended.error());
}

} // namespace

int run_command_line(int argc, char** argv)
{
    CLI::App app{"Mortise: the relationship platform that is built from plugins", "mortise"};
    app.require_subcommand(0, 1);
    app.fallthrough(); // options of all verbs may follow the verb
    GlobalOptions options;
    VerbAction action;
    add_global_options(app, options);
    add_verbs(app, action);
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& help) { // --help, --version
        return app.exit(help);
    } catch (const CLI::ParseError& failed) {
        Output output{options.json};
        return static_cast<int>(report(output, usage_error(app, failed)));
    }
    return static_cast<int>(run(app, options, action));
}

} // namespace mortise::host
