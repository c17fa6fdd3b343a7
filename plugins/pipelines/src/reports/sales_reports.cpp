#include "reports/sales_reports.hpp"

#include "commands/lookup.hpp"
#include "money/exact.hpp"
#include "reports/figures.hpp"
#include "rules/calendar.hpp"
#include "rules/reader_book.hpp"

namespace mortise::plugins::pipelines {

namespace {

constexpr std::int64_t microseconds_per_day = 86'400'000'000;

/// A stage counts as reached if the opportunity was ever in it, or in a later one that is not lost.
constexpr const char* reached = R"(
    SELECT s.id AS stage, s.name AS name, s.kind AS kind,
           (SELECT count(*) FROM opportunity o
            WHERE o.pipeline = :pipeline AND o.created_at >= :from AND o.created_at < :to
              AND EXISTS (SELECT 1 FROM stage_history h JOIN stage t ON t.id = h.to_stage
                          WHERE h.opportunity = o.id AND t.pipeline = s.pipeline
                            AND (t.id = s.id OR (t.position >= s.position AND t.kind <> 'lost'
                                                 AND s.kind <> 'lost')))) AS deals
    FROM stage s WHERE s.pipeline = :pipeline ORDER BY s.position, s.id)";

constexpr const char* began = R"(
    SELECT count(*) AS deals FROM opportunity o
    WHERE o.pipeline = :pipeline AND o.created_at >= :from AND o.created_at < :to)";

constexpr const char* closed = R"(
    SELECT o.amount_currency AS currency, count(*) FILTER (WHERE o.status = 'won') AS won,
           count(*) AS closed, sum(CASE WHEN o.status = 'won' THEN o.amount_minor ELSE 0 END) AS minor,
           sum(CASE WHEN o.status = 'won' THEN o.closed_at - coalesce(o.engaged_at, o.created_at) ELSE 0 END)
             AS stayed
    FROM (SELECT x.status AS status, x.amount_minor AS amount_minor, x.amount_currency AS amount_currency,
                 x.closed_at AS closed_at, x.created_at AS created_at,
                 (SELECT min(h.at) FROM stage_history h WHERE h.opportunity = x.id) AS engaged_at,
                 x.pipeline AS pipeline, x.close_date AS close_date
          FROM opportunity x) o
    WHERE o.status IN ('won', 'lost') AND o.pipeline = :pipeline
      AND o.close_date >= :first AND o.close_date <= :last
    GROUP BY o.amount_currency ORDER BY o.amount_currency)";

struct Days {
    Date from;
    Date to;
};

Days days_of(const Host& host, const Arguments& arguments, std::int64_t usual)
{
    const Date today = day_of(host.now());
    const Date to = day_argument(arguments, "to").value_or(today);
    return {day_argument(arguments, "from").value_or(Date{to.days - usual}), to};
}

} // namespace

Value funnel(const Host& host, const Arguments& arguments)
{
    const Reader reader{host};
    const ReaderBook book{reader};
    const Id pipeline = find_pipeline(book, host, arguments["pipeline"]).id;
    const Days days = days_of(host, arguments, 365);
    const Map parameters{
        {"pipeline", pipeline}, {"from", start_of(days.from)}, {"to", start_of({days.to.days + 1})}
    };
    const std::int64_t all = require(host.query(began, parameters)).front()["deals"].integer();
    List stages;
    std::int64_t before = all;
    const Rows rows = require(host.query(reached, parameters));
    for (const Row row : rows) {
        const std::int64_t deals = row["deals"].integer();
        stages.emplace_back(Map{
            {"stage", row["stage"].value()},
            {"name", row["name"].value()},
            {"kind", row["kind"].value()},
            {"count", deals},
            {"of_all", rate_of(deals, all)},
            {"of_before", rate_of(deals, before)},
        });
        if (row["kind"].text() != "lost") before = deals;
    }
    return Map{{"from", days.from}, {"to", days.to}, {"count", all}, {"stages", std::move(stages)}};
}

Value velocity(const Host& host, const Arguments& arguments)
{
    const Reader reader{host};
    const ReaderBook book{reader};
    const Id pipeline = find_pipeline(book, host, arguments["pipeline"]).id;
    const Days days = days_of(host, arguments, 90);
    const Rows rows
        = require(host.query(closed, Map{{"pipeline", pipeline}, {"first", days.from}, {"last", days.to}}));
    List lines;
    for (const Row row : rows) {
        const std::int64_t won = row["won"].integer();
        const Value sum = money_of(row["minor"], row["currency"]);
        const auto* total = sum.as<Money>();
        Map line{
            {"currency", row["currency"].value()},
            {"closed", row["closed"].integer()},
            {"won", won},
            {"rate", rate_of(won, row["closed"].integer())},
            {"sum", sum},
        };
        const std::int64_t average_days = won > 0 ? row["stayed"].integer() / won / microseconds_per_day : 0;
        if (won > 0 && total) {
            line.set(
                "average", Money{scaled(total->minor, 1, won).value_or(0), total->currency, total->digits}
            );
            line.set("days_to_win", average_days);
            // closed * won / closed * sum / won, by the days: the counts cancel out.
            line.set(
                "a_day",
                Money{
                    scaled(total->minor, 1, average_days > 0 ? average_days : 1).value_or(0),
                    total->currency,
                    total->digits
                }
            );
        }
        lines.emplace_back(std::move(line));
    }
    return Map{{"from", days.from}, {"to", days.to}, {"lines", std::move(lines)}};
}

} // namespace mortise::plugins::pipelines
