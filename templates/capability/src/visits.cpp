#include "visits.hpp"

#include "visit_rules.hpp"

#include <set>
#include <string>

namespace my_plugin {

void check_visit(const mortise::Settings&, mortise::Reader&, mortise::Draft& visit)
{
    if (visit.operation() == mortise::Operation::update && visit.changes("contact"))
        return visit.refuse(
            "contact", "my_plugin.contact_stays", "a visit keeps its contact; delete it and log another"
        );
    const auto day = visit["held_on"].as<mortise::Date>();
    if (day && day->days > day_of(visit.time().microseconds) + 1) // tomorrow has begun somewhere
        return visit.refuse("held_on", "my_plugin.future", "a visit is logged once it was held");
    visit.set("length", length_of(visit["minutes"].integer()));
}

mortise::Value log_visit(const mortise::Host& host, const mortise::Arguments& arguments, mortise::Work& work)
{
    const mortise::Id contact = arguments.id("contact");
    mortise::require(host.get("contact", contact, {"id"})
    ); // not_found says it better than a refused reference
    mortise::Date day{day_of(host.now().microseconds)};
    if (const std::string_view given = arguments["held_on"].text(); !given.empty()) {
        const auto parsed = parse_day(given);
        if (!parsed)
            mortise::fail(mortise::ErrorCode::invalid, "my_plugin.no_day", "there is no such day", "held_on");
        day.days = *parsed;
    }
    const mortise::Id visit = work.create(
        "my_plugin_visit",
        {{"title", arguments["title"].text()},
         {"contact", contact},
         {"held_on", day},
         {"minutes", arguments["minutes"].integer()}}
    );
    return mortise::Map{{"visit", visit}};
}

void count_visits(const mortise::Host& host, const mortise::Events& events, mortise::Work& work)
{
    std::set<mortise::Id> contacts;
    for (const mortise::Event event : events)
        if (const mortise::Id contact = event.links()["contact"].id()) contacts.insert(contact);
    for (const mortise::Id contact : contacts) {
        if (!mortise::if_found(host.get("contact", contact, {"id"}))) continue; // deleted meanwhile
        const mortise::Rows rows = mortise::require(host.query(
            "SELECT count(*) AS visits, max(held_on) AS last FROM my_plugin_visit WHERE contact = :contact",
            mortise::Map{{"contact", contact}}
        ));
        const mortise::Row row = rows.front();
        mortise::Value last;
        if (const auto day = parse_day(row["last"].text())) last = mortise::Date{*day};
        work.update(
            "contact",
            contact,
            {{"my_plugin_visits", row["visits"].integer()}, {"my_plugin_last_visit", last}}
        );
    }
}

mortise::Id add_lengths(const mortise::Host& host, mortise::Id after, mortise::Work& work)
{
    const mortise::Rows rows = mortise::require(host.query(
        "SELECT id, minutes FROM my_plugin_visit WHERE id > :after AND length IS NULL ORDER BY id LIMIT 500",
        mortise::Map{{"after", after}}
    ));
    mortise::Id last;
    for (const mortise::Row row : rows) {
        last = row["id"].id();
        work.update("my_plugin_visit", last, {{"length", length_of(row["minutes"].integer())}});
    }
    return last;
}

} // namespace my_plugin
