#include "app/verb_options.hpp"
#include "app/verbs/duplicate_verbs.hpp"

#include <CLI/CLI.hpp>
#include <memory>

namespace mortise::host {

namespace {

void add_list(CLI::App& verb, VerbAction& action, const std::shared_ptr<DuplicateListOptions>& options)
{
    verb.add_option("--state", options->state, "open (if left out), merged or not_a_duplicate")
        ->check(CLI::IsMember({"open", "merged", "not_a_duplicate"}));
    verb.add_option("--band", options->band, "only same, or only review")
        ->check(CLI::IsMember({"same", "review"}));
    verb.add_option("--limit", options->limit, "how many, 50 without it");
    verb.add_option("--after", options->after, "go on behind a page");
    verb.callback([&action, options, &verb] {
        if (!verb.get_subcommands().empty()) return;
        action = [options](Program& program) { return list_duplicates(program, *options); };
    });
}

void add_decision(
    CLI::App& duplicates, VerbAction& action, const char* name, const char* help, const char* command
)
{
    struct Options {
        std::vector<std::string> pairs{};
        std::string reason{};
    };
    const auto options = std::make_shared<Options>();
    CLI::App* verb = duplicates.add_subcommand(name, help)->fallthrough();
    verb->add_option("PAIR", options->pairs, "ids of pairs")->required();
    verb->add_option("--reason", options->reason, "why; kept with the pair");
    verb->callback([&action, options, command] {
        action = [options, command](Program& program) {
            return decide_duplicates(program, command, options->pairs, options->reason);
        };
    });
}

void add_merge(CLI::App& duplicates, VerbAction& action)
{
    const auto options = std::make_shared<DuplicateMergeOptions>();
    CLI::App* verb = duplicates.add_subcommand("merge", "merge the contacts of pairs; undo takes it back")
                         ->fallthrough();
    CLI::Option* pairs = verb->add_option("PAIR", options->pairs, "ids of pairs");
    CLI::Option* same
        = verb->add_flag("--same", options->same, "all open pairs of the band same, without a look");
    pairs->excludes(same);
    verb->add_option("--limit", options->limit, "with --same: at most so many pairs, 1000 without it");
    verb->add_flag("--preview", options->preview, "say what would be merged, and do nothing");
    verb->add_option("--reason", options->reason, "why; kept with the merges");
    verb->callback([&action, options] {
        if (options->pairs.empty() && !options->same) throw CLI::RequiredError("ids of pairs, or --same");
        action = [options](Program& program) { return merge_duplicates(program, *options); };
    });
}

} // namespace

void add_duplicate_verbs(CLI::App& contacts, VerbAction& action)
{
    CLI::App* duplicates
        = contacts.add_subcommand("duplicates", "pairs of contacts that may be the same")->fallthrough();
    add_list(*duplicates, action, std::make_shared<DuplicateListOptions>());
    CLI::App* scan = duplicates->add_subcommand("scan", "compare all contacts, and wait until it is done")
                         ->fallthrough();
    scan->callback([&action] { action = [](Program& program) { return scan_duplicates(program); }; });
    const auto ids = std::make_shared<std::vector<std::string>>();
    CLI::App* explain
        = duplicates->add_subcommand("explain", "why two contacts may be the same")->fallthrough();
    explain->add_option("ID", *ids, "a pair, or two contacts")->required()->expected(1, 2);
    explain->callback([&action, ids] {
        action = [ids](Program& program) { return explain_duplicates(program, *ids); };
    });
    add_decision(
        *duplicates, action, "dismiss", "say that pairs are no duplicates; remembered", "duplicates.dismiss"
    );
    add_decision(*duplicates, action, "reopen", "take that back", "duplicates.reopen");
    add_merge(*duplicates, action);
}

} // namespace mortise::host
