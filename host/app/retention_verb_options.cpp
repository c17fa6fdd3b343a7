#include "app/verb_options.hpp"
#include "app/verbs/verbs.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>

namespace mortise::host {
namespace {

using RuleVerb = Result<Exit> (*)(Program&, const std::string&);

CLI::Option* add_rule_verb(
    CLI::App& retention,
    VerbAction& action,
    const char* name,
    const char* help,
    const char* argument,
    const char* argument_help,
    RuleVerb run
)
{
    const auto rule = std::make_shared<std::string>();
    CLI::App* verb = retention.add_subcommand(name, help)->fallthrough();
    verb->callback([&action, rule, run] {
        action = [rule, run](Program& program) { return run(program, *rule); };
    });
    return verb->add_option(argument, *rule, argument_help);
}

} // namespace

void add_retention_verbs(CLI::App& app, VerbAction& action)
{
    CLI::App* retention
        = app.add_subcommand("retention", "rules about what is kept for how long")->fallthrough();
    retention->require_subcommand(1);
    retention->add_subcommand("list", "list the rules")->fallthrough()->callback([&action] {
        action = [](Program& program) { return list_retention(program); };
    });
    add_rule_verb(
        *retention,
        action,
        "add",
        "add a rule; nothing goes before it is applied",
        "JSON",
        R"(such as {"what": "records", "type": "contact", "by": "activity", "older_than_days": 730, "how": "erase"})",
        add_retention_rule
    )
        ->required();
    add_rule_verb(
        *retention, action, "remove", "take a rule away", "RULE", "its number", remove_retention_rule
    )
        ->required();
    add_rule_verb(
        *retention, action, "preview", "say what would go now", "RULE", "only this one", preview_retention
    );
    add_rule_verb(
        *retention,
        action,
        "apply",
        "take away what the rules meet now",
        "RULE",
        "only this one",
        apply_retention
    );
    const auto word = std::make_shared<std::string>();
    CLI::App* daily
        = retention->add_subcommand("daily", "apply all rules once a day, or no longer")->fallthrough();
    daily->add_option("ON", *word, "on or off")->required()->check(CLI::IsMember({"on", "off"}));
    daily->callback([&action, word] {
        action = [word](Program& program) { return set_daily_retention(program, *word == "on"); };
    });
}

} // namespace mortise::host
