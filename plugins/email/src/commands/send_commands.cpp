#include "commands/send_commands.hpp"

#include "commands/message_commands.hpp"
#include "mime/glib.hpp"
#include "outbox/outbox.hpp"
#include "store/addresses.hpp"

namespace mortise::plugins::email {

namespace {

Instant time_of(std::string_view text)
{
    if (text.empty()) return {};
    const std::string copy{text};
    GTimeZone* utc = g_time_zone_new_utc();
    GDateTime* parsed = g_date_time_new_from_iso8601(copy.c_str(), utc);
    g_time_zone_unref(utc);
    if (parsed == nullptr)
        fail(
            ErrorCode::invalid, "email.time", "\"" + copy + "\" is no time; write 2026-11-25T18:00:00Z", "at"
        );
    constexpr std::int64_t microseconds_per_second = 1'000'000;
    const Instant time{g_date_time_to_unix(parsed) * microseconds_per_second};
    g_date_time_unref(parsed);
    return time;
}

/// A job of its own for each delivery: one that waits for another time, or is at work already, would swallow
/// a job of the same key, and the message would lie until the next minute.
void start_delivering(Id delivery, const std::string& what, Instant due, Work& work)
{
    const std::string key = "deliver/" + std::to_string(delivery.number) + "/" + what;
    work.start("email.deliver", {}, {.key = key, .due = due});
}

Record require_delivery(const Host& host, const Arguments& arguments)
{
    return require(host.get("email_delivery", arguments.id("delivery")));
}

} // namespace

Value send(const Host& host, const Arguments& arguments, Work& work)
{
    Order order;
    order.mailbox = require_mailbox(host, arguments["mailbox"].text());
    if (!order.mailbox)
        fail(ErrorCode::invalid, "email.no_mailbox", "say which mailbox it is from", "mailbox");
    order.contact = arguments.id("contact");
    order.address = arguments["address"].text();
    if (!order.contact && !order.address.empty())
        order.contact = find_contact(host, normal_address(order.address));
    order.template_name = arguments["template"].text();
    order.subject = arguments["subject"].text();
    order.text = arguments["text"].text();
    order.values = arguments["values"].value();
    for (const ValueView file : arguments["attachments"].items())
        order.attachments.push_back(
            {std::string{file["type"].text()}, id_of(file["record"]), std::string{file["field"].text()}}
        );
    order.answers = arguments.id("answers");
    order.unsubscribe_url = arguments["unsubscribe_url"].text();
    order.purpose = arguments["purpose"].text();
    order.due = time_of(arguments["at"].text());
    const Prepared prepared = prepare(host, order);
    Map answer{
        {"subject", prepared.draft.subject},
        {"text", prepared.draft.text},
        {"size", static_cast<std::int64_t>(prepared.composed.message.size())},
        {"purpose", prepared.purpose}
    };
    if (prepared.draft.attachments.empty()) answer.set("source", prepared.composed.message);
    if (prepared.permit.may_come_later())
        answer.set("waits", Map{{"key", prepared.permit.key}, {"message", prepared.permit.message}});
    if (arguments["preview"].boolean() || arguments.context().is_preview()) return answer;
    const Queued queued = enqueue(host, order, prepared, work);
    answer.set("message", queued.message);
    answer.set("delivery", queued.delivery);
    start_delivering(queued.delivery, "", order.due, work);
    return answer;
}

Value cancel_delivery(const Host& host, const Arguments& arguments, Work& work)
{
    const Record delivery = require_delivery(host, arguments);
    const std::string state{delivery["state"].text()};
    if (state == "cancelled") return Map{{"state", state}};
    if (state != "queued" && state != "deferred")
        refuse("email.too_late", "it is " + state + "; only what waits can be cancelled", "delivery");
    work.update("email_delivery", delivery.id(), {{"state", "cancelled"}}, delivery.version());
    return Map{{"state", "cancelled"}};
}

Value send_again(const Host& host, const Arguments& arguments, Work& work)
{
    const Record delivery = require_delivery(host, arguments);
    const std::string state{delivery["state"].text()};
    if (state != "failed" && state != "ambiguous" && state != "cancelled" && state != "bounced")
        refuse(
            "email.not_again",
            "it is " + state + "; only what failed, or is not known to have arrived, is sent again",
            "delivery"
        );
    work.update(
        "email_delivery",
        delivery.id(),
        {{"state", "queued"}, {"due_at", host.now()}, {"attempts", 0}},
        delivery.version()
    );
    start_delivering(delivery.id(), "again/" + std::to_string(delivery.version()), {}, work);
    return Map{{"state", "queued"}};
}

} // namespace mortise::plugins::email
