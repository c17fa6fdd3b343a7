#include "leads/lead_commands.hpp"

#include "commands/lookup.hpp"
#include "leads/lead_rules.hpp"

namespace mortise::plugins::pipelines {

namespace {

constexpr const char* plain_fields[]{
    "name",
    "company",
    "email",
    "phone",
    "job_title",
    "country",
    "source",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_term",
    "utm_content",
    "rating",
    "score",
    "note",
    "external_id",
};

Value put_aside(const Host& host, const Arguments& arguments, Work& work, const char* status)
{
    const Record lead = find_lead(host, arguments);
    if (!is_live_lead(lead["status"].text()))
        refuse(
            "pipelines.lead_is_over",
            "lead " + std::to_string(lead.id().number) + " is " + std::string{lead["status"].text()},
            "lead"
        );
    Map values{{"status", status}, {"drop_reason", arguments["reason"].value()}};
    if (arguments["release"].boolean()) values.set("agent", {});
    work.update("lead", lead.id(), values, lead.version());
    return Map{{"lead", lead.id()}, {"status", status}};
}

} // namespace

Record find_lead(const Host& host, const Arguments& arguments)
{
    return require(host.get("lead", arguments.id("lead")));
}

Value create_lead(const Host& host, const Arguments& arguments, Work& work)
{
    Map values;
    for (const char* field : plain_fields)
        if (const ValueView given = arguments[std::string_view{field}]; !given.is_null())
            values.set(field, given.value());
    if (const Id agent = find_optional(host, "sales_agent", "name", arguments["agent"], "agent"))
        values.set("agent", agent);
    if (const Id product = find_optional(host, "product", "name", arguments["product"], "product"))
        values.set("product", product);
    return Map{{"lead", work.create("lead", values)}};
}

Value recycle_lead(const Host& host, const Arguments& arguments, Work& work)
{
    return put_aside(host, arguments, work, "recycled");
}

Value drop_lead(const Host& host, const Arguments& arguments, Work& work)
{
    return put_aside(host, arguments, work, "dead");
}

} // namespace mortise::plugins::pipelines
