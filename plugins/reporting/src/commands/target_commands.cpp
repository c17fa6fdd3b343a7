#include "commands/target_commands.hpp"

#include "commands/report_commands.hpp"
#include "definition/json_reader.hpp"
#include "run/number.hpp"
#include "run/pivot.hpp"

#include <algorithm>

namespace mortise::plugins::reporting {

namespace {

bool is_less(const Decimal& a, const Decimal& b)
{
    const auto more = difference(a, b);
    return more && more->coefficient < 0;
}

/// The total of a measure of a report; none where it is empty.
std::optional<Decimal> total_of(Prepared& prepared, std::string_view measure)
{
    const Definition& report = prepared.report;
    const bool has_cells = report.kind == ReportKind::pivot || report.kind == ReportKind::trend
        || report.kind == ReportKind::leaderboard || report.kind == ReportKind::scorecard;
    if (!has_cells)
        fail_with(
            ErrorCode::invalid,
            "reporting.target",
            "a report of this kind has no total",
            "report",
            "take a pivot, a trend, a leaderboard or a scorecard"
        );
    const Cells cells = PivotRun{prepared.asker, report, prepared.types, prepared.setting}.run();
    const auto found = std::ranges::find(cells.measures, measure, &MeasureInfo::name);
    if (found == cells.measures.end())
        fail_with(
            ErrorCode::invalid,
            "reporting.target",
            "the report has no measure \"" + std::string{measure} + "\"",
            "measure",
            "name one by its as"
        );
    const CellData& all = cells.cells.begin()->second;
    return all.figures[static_cast<std::size_t>(found - cells.measures.begin())].number;
}

/// At most four digits, as the record keeps it.
std::optional<Decimal> kept(const std::optional<Decimal>& number)
{
    return number ? quotient(*number, Decimal{1, 0}, 4) : std::nullopt;
}

Value or_null(const std::optional<Decimal>& number)
{
    return number ? Value{*number} : Value{};
}

struct Target {
    Id id;
    Id report;
    std::string name;
    std::string measure;
    std::string state;
    Decimal target;
    std::optional<Decimal> warning;
    bool more_is_better{true};
};

std::vector<Target> active_targets(const Host& host)
{
    std::vector<Id> ids;
    for (const Row row : require(host.query("SELECT k.id AS id FROM kpi k WHERE k.active = 1 ORDER BY k.id")))
        ids.push_back(row["id"].id());
    std::vector<Target> targets;
    if (ids.empty()) return targets;
    for (const Record& record : require(host.get("kpi", ids)))
        targets.push_back(
            {.id = record.id(),
             .report = record["report"].id(),
             .name = std::string{record["name"].text()},
             .measure = std::string{record["measure"].text()},
             .state = std::string{record["state"].text()},
             .target = decimal_of(record["target"].value()).value_or(Decimal{}),
             .warning = decimal_of(record["warning"].value()),
             .more_is_better = record["direction"].text() != "down"}
        );
    return targets;
}

/// What one target came to: its state, its value, or why it has none.
struct Outcome {
    std::string state;
    std::optional<Decimal> value;
    std::string problem;
};

Outcome outcome_of(ZoneBook& zones, const Host& host, const Target& target)
{
    try {
        const Record report = require(host.get("report", target.report));
        Prepared prepared = prepare(zones, host, report["definition"].value(), target.name, {});
        const auto value = kept(total_of(prepared, target.measure));
        if (!value) return {.state = "unknown", .value = {}, .problem = "the measure is empty"};
        return {
            .state = std::string{state_of(*value, target.target, target.warning, target.more_is_better)},
            .value = value,
            .problem = {}
        };
    } catch (const Failure& failure) {
        return {.state = "unknown", .value = {}, .problem = failure.error().message};
    }
}

} // namespace

std::string_view state_of(
    const Decimal& value, const Decimal& target, const std::optional<Decimal>& warning, bool more_is_better
)
{
    const auto reaches
        = [&](const Decimal& mark) { return more_is_better ? !is_less(value, mark) : !is_less(mark, value); };
    if (reaches(target)) return "met";
    return warning && reaches(*warning) ? "warning" : "missed";
}

Value create_target(ZoneBook& zones, const Host& host, const Arguments& arguments, Work& work)
{
    const Id report = require_named(host, "report", arguments["report"].value());
    const Record record = require(host.get("report", report));
    Prepared prepared
        = prepare(zones, host, record["definition"].value(), std::string{record["name"].text()}, {});
    const std::string measure{arguments["measure"].text()};
    const auto value = kept(total_of(prepared, measure));
    const auto number = [&](const char* name) -> std::optional<Decimal> {
        const std::string key{name};
        if (arguments[key].is_null()) return std::nullopt;
        const auto given = decimal_of(arguments[key].value());
        if (!given) fail(ErrorCode::invalid, "reporting.target", "must be a number", key);
        return given;
    };
    const Decimal target = *number("target");
    const auto warning = number("warning");
    const bool more_is_better = arguments["direction"].text() != "down";
    const Id kpi = work.create(
        "kpi",
        {{"name", arguments["name"].value()},
         {"report", report},
         {"measure", measure},
         {"target", *kept(target)},
         {"warning", or_null(kept(warning))},
         {"direction", more_is_better ? "up" : "down"},
         {"value", or_null(value)},
         {"state", value ? state_of(*value, target, warning, more_is_better) : "unknown"},
         {"checked_at", host.now()}}
    );
    return Map{{"kpi", kpi}, {"value", or_null(value)}};
}

Value check_targets(ZoneBook& zones, const Host& host, const Arguments&, Work& work)
{
    const Instant now = host.now();
    std::int64_t changed = 0;
    const std::vector<Target> targets = active_targets(host);
    for (const Target& target : targets) {
        const Outcome outcome = outcome_of(zones, host, target);
        work.update(
            "kpi",
            target.id,
            {{"value", or_null(outcome.value)},
             {"state", outcome.state},
             {"problem", outcome.problem.empty() ? Value{} : Value{outcome.problem}},
             {"checked_at", now}}
        );
        if (outcome.value)
            work.create("kpi_value", {{"kpi", target.id}, {"at", now}, {"value", *outcome.value}});
        if (outcome.state == target.state) continue;
        ++changed;
        work.publish(
            "kpi.threshold",
            target.id,
            {{"name", target.name},
             {"from", target.state},
             {"to", outcome.state},
             {"value", outcome.value ? Value{text_of(*outcome.value)} : Value{}},
             {"target", text_of(target.target)}}
        );
    }
    return Map{{"checked", static_cast<std::int64_t>(targets.size())}, {"changed", changed}};
}

Value show_dashboard(ZoneBook& zones, const Host& host, const Arguments& arguments)
{
    const Id id = require_named(host, "dashboard", arguments["dashboard"].value());
    const Record record = require(host.get("dashboard", id));
    const Instant as_of = moment_argument(arguments, "as_of");
    const Value own = record["filters"].value();
    List filters;
    for (const Value* some : {&own})
        if (const List* list = some->as<List>()) filters.insert(filters.end(), list->begin(), list->end());
    for (const ValueView one : arguments["filters"].items())
        filters.push_back(one.value());
    List tiles;
    const Value given = record["tiles"].value();
    const List none;
    const List* wanted = given.as<List>();
    for (const Value& tile : wanted ? *wanted : none) {
        Map shown{{"report", tile["report"]}};
        try {
            const Id report = require_named(host, "report", tile["report"]);
            const Record saved = require(host.get("report", report));
            Prepared prepared = prepare(
                zones, host, saved["definition"].value(), std::string{saved["name"].text()}, as_of, filters
            );
            shown.set("answer", answer_of(prepared, 20, 0));
        } catch (const Failure& failure) {
            // A filter may name a field that one of the reports does not have; the others are shown all the
            // same.
            shown.set("problem", failure.error().message);
        }
        tiles.emplace_back(std::move(shown));
    }
    return Map{{"dashboard", record["name"].value()}, {"tiles", std::move(tiles)}};
}

} // namespace mortise::plugins::reporting
