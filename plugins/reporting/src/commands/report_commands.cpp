#include "commands/report_commands.hpp"

#include "definition/json_reader.hpp"
#include "definition/parse_definition.hpp"
#include "run/answer.hpp"
#include "run/paths.hpp"
#include "run/pivot.hpp"
#include "run/rows.hpp"

namespace mortise::plugins::reporting {

namespace {

const char* name_of(ReportKind kind)
{
    constexpr const char* names[]{
        "list", "pivot", "trend", "leaderboard", "scorecard", "funnel", "cohort", "retention"
    };
    return names[static_cast<std::size_t>(kind)];
}

bool is_by_cohort(const Definition& report)
{
    return report.kind == ReportKind::cohort || report.kind == ReportKind::retention;
}

std::vector<std::optional<Key>> keys_argument(const Arguments& arguments, const Definition& report)
{
    std::vector<std::optional<Key>> keys;
    for (const auto& [name, dimensions] :
         {std::pair{"row", &report.rows}, std::pair{"column", &report.columns}}) {
        const std::string key{name};
        const ValueView given = arguments[key];
        if (given.size() > dimensions->size())
            throw Failure{wrong(
                name, "has more keys than the report has dimensions there", "give it as the report showed it"
            )};
        for (std::size_t i = 0; i < dimensions->size(); ++i) {
            if (i >= given.size()) {
                keys.emplace_back(std::nullopt);
                continue;
            }
            keys.emplace_back(require(key_from(given[i].value(), std::string{name} + "/" + std::to_string(i)))
            );
        }
    }
    return keys;
}

/// Runs once to see that the definition fits the types; its figures are nobody's business here.
void try_out(Prepared& prepared)
{
    (void)answer_of(prepared, 1, 0);
}

} // namespace

Map answer_of(Prepared& prepared, std::int64_t limit, std::int64_t offset)
{
    const Definition& report = prepared.report;
    Map answer{{"kind", name_of(report.kind)}, {"title", prepared.title}, {"at", prepared.setting.now}};
    Map body;
    switch (report.kind) {
    case ReportKind::list: {
        const std::int64_t most = limit > 0 ? limit : report.limit > 0 ? report.limit : 100;
        body = answer_of(run_list(prepared.asker, report, prepared.types, prepared.setting, most, offset));
        break;
    }
    case ReportKind::funnel:
        body = answer_of(run_funnel(prepared.asker, report, prepared.types, prepared.setting));
        break;
    case ReportKind::cohort:
    case ReportKind::retention:
        body = answer_of(run_cohort(prepared.asker, report, prepared.types, prepared.setting));
        break;
    case ReportKind::pivot:
    case ReportKind::trend:
    case ReportKind::leaderboard:
    case ReportKind::scorecard:
        body = answer_of(PivotRun{prepared.asker, report, prepared.types, prepared.setting}.run());
        if (report.currency.kind == CurrencyChoice::Kind::convert) body.set("rates_of", report.currency.on);
        break;
    }
    for (auto& [name, value] : body)
        answer.append(name, std::move(value));
    return answer;
}

Value run_report(ZoneBook& zones, const Host& host, const Arguments& arguments)
{
    Prepared prepared = prepare(zones, host, arguments);
    return answer_of(prepared, arguments["limit"].integer(0), arguments["offset"].integer(0));
}

Value drill(ZoneBook& zones, const Host& host, const Arguments& arguments)
{
    Prepared prepared = prepare(zones, host, arguments);
    const Definition& report = prepared.report;
    const std::int64_t limit = arguments["limit"].integer(100);
    const std::int64_t after = id_of(arguments["after"]).number;
    if (report.kind == ReportKind::list)
        fail_with(
            ErrorCode::invalid, "reporting.cell", "the rows of a list are its records", "report", "run it"
        );
    if (report.kind == ReportKind::funnel)
        return funnel_records(
            prepared.asker,
            report,
            prepared.types,
            prepared.setting,
            arguments["step"].integer(1),
            limit,
            after
        );
    if (is_by_cohort(report))
        return cohort_records(
            prepared.asker,
            report,
            prepared.types,
            prepared.setting,
            std::string{arguments["cohort"].text()},
            arguments["period"].integer(0),
            limit,
            after
        );
    PivotRun run{prepared.asker, report, prepared.types, prepared.setting};
    Plan plan;
    const std::string measure{arguments["measure"].text()};
    const Statement rows = run.drill(keys_argument(arguments, report), measure, plan);
    std::string join;
    for (const Measure& one : report.measures)
        if (one.name == measure) join = one.of == "count" ? one.each : "";
    return records_behind(prepared.asker, prepared.types, plan.tables, rows, join, limit, after);
}

Value explain(ZoneBook& zones, const Host& host, const Arguments& arguments)
{
    Prepared prepared = prepare(zones, host, arguments);
    const Definition& report = prepared.report;
    Statement statement;
    if (report.kind == ReportKind::list)
        statement = list_statement(report, prepared.types, prepared.setting, 100, 0);
    else if (report.kind == ReportKind::funnel)
        statement = funnel_statement(report, prepared.types, prepared.setting);
    else if (is_by_cohort(report))
        statement = cohort_statement(report, prepared.types, prepared.setting);
    else
        statement = PivotRun{prepared.asker, report, prepared.types, prepared.setting}.statement();
    Map answer{
        {"kind", name_of(report.kind)},
        {"sql", statement.sql},
        {"parameters", std::move(statement.parameters)}
    };
    if (report.period) {
        const Days days = days_of(report.period->period, prepared.setting.today, prepared.setting.calendar);
        Map period;
        if (days.from) period.set("from", *days.from);
        if (days.to) period.set("to", Date{days.to->days - 1});
        answer.set("period", std::move(period));
    }
    return answer;
}

Value sources(const Host& host, const Arguments& arguments)
{
    const TypeBook book{require(host.call("types.describe"))};
    const std::string_view wanted = arguments["type"].text();
    List listed;
    for (const auto& [name, type] : book.types()) {
        if (!wanted.empty() && name != wanted) continue;
        Map one{{"type", name}, {"label", type.label}};
        List fields;
        for (const FieldInfo& field : type.fields) {
            const Family family = family_of(field.kind);
            Map about{{"field", field.name}, {"label", field.label}, {"kind", field.kind}};
            if (!field.reference.empty()) about.set("leads_to", field.reference);
            const bool is_amount = family == Family::number || family == Family::money;
            // Amounts differ too much to group by them; with bins they can be.
            about.set("group", family != Family::list && family != Family::opaque && family != Family::money);
            about.set("bins", is_amount);
            about.set("bucket", family == Family::date || family == Family::moment);
            about.set("measure", is_amount);
            fields.emplace_back(std::move(about));
        }
        if (!wanted.empty()) one.set("fields", std::move(fields));
        List joins;
        for (const auto& [other, info] : book.types())
            for (const FieldInfo& field : info.fields)
                if (field.reference == name) joins.emplace_back(Map{{"type", other}, {"by", field.name}});
        if (!wanted.empty()) one.set("joins", std::move(joins));
        listed.emplace_back(std::move(one));
    }
    if (!wanted.empty() && listed.empty())
        fail(
            ErrorCode::not_found,
            "reporting.no_type",
            "there is no record type " + std::string{wanted},
            "type"
        );
    return Map{{"sources", std::move(listed)}};
}

Value create_report(ZoneBook& zones, const Host& host, const Arguments& arguments, Work& work)
{
    const Value definition = arguments["definition"].value();
    Prepared prepared = prepare(zones, host, definition, std::string{arguments["name"].text()}, {});
    try_out(prepared);
    const Id report = work.create(
        "report",
        {{"name", arguments["name"].value()},
         {"description", arguments["description"].value()},
         {"folder", arguments["folder"].value()},
         {"kind", name_of(prepared.report.kind)},
         {"definition", definition}}
    );
    return Map{{"report", report}};
}

Value define_report(ZoneBook& zones, const Host& host, const Arguments& arguments, Work& work)
{
    const Id report = require_named(host, "report", arguments["report"].value());
    const Value definition = arguments["definition"].value();
    Prepared prepared = prepare(zones, host, definition, {}, {});
    try_out(prepared);
    work.update(
        "report",
        report,
        {{"kind", name_of(prepared.report.kind)}, {"definition", definition}},
        arguments.context().version()
    );
    return Map{{"report", report}};
}

void check_report(Draft& draft)
{
    if (!draft.changes("definition") && !draft["definition"].is_null()) return;
    const auto parsed = parse_definition(draft["definition"].value());
    if (parsed) return draft.set("kind", name_of(parsed->kind));
    const Error& error = parsed.error();
    draft.refuse("definition", error.key, error.where + ": " + error.message + "; " + error.hint);
}

} // namespace mortise::plugins::reporting
