#include "leads/lead_events.hpp"

#include "rules/identifiers.hpp"

namespace mortise::plugins::pipelines {

namespace {

Value id_or_null(ValueView view)
{
    const auto id = parse_id(view);
    return id ? Value{*id} : Value{};
}

void tell_assigned(const Event& event, ValueView to, ValueView from, Work& work)
{
    work.publish("lead.assigned", event.subject(), {{"agent", id_or_null(to)}, {"was", id_or_null(from)}});
}

void tell_status(const Event& event, ValueView changes, Work& work)
{
    const std::string_view status = changes["status"]["to"].text();
    const std::string_view was = changes["status"]["from"].text();
    if (status == "converted") {
        Map data;
        Map links;
        for (const char* role : {"contact", "organisation", "opportunity"}) {
            const Value id = id_or_null(changes[std::string_view{role}]["to"]);
            data.set(role, id);
            if (!id.is_null()) links.set(role, id);
        }
        work.publish("lead.converted", event.subject(), data, links);
    } else if (was == "converted")
        work.publish("lead.conversion_undone", event.subject(), {{"status", status}});
    else if (status == "recycled" || status == "dead")
        work.publish(
            "lead." + std::string{status == "dead" ? "dropped" : "recycled"},
            event.subject(),
            {{"reason", changes["drop_reason"]["to"].value()}, {"was", was}}
        );
}

} // namespace

void follow_lead(const Event& event, Work& work)
{
    if (event.type() == "lead.created") {
        if (const ValueView agent = event["record"]["agent"]; !agent.is_null())
            tell_assigned(event, agent, {}, work);
        return;
    }
    const ValueView changes = event["changes"];
    if (const ValueView agent = changes["agent"]; agent.exists())
        tell_assigned(event, agent["to"], agent["from"], work);
    if (changes["status"].exists()) tell_status(event, changes, work);
}

} // namespace mortise::plugins::pipelines
