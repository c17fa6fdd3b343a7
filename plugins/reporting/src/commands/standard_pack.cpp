#include "commands/report_commands.hpp"
#include "commands/target_commands.hpp"

namespace mortise::plugins::reporting {

namespace {

/// A report of the pack; what does not fit the types that are there is left out.
struct Standard {
    const char* part;
    const char* name;
    Map definition;
};

Map count(const char* name)
{
    return {{"as", name}, {"of", "count"}};
}

Map count_where(const char* name, Map condition)
{
    return {{"as", name}, {"of", "count"}, {"where", std::move(condition)}};
}

Map test(const char* field, const char* is, Value value = {})
{
    Map map{{"field", field}, {"is", is}};
    if (!value.is_null()) map.set("value", std::move(value));
    return map;
}

Map bucket(const char* field, const char* unit)
{
    return {{"field", field}, {"as", unit}, {"bucket", unit}};
}

Map sum(const char* name, const char* field)
{
    return {{"as", name}, {"of", "sum"}, {"field", field}};
}

Map ratio(const char* name, const char* part, const char* whole)
{
    return {{"as", name}, {"ratio", List{part, whole}}, {"percent", true}};
}

std::vector<Standard> sales()
{
    const Map closed = test("status", "in", List{"won", "lost"});
    const Map won = test("status", "eq", "won");
    const List rates{count("closed"), count_where("won", won), ratio("win_rate", "won", "closed")};
    return {
        {"Sales",
         "Win rate by agent",
         {{"source", "opportunity"},
          {"filters", List{closed}},
          {"rows", List{"agent.name"}},
          {"measures", rates}}},
        {"Sales",
         "Win rate by quarter",
         {{"source", "opportunity"},
          {"filters", List{closed}},
          {"rows", List{bucket("close_date", "quarter")}},
          {"measures", rates}}},
        {"Sales",
         "Won by month",
         {{"kind", "trend"},
          {"source", "opportunity"},
          {"currency", "each"},
          {"filters", List{won}},
          {"rows", List{bucket("close_date", "month")}},
          {"measures", List{count("deals"), sum("amount", "amount")}}}},
        {"Sales",
         "Pipeline by stage",
         {{"source", "opportunity"},
          {"currency", "each"},
          {"filters", List{test("status", "eq", "open")}},
          {"rows", List{"stage"}},
          {"measures", List{count("deals"), sum("amount", "amount")}}}},
        {"Sales",
         "Why deals are lost",
         {{"source", "opportunity"},
          {"filters", List{test("status", "eq", "lost")}},
          {"rows", List{Map{{"field", "lost_reason"}, {"limit", 10}}}},
          {"measures", List{count("deals"), Map{{"as", "share"}, {"share", "deals"}, {"percent", true}}}}}},
        {"Sales",
         "From stage to stage",
         {{"source", "stage_history"},
          {"rows", List{"from_stage.name"}},
          {"columns", List{Map{{"field", "to_stage.name"}, {"as", "to_stage"}}}},
          {"measures", List{count("moves")}}}},
    };
}

std::vector<Standard> contacts()
{
    const auto missing
        = [](const char* name, const char* field) { return count_where(name, test(field, "is_not_set")); };
    return {
        {"Activity",
         "New contacts by month",
         {{"kind", "trend"},
          {"source", "contact"},
          {"rows", List{bucket("created_at", "month")}},
          {"measures", List{count("contacts"), Map{{"as", "so_far"}, {"running", "contacts"}}}}}},
        {"Activity",
         "Contacts by country",
         {{"source", "contact"},
          {"rows", List{Map{{"field", "country"}, {"limit", 20}}}},
          {"measures", List{count("contacts"), Map{{"as", "share"}, {"share", "contacts"}, {"percent", true}}}
          }}},
        {"Data quality",
         "What contacts lack",
         {{"kind", "scorecard"},
          {"source", "contact"},
          {"measures",
           List{
               count("contacts"),
               missing("no_email", "email"),
               missing("no_phone", "phone"),
               missing("no_country", "country"),
               missing("no_owner", "owner"),
               ratio("without_email", "no_email", "contacts"),
               ratio("without_phone", "no_phone", "contacts")
           }}}},
        {"Data quality",
         "Contacts not touched, by year",
         {{"source", "contact"},
          {"rows", List{bucket("updated_at", "year")}},
          {"measures", List{count("contacts")}}}},
        {"Data quality",
         "Deals that lack something",
         {{"kind", "scorecard"},
          {"source", "opportunity"},
          {"measures",
           List{
               count("deals"),
               missing("no_amount", "amount"),
               missing("no_close_date", "close_date"),
               missing("no_organisation", "organisation"),
               missing("no_agent", "agent")
           }}}},
    };
}

std::vector<Standard> other_parts()
{
    return {
        {"Service",
         "Tickets by status",
         {{"source", "ticket"}, {"rows", List{"status"}}, {"measures", List{count("tickets")}}}},
        {"Service",
         "Tickets by month",
         {{"kind", "trend"},
          {"source", "ticket"},
          {"rows", List{bucket("created_at", "month")}},
          {"measures", List{count("tickets")}}}},
        {"Marketing",
         "Members of segments",
         {{"source", "segment_membership"},
          {"filters", List{test("left_at", "is_not_set")}},
          {"rows", List{"segment"}},
          {"measures", List{count("contacts")}}}},
        {"Marketing",
         "Entered segments by month",
         {{"source", "segment_membership"},
          {"rows", List{bucket("entered_at", "month")}},
          {"columns", List{Map{{"field", "segment"}, {"limit", 8}}}},
          {"measures", List{count("contacts")}}}},
    };
}

bool is_there(const Host& host, const char* type, const std::string& name)
{
    return !require(host.query(
                        "SELECT r.id AS id FROM " + std::string{type} + " r WHERE r.name = :name LIMIT 1",
                        Map{{"name", name}}
                    )
    ).empty();
}

} // namespace

Value set_up_standard(ZoneBook& zones, const Host& host, const Arguments&, Work& work)
{
    std::vector<Standard> pack = sales();
    for (auto* more : {contacts, other_parts})
        for (Standard& one : more())
            pack.push_back(std::move(one));
    List made;
    List left_out;
    std::map<std::string, List> dashboards;
    for (const Standard& one : pack) {
        try {
            Prepared prepared = prepare(zones, host, Value{one.definition}, one.name, {});
            (void)answer_of(prepared, 1, 0);
        } catch (const Failure& failure) {
            left_out.emplace_back(Map{{"report", one.name}, {"because", failure.error().message}});
            continue;
        }
        dashboards[one.part].emplace_back(Map{{"report", one.name}});
        if (is_there(host, "report", one.name)) continue;
        work.create("report", {{"name", one.name}, {"folder", one.part}, {"definition", one.definition}});
        made.emplace_back(one.name);
    }
    for (auto& [part, tiles] : dashboards)
        if (!is_there(host, "dashboard", part))
            work.create("dashboard", {{"name", part}, {"tiles", std::move(tiles)}});
    return Map{{"made", std::move(made)}, {"left_out", std::move(left_out)}};
}

} // namespace mortise::plugins::reporting
