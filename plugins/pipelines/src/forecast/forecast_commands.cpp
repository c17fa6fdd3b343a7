#include "forecast/forecast_commands.hpp"

#include "commands/lookup.hpp"
#include "forecast/deal_rows.hpp"
#include "forecast/snapshots.hpp"
#include "money/converter.hpp"
#include "reports/dimension.hpp"
#include "reports/figures.hpp"
#include "rules/calendar.hpp"
#include "rules/periods.hpp"

#include <algorithm>

namespace mortise::plugins::pipelines {

namespace {

constexpr std::array category_names{"closed", "commit", "best_case", "pipeline"};

/// The days that a report is about: `period`, or `from` and `to`.
BridgeScope scope_of(const Host& host, const Arguments& arguments)
{
    BridgeScope scope{
        .pipeline = find_optional(host, "pipeline", "name", arguments["pipeline"], "pipeline"),
        .agent = find_optional(host, "sales_agent", "name", arguments["agent"], "agent"),
        .from = day_argument(arguments, "from"),
        .to = day_argument(arguments, "to"),
    };
    const std::string_view period = arguments["period"].text();
    if (period.empty()) return scope;
    const auto span = parse_period(period);
    if (!span)
        fail(
            ErrorCode::invalid,
            "pipelines.no_period",
            "\"" + std::string{period} + "\" is no period: write 2026, 2026-Q1 or 2026-03",
            "period"
        );
    scope.from = span->from;
    scope.to = span->to;
    return scope;
}

/// The figures of one category, or of all.
struct Sums {
    std::int64_t count{0};
    MoneySums amounts{};
    std::map<std::string, std::int64_t> weighted{}; ///< times 10,000

    void add(const DealState& state)
    {
        ++count;
        if (state.currency.empty()) return;
        amounts.add(state.currency, state.minor);
        weighted[state.currency] += state.minor * (state.status == "won" ? 10'000 : state.probability);
    }
    Map answer() const
    {
        MoneySums rounded;
        for (const auto& [currency, sum] : weighted)
            rounded.add(currency, weighted_minor(sum));
        return {{"count", count}, {"sums", amounts.list()}, {"weighted", rounded.list()}};
    }
};

struct ForecastLine {
    std::map<std::string, Sums> categories{};
    Sums total{};

