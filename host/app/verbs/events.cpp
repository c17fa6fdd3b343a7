#include "app/verbs/verbs.hpp"
#include "base/json.hpp"
#include "control/arguments.hpp"

#include <algorithm>
#include <mutex>
#include <optional>

namespace mortise::host {
namespace {

const std::vector<ListColumn> event_columns{
    {"number", "sequence"},
    {"time", "time"},
    {"type", "type"},
    {"subject", "subject"},
    {"actor", "actor"},
    {"data", "data"}
};

boost::json::object filter_of(const EventListOptions& options)
{
    boost::json::object params;
    if (!options.subject.empty()) params["subject"] = options.subject;
    if (!options.type.empty()) params["type"] = options.type;
    if (!options.people.empty()) params["people"] = options.people;
    return params;
}

} // namespace

Result<Exit> list_events(Program& program, const EventListOptions& options)
{
    constexpr std::uint64_t page_size = 1000;
    boost::json::array events;
    std::int64_t since = options.since;
    std::int64_t until = 0;
    while (events.size() < options.limit) {
        const std::uint64_t wanted = std::min(page_size, options.limit - events.size());
        boost::json::object params = filter_of(options);
        params["since"] = since;
        if (until > 1) params["until"] = until - 1;
        params["limit"] = wanted;
        params["newest_first"] = options.newest_first;
        MORTISE_TRY(boost::json::value page, program.call("events.list", std::move(params)));
        boost::json::array& found = page.as_object()["events"].as_array();
        const bool last = found.size() < wanted;
        if (!found.empty()) {
            MORTISE_TRY(const Id number, parse_id(at_path(found.back().as_object(), "sequence"), "sequence"));
            (options.newest_first ? until : since) = number.number;
        }
        for (boost::json::value& event : found)
            events.push_back(std::move(event));
        if (last) break;
    }
    program.output().list(events, event_columns, "there are no events");
    return Exit::done;
}

Result<Exit> tail_events(Program& program, const EventListOptions& options)
{
    StopSignals& stop = program.stop_signals(); // before there are other threads
    Output& output = program.output();
    std::mutex mutex; // guards `broken`
    std::optional<Error> broken;
    MORTISE_TRY(control::Connection * connection, program.connection());
    connection->set_on_closed([&](const Error& error) {
        const std::lock_guard lock{mutex};
        broken = error;
    });
    connection->set_listener([&output](std::string_view method, const boost::json::object& params) {
        if (method != "events.batch") return;
        if (const boost::json::value& skipped = at_path(params, "skipped"); skipped != 0)
            output.note("skipped " + cell_text(skipped) + " events");
        for (const boost::json::value& event : at_path(params, "events").as_array()) {
            if (output.is_json()) {
                output.line(to_json(event));
                continue;
            }
            std::string text;
            for (const ListColumn& column : event_columns)
                text += (text.empty() ? "" : "  ")
                    + printable(cell_text(at_path(event.as_object(), column.path)));
            output.line(text);
        }
        output.flush();
    });
    boost::json::object params = filter_of(options);
    if (options.since > 0) params["since"] = options.since;
    params["complete"] = true;
    MORTISE_CHECK(program.call("events.subscribe", std::move(params)));
    constexpr int look_every_ms = 200;
    while (!stop.wait(look_every_ms)) {
        const std::lock_guard lock{mutex};
        if (broken) return *broken;
    }
    program.disconnect(); // before what the listeners use goes
    return Exit::done;
}

Result<Exit> publish_event(
    Program& program,
    const std::string& type,
    const std::string& data,
    const std::string& subject,
    const std::vector<std::string>& links
)
{
    boost::json::object params{{"type", type}};
    if (!data.empty()) {
        MORTISE_TRY(params["data"], read_object(data, "the event's data"));
    }
    if (!subject.empty()) params["subject"] = subject;
    boost::json::array list;
    for (const std::string& link : links) {
        const std::size_t equals = link.find('=');
        if (equals == std::string::npos)
            return Error{
                ErrorCode::invalid, "\"" + link + "\" is no ROLE=ID", "cli.usage.link", "--link", {}
            };
        list.emplace_back(
            boost::json::object{{"role", link.substr(0, equals)}, {"record", link.substr(equals + 1)}}
        );
    }
    if (!list.empty()) params["links"] = std::move(list);
    MORTISE_TRY(const boost::json::value answer, program.call("events.publish", std::move(params)));
    program.output().print(answer, [&] {
        program.output().line("published event " + cell_text(at_path(answer.as_object(), "number")));
    });
    return Exit::done;
}

Result<Exit> replay_events(Program& program, const std::string& subscription, std::int64_t from)
{
    MORTISE_CHECK(
        program.confirm("deliver again to " + subscription + " what followed event " + std::to_string(from))
    );
    MORTISE_TRY(
        const boost::json::value answer,
        program.call("subscriptions.replay", {{"subscription", subscription}, {"from", from}})
    );
    program.output().print(answer, [&] { program.output().line("replaying"); });
    return Exit::done;
}

Result<Exit> list_dead_letters(Program& program)
{
    MORTISE_TRY(const boost::json::value answer, program.call("dead_letters.list"));
    program.output().list(
        at_path(answer.as_object(), "dead_letters").as_array(),
        {{"plugin", "plugin"},
         {"subscription", "name"},
         {"event", "number"},
         {"type", "event.type"},
         {"attempts", "attempts"},
         {"since", "since"},
         {"error", "error"}},
        "there are no dead letters"
    );
    return Exit::done;
}

Result<Exit> settle_dead_letters(
    Program& program, const std::string& action, const std::string& subscription, std::int64_t number
)
{
    if (action == "discard")
        MORTISE_CHECK(program.confirm("give up dead letters of " + subscription + " for good"));
    boost::json::object params{{"subscription", subscription}};
    if (number != 0) params["number"] = number;
    MORTISE_TRY(const boost::json::value answer, program.call("dead_letters." + action, std::move(params)));
    program.output().print(answer, [&] {
        program.output().line(
            cell_text(at_path(answer.as_object(), "events"))
            + (action == "retry" ? " to be retried" : " discarded")
        );
    });
    return Exit::done;
}

namespace {

/// At what it fails, or that this is over; empty if nothing has failed since the host started.
std::string failure_text(const boost::json::object& subscription)
{
    const bool is_failing = at_path(subscription, "failing").is_object();
    const boost::json::value& told = at_path(subscription, is_failing ? "failing" : "last_failure");
    if (!told.is_object()) return {};
    const auto text = [&](std::string_view key) { return cell_text(at_path(told.get_object(), key)); };
    const std::string event
        = text("event").empty() ? std::string{} : " at event " + text("event") + " (" + text("type") + ')';
    if (is_failing)
        return "fails" + event + ", attempt " + text("attempts") + ": " + text("error") + "; next try at "
            + text("next");
    const std::string since
        = text("succeeded").empty() ? "" : "; since then succeeded at " + text("succeeded");
    return "last failed" + event + " at " + text("at") + ": " + text("error") + since;
}

} // namespace

Result<Exit> show_subscriptions(Program& program)
{
    MORTISE_TRY(const boost::json::value answer, program.call("subscriptions.list"));
    Output& output = program.output();
    const boost::json::array& subscriptions = at_path(answer.as_object(), "subscriptions").as_array();
    output.list(
        subscriptions,
        {{"id", "id"},
         {"plugin", "plugin"},
         {"name", "name"},
         {"pattern", "patterns"},
         {"cursor", "cursor"},
         {"lag", "lag"},
         {"retrying", "retrying"},
         {"dead", "dead"},
         {"next try", "failing.next"}},
        "there are no subscriptions"
    );
    if (output.is_json()) return Exit::done;
    for (const boost::json::value& item : subscriptions) {
        const boost::json::object& one = item.as_object();
        if (const std::string failure = failure_text(one); !failure.empty())
            output.line(
                cell_text(at_path(one, "plugin")) + '/' + cell_text(at_path(one, "name")) + ' '
                + printable(failure)
            );
    }
    return Exit::done;
}

} // namespace mortise::host
