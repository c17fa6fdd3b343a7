#include "history/keeper.hpp"

#include "history/consequences.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace mortise::plugins::pipelines {

namespace {

struct Pending {
    Id opportunity;
    std::int64_t event{0};
    Consequences follow;
};

/// What must be known to write a batch.
struct Surroundings {
    std::map<Id, Map> links; ///< of each opportunity that is still there
    std::set<Id> stages; ///< that are still there
    std::set<std::int64_t> written; ///< numbers of events whose rows are there
};

std::map<Id, Map> read_links(const Host& host, const std::vector<Pending>& pending)
{
    std::vector<Id> ids;
    for (const Pending& each : pending)
        ids.push_back(each.opportunity);
    std::ranges::sort(ids);
    ids.erase(std::ranges::unique(ids).begin(), ids.end());
    std::map<Id, Map> links;
    for (const Record& record : require(host.get("opportunity", ids, {"organisation", "contact"}))) {
        Map& roles = links[record.id()];
        for (const char* role : {"organisation", "contact"})
            if (const Id linked = record[std::string_view{role}].id()) roles.set(role, linked);
    }
    return links;
}

std::set<Id> read_stages(const Host& host, const std::vector<Pending>& pending)
{
    std::set<Id> named;
    for (const Pending& each : pending)
        for (const char* field : {"from_stage", "to_stage"})
            if (each.follow.history)
                if (const Id* stage = (*each.follow.history)[field].as<Id>()) named.insert(*stage);
    const std::vector<Id> ids{named.begin(), named.end()};
    std::set<Id> found;
    if (!ids.empty())
        for (const Record& record : require(host.get("stage", ids, {"id"})))
            found.insert(record.id());
    return found;
}

std::set<std::int64_t> read_written(const Host& host, const std::vector<Pending>& pending)
{
    const auto rows = require(host.query(
        "SELECT event_number FROM stage_history WHERE event_number >= :first AND event_number <= :last",
        Map{{"first", pending.front().event}, {"last", pending.back().event}}
    ));
    std::set<std::int64_t> numbers;
    for (const Row row : rows)
        numbers.insert(row[0].integer());
    return numbers;
}

void write(const Surroundings& known, Pending& pending, Work& work)
{
    const auto links = known.links.find(pending.opportunity);
    if (links == known.links.end() || known.written.contains(pending.event)) return;
    if (auto& row = pending.follow.history) {
        for (const char* field : {"from_stage", "to_stage"})
            if (const Id* stage = (*row)[field].as<Id>(); stage && !known.stages.contains(*stage))
                row->erase(field);
        work.create("stage_history", *row);
    }
    for (const Publication& event : pending.follow.events)
        work.publish(event.type, pending.opportunity, event.data, links->second);
}

} // namespace

void keep_history(const Host& host, const Events& events, Work& work)
{
    std::vector<Pending> pending;
    for (const Event event : events) {
        Consequences follow = consequences_of(event);
        if (!follow.empty())
            pending.push_back(
                {event.subject(), static_cast<std::int64_t>(event.sequence()), std::move(follow)}
            );
    }
    if (pending.empty()) return;
    const Surroundings known{
        read_links(host, pending), read_stages(host, pending), read_written(host, pending)
    };
    for (Pending& each : pending)
        write(known, each, work);
}

} // namespace mortise::plugins::pipelines
