#include "history/consequences.hpp"

#include "rules/calendar.hpp"
#include "rules/identifiers.hpp"
#include "rules/stage_kind.hpp"

namespace mortise::plugins::pipelines {

namespace {

/// Ids are text in the data of an event.
Value id_value(ValueView view)
{
    const auto id = parse_id(view);
    return id ? Value{*id} : Value{};
}

/// The row of a new opportunity: from nowhere into its first stage.
Map first_history(const Event& event)
{
    const ValueView record = event["record"];
    const ValueView since = record["stage_since"];
    return {
        {"opportunity", event.subject()},
        {"to_stage", id_value(record["stage"])},
        {"at", since.is_null() ? Value{event.time()} : since.value()},
        {"changed_by", event.actor()},
        {"amount_after", record["amount"].value()},
        {"close_date_after", record["close_date"].value()},
        {"event_number", static_cast<std::int64_t>(event.sequence())},
    };
}

Map history_of_move(const Event& event, ValueView move)
{
    Map row{
        {"opportunity", event.subject()},
        {"from_stage", id_value(move["from"])},
        {"to_stage", id_value(move["to"])},
        {"at", move["at"].value()},
        {"changed_by", event.actor()},
        {"seconds_in_stage", move["seconds"].value()},
        {"event_number", static_cast<std::int64_t>(event.sequence())},
    };
    if (!move["direction"].empty()) row.set("direction", move["direction"].value());
    for (const char* field : {"amount_before", "amount_after", "close_date_before", "close_date_after"})
        row.set(field, move[std::string_view{field}].value());
    return row;
}

void add_closing(Consequences& follow, std::string_view status, Map data, ValueView reason)
{
    if (status == "lost") data.set("reason", reason.value());
    follow.events.push_back({"opportunity." + std::string{status}, std::move(data)});
}

Consequences of_creation(const Event& event)
{
    Consequences follow;
    const ValueView record = event["record"];
    follow.history = first_history(event);
    const std::string_view status = record["status"].text();
    if (!is_closed_status(status)) return follow;
    Map data{
        {"stage", id_value(record["stage"])},
        {"amount", record["amount"].value()},
        {"close_date", record["close_date"].value()},
        {"came_in_closed", true},
    };
    add_closing(follow, status, std::move(data), record["lost_reason"]);
    return follow;
}

void add_status_change(Consequences& follow, ValueView changes, ValueView move)
{
    const std::string_view before = changes["status"]["from"].text();
    const std::string_view status = changes["status"]["to"].text();
    if (status.empty()) return;
    if (!is_closed_status(status)) {
        follow.events.push_back(
            {"opportunity.reopened", Map{{"stage", id_value(move["to"])}, {"was", before}}}
        );
        return;
    }
    Map data{
        {"stage", id_value(move["to"])},
        {"amount", move["amount_after"].value()},
        {"close_date", move["close_date_after"].value()},
        {"came_in_closed", false},
    };
    add_closing(follow, status, std::move(data), changes["lost_reason"]["to"]);
}

/// A day in the data of an event: a date, or its text.
std::optional<Date> day_in(ValueView value)
{
    if (const auto date = value.as<Date>()) return date;
    return parse_day(value.text());
}

/// What happened to the deadlines of one that stays open.
void add_deadlines(Consequences& follow, ValueView changes)
{
    if (changes["status"].exists()) return;
    if (const ValueView date = changes["close_date"]; date.exists()) {
        Map data{{"from", date["from"].value()}, {"to", date["to"].value()}};
        const auto from = day_in(date["from"]);
        const auto to = day_in(date["to"]);
        data.set("days", from && to ? Value{to->days - from->days} : Value{});
        data.set("slipped", changes["slip_count"].exists());
        follow.events.push_back({"opportunity.close_date_changed", std::move(data)});
    }
    if (const ValueView since = changes["stalled_at"]["to"]; !since.is_null())
        follow.events.push_back({"opportunity.stalled", Map{{"at", since.value()}}});
    if (const ValueView since = changes["overdue_since"]["to"]; !since.is_null())
        follow.events.push_back({"opportunity.overdue", Map{{"since", since.value()}}});
}

Consequences of_update(const Event& event)
{
    Consequences follow;
    const ValueView changes = event["changes"];
    const ValueView amount = changes["amount"];
    if (amount.exists())
        follow.events.push_back(
            {"opportunity.amount_changed", Map{{"from", amount["from"].value()}, {"to", amount["to"].value()}}
            }
        );
    add_deadlines(follow, changes);
    const ValueView move = changes["last_move"]["to"];
    if (!changes["stage"].exists() || move.is_null()) return follow;
    follow.history = history_of_move(event, move);
    Map data{
        {"from", id_value(move["from"])},
        {"to", id_value(move["to"])},
        {"seconds_in_stage", move["seconds"].value()},
        {"amount", move["amount_after"].value()},
        {"direction", move["direction"].value()},
    };
    follow.events.push_back({"opportunity.stage_changed", std::move(data)});
    add_status_change(follow, changes, move);
    return follow;
}

} // namespace

Consequences consequences_of(const Event& event)
{
    if (event.type() == "opportunity.created") return of_creation(event);
    if (event.type() == "opportunity.updated") return of_update(event);
    return {};
}

} // namespace mortise::plugins::pipelines
