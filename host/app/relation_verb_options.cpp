#include "app/verb_options.hpp"
#include "app/verbs/verbs.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>

namespace mortise::host {
namespace {

void add_reading(CLI::App& contacts, VerbAction& action)
{
    const auto options = std::make_shared<RelationListOptions>();
    CLI::App* list = contacts.add_subcommand("relations", "show how one is related to others")->fallthrough();
    list->add_option("ID", options->contact, "the contact")->required();
    list->add_option("--kind", options->kind, "only of this kind, by its name or word");
    list->add_option("--at", options->at, "as of a day (YYYY-MM-DD); without it today");
    list->add_flag("--all", options->all, "those too that are over, or begin later");
    list->callback([&action, options] {
        action = [options](Program& program) { return list_relations(program, *options); };
    });
    const auto tree = std::make_shared<RelationListOptions>();
    CLI::App* hierarchy
        = contacts
              .add_subcommand("hierarchy", "show what an organisation is part of, and what is part of it")
              ->fallthrough();
    hierarchy->add_option("ID", tree->contact, "the contact")->required();
    hierarchy->add_option("--kind", tree->kind, "another kind that is a tree, such as reports_to");
    hierarchy->add_option("--at", tree->at, "as of a day (YYYY-MM-DD); without it today");
    hierarchy->callback([&action, tree] {
        action = [tree](Program& program) {
            return show_hierarchy(program, tree->contact, tree->kind, tree->at);
        };
    });
}

void add_changing(CLI::App& contacts, VerbAction& action)
{
    const auto options = std::make_shared<RelateOptions>();
    CLI::App* relate = contacts.add_subcommand("relate", "relate one to another")->fallthrough();
    relate->add_option("ID", options->source, "who")->required();
    relate
        ->add_option(
            "KIND",
            options->kind,
            "such as works_at or employs; \"records relation_kind list\" shows them all"
        )
        ->required();
    relate->add_option("OTHER", options->target, "to whom")->required();
    relate->add_option("--role", options->role, "such as a job title");
    relate->add_option("--from", options->from, "the first day (YYYY-MM-DD)");
    relate->add_option("--until", options->until, "the last day");
    relate->add_flag("--primary", options->primary, "of what a person works at, the one that counts first");
    relate->add_flag(
        "--replace",
        options->replace,
        "what it has of that kind ends the day before the first day, or yesterday"
    );
    relate->add_flag("--dry-run", options->dry_run, "say what would become of it, and do nothing");
    relate->callback([&action, options] {
        action = [options](Program& program) { return relate_contacts(program, *options); };
    });
    const auto ended = std::make_shared<RelateOptions>();
    CLI::App* end
        = contacts
              .add_subcommand(
                  "unrelate", "end a relation; it stays on record (\"records relation delete\" takes it away)"
              )
              ->fallthrough();
    end->add_option("RELATION", ended->source, "the relation's id")->required();
    end->add_option("--until", ended->until, "its last day (YYYY-MM-DD); without it yesterday");
    end->add_flag("--dry-run", ended->dry_run, "say what would become of it, and do nothing");
    end->callback([&action, ended] {
        action = [ended](Program& program) {
            return end_relation(program, ended->source, ended->until, ended->dry_run);
        };
    });
}

} // namespace

void add_relation_verbs(CLI::App& contacts, VerbAction& action)
{
    add_reading(contacts, action);
    add_changing(contacts, action);
}

} // namespace mortise::host
