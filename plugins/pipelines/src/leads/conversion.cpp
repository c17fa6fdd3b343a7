#include "commands/amounts.hpp"
#include "commands/lookup.hpp"
#include "leads/identity.hpp"
#include "leads/lead_commands.hpp"
#include "leads/lead_rules.hpp"
#include "rules/calendar.hpp"
#include "rules/identifiers.hpp"
#include "rules/reader_book.hpp"

namespace mortise::plugins::pipelines {

namespace {

constexpr std::int64_t microseconds_per_day = 86'400'000'000;

/// A contact that the lead becomes: one that is there, one to be made, or none.
struct Party {
    Id contact{};
    bool is_made{false};
    Map answer{};
};

List listed(const std::vector<Candidate>& candidates)
{
    List list;
    for (const Candidate& each : candidates)
        list.emplace_back(Map{{"contact", each.contact}, {"name", each.name}, {"why", each.why}});
    return list;
}

Party linked(const Host& host, Id contact, const std::vector<Candidate>& candidates)
{
    const Record record = require(host.get("contact", contact, {"name"}));
    return {
        contact,
        false,
        {{"action", "link"},
         {"contact", contact},
         {"name", record["name"].value()},
         {"candidates", listed(candidates)}},
    };
}

/// Links what the argument names ("new" makes one, "none" leaves it out) or the only candidate, or makes one.
Party settle(
    const Host& host,
    const Arguments& arguments,
    const char* role,
    const std::vector<Candidate>& candidates,
    const Map& values,
    Work& work
)
{
    const ValueView wish = arguments[std::string_view{role}];
    if (wish == "none") return {{}, false, {{"action", "none"}, {"candidates", listed(candidates)}}};
    if (!wish.empty() && !(wish == "new"))
        return linked(host, find_record(host, "contact", "name", wish, role), candidates);
    if (wish.empty() && candidates.size() == 1) return linked(host, candidates.front().contact, candidates);
    if (wish.empty() && candidates.size() > 1) {
        if (arguments.context().is_preview())
            return {{}, false, {{"action", "choose"}, {"candidates", listed(candidates)}}};
        std::string names;
        for (const Candidate& each : candidates)
            names
                += (names.empty() ? "" : ", ") + each.name + " (" + std::to_string(each.contact.number) + ")";
        fail(
            ErrorCode::conflict,
            "pipelines.several_candidates",
            "several contacts may be meant: " + names + ". Name one, or \"new\"",
            role
        );
    }
    if (values["name"].is_null()) return {{}, false, {{"action", "none"}, {"candidates", List{}}}};
    const Id made = work.create("contact", values);
    return {
        made,
        true,
        {{"action", "create"}, {"contact", made}, {"name", values["name"]}, {"candidates", listed(candidates)}
        },
    };
}

void copy(const Record& lead, std::initializer_list<std::pair<const char*, const char*>> fields, Map& values)
{
    for (const auto& [from, to] : fields)
        if (const ValueView value = lead[std::string_view{from}]; !value.empty())
            values.set(to, value.value());
}

/// The person's name is that of the lead, unless that is only the company, the address or the number.
Map person_of(const Record& lead, Id organisation)
{
    Map values{{"kind", "person"}};
    const std::string_view name = lead["name"].text();
    const bool names_person = name != lead["company"].text();
    if (names_person) values.set("name", name);
    copy(
        lead,
        {{"email", "email"},
         {"phone", "phone"},
         {"job_title", "job_title"},
         {"country", "country"},
         {"source", "source"}},
        values
    );
    if (!names_person && !lead["email"].empty()) values.set("name", lead["email"].value());
    if (organisation) values.set("organisation", organisation);
    if (const Id owner = lead["owner"].id()) values.set("owner", owner);
    return values;
}

Map organisation_of(const Record& lead)
{
    Map values{{"kind", "organisation"}};
    copy(lead, {{"company", "name"}, {"country", "country"}, {"source", "source"}}, values);
    if (const Id owner = lead["owner"].id()) values.set("owner", owner);
    return values;
}

struct Deal {
    Id opportunity{};
    Map answer{};
};

Deal make_deal(
    const Host& host, const Arguments& arguments, const Record& lead, Id person, Id organisation, Work& work
)
{
    if (!arguments["opportunity"].boolean(true)) return {{}, {{"action", "none"}}};
    const Reader reader{host};
    const ReaderBook book{reader};
    const Pipeline pipeline = find_pipeline(book, host, arguments["pipeline"]);
    const std::string_view company = lead["company"].text();
    const std::string_view given = arguments["name"].text();
    Map values{
        {"name",
         !given.empty()         ? given
             : !company.empty() ? company
                                : lead["name"].text()},
        {"pipeline", pipeline.id},
    };
    if (!arguments["stage"].empty())
        values.set("stage", find_stage(book, host, pipeline.id, arguments["stage"]).id);
    copy(lead, {{"agent", "agent"}, {"product", "product"}, {"source", "source"}, {"note", "note"}}, values);
    copy_amount(arguments, currency_of(host, pipeline), values);
    if (!arguments["close_date"].is_null()) values.set("close_date", arguments["close_date"].value());
    if (person) values.set("contact", person);
    if (organisation) values.set("organisation", organisation);
    if (const Id owner = lead["owner"].id()) values.set("owner", owner);
    const Id made = work.create("opportunity", values);
    return {made, {{"action", "create"}, {"opportunity", made}, {"name", values["name"]}}};
}

List made_by(const Party& person, const Party& organisation, const Deal& deal)
{
    List made;
    const auto add = [&made](const char* type, Id id) {
        made.emplace_back(Map{{"type", type}, {"id", std::to_string(id.number)}});
    };
    if (deal.opportunity) add("opportunity", deal.opportunity);
    if (person.is_made) add("contact", person.contact);
    if (organisation.is_made) add("contact", organisation.contact);
    return made;
}

} // namespace

Value convert_lead(const Host& host, const Arguments& arguments, Work& work)
{
    const Record lead = find_lead(host, arguments);
    const std::string_view status = lead["status"].text();
    if (!is_live_lead(status))
        refuse(
            "pipelines.lead_is_over",
            "lead " + std::to_string(lead.id().number) + " is " + std::string{status},
            "lead"
        );
    const auto persons = find_persons(host, lead);
    Party organisation = settle(
        host, arguments, "organisation", find_organisations(host, lead), organisation_of(lead), work
    );
    Party person = settle(host, arguments, "contact", persons, person_of(lead, organisation.contact), work);
    if (!organisation.contact && !(arguments["organisation"] == "none"))
        for (const Candidate& each : persons)
            if (each.contact == person.contact && each.organisation)
                organisation = linked(host, each.organisation, {});
    const bool must_choose
        = person.answer["action"] == Value{"choose"} || organisation.answer["action"] == Value{"choose"};
    if (!person.contact && !organisation.contact && !must_choose)
        refuse(
            "pipelines.nobody_to_convert",
            "the lead becomes neither a person nor an organisation: give it a name, a company or an address",
            "lead"
        );
    const Deal deal = make_deal(host, arguments, lead, person.contact, organisation.contact, work);
    Map answer{{"lead", lead.id()}, {"contact", person.answer}, {"organisation", organisation.answer}};
    answer.set("opportunity", deal.answer);
    if (must_choose) return answer; // only in a preview, of which nothing is written
    Map values{{"status", "converted"}};
    const auto set = [&values](const char* field, Id id) {
        if (id) values.set(field, id);
    };
    set("contact", person.contact);
    set("organisation", organisation.contact);
    set("opportunity", deal.opportunity);
    values.set("conversion", Map{{"made", made_by(person, organisation, deal)}, {"status_before", status}});
    work.update("lead", lead.id(), values, lead.version());
    return answer;
}

Value undo_conversion(const Host& host, const Arguments& arguments, Work& work)
{
    const Record lead = find_lead(host, arguments);
    if (lead["status"].text() != "converted")
        refuse(
            "pipelines.not_converted",
            "lead " + std::to_string(lead.id().number) + " is not converted",
            "lead"
        );
    const Settings settings = require(host.settings());
    const std::int64_t days = settings["undo_days"].integer(30);
    const Instant converted = lead["converted_at"].get_or(Instant{});
    if (host.now().microseconds - converted.microseconds > days * microseconds_per_day)
        refuse(
            "pipelines.too_late",
            "the lead was converted on " + day_text(day_of(converted)) + ", more than " + std::to_string(days)
                + " days ago",
            "lead"
        );
    List deleted;
    List kept;
    for (const ValueView made : lead["conversion"]["made"].items()) {
        const std::string type{made["type"].text()};
        const Id id = parse_id(made["id"]).value_or(Id{});
        const auto found = require(host.get(type, std::span{&id, 1}, {"id", "version"}));
        if (found.empty()) continue;
        const Map told{{"type", type}, {"id", id}};
        if (found.front().version() > 1) {
            kept.emplace_back(told);
            continue;
        }
        work.remove(type, id, found.front().version());
        deleted.emplace_back(told);
    }
    if (!kept.empty() && !arguments["keep_changed"].boolean())
        refuse(
            "pipelines.changed_since",
            std::to_string(kept.size())
                + " of the records that the conversion made were changed since: say \"keep_changed\": true "
                  "to "
                  "leave them and undo the rest",
            "lead"
        );
    Map values{{"status", lead["conversion"]["status_before"].value()}};
    for (const char* field : {"contact", "organisation", "opportunity", "converted_at", "conversion"})
        values.set(field, {});
    work.update("lead", lead.id(), values, lead.version());
    return Map{{"lead", lead.id()}, {"deleted", std::move(deleted)}, {"kept", std::move(kept)}};
}

} // namespace mortise::plugins::pipelines
