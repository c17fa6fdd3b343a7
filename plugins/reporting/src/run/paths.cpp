#include "run/paths.hpp"

#include "definition/json_reader.hpp"
#include "run/number.hpp"

#include <algorithm>
#include <limits>
#include <map>

namespace mortise::plugins::reporting {

namespace {

/// The plan of a report's source and filters alone, with its subject and time.
struct Ground {
    Plan plan;
    Column subject;
    Column time;
    std::string moment; ///< SQL: time as microseconds
};

Ground ground_of(
    const Definition& report,
    const TypeBook& types,
    const Setting& setting,
    const Path& subject,
    const Path& time,
    const std::string& at
)
{
    Definition plain = report;
    plain.rows.clear();
    plain.columns.clear();
    plain.measures.clear();
    Ground ground{
        .plan = require(make_plan(plain, types, setting, std::nullopt)),
        .subject = {},
        .time = {},
        .moment = {}
    };
    ground.subject = require(ground.plan.tables.column(subject, at + "/subject"));
    ground.time = require(ground.plan.tables.column(time, at + "/time"));
    const Family family = family_of(ground.time.field.kind);
    if (family != Family::date && family != Family::moment)
        throw Failure{
            wrong(at + "/time", joined(time) + " is neither a day nor a time", "say when it happened")
        };
    ground.moment = family == Family::date
        ? "CAST(date_part('epoch', " + ground.time.sql + ") AS INTEGER) * 1000000"
        : ground.time.sql;
    return ground;
}

Statement finished(std::string sql, const Ground& ground)
{
    Map used = used_parameters(sql, ground.plan.parameters.values());
    return {std::move(sql), std::move(used)};
}

/// One thing that a subject did, and the steps that it fulfils, the first as the lowest bit.
struct Deed {
    std::int64_t at{0};
    std::uint32_t steps{0};
};

/// When a subject reached each step for the first time; shorter than the steps if it did not come to the end.
using Reached = std::vector<std::int64_t>;

Reached follow(const std::vector<Deed>& deeds, std::size_t first, const Funnel& funnel, std::int64_t end)
{
    Reached reached{deeds[first].at};
    std::size_t from = funnel.is_ordered ? first + 1 : 0;
    for (std::size_t step = 1; step < funnel.steps.size(); ++step) {
        std::size_t at = from;
        while (at < deeds.size() && (((deeds[at].steps >> step) & 1U) == 0 || deeds[at].at > end))
            ++at;
        if (at == deeds.size()) break;
        reached.push_back(std::max(deeds[at].at, reached.back()));
        if (funnel.is_ordered) from = at + 1;
    }
    return reached;
}

/// The furthest that a subject came from any of its first steps, the earliest of them if several are alike.
/// Deeds are in the order of time.
Reached way_of(const std::vector<Deed>& deeds, const Funnel& funnel, std::int64_t span)
{
    Reached best;
    for (std::size_t i = 0; i < deeds.size(); ++i) {
        if ((deeds[i].steps & 1U) == 0) continue;
        const std::int64_t end = span > 0 ? deeds[i].at + span : std::numeric_limits<std::int64_t>::max();
        Reached reached = follow(deeds, i, funnel, end);
        if (reached.size() > best.size()) best = std::move(reached);
        if (best.size() == funnel.steps.size() || span == 0) break;
    }
    return best;
}

/// Microseconds of a window; months have 30 days and years 365 here.
std::int64_t span_of(const Funnel& funnel)
{
    constexpr std::int64_t hour = 3'600'000'000;
    const std::int64_t hours = funnel.unit == "hour" ? 1
        : funnel.unit == "day"                       ? 24
        : funnel.unit == "week"                      ? 168
        : funnel.unit == "month"                     ? 720
                                                     : 8760;
    return funnel.within * hours * hour;
}

/// How far each subject came.
std::map<std::int64_t, Reached>
ways(const Asker& asker, const Definition& report, const TypeBook& types, const Setting& setting)
{
    std::map<std::int64_t, Reached> found;
    const std::int64_t span = span_of(report.funnel);
    std::vector<Deed> deeds;
    std::int64_t subject = 0;
    const auto finish = [&] {
        if (Reached way = way_of(deeds, report.funnel, span); !way.empty())
            found.emplace(subject, std::move(way));
        deeds.clear();
    };
    for (const Row row : asker.ask(funnel_statement(report, types, setting))) {
        const std::int64_t next = number_of(row["subject"]);
        if (next != subject) finish();
        subject = next;
        Deed deed{.at = number_of(row["at"]), .steps = 0};
        for (std::size_t i = 0; i < report.funnel.steps.size(); ++i)
            if (number_of(row["s" + std::to_string(i + 1)]) != 0) deed.steps |= 1U << i;
        deeds.push_back(deed);
    }
    finish();
    return found;
}

Value share_of(std::int64_t part, std::int64_t whole)
{
    const auto share = quotient(Decimal{part, 0}, Decimal{whole, 0}, 4);
    return share ? Value{*share} : Value{};
}

std::string
cohort_tables(const Definition& report, const Setting& setting, Ground& ground, const std::string& measured)
{
    const Cohort& cohort = report.cohort;
    const auto bucket = [&](const Column& column) {
        const std::string local = setting.zone.local_sql(column.sql);
        const std::string day
            = family_of(column.field.kind) == Family::date ? column.sql : "date(" + local + ")";
        return bucket_sql(cohort.bucket, day, "", setting.calendar);
    };
    std::string columns = ground.subject.sql + " AS subject, " + bucket(ground.time) + " AS period";
    if (!measured.empty()) columns += ", " + measured + " AS value";
    std::string start = "min(period)";
    if (!cohort.start.empty()) {
        const Column column = require(ground.plan.tables.column(cohort.start, "/cohort/start"));
        columns += ", " + bucket(column) + " AS begun";
        start = "min(begun)";
    }
    return "WITH a AS MATERIALIZED (SELECT " + columns + ground.plan.tables.from() + " WHERE "
        + ground.plan.where + " AND " + ground.subject.sql + " IS NOT NULL AND " + ground.time.sql
        + " IS NOT NULL), c AS MATERIALIZED (SELECT a.subject AS subject, " + start
        + " AS start FROM a GROUP BY a.subject)";
}

/// The measure of a cohort: a sum, if the report has one.
const Measure* measure_of(const Definition& report)
{
    if (report.kind == ReportKind::retention || report.measures.empty()) return nullptr;
    const Measure& measure = report.measures.front();
    if (measure.of == "sum" && !measure.where) return &measure;
    throw Failure{wrong(
        measure.at,
        "a cohort counts people or takes one sum",
        R"({"as": "revenue", "of": "sum", "field": "amount"})"
    )};
}

/// What the sum is of: a number, or amounts of one currency.
PlannedMeasure planned_sum(const Definition& report, const TypeBook& types, const Setting& setting)
{
    Definition plain = report;
    plain.rows.clear();
    plain.columns.clear();
    plain.measures.resize(1);
    return require(make_plan(plain, types, setting, std::nullopt)).measures.front();
}

} // namespace

Statement funnel_statement(const Definition& report, const TypeBook& types, const Setting& setting)
{
    Ground ground = ground_of(report, types, setting, report.funnel.subject, report.funnel.time, "/funnel");
    ConditionWriter conditions{ground.plan.tables, ground.plan.parameters, setting};
    std::string columns = ground.subject.sql + " AS subject, " + ground.moment + " AS at";
    std::string any;
    for (std::size_t i = 0; i < report.funnel.steps.size(); ++i) {
        const std::string number = std::to_string(i + 1);
        columns += ", coalesce((" + require(conditions.write(report.funnel.steps[i].where)) + "), 0) AS s"
            + number;
        any += (any.empty() ? "s" : " OR s") + number;
    }
    return finished(
        "SELECT * FROM (SELECT " + columns + ground.plan.tables.from() + " WHERE " + ground.plan.where
            + " AND " + ground.subject.sql + " IS NOT NULL AND " + ground.time.sql + " IS NOT NULL) b WHERE "
            + any + " ORDER BY subject, at",
        ground
    );
}

FunnelAnswer
run_funnel(const Asker& asker, const Definition& report, const TypeBook& types, const Setting& setting)
{
    const auto found = ways(asker, report, types, setting);
    FunnelAnswer answer;
    for (std::size_t i = 0; i < report.funnel.steps.size(); ++i) {
        std::vector<std::int64_t> taken;
        std::int64_t count = 0;
        for (const auto& [subject, way] : found) {
            if (way.size() <= i) continue;
            ++count;
            if (i > 0) taken.push_back(way[i] - way[i - 1]);
        }
        FunnelAnswer::Step step{
            .name = report.funnel.steps[i].name,
            .count = count,
            .share_of_first = {},
            .share_of_previous = {},
            .median = {}
        };
        step.share_of_first = share_of(count, i == 0 ? count : answer.steps[0].count);
        if (i > 0) step.share_of_previous = share_of(count, answer.steps[i - 1].count);
        if (!taken.empty()) {
            std::ranges::sort(taken);
            step.median = Duration{(taken[(taken.size() - 1) / 2] + taken[taken.size() / 2]) / 2};
        }
        answer.steps.push_back(std::move(step));
    }
    return answer;
}

Map answer_of(const FunnelAnswer& funnel)
{
    List steps;
    for (const FunnelAnswer::Step& one : funnel.steps)
        steps.emplace_back(Map{
            {"step", one.name},
            {"count", one.count},
            {"share_of_first", one.share_of_first},
            {"share_of_previous", one.share_of_previous},
            {"median_time", one.median},
        });
    return {{"steps", std::move(steps)}};
}

namespace {

Map subjects(
    const Asker& asker,
    const TypeBook& types,
    const Column& subject,
    const Ground& ground,
    const std::string& sql,
    const std::string& from,
    std::int64_t limit,
    std::int64_t after
)
{
    const Rows count = asker.ask(finished(sql + " SELECT count(DISTINCT subject) AS n" + from, ground));
    Ground bound = ground;
    const std::string last = bound.plan.parameters.bind(after);
    const Rows rows = asker.ask(finished(
        sql + " SELECT DISTINCT subject AS id" + from + " AND subject > " + last + " ORDER BY 1 LIMIT "
            + std::to_string(limit),
        bound
    ));
    const TypeInfo* type = types.find(subject.field.reference);
    List records;
    std::int64_t end = after;
    for (const Row row : rows) {
        end = number_of(row["id"]);
        records.emplace_back(Map{{"id", Id{end}}});
    }
    Map answer{{"type", type ? type->name : ""}, {"count", number_of(count.front()["n"])}};
    if (static_cast<std::int64_t>(rows.size()) == limit) answer.set("next", std::to_string(end));
    answer.set("records", std::move(records));
    return answer;
}

} // namespace

Map funnel_records(
    const Asker& asker,
    const Definition& report,
    const TypeBook& types,
    const Setting& setting,
    std::int64_t step,
    std::int64_t limit,
    std::int64_t after
)
{
    if (step < 1 || step > static_cast<std::int64_t>(report.funnel.steps.size()))
        throw Failure{wrong(
            "step",
            "the funnel has " + std::to_string(report.funnel.steps.size()) + " steps",
            "1 is the first"
        )};
    const Ground ground
        = ground_of(report, types, setting, report.funnel.subject, report.funnel.time, "/funnel");
    std::int64_t count = 0;
    std::int64_t last = after;
    List records;
    for (const auto& [subject, way] : ways(asker, report, types, setting)) {
        if (static_cast<std::int64_t>(way.size()) < step) continue;
        ++count;
        if (subject <= after || static_cast<std::int64_t>(records.size()) == limit) continue;
        last = subject;
        records.emplace_back(Map{{"id", Id{subject}}});
    }
    Map answer{{"type", ground.subject.field.reference}, {"count", count}};
    if (static_cast<std::int64_t>(records.size()) == limit) answer.set("next", std::to_string(last));
    answer.set("records", std::move(records));
    return answer;
}

Statement cohort_statement(const Definition& report, const TypeBook& types, const Setting& setting)
{
    Ground ground = ground_of(report, types, setting, report.cohort.subject, report.cohort.time, "/cohort");
    const Measure* measure = measure_of(report);
    std::string value;
    std::string currency;
    if (measure) {
        const Column column = require(ground.plan.tables.column(measure->path, measure->at + "/field"));
        value = column.sql;
        (void)planned_sum(report, types, setting); // says what is wrong with it
        if (!column.currency.empty()) {
            if (report.currency.kind != CurrencyChoice::Kind::only)
                throw Failure{
                    wrong("/currency", "a cohort adds up one currency", R"(say "currency": {"only": "EUR"})")
                };
            value = "CASE WHEN " + column.currency + " = " + ground.plan.parameters.bind(report.currency.code)
                + " THEN " + column.sql + " END";
        }
    }
    std::string sql = cohort_tables(report, setting, ground, value);
    sql += " SELECT c.start AS start, a.period AS period, count(DISTINCT a.subject) AS n";
    if (measure) sql += ", sum(a.value) AS value";
    sql += " FROM a JOIN c ON c.subject = a.subject GROUP BY 1, 2 ORDER BY 1, 2";
    return finished(std::move(sql), ground);
}

CohortAnswer
run_cohort(const Asker& asker, const Definition& report, const TypeBook& types, const Setting& setting)
{
    const Cohort& cohort = report.cohort;
    const Measure* measure = measure_of(report);
    CohortAnswer answer;
    answer.measure = measure ? measure->name : report.kind == ReportKind::retention ? "share" : "people";
    Ground ground = ground_of(report, types, setting, cohort.subject, cohort.time, "/cohort");
    std::map<std::string, std::int64_t> sizes;
    const std::string sized = cohort_tables(report, setting, ground, "")
        + " SELECT c.start AS start, count(*) AS n FROM c GROUP BY 1";
    for (const Row row : asker.ask(finished(sized, ground)))
        if (!row["start"].is_null()) sizes.emplace(plain_of(row["start"]).text(), number_of(row["n"]));
    std::map<std::string, std::map<std::string, std::pair<std::int64_t, std::int64_t>>> found;
    for (const Row row : asker.ask(cohort_statement(report, types, setting)))
        if (!row["start"].is_null())
            found[std::string{plain_of(row["start"]).text()}][std::string{plain_of(row["period"]).text()}]
                = {number_of(row["n"]), number_of(row["value"])};
    PlannedMeasure planned;
    if (measure) planned = planned_sum(report, types, setting);
    const std::string today = day_text(bucket_start(setting.today, cohort.bucket, setting.calendar));
    std::string newest = today;
    for (const auto& [start, periods] : found)
        if (!periods.empty() && periods.rbegin()->first > newest) newest = periods.rbegin()->first;
    for (const auto& [start, size] : sizes) {
        const auto first = parse_day(start);
        if (!first) continue;
        CohortAnswer::Line line{
            .start = start,
            .label = bucket_label(cohort.bucket, start, setting.calendar),
            .size = size,
            .cells = {}
        };
        for (std::int64_t i = 0; i < cohort.periods; ++i) {
            const std::string period = day_text(bucket_add(*first, cohort.bucket, i));
            if (period > newest) break;
            const auto& [people, sum] = found[start][period];
            if (!measure) {
                line.cells.push_back(
                    report.kind == ReportKind::retention ? share_of(people, size) : Value{people}
                );
                continue;
            }
            const bool is_money = planned.field.kind == "money";
            const int scale = is_money ? digits_of(report.currency.code) : planned.field.scale;
            line.cells.emplace_back(Decimal{sum, static_cast<std::uint8_t>(scale)});
        }
        answer.lines.push_back(std::move(line));
    }
    return answer;
}

Map answer_of(const CohortAnswer& cohort)
{
    List lines;
    for (const CohortAnswer::Line& one : cohort.lines) {
        List cells;
        for (const Value& cell : one.cells)
            cells.push_back(cell);
        lines.emplace_back(
            Map{{"start", one.start}, {"label", one.label}, {"size", one.size}, {"periods", std::move(cells)}}
        );
    }
    return {{"measure", cohort.measure}, {"cohorts", std::move(lines)}};
}

Map cohort_records(
    const Asker& asker,
    const Definition& report,
    const TypeBook& types,
    const Setting& setting,
    const std::string& start,
    std::int64_t period,
    std::int64_t limit,
    std::int64_t after
)
{
    const auto first = parse_day(start);
    if (!first)
        throw Failure{
            wrong("cohort", "must be the first day of a cohort", "as the report showed it, YYYY-MM-DD")
        };
    Ground ground = ground_of(report, types, setting, report.cohort.subject, report.cohort.time, "/cohort");
    const std::string sql = cohort_tables(report, setting, ground, "");
    const std::string when
        = ground.plan.parameters.bind(day_text(bucket_add(*first, report.cohort.bucket, period)));
    const std::string begun = ground.plan.parameters.bind(start);
    return subjects(
        asker,
        types,
        ground.subject,
        ground,
        sql,
        " FROM (SELECT a.subject AS subject FROM a JOIN c ON c.subject = a.subject WHERE c.start = " + begun
            + " AND a.period = " + when + ") s WHERE 1",
        limit,
        after
    );
}

} // namespace mortise::plugins::reporting
