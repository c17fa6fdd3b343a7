#include "history/migration.hpp"

#include "rules/stage_kind.hpp"

namespace mortise::plugins::pipelines {

Id fill_forecast(const Host& host, Id after, Work& work)
{
    const Rows rows = require(host.query(
        "SELECT o.id AS id, o.status AS status, s.kind AS kind, s.forecast_category AS category "
        "FROM opportunity o JOIN stage s ON s.id = o.stage "
        "WHERE o.id > :after AND o.forecast_category IS NULL ORDER BY o.id LIMIT 200",
        Map{{"after", after}}
    ));
    Id last;
    for (const Row row : rows) {
        last = row["id"].id();
        const StageKind kind = parse_stage_kind(row["kind"].text()).value_or(StageKind::open);
        const std::string_view category = row["category"].text();
        work.update(
            "opportunity",
            last,
            {{"forecast_category", category.empty() ? forecast_category_of(kind) : category}}
        );
    }
    return last;
}

} // namespace mortise::plugins::pipelines
