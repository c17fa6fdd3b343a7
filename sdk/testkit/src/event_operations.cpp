#include "base/json.hpp"
#include "box.hpp"
#include "events/event_log.hpp"

#include <mortise/status.hpp>

#include <boost/json/value.hpp>

namespace mortise::testkit {

namespace {

const host::EventDeclaration* declaration_of(const Box& box, std::string_view type)
{
    for (const host::Manifest& manifest : box.manifests())
        if (const auto* found = manifest.find_event(type)) return found;
    return nullptr;
}

Result<void> add_links(host::EventDraft& draft, const Map& links)
{
    const auto add = [&draft](const std::string& role, const Value& target) -> Result<void> {
        const auto* id = target.as<Id>();
        if (!id)
            return Error{
                .code = ErrorCode::invalid,
                .message = "a link is an id or a list of ids",
                .key = "testkit.argument",
                .where = "links/" + role,
            };
        draft.links.push_back({*id, role});
        return {};
    };
    for (const auto& [role, target] : links) {
        if (const auto* list = target.as<List>()) {
            for (const Value& each : *list)
                MORTISE_CHECK(add(role, each));
        } else {
            MORTISE_CHECK(add(role, target));
        }
    }
    return {};
}

/// What handlers made of the event that the test fired: the first failure.
Result<void> judge_handlers(const Box& box, std::string_view type)
{
    for (const Call& call : box.calls())
        if (call.function == host::AbiFunction::plugin_on_events && call.error) {
            Error error = *call.error;
            error.message = "the handler of " + call.plugin + " (" + call.label + ") failed on "
                + std::string{type} + ": " + error.message;
            error.hint = "the event is in the log and the host tries it again: move the clock on to see that";
            return error;
        }
    return {};
}

Result<Value> fire(Box& box, const Map& arguments)
{
    MORTISE_TRY(const std::string type, need_text(arguments, "type"));
    MORTISE_TRY(const auto context, box.context_of(arguments));
    host::EventDraft draft;
    draft.type = type;
    draft.subject = arguments["subject"].get_or(Id{});
    draft.data = map_in(arguments, "data");
    if (const auto* time = arguments["time"].as<Instant>()) draft.time = *time;
    MORTISE_CHECK(add_links(draft, map_in(arguments, "links")));
    if (const auto* declared = declaration_of(box, type)) {
        draft.schema = declared->schema();
        draft.event_class = declared->event_class;
        draft.external = declared->external;
        draft.subject_type = declared->subject;
        if (declared->data) MORTISE_CHECK(declared->data->validate(host::json_of(Value{draft.data})));
    }
    host::UnitOfWork unit;
    unit.events.push_back(std::move(draft));
    MORTISE_TRY(const host::Commit commit, box.host().records().commit(context, std::move(unit)));
    MORTISE_CHECK(box.settle());
    MORTISE_CHECK(judge_handlers(box, type));
    return Value{commit.number};
}

Map map_of(const host::Event& event)
{
    Map links;
    for (const host::EventLink& link : event.links) {
        if (const Value& before = links[link.role]; const auto* list = before.as<List>()) {
            List more = *list;
            more.emplace_back(link.record);
            links.set(link.role, std::move(more));
        } else {
            links.set(link.role, List{Value{link.record}});
        }
    }
    return {
        {"number", event.number},
        {"type", event.type},
        {"subject", event.subject},
        {"subject_type", event.subject_type},
        {"time", event.time},
        {"recorded", event.recorded},
        {"actor", event.actor},
        {"schema", event.schema},
        {"cause", event.cause},
        {"external", event.external},
        {"links", std::move(links)},
        {"data", event.data},
    };
}

Result<Value> list(Box& box, const Map& arguments)
{
    constexpr std::size_t most = 10'000;
    MORTISE_TRY(const auto context, box.context_of(arguments));
    host::EventFilter filter;
    filter.type = arguments["type"].text();
    filter.subject = arguments["subject"].get_or(Id{});
    filter.since = arguments["since"].get_or(std::int64_t{0});
    filter.limit = most;
    MORTISE_TRY(const auto events, box.host().events().list(context.principal, filter));
    List all;
    for (const host::Event& event : events)
        all.emplace_back(map_of(event));
    return Value{std::move(all)};
}

/// What is set aside for the plugin's subscriptions: events that wait for another try, and those given up.
Result<Value> subscriptions(Box& box, const Map&)
{
    List all;
    for (const auto& each : box.host().dispatcher().status())
        all.emplace_back(Map{
            {"plugin", each.plugin},
            {"name", each.name},
            {"retrying", each.retrying},
            {"dead", each.dead},
            {"delivered", each.delivered},
            {"failed", each.failed},
            {"last_error", each.last_error()},
        });
    return Value{std::move(all)};
}

/// Delivers again what followed an event, as an administrator may.
Result<Value> replay(Box& box, const Map& arguments)
{
    MORTISE_TRY(const std::string name, need_text(arguments, "name"));
    for (const auto& each : box.host().dispatcher().status())
        if (each.name == name && each.plugin == box.plugin_of(arguments)) {
            MORTISE_CHECK(box.host().dispatcher().replay(each.id, arguments["from"].get_or(std::int64_t{0})));
            return Value{};
        }
    return Error{
        .code = ErrorCode::not_found,
        .message = "there is no subscription \"" + name + '"',
        .key = "testkit.no_subscription",
        .where = name,
    };
}

} // namespace

void add_event_operations(Box& box)
{
    box.add("events.fire", fire);
    box.add("events.replay", replay);
    box.add_reading("events.list", list);
    box.add_reading("events.subscriptions", subscriptions);
}

} // namespace mortise::testkit
