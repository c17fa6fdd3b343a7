#include "app/verb_options.hpp"
#include "app/verbs/identity_verbs.hpp"

#include <CLI/CLI.hpp>
#include <memory>

namespace mortise::host {

namespace {

void add_ingest(CLI::App& contacts, VerbAction& action)
{
    const auto options = std::make_shared<IngestOptions>();
    CLI::App* ingest
        = contacts
              .add_subcommand("ingest", "take in what sources tell, by the names that they have for contacts")
              ->fallthrough();
    ingest->add_option("FILE", options->file, "messages, one JSON object a line; - reads standard input")
        ->required();
    ingest->add_flag("--dry-run", options->dry_run, "say whom they are about, and do nothing");
    ingest->callback([&action, options] {
        action = [options](Program& program) { return ingest_messages(program, *options); };
    });
}

void add_identify(CLI::App& contacts, VerbAction& action)
{
    struct Options {
        std::string name_space{};
        std::string value{};
    };
    const auto options = std::make_shared<Options>();
    CLI::App* identify
        = contacts.add_subcommand("identify", "show whom a source knows by a name")->fallthrough();
    identify->add_option("NAMESPACE", options->name_space, "such as email, cookie or crm:hubspot")
        ->required();
    identify->add_option("VALUE", options->value, "the name")->required();
    identify->callback([&action, options] {
        action = [options](Program& program) {
            return identify_contact(program, options->name_space, options->value);
        };
    });
}

void add_unstitch(CLI::App& contacts, VerbAction& action)
{
    struct Options {
        std::string identity{};
        bool dry_run{false};
    };
    const auto options = std::make_shared<Options>();
    CLI::App* unstitch
        = contacts.add_subcommand("unstitch", "take an identity off its contact, with what came by it")
              ->fallthrough();
    unstitch->add_option("IDENTITY", options->identity, "the id of its record; provenance tells it")
        ->required();
    unstitch->add_flag("--dry-run", options->dry_run, "say what would become of it, and do nothing");
    unstitch->callback([&action, options] {
        action = [options](Program& program) {
            return unstitch_identity(program, options->identity, options->dry_run);
        };
    });
}

void add_provenance(CLI::App& contacts, VerbAction& action)
{
    const auto contact = std::make_shared<std::string>();
    CLI::App* provenance
        = contacts.add_subcommand("provenance", "tell who said what of a contact, and why which word counts")
              ->fallthrough();
    provenance->add_option("ID", *contact, "the contact")->required();
    provenance->callback([&action, contact] {
        action = [contact](Program& program) { return show_provenance(program, *contact); };
    });
}

void add_rules(CLI::App& contacts, VerbAction& action)
{
    CLI::App* rules
        = contacts.add_subcommand("rules", "which of several sources counts, by fields")->fallthrough();
    rules->callback([&action, rules] {
        if (!rules->get_subcommands().empty()) return;
        action = [](Program& program) { return list_rules(program); };
    });
    const auto options = std::make_shared<RuleOptions>();
    const auto act = [&action, options] {
        action = [options](Program& program) { return set_rule(program, *options); };
    };
    CLI::App* set
        = rules->add_subcommand("set", "set the rule of a field; contacts follow at once")->fallthrough();
    set->add_option("FIELD", options->field, "a field of contacts")->required();
    set->add_option("RULE", options->rule, "most_recent, source_priority, non_empty or add")
        ->required()
        ->check(CLI::IsMember({"most_recent", "source_priority", "non_empty", "add"}));
    set->add_option(
           "--source", options->sources, "with source_priority: the best first; may be given several times"
    )
        ->delimiter(',');
    set->add_flag("--dry-run", options->dry_run, "look whether it can be, and do nothing");
    set->callback(act);
    CLI::App* unset = rules->add_subcommand("unset", "give a field its usual rule again")->fallthrough();
    unset->add_option("FIELD", options->field, "a field of contacts")->required();
    unset->callback(act);
}

} // namespace

void add_identity_verbs(CLI::App& contacts, VerbAction& action)
{
    add_ingest(contacts, action);
    add_identify(contacts, action);
    add_unstitch(contacts, action);
    add_provenance(contacts, action);
    add_rules(contacts, action);
}

} // namespace mortise::host
