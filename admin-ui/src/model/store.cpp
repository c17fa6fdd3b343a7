#include "model/store.hpp"

#include "base/json_read.hpp"

#include <algorithm>
#include <utility>

namespace mortise::ui {

using namespace std::chrono_literals;

void Feed::add(FeedEvent event)
{
    ++m_total;
    m_events.push_back(std::move(event));
    if (m_events.size() > most) m_events.pop_front();
}

void Feed::note_arrivals(Clock::Steady now, std::int64_t count)
{
    m_arrivals.emplace_back(now, count);
    while (!m_arrivals.empty() && (now - m_arrivals.front().first > 61s || m_arrivals.size() > 4'000))
        m_arrivals.pop_front();
}

double Feed::rate(Clock::Steady now, std::chrono::seconds span) const
{
    std::int64_t sum = 0;
    for (const auto& [at, count] : m_arrivals)
        if (now - at <= span) sum += count;
    return static_cast<double>(sum) / static_cast<double>(std::max<std::int64_t>(span.count(), 1));
}

std::vector<double> Feed::by_second(Clock::Steady now) const
{
    std::vector<double> seconds(60, 0);
    for (const auto& [at, count] : m_arrivals) {
        const auto ago = std::chrono::duration_cast<std::chrono::seconds>(now - at).count();
        if (ago >= 0 && ago < 60) seconds[static_cast<std::size_t>(59 - ago)] += static_cast<double>(count);
    }
    return seconds;
}

Store::Store(Link& to_link, const Clock& its_clock)
    : link{to_link},
      clock{its_clock},
      hello{link, clock, "host.hello", {{"client", "console"}}},
      status{link, clock, "status"},
      types_list{link, clock, "types.list"},
      commands{link, clock, "commands.list"},
      plugins{link, clock, "plugins.list"},
      stats{link, clock, "plugins.stats"},
      subscriptions{link, clock, "subscriptions.list"},
      dead_letters{link, clock, "dead_letters.list"},
      jobs{link, clock, "jobs.list", {{"limit", 500}}},
      users{link, clock, "users.list"},
      roles{link, clock, "roles.list"},
      views{link, clock, "views.list"},
      counts{link, clock, "query.run"}
{
    link.set_listener([this](std::string_view method, const boost::json::object& params) {
        hear(method, params);
    });
}

void Store::tick()
{
    if (link.state() != LinkState::open) return;
    const bool is_new = m_session != link.session();
    m_session = link.session();
    hello.keep_fresh(1h);
    types_list.keep_fresh(60s);
    commands.keep_fresh(60s);
    views.keep_fresh(60s);
    plugins.keep_fresh(10s);
    status.keep_fresh(5s);
    if (!is_new) return;
    boost::json::object params;
    if (!m_seen_to.empty()) params["since"] = integer_of(boost::json::value(m_seen_to));
    m_subscribing
        = link.call("events.subscribe", std::move(params), [](const Result<boost::json::value>&) { });
}

void Store::hear(std::string_view method, const boost::json::object& params)
{
    if (method != "events.batch") return;
    const boost::json::value batch(params);
    m_seen_to = text_at(batch, "seen_to");
    m_feed.note_skipped(integer_at(batch, "skipped"));
    std::int64_t count = 0;
    bool plugins_changed = false;
    for (const auto& json : array_at(batch, "events")) {
        FeedEvent event{
            integer_at(json, "id"),
            text_at(json, "type"),
            text_at(json, "time"),
            text_at(json, "subject"),
            text_at(json, "subjecttype"),
            text_at(json, "actor"),
            json
        };
        if (event.number == 0) event.number = integer_at(json, "sequence");
        const std::string about
            = event.subject_type.empty() ? event.type.substr(0, event.type.find('.')) : event.subject_type;
        ++m_changes[about];
        plugins_changed = plugins_changed || event.type.starts_with("plugin.");
        m_feed.add(std::move(event));
        ++count;
    }
    m_feed.note_arrivals(clock.steady(), count);
    if (!plugins_changed) return;
    for (Resource* resource : {&plugins, &types_list, &commands, &views, &status})
        resource->refresh();
}

const std::vector<TypeInfo>& Store::types()
{
    if (types_list.value() && m_types_version != types_list.version()) {
        m_types_version = types_list.version();
        m_types = read_types(*types_list.value());
    }
    return m_types;
}

const TypeInfo* Store::type(std::string_view name)
{
    for (const TypeInfo& type : types())
        if (type.name == name || type.plural == name) return &type;
    return nullptr;
}

const boost::json::object* Store::command(std::string_view name) const
{
    if (!commands.value()) return nullptr;
    for (const auto& one : array_at(*commands.value(), "commands"))
        if (text_at(one, "name") == name) return one.if_object();
    return nullptr;
}

const boost::json::value* Store::declared(std::string_view list, std::string_view name) const
{
    if (!views.value()) return nullptr;
    for (const auto& one : array_at(*views.value(), list))
        if (text_at(one, "name") == name) return &one;
    return nullptr;
}

const boost::json::value* Store::query(std::string_view name) const
{
    return declared("queries", name);
}
const boost::json::value* Store::view(std::string_view name) const
{
    return declared("views", name);
}

bool Store::is_admin() const
{
    return hello.value() && text_at(*hello.value(), "scope") == "all";
}

std::int64_t Store::changes_of(std::string_view type) const
{
    const auto found = m_changes.find(type);
    return found == m_changes.end() ? 0 : found->second;
}

} // namespace mortise::ui
