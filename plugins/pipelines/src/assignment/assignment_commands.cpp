#include "assignment/assignment_commands.hpp"

#include "assignment/assigner.hpp"
#include "commands/lookup.hpp"
#include "rules/identifiers.hpp"
#include "rules/reader_book.hpp"

#include <algorithm>
#include <map>

namespace mortise::plugins::pipelines {

namespace {

constexpr std::size_t most_at_once = 5'000;
constexpr const char* is_live = "o.status IN ('new', 'assigned', 'working', 'nurturing', 'recycled')";

struct Wish {
    Id agent{}; ///< 0: by the method
    Method method{Method::round_robin};
    Id only_in{};
    Id but_not{};
};

Wish wish_of(const Host& host, const Arguments& arguments, const char* agent)
{
    const std::string_view method = arguments["method"].text();
    return {
        .agent = find_optional(host, "sales_agent", "name", arguments[std::string_view{agent}], agent),
        .method = parse_method(method).value_or(Method::round_robin),
        .only_in = find_optional(host, "territory", "name", arguments["territory"], "territory"),
    };
}

/// Gives every item away, and tells who got how much.
Map give_all(const Host& host, const std::vector<Assigner::Item>& items, const Wish& wish, Work& work)
{
    if (items.size() > most_at_once)
        refuse(
            "pipelines.too_many",
            std::to_string(items.size()) + " records are meant, and at most " + std::to_string(most_at_once)
                + " change hands at once: say a pipeline, a stage or a limit",
            "limit"
        );
    Assigner assigner{host};
    List given;
    List left;
    std::map<Id, std::int64_t> counts;
    for (const Assigner::Item& item : items) {
        Id agent = wish.agent;
        if (agent)
            assigner.give_to(item, agent, work);
        else
            agent = assigner.give(item, wish.method, work, wish.only_in, wish.but_not).agent;
        Map line{{"type", item.type}, {"id", item.id}};
        if (!agent) {
            left.emplace_back(std::move(line));
            continue;
        }
        ++counts[agent];
        line.set("agent", agent);
        line.set("name", assigner.name_of_agent(agent));
        given.emplace_back(std::move(line));
    }
    assigner.finish(work);
    List agents;
    for (const auto& [agent, count] : counts)
        agents.emplace_back(Map{{"agent", agent}, {"name", assigner.name_of_agent(agent)}, {"count", count}});
    return {
        {"count", static_cast<std::int64_t>(given.size())},
        {"agents", std::move(agents)},
        {"assigned", std::move(given)},
        {"left", std::move(left)},
    };
}

std::vector<Assigner::Item> named_items(const Host& host, const char* type, ValueView ids)
{
    std::vector<Assigner::Item> items;
    for (const ValueView each : ids.items()) {
        const auto id = parse_id(each);
        if (!id) fail(ErrorCode::invalid, "pipelines.no_id", "records are named by their ids", type);
        auto found = read_items(host, type, "o.id = :id", Map{{"id", *id}});
        if (found.empty())
            fail(
                ErrorCode::not_found,
                "pipelines.unknown_" + std::string{type},
                "there is no " + std::string{type} + " " + std::to_string(id->number),
                type
            );
        items.push_back(std::move(found.front()));
    }
    return items;
}

void append(std::vector<Assigner::Item>& items, std::vector<Assigner::Item> more)
{
    std::ranges::move(more, std::back_inserter(items));
}

} // namespace

Value assign(const Host& host, const Arguments& arguments, Work& work)
{
    std::vector<Assigner::Item> items = named_items(host, "lead", arguments["leads"]);
    append(items, named_items(host, "opportunity", arguments["opportunities"]));
    if (items.empty()) refuse("pipelines.nothing_to_assign", "name leads or opportunities", "leads");
    return give_all(host, items, wish_of(host, arguments, "agent"), work);
}

Value reassign(const Host& host, const Arguments& arguments, Work& work)
{
    const Id from = find_optional(host, "sales_agent", "name", arguments["from"], "from");
    Wish wish = wish_of(host, arguments, "to");
    wish.but_not = from;
    if (from && from == wish.agent)
        refuse("pipelines.same_agent", "from and to are the same sales agent", "to");
    Map parameters;
    std::string who = "o.agent IS NULL";
    if (from) {
        who = "o.agent = :from";
        parameters.set("from", from);
    }
    std::string of_pipeline;
    Map deal_parameters = parameters;
    if (!arguments["pipeline"].empty()) {
        const Reader reader{host};
        const ReaderBook book{reader};
        const Id pipeline = find_pipeline(book, host, arguments["pipeline"]).id;
        of_pipeline = " AND o.pipeline = :pipeline";
        deal_parameters.set("pipeline", pipeline);
        if (!arguments["stage"].empty()) {
            of_pipeline += " AND o.stage = :stage";
            deal_parameters.set("stage", find_stage(book, host, pipeline, arguments["stage"]).id);
        }
    }
    std::vector<Assigner::Item> items;
    const std::string_view what = arguments["what"].text();
    if (what != "leads")
        append(
            items,
            read_items(host, "opportunity", who + " AND o.status = 'open'" + of_pipeline, deal_parameters)
        );
    if (what != "opportunities" && of_pipeline.empty())
        append(items, read_items(host, "lead", who + " AND " + is_live, parameters));
    const auto limit = static_cast<std::size_t>(arguments["limit"].integer(most_at_once));
    if (!arguments["limit"].is_null() && items.size() > limit) items.resize(limit);
    return give_all(host, items, wish, work);
}

void assign_new(const Host& host, const Events& events, Work& work)
{
    const Settings settings = require(host.settings());
    std::optional<Assigner> assigner;
    for (const Event event : events) {
        const bool is_lead = event.type() == "lead.created";
        const char* type = is_lead ? "lead" : "opportunity";
        const auto method
            = parse_method(settings[is_lead ? Key{"assign_leads"} : Key{"assign_opportunities"}].text());
        if (!method) continue;
        const auto items = read_items(
            host,
            type,
            "o.id = :id AND o.agent IS NULL AND o.status IN ('new', 'open')",
            Map{{"id", event.subject()}}
        );
        if (items.empty()) continue;
        if (!assigner) assigner.emplace(host);
        assigner->give(items.front(), *method, work);
    }
    if (assigner) assigner->finish(work);
}

void queue_work_of_inactive(const Host& host, const Event& event, Work& work)
{
    const ValueView active = event["changes"]["active"];
    if (!active.exists() || active["to"].boolean(true)) return;
    const Settings settings = require(host.settings());
    if (!settings["queue_when_deactivated"].boolean(true)) return;
    const Map of{{"agent", event.subject()}};
    auto items = read_items(host, "opportunity", "o.agent = :agent AND o.status = 'open'", of);
    const auto deals = static_cast<std::int64_t>(items.size());
    append(items, read_items(host, "lead", "o.agent = :agent AND " + std::string{is_live}, of));
    for (const Assigner::Item& item : items)
        work.update(item.type, item.id, {{"agent", {}}}, item.version);
    work.publish(
        "sales_agent.deactivated",
        event.subject(),
        {{"opportunities", deals}, {"leads", static_cast<std::int64_t>(items.size()) - deals}}
    );
}

} // namespace mortise::plugins::pipelines