    void add(const DealState& state)
    {
        categories[state.category].add(state);
        total.add(state);
    }
    Map answer() const
    {
        Map answer = total.answer();
        for (const char* category : category_names) {
            const auto found = categories.find(category);
            answer.set(category, found == categories.end() ? Sums{}.answer() : found->second.answer());
        }
        return answer;
    }
};

std::string forecast_sql(const BridgeScope& scope, const std::optional<Dimension>& by, Map& parameters)
{
    std::string sql = "SELECT " + (by ? by->expression + " AS label, " : std::string{})
        + "o.id AS id, o.pipeline AS pipeline, o.agent AS agent, o.status AS status, "
          "o.forecast_category AS category, o.amount_minor AS minor, o.amount_currency AS currency, "
          "o.probability AS probability, o.close_date AS close_date, o.base_amount_minor AS base_minor, "
          "o.base_amount_currency AS base_currency FROM opportunity o"
        + (by ? by->joins : std::string{})
        + " WHERE o.status IN ('open', 'won') AND coalesce(o.forecast_category, '') <> 'omitted'";
    const auto add = [&](bool wanted, const char* condition, const char* name, const Value& value) {
        if (!wanted) return;
        sql += condition;
        parameters.set(name, value);
    };
    add(static_cast<bool>(scope.pipeline), " AND o.pipeline = :pipeline", "pipeline", scope.pipeline);
    add(static_cast<bool>(scope.agent), " AND o.agent = :agent", "agent", scope.agent);
    add(scope.from.has_value(), " AND o.close_date >= :from", "from", scope.from.value_or(Date{}));
    add(scope.to.has_value(), " AND o.close_date <= :to", "to", scope.to.value_or(Date{}));
    return sql;
}

Map about(const BridgeScope& scope, const Arguments& arguments)
{
    return {
        {"from", scope.from ? Value{*scope.from} : Value{}},
        {"to", scope.to ? Value{*scope.to} : Value{}},
        {"currency", arguments["currency"].value()},
    };
}

Value amount_in(const std::string& currency, std::int64_t minor)
{
    MoneySums sum;
    sum.add(currency, minor);
    return sum.only();
}

Map line_answer(const std::string& currency, const BridgeLine& line)
{
    Map answer{
        {"currency", currency.empty() ? Value{} : Value{currency}},
        {"start", amount_in(currency, line.start)},
        {"start_count", line.start_count},
    };
    List changes;
    for (std::size_t i = 0; i < change_kinds; ++i)
        if (line.counts[i] > 0)
            changes.emplace_back(Map{
                {"change", name_of(static_cast<Change>(i))},
                {"count", line.counts[i]},
                {"amount", amount_in(currency, line.sums[i])},
            });
    answer.set("changes", std::move(changes));
    answer.set("end", amount_in(currency, line.end));
    answer.set("end_count", line.end_count);
    return answer;
}

/// The names of those opportunities that are still there.
std::map<Id, std::string> names_of(const Host& host, const std::vector<BridgeStep>& steps)
{
    std::vector<Id> ids;
    for (const BridgeStep& step : steps)
        ids.push_back(step.opportunity);
    std::map<Id, std::string> names;
    for (std::size_t at = 0; at < ids.size(); at += 4096) {
        const std::size_t count = std::min<std::size_t>(4096, ids.size() - at);
        for (const Record& record :
             require(host.get("opportunity", std::span{ids}.subspan(at, count), {"name"})))
            names[record.id()] = record["name"].text();
    }
    return names;
}

List listed_steps(const Host& host, std::vector<BridgeStep> steps, std::int64_t limit)
{
    std::ranges::stable_sort(steps, std::ranges::greater{}, [](const BridgeStep& step) {
        return step.minor < 0 ? -step.minor : step.minor;
    });
    if (steps.size() > static_cast<std::size_t>(limit)) steps.resize(static_cast<std::size_t>(limit));
    const auto names = names_of(host, steps);
    List list;
    for (const BridgeStep& step : steps) {
        const auto name = names.find(step.opportunity);
        list.emplace_back(Map{
            {"opportunity", step.opportunity},
            {"name", name == names.end() ? Value{} : Value{name->second}},
            {"change", name_of(step.change)},
            {"amount", amount_in(step.currency, step.minor)},
        });
    }
    return list;
}

/// A week ago; in the first week, the first day that there is.
Date usual_since(const Host& host, Date today)
{
    const Date week_ago{today.days - 7};
    return std::max(week_ago, first_day_kept(host).value_or(week_ago));
}

} // namespace

Value forecast(const Host& host, const Arguments& arguments)
{
    const BridgeScope scope = scope_of(host, arguments);
    const std::string_view by_name = arguments["by"].text();
    const auto by = by_name.empty() ? std::nullopt : std::optional{require(parse_dimension(by_name))};
    Map parameters;
    const std::string sql = forecast_sql(scope, by, parameters);
    Converter converter{host, arguments["currency"].text(), day_of(host.now())};
    ForecastLine total;
    std::vector<std::pair<Value, ForecastLine>> groups;
    const Rows rows = require(host.query(sql, parameters));
    for (const Row row : rows) {
        DealState state = state_of(row);
        if (!converter.convert_state(state)) continue;
        total.add(state);
        if (!by) continue;
        const Value label = label_of(*by, row["label"].value());
        auto group = std::ranges::find(groups, label, &std::pair<Value, ForecastLine>::first);
        if (group == groups.end()) group = groups.insert(groups.end(), {label, {}});
        group->second.add(state);
    }
    Map answer = about(scope, arguments);
    answer.set("total", total.answer());
    answer.set("left_out", converter.left_out());
    if (!by) return answer;
    std::ranges::stable_sort(groups, [](const auto& a, const auto& b) {
        if (a.first.is_null() != b.first.is_null()) return b.first.is_null();
        return a.first.text() < b.first.text();
    });
    List listed;
    for (const auto& [label, line] : groups) {
        Map group = line.answer();
        group.set("label", label);
        listed.emplace_back(std::move(group));
    }
    answer.set("by", by_name);
    answer.set("groups", std::move(listed));
    return answer;
}

Value forecast_changes(const Host& host, const Arguments& arguments)
{
    const BridgeScope scope = scope_of(host, arguments);
    const Date today = day_of(host.now());
    const auto given = day_argument(arguments, "since");
    const Date since = given ? *given : usual_since(host, today);
    const auto until = day_argument(arguments, "until");
    Converter converter{host, arguments["currency"].text(), until.value_or(today)};
    const auto before = converter.convert_all(states_on(host, since));
    const auto after = converter.convert_all(until ? states_on(host, *until) : states_now(host));
    const Bridge bridge = bridge_between(before, after, scope);
    Map answer = about(scope, arguments);
    answer.set("since", since);
    answer.set("until", until ? Value{*until} : Value{});
    List lines;
    for (const auto& [currency, line] : bridge.lines)
        lines.emplace_back(line_answer(currency, line));
    answer.set("lines", std::move(lines));
    answer.set("opportunities", listed_steps(host, bridge.steps, arguments["limit"].integer(100)));
    answer.set("left_out", converter.left_out());
    return answer;
}

Value start_snapshot(const Host&, const Arguments&, Work& work)
{
    work.start("pipelines.snapshot", {}, {.key = "snapshot"});
    return Map{{"started", true}};
}

} // namespace mortise::plugins::pipelines
