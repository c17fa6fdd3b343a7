#include "app/verb_options.hpp"
#include "app/verbs/verbs.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>

namespace mortise::host {
namespace {

void add_reading(CLI::App& events, VerbAction& action)
{
    const auto options = std::make_shared<EventListOptions>();
    const auto add_filter = [options](CLI::App& verb) {
        verb.add_option("--subject", options->subject, "only events that are linked to this record");
        verb.add_option("--type", options->type, "a pattern: contact.created, contact.*");
        verb.add_option("--since", options->since, "only events after this number");
    };
    CLI::App* list = events.add_subcommand("list", "list events")->fallthrough();
    add_filter(*list);
    list->add_option("--limit", options->limit, "how many, 100 without it");
    list->add_flag("--newest", options->newest_first, "the latest first");
    list->callback([&action, options] {
        action = [options](Program& program) { return list_events(program, *options); };
    });
    CLI::App* tail
        = events.add_subcommand("tail", "show events as they happen, until Ctrl+C; with --json one a line")
              ->fallthrough();
    add_filter(*tail);
    tail->callback([&action, options] {
        action = [options](Program& program) { return tail_events(program, *options); };
    });
}

void add_publish(CLI::App& events, VerbAction& action)
{
    struct Options {
        std::string type{};
        std::string data{};
        std::string subject{};
        std::vector<std::string> links{};
    };
    const auto options = std::make_shared<Options>();
    CLI::App* publish = events.add_subcommand("publish", "publish an event")->fallthrough();
    publish->add_option("TYPE", options->type, "such as order.placed")->required();
    publish->add_option("JSON", options->data, "its data as a JSON object; - reads it from standard input");
    publish->add_option("--subject", options->subject, "the record that it happened to");
    publish->add_option("--link", options->links, "ROLE=ID, a further record")->allow_extra_args(false);
    publish->callback([&action, options] {
        action = [options](Program& program) {
            return publish_event(program, options->type, options->data, options->subject, options->links);
        };
    });
}

void add_delivery(CLI::App& events, VerbAction& action)
{
    struct Options {
        std::string subscription{};
        std::int64_t number{0};
    };
    const auto options = std::make_shared<Options>();
    CLI::App* replay = events.add_subcommand("replay", "deliver events again")->fallthrough();
    replay->add_option("SUBSCRIPTION", options->subscription, "its id, or PLUGIN/NAME")->required();
    replay->add_option("--from", options->number, "deliver what followed this event")->required();
    replay->callback([&action, options] {
        action = [options](Program& program) {
            return replay_events(program, options->subscription, options->number);
        };
    });
    CLI::App* dead = events.add_subcommand("dead-letters", "events that could not be handled")->fallthrough();
    dead->require_subcommand(0, 1);
    dead->callback([&action, dead] {
        if (dead->get_subcommands().empty()) action = list_dead_letters;
    });
    dead->add_subcommand("list", "list them")->fallthrough()->callback([&action] {
        action = list_dead_letters;
    });
    for (const char* name : {"retry", "discard"}) {
        CLI::App* settle
            = dead->add_subcommand(name, name[0] == 'r' ? "deliver them once more" : "give them up")
                  ->fallthrough();
        settle->add_option("SUBSCRIPTION", options->subscription, "its id, or PLUGIN/NAME")->required();
        settle->add_option("NUMBER", options->number, "one event; without it all of the subscription");
        settle->callback([&action, options, name = std::string{name}] {
            action = [options, name](Program& program) {
                return settle_dead_letters(program, name, options->subscription, options->number);
            };
        });
    }
}

} // namespace

void add_event_verbs(CLI::App& app, VerbAction& action)
{
    CLI::App* events = app.add_subcommand("events", "list, follow, publish and replay events")->fallthrough();
    events->require_subcommand(1);
    add_reading(*events, action);
    add_publish(*events, action);
    add_delivery(*events, action);
    app.add_subcommand("subscriptions", "who takes which events, and how far it has come")
        ->fallthrough()
        ->callback([&action] { action = show_subscriptions; });
}

} // namespace mortise::host
