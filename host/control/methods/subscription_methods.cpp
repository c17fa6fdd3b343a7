#include "base/time_text.hpp"
#include "control/host.hpp"
#include "control/methods/answers.hpp"
#include "control/methods/methods.hpp"

#include <algorithm>

namespace mortise::host {
namespace {

const Param subscription_param{"subscription", ParamKind::text, "its id, or \"PLUGIN/NAME\"", true};

boost::json::object dead_letter_json(const DeadLetter& letter, std::string_view source)
{
    return {
        {"subscription", number_text(letter.subscription)},
        {"plugin", letter.plugin},
        {"name", letter.name},
        {"number", number_text(letter.event.number)},
        {"attempts", letter.attempts},
        {"error", letter.error},
        {"since", format_instant(letter.since)},
        {"event", cloud_event(letter.event, source)},
    };
}

Result<std::int64_t> find_subscription(Host& host, const std::string& text)
{
    for (const SubscriptionStatus& status : host.dispatcher().status())
        if (std::to_string(status.id) == text || status.plugin + '/' + status.name == text) return status.id;
    return Error{
        ErrorCode::not_found,
        "there is no subscription " + text,
        "subscriptions.not_found",
        "/subscription",
        "mortise subscriptions lists them"
    };
}

using ChangeDead = Result<std::int64_t> (Dispatcher::*)(std::int64_t, std::int64_t);

Method dead_letter_method(Host& host, std::string name, std::string help, ChangeDead change)
{
    return {
        .name = std::move(name),
        .help = std::move(help),
        .params
        = {subscription_param, {"number", ParamKind::integer, "one event; without it all of the subscription"}
        },
        .result = "{events: how many}",
        .effect = Effect::destructive,
        .handler = [&host, change](Call& call, const Arguments& arguments) -> Answer {
            MORTISE_CHECK(require_admin(call));
            MORTISE_TRY(const std::int64_t id, find_subscription(host, arguments.text("subscription")));
            MORTISE_TRY(
                const std::int64_t events, (host.dispatcher().*change)(id, arguments.integer("number"))
            );
            return boost::json::value(boost::json::object{{"events", events}});
        },
    };
}

void add_dead_letters(Api& api, Host& host)
{
    api.add({
        .name = "dead_letters.list",
        .help = "Lists the events that subscriptions could not handle",
        .result = "{dead_letters: [{subscription, plugin, name, number, attempts, error, since, event}]}",
        .handler = [&host](Call& call, const Arguments&) -> Answer {
            MORTISE_CHECK(require_admin(call));
            MORTISE_TRY(const auto letters, host.dispatcher().dead_letters());
            boost::json::array json;
            for (const DeadLetter& letter : letters)
                json.emplace_back(dead_letter_json(letter, host.source()));
            return boost::json::value(boost::json::object{{"dead_letters", std::move(json)}});
        },
    });
    api.add(dead_letter_method(
        host, "dead_letters.retry", "Delivers dead letters once more", &Dispatcher::retry_dead
    ));
    api.add(dead_letter_method(
        host, "dead_letters.discard", "Gives dead letters up for good", &Dispatcher::discard_dead
    ));
}

/// `failing` is what waits for another try, `last_failure` what came of the last attempt that failed.
void add_failures(const SubscriptionStatus& status, boost::json::object& json)
{
    const auto failure_json = [](const DeliveryFailure& failure) {
        boost::json::object one{{"attempts", failure.attempts}, {"error", failure.error}};
        one["event"] = failure.number != 0 ? boost::json::value(number_text(failure.number)) : nullptr;
        one["type"] = failure.type;
        one["next"] = failure.next ? boost::json::value(format_instant(*failure.next)) : nullptr;
        return one;
    };
    json["failing"] = nullptr;
    json["last_failure"] = nullptr;
    if (status.failing) json["failing"] = failure_json(*status.failing);
    if (const std::string error = status.last_error(); !error.empty()) json["last_error"] = error;
    if (!status.last_failure) return;
    const PastFailure& past = *status.last_failure;
    boost::json::object one = failure_json(past.failure);
    one["at"] = format_instant(past.failure.at);
    one["succeeded"] = past.succeeded_at ? boost::json::value(format_instant(*past.succeeded_at)) : nullptr;
    json["last_failure"] = std::move(one);
}

} // namespace

boost::json::object subscription_json(const SubscriptionStatus& status)
{
    boost::json::object json{
        {"id", number_text(status.id)},
        {"plugin", status.plugin},
        {"name", status.name},
        {"patterns", text_array(status.patterns)},
        {"cursor", number_text(status.cursor)},
        {"lag", status.lag},
        {"retrying", status.retrying},
        {"dead", status.dead},
        {"delivered", status.delivered},
        {"failed", status.failed},
        {"attached", status.attached},
    };
    add_failures(status, json);
    return json;
}

void add_subscription_methods(Api& api, Host& host)
{
    api.add({
        .name = "subscriptions.list",
        .help = "Lists the durable subscriptions, and how far each has come",
        .result
        = "{subscriptions: [{id, plugin, name, patterns, cursor, lag, retrying, dead, delivered, failed, "
          "attached, failing: null or {event, type, attempts, error, next} of what waits for another try, "
          "last_failure: the same with at and succeeded, of the last attempt that failed since the host "
          "started}]}",
        .handler = [&host](Call&, const Arguments&) -> Answer {
            boost::json::array json;
            for (const SubscriptionStatus& status : host.dispatcher().status())
                json.emplace_back(subscription_json(status));
            return boost::json::value(boost::json::object{{"subscriptions", std::move(json)}});
        },
    });
    api.add({
        .name = "subscriptions.replay",
        .help = "Delivers again what followed an event",
        .params = {subscription_param, {"from", ParamKind::integer, "number of the event", true}},
        .result = "{}",
        .effect = Effect::destructive,
        .handler = [&host](Call& call, const Arguments& arguments) -> Answer {
            MORTISE_CHECK(require_admin(call));
            MORTISE_TRY(const std::int64_t id, find_subscription(host, arguments.text("subscription")));
            MORTISE_CHECK(host.dispatcher().replay(id, arguments.integer("from")));
            return boost::json::value(boost::json::object{});
        },
    });
    add_dead_letters(api, host);
}

} // namespace mortise::host
