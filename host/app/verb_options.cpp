#include "app/verb_options.hpp"

#include "app/verbs/find_verbs.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>

namespace mortise::host {
namespace {

void add_commands(CLI::App& app, VerbAction& action)
{
    const auto name = std::make_shared<std::string>();
    CLI::App* commands = app.add_subcommand("commands", "list the commands, or describe one")->fallthrough();
    commands->add_option("NAME", *name, "a command");
    commands->callback([&action, name] {
        action = [name](Program& program) { return show_commands(program, *name); };
    });

    struct Options {
        std::string name{};
        std::string arguments{};
        bool dry_run{false};
        std::string file{};
    };
    const auto options = std::make_shared<Options>();
    CLI::App* call = app.add_subcommand("call", "run a command")->fallthrough();
    call->add_option("NAME", options->name, "a command")->required();
    call->add_option(
        "JSON", options->arguments, "its arguments as a JSON object; - reads them from standard input"
    );
    call->add_flag("--dry-run", options->dry_run, "say what would happen, and do nothing");
    call->add_option("-o,--output", options->file, "where to write the file that the command gives");
    call->callback([&action, options] {
        action = [options](Program& program) {
            return call_command(program, options->name, options->arguments, options->dry_run, options->file);
        };
    });
}

void add_views(CLI::App& app, VerbAction& action)
{
    const auto options = std::make_shared<ViewOptions>();
    CLI::App* views
        = app.add_subcommand("views", "list what plugins show, or show one view or report")->fallthrough();
    views->add_option("NAME", options->name, "a view or a report");
    views->add_flag("--report", options->report, "the report of that name, where a view has it too");
    views->add_option("--record", options->record, "the record that the view is about");
    views->add_option("--limit", options->limit, "at most so many rows")
        ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1000}))
        ->capture_default_str();
    views->callback([&action, options] {
        action = [options](Program& program) {
            return options->name.empty() ? list_views(program) : show_view(program, *options);
        };
    });
}

} // namespace

void add_house_verbs(CLI::App& app, VerbAction& action)
{
    app.add_subcommand("init", "make a data folder")->fallthrough()->callback([&action] {
        action = make_folder;
    });
    app.add_subcommand("demo", "fill a fresh data folder with sample customers")
        ->fallthrough()
        ->callback([&action] { action = make_demo; });
    const auto socket = std::make_shared<std::string>();
    CLI::App* server = app.add_subcommand("serve", "run the host until SIGTERM or Ctrl+C")->fallthrough();
    server->add_option("--socket", *socket, "where to listen; without it control.sock in the data folder");
    const auto shared = std::make_shared<bool>(false);
    server->add_flag(
        "--shared",
        *shared,
        "let other accounts of this machine connect; who is no user of the host is refused"
    );
    server->callback([&action, socket, shared] {
        action = [socket, shared](Program& program) { return serve(program, *socket, *shared); };
    });
    app.add_subcommand("status", "tell how the host is")->fallthrough()->callback([&action] {
        action = show_status;
    });
    const auto type = std::make_shared<std::string>();
    CLI::App* types = app.add_subcommand("types", "list the record types, or describe one")->fallthrough();
    types->add_option("NAME", *type, "a record type");
    types->require_subcommand(0, 1);
    types->callback([&action, type, types] {
        if (!types->get_subcommands().empty()) return;
        action = [type](Program& program) { return show_types(program, *type); };
    });
    const auto field = std::make_shared<std::string>();
    CLI::App* add = types->add_subcommand("add-field", "add a field of your own to the type, or change it")
                        ->fallthrough();
    add->add_option(
           "JSON",
           *field,
           "its declaration, such as {\"name\": \"shoe_size\", \"kind\": \"int\"}; - reads it from standard "
           "input"
    )
        ->required();
    add->callback([&action, type, field] {
        action = [type, field](Program& program) { return add_field(program, *type, *field); };
    });
    CLI::App* archive
        = types->add_subcommand("archive-field", "make a field of your own read-only; nothing in it is lost")
              ->fallthrough();
    archive->add_option("FIELD", *field, "its name")->required();
    archive->callback([&action, type, field] {
        action = [type, field](Program& program) { return archive_field(program, *type, *field); };
    });
    add_commands(app, action);
    add_views(app, action);
}

void add_verbs(CLI::App& app, VerbAction& action)
{
    add_house_verbs(app, action);
    add_people_verbs(app, action);
    add_audit_verbs(app, action);
    add_backup_verbs(app, action);
    add_retention_verbs(app, action);
    add_record_verbs(app, action);
    add_event_verbs(app, action);
    add_plugin_verbs(app, action);
    add_trust_verbs(app, action);
    add_bundle_verbs(app, action);
}

} // namespace mortise::host
