#include "reports/report_commands.hpp"

#include "commands/lookup.hpp"
#include "reports/figures.hpp"
#include "reports/report_query.hpp"

#include <algorithm>

namespace mortise::plugins::pipelines {

namespace {

ReportFilter filter_of(const Host& host, const Arguments& arguments)
{
    return {
        .pipeline = find_optional(host, "pipeline", "name", arguments["pipeline"], "pipeline"),
        .from = day_argument(arguments, "from"),
        .to = day_argument(arguments, "to"),
    };
}

std::optional<Dimension> dimension_of(const Arguments& arguments)
{
    const std::string_view by = arguments["by"].text();
    if (by.empty()) return std::nullopt;
    return require(parse_dimension(by));
}

Rows run(const Host& host, const ReportQuery& query)
{
    return require(host.query(query.sql, query.parameters));
}

/// Groups by their heading, the one of those without a value last.
template <class Group>
void sort_groups(std::vector<Group>& groups)
{
    std::ranges::sort(groups, [](const Group& a, const Group& b) {
        if (a.sort_key.is_null() != b.sort_key.is_null()) return b.sort_key.is_null();
        return a.sort_key.text() < b.sort_key.text();
    });
}

struct WinGroup {
    Value label;
    Value sort_key;
    std::int64_t won{0};
    std::int64_t lost{0};
};

Map figures(std::int64_t won, std::int64_t lost)
{
    return {{"won", won}, {"lost", lost}, {"rate", rate_of(won, won + lost)}};
}

/// The heading as people read it, and as groups are ordered: quarters by their first day.
std::pair<Value, Value> heading_of(const std::optional<Dimension>& by, const Row& row)
{
    if (!by) return {};
    const Value value = row["label"].value();
    const Dimension plain{.expression = {}, .joins = {}};
    return {label_of(*by, value), label_of(plain, value)};
}

struct SumGroup {
    Value label;
    Value sort_key;
    std::int64_t deals{0};
    std::int64_t without_amount{0};
    MoneySums sums{};

    void add(const Row& row)
    {
        const std::int64_t count = row["deals"].integer();
        deals += count;
        if (row["currency"].is_null())
            without_amount += count;
        else
            sums.add(row["currency"].text(), row["minor"].integer());
    }
    Map answer() const
    {
        return {
            {"count", deals},
            {"without_amount", without_amount},
            {"sum", sums.only()},
            {"sums", sums.list()},
        };
    }
};

struct StageLine {
    Map about;
    SumGroup amounts{};
    MoneySums weighted{};
};

StageLine line_of(const Row& row)
{
    Map about{{"pipeline", row["pipeline_name"].value()}};
    about.set("pipeline_id", row["pipeline"].value());
    about.set("stage", row["name"].value());
    about.set("stage_id", row["stage"].value());
    about.set("kind", row["kind"].value());
    return {.about = std::move(about)};
}

} // namespace

Value pipeline_by_stage(const Host& host, const Arguments& arguments)
{
    const Rows rows = run(host, pipeline_by_stage_query(filter_of(host, arguments)));
    std::vector<StageLine> lines;
    Id stage;
    for (const Row row : rows) {
        if (lines.empty() || row["stage"].id() != stage) lines.push_back(line_of(row));
        stage = row["stage"].id();
        lines.back().amounts.add(row);
        if (!row["weighted"].is_null())
            lines.back().weighted.add(row["currency"].text(), weighted_minor(row["weighted"].integer()));
    }
    List stages;
    std::int64_t total = 0;
    for (StageLine& line : lines) {
        for (auto& [name, value] : line.amounts.answer())
            line.about.set(name, value);
        line.about.set("weighted", line.weighted.list());
        total += line.amounts.deals;
        stages.emplace_back(std::move(line.about));
    }
    return Map{{"stages", std::move(stages)}, {"count", total}};
}

Value won_sum(const Host& host, const Arguments& arguments)
{
    const auto by = dimension_of(arguments);
    const Rows rows = run(host, won_sum_query(filter_of(host, arguments), by));
    SumGroup total;
    std::vector<SumGroup> groups;
    for (const Row row : rows) {
        total.add(row);
        const auto [label, sort_key] = heading_of(by, row);
        auto group = std::ranges::find(groups, label, &SumGroup::label);
        if (group == groups.end())
            group = groups.insert(groups.end(), {.label = label, .sort_key = sort_key});
        group->add(row);
    }
    Map answer = total.answer();
    if (!by) return answer;
    sort_groups(groups);
    List listed;
    for (const SumGroup& group : groups) {
        Map line = group.answer();
        line.set("label", group.label);
        listed.emplace_back(std::move(line));
    }
    answer.set("by", arguments["by"].text());
    answer.set("groups", std::move(listed));
    return answer;
}

Value win_rate(const Host& host, const Arguments& arguments)
{
    const auto by = dimension_of(arguments);
    const Rows rows = run(host, win_rate_query(filter_of(host, arguments), by));
    WinGroup total;
    std::vector<WinGroup> groups;
    for (const Row row : rows) {
        auto [label, sort_key] = heading_of(by, row);
        groups.push_back({std::move(label), std::move(sort_key), row["won"].integer(), row["lost"].integer()}
        );
        total.won += groups.back().won;
        total.lost += groups.back().lost;
    }
    Map answer = figures(total.won, total.lost);
    if (!by) return answer;
    sort_groups(groups);
    List listed;
    for (const WinGroup& group : groups) {
        Map line = figures(group.won, group.lost);
        line.set("label", group.label);
        listed.emplace_back(std::move(line));
    }
    answer.set("by", arguments["by"].text());
    answer.set("groups", std::move(listed));
    return answer;
}

Value rotting_opportunities(const Host& host, const Arguments& arguments)
{
    const Settings settings = require(host.settings());
    const std::int64_t usual = settings["rot_days"].integer(30);
    const std::int64_t limit = arguments["limit"].integer(100);
    const Rows rows = run(host, rotting_query(filter_of(host, arguments), usual, limit));
    List lines;
    for (const Row row : rows) {
        Map line{{"opportunity", row["id"].value()}};
        for (const char* column : {"name", "stage", "agent", "close_date", "stage_since", "rot_days"})
            line.set(column, row[column].value());
        line.set("amount", money_of(row["minor"], row["currency"]));
        lines.emplace_back(std::move(line));
    }
    return Map{{"opportunities", std::move(lines)}};
}

} // namespace mortise::plugins::pipelines
