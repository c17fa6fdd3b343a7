#include "definition/parse_definition.hpp"

#include "definition/json_reader.hpp"
#include "definition/parse_condition.hpp"
#include "definition/parse_measure.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace mortise::plugins::reporting {

namespace {

constexpr std::array<std::pair<std::string_view, ReportKind>, 8> kinds{{
    {"list", ReportKind::list},
    {"pivot", ReportKind::pivot},
    {"trend", ReportKind::trend},
    {"leaderboard", ReportKind::leaderboard},
    {"scorecard", ReportKind::scorecard},
    {"funnel", ReportKind::funnel},
    {"cohort", ReportKind::cohort},
    {"retention", ReportKind::retention},
}};

Result<Source> parse_source(const Value& json)
{
    Source out;
    out.at = "/source";
    if (!json.text().empty()) {
        if (!is_name(json.text())) return wrong(out.at, "must be a record type", "such as opportunity");
        out.type = json.text();
        return out;
    }
    MORTISE_TRY(const Map* map, object_at(json, out.at, R"("opportunity" or {"events": "order.placed"})"));
    MORTISE_CHECK(only(*map, out.at, {"events", "subject", "data"}));
    MORTISE_CHECK(path_at((*map)["events"], "/source/events"));
    out.events = (*map)["events"].text();
    out.subject = (*map)["subject"].text();
    const Map none;
    const Map* data = (*map)["data"].as<Map>();
    for (const Entry& entry : data ? *data : none) {
        const std::string at = "/source/data/" + entry.key;
        DataField field{.name = entry.key, .kind = {}, .scale = 0, .reference = {}};
        MORTISE_CHECK(path_at(Value{entry.key}, at, 4));
        MORTISE_TRY(const Map* about, object_at(entry.value, at, R"({"kind": "decimal", "scale": 2})"));
        MORTISE_CHECK(only(*about, at, {"kind", "scale", "reference"}));
        MORTISE_TRY(
            field.kind,
            choice_at(
                (*about)["kind"],
                at + "/kind",
                {"text", "int", "decimal", "money", "date", "datetime", "bool", "reference"},
                "text"
            )
        );
        MORTISE_TRY(const std::int64_t scale, whole_at((*about)["scale"], at + "/scale", 0, 9, 0));
        field.scale = static_cast<int>(scale);
        field.reference = (*about)["reference"].text();
        out.data.push_back(std::move(field));
    }
    return out;
}

Result<std::vector<Join>> parse_joins(const Value& json)
{
    MORTISE_TRY(const List* list, list_at(json, "/joins", 4));
    std::vector<Join> joins;
    for (const Value& one : *list) {
        const std::string at = "/joins/" + std::to_string(joins.size());
        MORTISE_TRY(
            const Map* map,
            object_at(one, at, R"({"as": "moves", "type": "stage_history", "by": "opportunity"})")
        );
        MORTISE_CHECK(only(*map, at, {"as", "type", "by", "of"}));
        Join join{
            .as = std::string{(*map)["as"].text()},
            .type = std::string{(*map)["type"].text()},
            .by = std::string{(*map)["by"].text()},
            .of = std::string{(*map)["of"].text()},
            .at = at
        };
        for (const auto& [key, name] : {std::pair{"as", &join.as}, {"type", &join.type}, {"by", &join.by}})
            if (!is_name(*name))
                return wrong(at + "/" + key, "must be a name", "small letters, digits and _");
        const auto same = [&](const Join& other) { return other.as == join.as; };
        if (std::ranges::any_of(joins, same)) return wrong(at + "/as", "is given twice", "take another name");
        const bool is_known = join.of.empty()
            || std::ranges::any_of(joins, [&](const Join& other) { return other.as == join.of; });
        if (!is_known)
            return wrong(at + "/of", "must name an earlier join", "or leave it out for the source");
        joins.push_back(std::move(join));
    }
    return joins;
}

Result<CalendarChoice> parse_calendar(const Value& json)
{
    CalendarChoice out;
    if (json.is_null()) return out;
    MORTISE_TRY(const Map* map, object_at(json, "/calendar", R"({"time_zone": "Europe/Vienna"})"));
    MORTISE_CHECK(only(*map, "/calendar", {"time_zone", "week_start", "fiscal_year_start"}));
    out.zone = (*map)["time_zone"].text();
    constexpr std::array<std::string_view, 7> days{
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"
    };
    if (map->contains("week_start")) {
        const auto day = std::ranges::find(days, (*map)["week_start"].text());
        if (day == days.end())
            return wrong("/calendar/week_start", "must be a day of the week", "monday or sunday");
        out.week_start = static_cast<int>(day - days.begin()) + 1;
    }
    MORTISE_TRY(
        const std::int64_t month,
        whole_at((*map)["fiscal_year_start"], "/calendar/fiscal_year_start", 1, 12, 0)
    );
    out.fiscal_month = static_cast<int>(month);
    return out;
}

Result<CurrencyChoice> parse_currency(const Value& json)
{
    constexpr const char* form
        = R"("each", {"only": "EUR"} or {"convert": "EUR", "rates": {"USD": "0.92"}, "on": "2026-01-01"})";
    CurrencyChoice out;
    if (json.is_null()) return out;
    if (json.text() == "each") {
        out.kind = CurrencyChoice::Kind::each;
        return out;
    }
    MORTISE_TRY(const Map* map, object_at(json, "/currency", form));
    MORTISE_CHECK(only(*map, "/currency", {"only", "convert", "rates", "on"}));
    out.kind = map->contains("only") ? CurrencyChoice::Kind::only : CurrencyChoice::Kind::convert;
    out.code = (*map)[map->contains("only") ? "only" : "convert"].text();
    if (out.code.size() != 3) return wrong("/currency", "must name a currency", form);
    if (out.kind == CurrencyChoice::Kind::only) return out;
    MORTISE_TRY(const Map* rates, object_at((*map)["rates"], "/currency/rates", form));
    for (const Entry& rate : *rates) {
        MORTISE_TRY(const Decimal number, decimal_at(rate.value, "/currency/rates/" + rate.key));
        if (number.coefficient <= 0 || rate.key.size() != 3)
            return wrong("/currency/rates/" + rate.key, "must be a rate above 0 of a currency", form);
        out.rates.emplace_back(rate.key, number);
    }
    out.on = (*map)["on"].text();
    if (out.on.empty())
        return wrong("/currency/on", "is missing", "say of which day the rates are, so that readers know");
    return out;
}

Result<std::optional<ReportPeriod>> parse_report_period(const Value& json)
{
    std::optional<ReportPeriod> none;
    if (json.is_null()) return none;
    MORTISE_TRY(
        const Map* map, object_at(json, "/period", R"({"field": "close_date", "is": "last_quarter"})")
    );
    MORTISE_CHECK(only(*map, "/period", {"field", "is", "compare"}));
    ReportPeriod out;
    out.at = "/period";
    MORTISE_TRY(out.path, path_at((*map)["field"], "/period/field"));
    MORTISE_TRY(out.period, parse_period((*map)["is"], "/period/is"));
    if (map->contains("compare")) {
        MORTISE_TRY(
            out.compare, choice_at((*map)["compare"], "/period/compare", {"previous", "previous_year"})
        );
        if (out.period.last == 0 && out.period.name.empty() && (!out.period.from || !out.period.to))
            return wrong("/period/compare", "needs a period with both ends", R"({"from": ..., "to": ...})");
    }
    return std::optional{std::move(out)};
}

Result<Funnel> parse_funnel(const Value& json)
{
    Funnel out;
    out.at = "/funnel";
    MORTISE_TRY(
        const Map* map,
        object_at(
            json,
            "/funnel",
            R"({"subject": "opportunity", "time": "at", "steps": [{"as": "Won", "where": {...}}]})"
        )
    );
    MORTISE_CHECK(only(*map, "/funnel", {"subject", "time", "steps", "within", "ordered"}));
    MORTISE_TRY(out.subject, path_at((*map)["subject"], "/funnel/subject"));
    MORTISE_TRY(out.time, path_at((*map)["time"], "/funnel/time"));
    MORTISE_TRY(out.is_ordered, flag_at((*map)["ordered"], "/funnel/ordered", true));
    MORTISE_TRY(const List* steps, list_at((*map)["steps"], "/funnel/steps", 20));
    if (steps->size() < 2) return wrong("/funnel/steps", "must be at least two", "a funnel leads somewhere");
    for (std::size_t i = 0; i < steps->size(); ++i) {
        const std::string at = "/funnel/steps/" + std::to_string(i);
        MORTISE_TRY(const Map* step, object_at((*steps)[i], at, R"({"as": "Won", "where": {...}})"));
        MORTISE_CHECK(only(*step, at, {"as", "where"}));
        FunnelStep one{.name = std::string{(*step)["as"].text()}, .where = {}};
        if (one.name.empty()) one.name = "Step " + std::to_string(i + 1);
        MORTISE_TRY(one.where, parse_condition((*step)["where"], at + "/where"));
        out.steps.push_back(std::move(one));
    }
    if (const Value& within = (*map)["within"]; !within.is_null()) {
        MORTISE_TRY(const Map* span, object_at(within, "/funnel/within", R"({"count": 30, "unit": "day"})"));
        MORTISE_CHECK(only(*span, "/funnel/within", {"count", "unit"}));
        MORTISE_TRY(out.within, whole_at((*span)["count"], "/funnel/within/count", 1, 100'000, 1));
        MORTISE_TRY(
            out.unit,
            choice_at((*span)["unit"], "/funnel/within/unit", {"hour", "day", "week", "month", "year"})
        );
    }
    return out;
}

Result<Cohort> parse_cohort(const Value& json)
{
    Cohort out;
    out.at = "/cohort";
    MORTISE_TRY(
        const Map* map,
        object_at(json, "/cohort", R"({"subject": "subject", "time": "time", "bucket": "month"})")
    );
    MORTISE_CHECK(only(*map, "/cohort", {"subject", "time", "start", "bucket", "periods"}));
    MORTISE_TRY(out.subject, path_at((*map)["subject"], "/cohort/subject"));
    MORTISE_TRY(out.time, path_at((*map)["time"], "/cohort/time"));
    if (map->contains("start")) {
        MORTISE_TRY(out.start, path_at((*map)["start"], "/cohort/start"));
    }
    MORTISE_TRY(
        out.bucket,
        choice_at((*map)["bucket"], "/cohort/bucket", {"day", "week", "month", "quarter", "year"}, "month")
    );
    MORTISE_TRY(out.periods, whole_at((*map)["periods"], "/cohort/periods", 1, 120, 12));
    return out;
}

Result<void> parse_parts(const Map& map, Definition& out)
{
    MORTISE_TRY(out.source, parse_source(map["source"]));
    MORTISE_TRY(out.joins, parse_joins(map["joins"]));
    MORTISE_TRY(const List* filters, list_at(map["filters"], "/filters", 50));
    for (const Value& one : *filters) {
        MORTISE_TRY(Condition filter, parse_condition(one, "/filters/" + std::to_string(out.filters.size())));
        out.filters.push_back(std::move(filter));
    }
    MORTISE_TRY(out.period, parse_report_period(map["period"]));
    MORTISE_TRY(out.calendar, parse_calendar(map["calendar"]));
    MORTISE_TRY(out.currency, parse_currency(map["currency"]));
    for (const auto& [key, dimensions] : {std::pair{"rows", &out.rows}, std::pair{"columns", &out.columns}}) {
        const std::string at = std::string{"/"} + key;
        MORTISE_TRY(const List* list, list_at(map[key], at, 6));
        for (const Value& one : *list) {
            MORTISE_TRY(Dimension made, parse_dimension(one, at + "/" + std::to_string(dimensions->size())));
            dimensions->push_back(std::move(made));
        }
    }
    MORTISE_TRY(const List* measures, list_at(map["measures"], "/measures", 30));
    for (const Value& one : *measures) {
        MORTISE_TRY(Measure made, parse_measure(one, "/measures/" + std::to_string(out.measures.size())));
        out.measures.push_back(std::move(made));
    }
    MORTISE_TRY(const List* fields, list_at(map["fields"], "/fields", 60));
    for (const Value& one : *fields) {
        MORTISE_TRY(Path path, path_at(one, "/fields/" + std::to_string(out.fields.size())));
        out.fields.push_back(std::move(path));
    }
    MORTISE_TRY(const List* sort, list_at(map["sort"], "/sort", 6));
    for (const Value& one : *sort) {
        std::string name{one.text()};
        const bool is_descending = name.starts_with('-');
        if (is_descending) name.erase(0, 1);
        MORTISE_CHECK(path_at(Value{name}, "/sort/" + std::to_string(out.sort.size())));
        out.sort.push_back({std::move(name), is_descending});
    }
    MORTISE_TRY(out.limit, whole_at(map["limit"], "/limit", 1, 10'000, 0));
    MORTISE_TRY(
        out.chart,
        choice_at(
            map["chart"], "/chart", {"auto", "bar", "stacked_bar", "line", "area", "pie", "none"}, "auto"
        )
    );
    return {};
}

/// Names must be one for each, and names of measures must lead somewhere without a circle.
Result<void> check_names(const Definition& report)
{
    std::set<std::string> names;
    for (const auto* dimensions : {&report.rows, &report.columns})
        for (const Dimension& one : *dimensions)
            if (!names.insert(one.name).second)
                return wrong(
                    one.at + "/as", "\"" + one.name + "\" is given twice", "take another name with as"
                );
    std::set<std::string> measures;
    for (const Measure& one : report.measures) {
        for (const std::string* other : {&one.first, &one.second}) {
            const bool is_needed = one.kind != Measure::Kind::base
                && (other == &one.first || one.kind == Measure::Kind::ratio);
            if (is_needed && !measures.contains(*other))
                return wrong(
                    one.at,
                    "\"" + *other + "\" is no measure before this one",
                    "a measure is computed from those that stand before it"
                );
        }
        if (!names.insert(one.name).second || !measures.insert(one.name).second)
            return wrong(one.at + "/as", "\"" + one.name + "\" is given twice", "take another name with as");
    }
    for (const auto* dimensions : {&report.rows, &report.columns})
        for (const Dimension& one : *dimensions)
            for (const std::string* by : {&one.limit_by, &one.sort_by})
                if (!by->empty() && !measures.contains(*by))
                    return wrong(
                        one.at, "\"" + *by + "\" is no measure of this report", "name one by its as"
                    );
    return {};
}

Result<void> check_kind(Definition& report)
{
    const bool has_cells = report.kind == ReportKind::pivot || report.kind == ReportKind::trend
        || report.kind == ReportKind::leaderboard || report.kind == ReportKind::scorecard;
    if (has_cells && report.measures.empty()) {
        Measure count;
        count.name = "count";
        count.of = "count";
        count.at = "/measures/0";
        report.measures.push_back(std::move(count));
    }
    switch (report.kind) {
    case ReportKind::scorecard:
        if (!report.rows.empty() || !report.columns.empty())
            return wrong("/rows", "a scorecard has measures only", "take pivot for groups");
        break;
    case ReportKind::trend:
        if (report.rows.size() != 1 || report.rows[0].bucket.empty())
            return wrong(
                "/rows",
                "a trend has one row dimension with a bucket of time",
                R"([{"field": "close_date", "bucket": "month"}])"
            );
        report.rows[0].is_filled = true;
        break;
    case ReportKind::leaderboard: {
        if (report.rows.size() != 1 || !report.columns.empty())
            return wrong("/rows", "a leaderboard has one row dimension and no columns", R"(["agent.name"])");
        Dimension& who = report.rows[0];
        if (who.sort_by.empty()) who.sort_by = report.measures.front().name;
        who.is_descending = true;
        if (who.limit == 0) who.limit = report.limit;
        if (who.limit_by.empty()) who.limit_by = who.sort_by;
        break;
    }
    case ReportKind::list:
        if (report.fields.empty())
            return wrong("/fields", "is missing", R"(["name", "amount", "close_date"])");
        if (!report.joins.empty())
            return wrong("/joins", "a list shows each record once", "take the other type as its source");
        break;
    case ReportKind::pivot:
    case ReportKind::funnel:
    case ReportKind::cohort:
    case ReportKind::retention:
        break;
    }
    return {};
}

} // namespace

Result<Definition> parse_definition(const Value& json)
{
    MORTISE_TRY(
        const Map* map,
        object_at(
            json,
            "",
            R"({"kind": "pivot", "source": "contact", "rows": ["country"], "measures": [{"as": "people", "of": "count"}]})"
        )
    );
    MORTISE_CHECK(only(
        *map,
        "",
        {"kind",
         "source",
         "joins",
         "filters",
         "period",
         "calendar",
         "currency",
         "rows",
         "columns",
         "measures",
         "fields",
         "sort",
         "limit",
         "funnel",
         "cohort",
         "chart",
         "$schema"}
    ));
    Definition out;
    MORTISE_TRY(
        const std::string kind,
        choice_at(
            (*map)["kind"],
            "/kind",
            {"list", "pivot", "trend", "leaderboard", "scorecard", "funnel", "cohort", "retention"},
            "pivot"
        )
    );
    out.kind = std::ranges::find(kinds, kind, &std::pair<std::string_view, ReportKind>::first)->second;
    MORTISE_CHECK(parse_parts(*map, out));
    if (out.kind == ReportKind::funnel) {
        MORTISE_TRY(out.funnel, parse_funnel((*map)["funnel"]));
    }
    if (out.kind == ReportKind::cohort || out.kind == ReportKind::retention) {
        MORTISE_TRY(out.cohort, parse_cohort((*map)["cohort"]));
    }
    MORTISE_CHECK(check_kind(out));
    MORTISE_CHECK(check_names(out));
    return out;
}

} // namespace mortise::plugins::reporting
