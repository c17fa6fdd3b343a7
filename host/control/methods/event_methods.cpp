#include "base/json.hpp"
#include "base/time_text.hpp"
#include "control/host.hpp"
#include "control/methods/answers.hpp"
#include "control/methods/methods.hpp"
#include "relations/relation_book.hpp"

namespace mortise::host {
namespace {

EventClass event_class_named(std::string_view name)
{
    if (name == "audit") return EventClass::audit;
    if (name == "telemetry") return EventClass::telemetry;
    return EventClass::history;
}

/// The people of the subject, where their events are asked for.
Result<std::vector<EventCompanion>> people_of(Host& host, const Call& call, const Arguments& arguments)
{
    std::vector<EventCompanion> people;
    if (!arguments.has("people")) return people;
    if (!arguments.has("subject"))
        return Error{
            ErrorCode::invalid,
            "people are those of a subject, and none is named",
            "rpc.params",
            "/people",
            "name the organisation as the subject"
        };
    MORTISE_TRY(
        const auto members,
        host.relations().members(
            call.principal(), arguments.id("subject"), arguments.text("people") == "then"
        )
    );
    people.reserve(members.size());
    for (const Member& member : members)
        people.push_back({member.contact, member.from(), member.until()});
    return people;
}

Answer list(Host& host, const Call& call, const Arguments& arguments)
{
    const std::int64_t last = host.events().last();
    MORTISE_TRY(auto people, people_of(host, call, arguments));
    MORTISE_TRY(
        const auto events,
        host.events().list(
            call.principal(),
            {arguments.id("subject"),
             arguments.text("type"),
             arguments.integer("since"),
             arguments.integer("until"),
             arguments.count("limit", 100, 1000),
             arguments.flag("newest_first"),
             std::move(people)}
        )
    );
    boost::json::array json;
    for (const Event& event : events)
        json.emplace_back(cloud_event(event, host.source()));
    return boost::json::value(boost::json::object{{"events", std::move(json)}, {"last", number_text(last)}});
}

Result<std::vector<EventLink>> read_links(const boost::json::array& given)
{
    std::vector<EventLink> links;
    for (const boost::json::value& item : given) {
        const std::string where = "/links/" + std::to_string(links.size());
        const boost::json::object* link = item.if_object();
        const boost::json::value* record = link ? link->if_contains("record") : nullptr;
        const boost::json::value* role = link ? link->if_contains("role") : nullptr;
        if (!record || !role || !role->is_string())
            return Error{
                ErrorCode::invalid, "a link is {\"record\": ID, \"role\": NAME}", "rpc.params", where, {}
            };
        MORTISE_TRY(const Id id, parse_id(*record, where + "/record"));
        links.push_back({id, std::string{role->get_string()}});
    }
    return links;
}

/// Events of records, of people and of what the host does besides are told by it alone.
bool is_of_host(const Schema& schema, const EventDraft& draft)
{
    const std::string noun = draft.type.substr(0, draft.type.find('.'));
    return draft.event_class == EventClass::audit || schema.find(noun) || noun == "user" || noun == "role"
        || noun == "secret";
}

/// A person with roles tells only of a record that it may change, and not in the name of the host.
Result<void> may_tell_of(Host& host, const Call& call, EventDraft& draft)
{
    const Principal& principal = call.principal();
    if (!principal.rights) return {};
    for (const TypePointer& type : host.records().schema(principal)->types()) {
        if (!draft.subject) break;
        const auto row = host.records().get(principal, type->name, draft.subject, true);
        if (!row) continue;
        const Id own = principal.row_owner(type->name, Action::write);
        const bool changes
            = principal.rights->of(type->name).write != Level::none && (!own || row->owner == own);
        if (changes && !is_of_host(*host.records().schema(), draft)) {
            draft.subject_type = type->name;
            return {};
        }
        break;
    }
    return Error{
        ErrorCode::denied,
        principal.user_name
            + " may publish only events about a record that it may change, and none of the host's own",
        "access.publish",
        "/subject",
        "name a record of your own as the subject"
    };
}

Answer publish(Host& host, const Call& call, const Arguments& arguments)
{
    EventDraft draft;
    draft.type = arguments.text("type");
    draft.subject = arguments.id("subject");
    draft.event_class = event_class_named(arguments.text("class"));
    draft.external = arguments.flag("external");
    draft.schema = arguments.text("schema");
    draft.data = map_of_json(arguments.object("data"));
    MORTISE_TRY(draft.links, read_links(arguments.list("links")));
    if (arguments.has("time")) {
        MORTISE_TRY(draft.time, parse_instant(arguments.text("time")));
    }
    MORTISE_CHECK(may_tell_of(host, call, draft));
    UnitOfWork unit;
    unit.id = unit_id_of(call.context());
    unit.events.push_back(std::move(draft));
    if (call.context().dry_run) {
        MORTISE_CHECK(host.records().preview(call.context(), unit));
        return boost::json::value(boost::json::object{{"dry_run", true}});
    }
    MORTISE_TRY(const Commit commit, host.records().commit(call.context(), unit));
    return boost::json::value(
        boost::json::object{{"number", number_text(commit.number)}, {"repeated", commit.repeated}}
    );
}

Answer subscribe(Host& host, Call& call, const Arguments& arguments)
{
    FeedWish wish{
        call.principal(),
        arguments.text("type"),
        arguments.id("subject"),
        arguments.integer("since", host.events().last()),
        !arguments.flag("complete"),
        [&host, session = std::weak_ptr{call.session().shared_from_this()}]() -> Result<Principal> {
            if (const auto alive = session.lock()) return host.identify(*alive);
            return Error{ErrorCode::cancelled, "the session is closed", "control.closed", {}, {}};
        }
    };
    const std::int64_t since = wish.since;
    MORTISE_TRY(
        const std::string feed, host.feed().subscribe(call.session().shared_from_this(), std::move(wish))
    );
    return boost::json::value(boost::json::object{{"feed", feed}, {"since", number_text(since)}});
}

const Param type_param{"type", ParamKind::text, "pattern: \"contact.created\", \"contact.*\""};
const Param subject_param{"subject", ParamKind::id, "only events that are linked to this record"};

void add_live(Api& api, Host& host)
{
    api.add({
        .name = "events.subscribe",
        .help = "Sends events as they happen, as notifications \"events.batch\" {feed, events, seen_to, skipped}",
        .params = {
            type_param,
            subject_param,
            {"since", ParamKind::integer, "events after this number, past ones too; without it only new ones"},
            {"complete", ParamKind::boolean,
             "send all, however far behind the client is; else one that is more than 10,000 events behind skips to the "
             "end, and \"skipped\" tells how many"},
        },
        .result = "{feed: handle for events.unsubscribe, since}",
        .handler = [&host](Call& call, const Arguments& arguments) { return subscribe(host, call, arguments); },
    });
    api.add({
        .name = "events.unsubscribe",
        .help = "Ends what events.subscribe began",
        .params = {{"feed", ParamKind::text, "the handle", true}},
        .result = "{}",
        .handler = [](Call& call, const Arguments& arguments) -> Answer {
            if (!call.session().release(arguments.text("feed")))
                return Error{
                    ErrorCode::not_found,
                    "there is no feed " + arguments.text("feed"),
                    "events.feed",
                    "/feed",
                    {}
                };
            return boost::json::value(boost::json::object{});
        },
    });
}

} // namespace

void add_event_methods(Api& api, Host& host)
{
    api.add({
        .name = "events.list",
        .help = "Lists events from the log",
        .params = {
            type_param,
            subject_param,
            {"since", ParamKind::integer, "only events with a greater number"},
            {"until", ParamKind::integer, "only events with a number not greater"},
            {"limit", ParamKind::integer, "at most so many, 1 to 1000; without it 100"},
            {"newest_first", ParamKind::boolean, "the latest first"},
            {"people", ParamKind::text,
             "those of the people of the subject too, an organisation or a household: \"now\", of those of today; "
             "\"then\", what happened to anybody while it was one of them",
             false, {"now", "then"}},
        },
        .result = "{events: [CloudEvents 1.0], last: number of the newest event there is}",
        .handler = [&host](Call& call, const Arguments& arguments) { return list(host, call, arguments); },
    });
    api.add({
        .name = "events.publish",
        .help = "Publishes an event",
        .params = {
            {"type", ParamKind::text, "such as \"order.placed\"", true},
            {"data", ParamKind::object, "what happened"},
            {"subject", ParamKind::id, "the record that it happened to"},
            {"links", ParamKind::list, "further records, [{record, role}]"},
            {"time", ParamKind::text, "when it happened (RFC 3339); without it now"},
            {"class", ParamKind::text, "how long it is kept", false, {"history", "audit", "telemetry"}},
            {"external", ParamKind::boolean, "it left the house and cannot be undone"},
            {"schema", ParamKind::text, "such as \"order.placed/2\"; without it version 1"},
        },
        .result = "{number, repeated}",
        .effect = Effect::write,
        .handler = [&host](Call& call, const Arguments& arguments) { return publish(host, call, arguments); },
    });
    add_live(api, host);
}

} // namespace mortise::host
