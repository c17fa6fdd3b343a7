#include "app/verb_options.hpp"
#include "app/verbs/verbs.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>

namespace mortise::host {
namespace {

void add_list(CLI::App& audit, VerbAction& action)
{
    const auto options = std::make_shared<AuditListOptions>();
    CLI::App* list = audit.add_subcommand("list", "list what was done, the latest first")->fallthrough();
    list->add_option("--person", options->person, "only what this user did, by plugins too");
    list->add_option("--plugin", options->plugin, "only what this plugin did, and what was done to it");
    list->add_option(
        "--kind", options->kind, "type of an event, or method: contact.erased, plugins.*, refused"
    );
    list->add_option("--since", options->since, "not before this time, such as 2026-11-01T00:00:00Z");
    list->add_option("--until", options->until, "before this time");
    list->add_option("--limit", options->limit, "how many, 50 without it");
    list->callback([&action, options] {
        action = [options](Program& program) { return list_audit_entries(program, *options); };
    });
}

void add_head(CLI::App& audit, VerbAction& action)
{
    const auto file = std::make_shared<std::string>();
    CLI::App* head
        = audit.add_subcommand("head", "tell the last entry, to be kept where nobody of here can change it")
              ->fallthrough();
    head->add_option("--file", *file, "append it to this file too");
    head->callback([&action, file] {
        action = [file](Program& program) { return show_audit_head(program, *file); };
    });
}

void add_verify(CLI::App& audit, VerbAction& action)
{
    struct Options {
        std::vector<std::string> heads{};
        std::string file{};
    };
    const auto options = std::make_shared<Options>();
    CLI::App* verify
        = audit
              .add_subcommand(
                  "verify", "find what was edited, moved or taken away, in the trail and in the data"
              )
              ->fallthrough();
    verify->add_option("--head", options->heads, "N:HASH that audit head told before; may be repeated")
        ->allow_extra_args(false);
    verify->add_option(
        "--heads", options->file, "a file with one in each line, as audit head --file writes it"
    );
    verify->callback([&action, options] {
        action = [options](Program& program) {
            return verify_audit_trail(program, options->heads, options->file);
        };
    });
}

} // namespace

void add_audit_verbs(CLI::App& app, VerbAction& action)
{
    CLI::App* audit
        = app.add_subcommand("audit", "who did what: a trail that tells when it was changed")->fallthrough();
    audit->require_subcommand(0, 1);
    audit->callback([&action, audit] {
        if (audit->get_subcommands().empty())
            action = [](Program& program) { return list_audit_entries(program, {}); };
    });
    add_list(*audit, action);
    add_head(*audit, action);
    add_verify(*audit, action);
}

} // namespace mortise::host
