#include "sequences/sequences.hpp"

#include "mime/charset.hpp"
#include "outbox/outbox.hpp"
#include "store/addresses.hpp"

#include <optional>
#include <set>
#include <string>

namespace mortise::plugins::email {

namespace {

constexpr std::int64_t microseconds_per_hour = 3'600'000'000;
constexpr std::int64_t at_once = 50;

struct Step {
    std::string template_name;
    std::int64_t wait_hours{0};
};

/// The step at a position, counted from 0 in the order of their positions.
std::optional<Step> find_step(const Host& host, Id sequence, std::int64_t index)
{
    const Rows rows = require(host.query(
        "SELECT t.name AS name, s.wait_hours AS wait_hours FROM email_sequence_step s"
        " JOIN email_template t ON t.id = s.template WHERE s.sequence = :sequence"
        " ORDER BY s.position, s.id LIMIT 1 OFFSET :index",
        Map{{"sequence", sequence.number}, {"index", index}}
    ));
    if (rows.empty()) return std::nullopt;
    const Row row = rows.front();
    return Step{std::string{row["name"].text()}, row["wait_hours"].value().get_or(std::int64_t{0})};
}

Instant after(Instant now, const Step& step)
{
    return {now.microseconds + step.wait_hours * microseconds_per_hour};
}

Record require_sequence(const Host& host, std::string_view name)
{
    auto found = require(host.find("email_sequence", "name", name, 1));
    if (!found.empty()) return std::move(found.front());
    fail(
        ErrorCode::not_found,
        "email.no_sequence",
        "there is no sequence \"" + std::string{name} + "\"",
        "sequence"
    );
}

void stop(Id enrolment, std::string_view because, const Host& host, Work& work)
{
    work.update(
        "email_enrolment",
        enrolment,
        {{"state", "stopped"}, {"stopped_because", because}, {"stopped_at", host.now()}, {"next_at", nullptr}}
    );
}

/// What waits in the outbox for an enrolment that stops is not sent: several steps may wait, in quiet hours
/// or for a server that is away. `written` are the records that this unit has written already: two enrolments
/// may wait for one message, and a record is written once.
void cancel_waiting(const Host& host, Id enrolment, std::set<Id>& written, Work& work)
{
    const Rows rows = require(host.query(
        "SELECT d.id AS delivery FROM email_delivery d WHERE d.state IN ('queued', 'deferred') AND"
        " (d.enrolment = :enrolment"
        " OR d.message = (SELECT e.last_message FROM email_enrolment e WHERE e.id = :enrolment))",
        Map{{"enrolment", enrolment.number}}
    ));
    for (const Row row : rows)
        if (const Id delivery = row["delivery"].id(); written.insert(delivery).second)
            work.update(
                "email_delivery", delivery, {{"state", "cancelled"}, {"words", "the follow-up stopped"}}
            );
}

void advance(const Host& host, const Record& enrolment, Work& work)
{
    const Id sequence = enrolment["sequence"].id();
    const std::int64_t index = enrolment["next_step"].integer();
    const auto step = find_step(host, sequence, index);
    if (!step) {
        work.update("email_enrolment", enrolment.id(), {{"state", "finished"}, {"next_at", nullptr}});
        return;
    }
    const Record record = require(host.get("email_sequence", sequence));
    Order order;
    order.mailbox = record["mailbox"].id();
    order.contact = enrolment["contact"].id();
    order.template_name = step->template_name;
    order.answers = enrolment["last_message"].id();
    order.enrolment = enrolment.id();
    try {
        order.purpose = purpose_or_usual(host, record["purpose"].text(), "sequence_purpose");
        const Prepared prepared = prepare(host, order);
        const Queued queued = enqueue(host, order, prepared, work);
        const auto next = find_step(host, sequence, index + 1);
        Map values{
            {"next_step", index + 1},
            {"last_message", queued.message},
            {"thread", queued.thread},
            {"state", next ? "active" : "finished"}
        };
        values.set("next_at", next ? Value{after(host.now(), *next)} : Value{});
        work.update("email_enrolment", enrolment.id(), values, enrolment.version());
    } catch (const Failure& failure) {
        const std::string& key = failure.error().key;
        const std::string why = clean_line(cut(failure.error().message, 900));
        // Who must not be written to is left alone. What cannot be composed waits for somebody; nothing is
        // sent with a blank in it.
        if (key.starts_with("consent.") || key == "email.suppressed" || key == "email.bounced_address")
            stop(enrolment.id(), why, host, work);
        else
            work.update(
                "email_enrolment",
                enrolment.id(),
                {{"state", "blocked"}, {"stopped_because", why}, {"next_at", nullptr}}
            );
    }
}

/// A withdrawal ends what has that purpose.
bool is_for_purpose(const Host& host, Id enrolment, std::string_view purpose)
{
    const Record record = require(host.get("email_enrolment", enrolment, {"sequence"}));
    const Record sequence = require(host.get("email_sequence", record["sequence"].id(), {"purpose"}));
    return purpose_or_usual(host, sequence["purpose"].text(), "sequence_purpose") == purpose;
}

/// Whether a meeting ends a follow-up. Who declines, or takes back, has none: it goes on.
std::string reason_of_meeting(std::string_view kind)
{
    if (kind == "accepted") return "a meeting: they accepted";
    if (kind == "tentative") return "a meeting: they accepted tentatively";
    if (kind == "invited") return "a meeting: they sent an invitation";
    if (kind == "countered") return "a meeting: they proposed another time";
    return {};
}

/// Why an event ends the follow-ups of whom it is about; empty if it does not.
std::string reason_of(const Event& event)
{
    if (event.type() == "email.bounced") {
        const std::string_view kind = event["kind"].text();
        if (kind == "complaint") return "they complained";
        return kind == "hard" ? "the address bounced" : "";
    }
    if (event.type() == "consent.withdrawn") {
        const std::string_view channel = event["channel"].text();
        if (channel != "any" && channel != "email") return {};
        return "they withdrew their consent to " + std::string{event["purpose"].text()};
    }
    if (event.type() == "email.meeting") return reason_of_meeting(event["kind"].text());
    return event.type() == "email.address_suppressed" ? "nothing is sent to the address" : "they answered";
}

void stop_for_one(const Host& host, const Event& event, std::set<Id>& written, Work& work)
{
    const std::string because = reason_of(event);
    if (because.empty()) return;
    Id contact = event.subject();
    if (!contact) contact = find_contact(host, normal_address(event["address"].text()));
    const Rows rows = require(host.query(
        "SELECT e.id AS id FROM email_enrolment e WHERE e.state IN ('active', 'blocked', 'finished')"
        " AND (e.contact = :contact OR e.thread = :thread)",
        Map{{"contact", contact.number}, {"thread", event.links()["thread"].id().number}}
    ));
    for (const Row row : rows) {
        if (event.type() == "consent.withdrawn"
            && !is_for_purpose(host, row["id"].id(), event["purpose"].text()))
            continue;
        if (!written.insert(row["id"].id()).second) continue;
        stop(row["id"].id(), because, host, work);
        cancel_waiting(host, row["id"].id(), written, work);
    }
}

} // namespace

Value enrol(const Host& host, const Arguments& arguments, Work& work)
{
    const Record sequence = require_sequence(host, arguments["sequence"].text());
    if (!sequence["active"].boolean(true))
        refuse("email.sequence_off", "the sequence is not active", "sequence");
    const Id contact = arguments.id("contact");
    require(host.get("contact", contact, {"id"}));
    const Rows running = require(host.query(
        "SELECT e.id AS id FROM email_enrolment e WHERE e.sequence = :sequence AND e.contact = :contact"
        " AND e.state IN ('active', 'blocked')",
        Map{{"sequence", sequence.id().number}, {"contact", contact.number}}
    ));
    if (!running.empty()) return Map{{"enrolment", running.front()["id"].value()}};
    const auto first = find_step(host, sequence.id(), 0);
    if (!first) refuse("email.empty_sequence", "the sequence has no steps", "sequence");
    const Id enrolment = work.create(
        "email_enrolment",
        {{"sequence", sequence.id()},
         {"contact", contact},
         {"state", "active"},
         {"next_step", 0},
         {"next_at", after(host.now(), *first)}}
    );
    if (first->wait_hours == 0) require(host.post("email.advance_enrolments"));
    return Map{{"enrolment", enrolment}};
}

Value stop_enrolment(const Host& host, const Arguments& arguments, Work& work)
{
    const Record enrolment = require(host.get("email_enrolment", arguments.id("enrolment")));
    if (enrolment["state"].text() != "stopped") {
        std::set<Id> written;
        stop(enrolment.id(), "by hand", host, work);
        cancel_waiting(host, enrolment.id(), written, work);
    }
    return Map{{"state", "stopped"}};
}

Value advance_enrolments(const Host& host, Work& work)
{
    const Rows rows = require(host.query(
        "SELECT e.id AS id FROM email_enrolment e JOIN email_sequence s ON s.id = e.sequence"
        " WHERE e.state = 'active' AND e.next_at <= :now AND s.active = 1 ORDER BY e.next_at, e.id LIMIT "
        ":count",
        Map{{"now", host.now().microseconds}, {"count", at_once}}
    ));
    for (const Row row : rows)
        if (const auto enrolment = if_found(host.get("email_enrolment", row["id"].id())))
            advance(host, *enrolment, work);
    // With a key of this moment: the job that asked for this may be at work still, and must not swallow it.
    if (!rows.empty())
        work.start("email.deliver", {}, {.key = "deliver/steps/" + std::to_string(host.now().microseconds)});
    return Map{{"advanced", static_cast<std::int64_t>(rows.size())}};
}

void stop_for(const Host& host, const Events& events, Work& work)
{
    std::set<Id> written;
    for (const Event event : events)
        stop_for_one(host, event, written, work);
}

} // namespace mortise::plugins::email
