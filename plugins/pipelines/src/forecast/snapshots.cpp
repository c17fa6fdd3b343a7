#include "forecast/snapshots.hpp"

#include "forecast/deal_rows.hpp"
#include "reports/figures.hpp"
#include "rules/calendar.hpp"

namespace mortise::plugins::pipelines {

namespace {

constexpr std::int64_t batch = 200;

/// Opportunities whose newest row says something else, or that have none.
constexpr const char* changed = R"(
    SELECT o.id AS id, o.owner AS owner, o.pipeline AS pipeline, o.agent AS agent, o.status AS status,
           o.forecast_category AS category, o.amount_minor AS minor, o.amount_currency AS currency,
           o.probability AS probability, o.close_date AS close_date,
           s.owner AS owner_before, s.id AS row
    FROM opportunity o
    LEFT JOIN forecast_snapshot s ON s.opportunity = o.id AND s.newest = TRUE AND s.gone = FALSE
    WHERE o.id > :after
      AND (s.id IS NULL OR s.status IS DISTINCT FROM o.status OR s.owner IS DISTINCT FROM o.owner
           OR s.pipeline IS DISTINCT FROM o.pipeline OR s.agent IS DISTINCT FROM o.agent
           OR s.category IS DISTINCT FROM o.forecast_category
           OR s.amount_minor IS DISTINCT FROM o.amount_minor
           OR s.amount_currency IS DISTINCT FROM o.amount_currency
           OR s.probability IS DISTINCT FROM o.probability OR s.close_date IS DISTINCT FROM o.close_date)
    ORDER BY o.id LIMIT :batch)";

/// Those that were there and are not any more.
constexpr const char* vanished = R"(
    SELECT s.id AS row, s.opportunity AS opportunity, s.owner AS owner FROM forecast_snapshot s
    WHERE s.newest = TRUE AND s.gone = FALSE AND s.id > :after
      AND NOT EXISTS (SELECT 1 FROM opportunity o WHERE o.id = s.opportunity)
    ORDER BY s.id LIMIT :batch)";

constexpr const char* state_columns = R"(
    SELECT o.id AS id, o.pipeline AS pipeline, o.agent AS agent, o.status AS status,
           o.forecast_category AS category, o.amount_minor AS minor, o.amount_currency AS currency,
           o.probability AS probability, o.close_date AS close_date,
           o.base_amount_minor AS base_minor, o.base_amount_currency AS base_currency, 0 AS gone
    FROM opportunity o ORDER BY o.id)";

constexpr const char* state_on = R"(
    SELECT s.opportunity AS id, s.pipeline AS pipeline, s.agent AS agent, s.status AS status,
           s.category AS category, s.amount_minor AS minor, s.amount_currency AS currency,
           s.probability AS probability, s.close_date AS close_date, s.gone AS gone
    FROM forecast_snapshot s
    WHERE s.day = (SELECT max(x.day) FROM forecast_snapshot x
                   WHERE x.opportunity = s.opportunity AND x.day <= :day)
    ORDER BY s.opportunity, s.created_at, s.gone DESC, s.id)";

/// The last row of somebody's opportunity: it was deleted, or went to another owner.
Map last_row(Date day, std::int64_t opportunity, const Value& owner)
{
    return {
        {"day", day},
        {"opportunity", opportunity},
        {"owner", owner},
        {"gone", true},
        {"newest", true},
    };
}

Map row_of(Date day, const Row& row)
{
    Map values{{"day", day}, {"opportunity", row["id"].id().number}, {"gone", false}, {"newest", true}};
    for (const char* field : {"owner", "pipeline", "agent", "status", "category", "close_date"})
        values.set(field, row[field].value());
    values.set("amount", money_of(row["minor"], row["currency"]));
    if (!row["probability"].is_null()) values.set("probability", Decimal{scaled_in(row["probability"]), 2});
    return values;
}

void write_change(Work& work, Date day, const Row& row)
{
    if (const Id former = row["row"].id()) {
        work.update("forecast_snapshot", former, {{"newest", false}});
        const Value owner = row["owner_before"].value();
        if (owner != row["owner"].value())
            work.create("forecast_snapshot", last_row(day, row["id"].id().number, owner));
    }
    work.create("forecast_snapshot", row_of(day, row));
}

void write_end(Work& work, Date day, const Row& row)
{
    work.update("forecast_snapshot", row["row"].id(), {{"newest", false}});
    work.create("forecast_snapshot", last_row(day, id_in(row["opportunity"]).number, row["owner"].value()));
}

template <class Write>
std::int64_t write_all(const Host& host, const Job& job, const char* sql, const char* key, Write write)
{
    std::int64_t written = 0;
    Id after;
    for (;;) {
        job.stop_if_cancelled();
        const Rows rows = require(host.query(sql, Map{{"after", after}, {"batch", batch}}));
        if (rows.empty()) return written;
        require(host.transact([&](Work& work) {
            for (const Row row : rows) {
                write(work, row);
                after = row[key].id();
            }
        }));
        written += static_cast<std::int64_t>(rows.size());
        job.progress(static_cast<std::uint64_t>(written), static_cast<std::uint64_t>(written));
    }
}

std::vector<DealState> read_states(const Host& host, const char* sql, const Map& parameters)
{
    std::vector<DealState> states;
    const Rows rows = require(host.query(sql, parameters));
    for (const Row row : rows) {
        // Of several rows of one day the last holds; one that ends an owner's time stands before the next
        // one's.
        DealState state = state_of(row);
        if (!states.empty() && states.back().opportunity == state.opportunity) states.pop_back();
        if (!row["gone"].boolean(row["gone"].integer() != 0)) states.push_back(std::move(state));
    }
    return states;
}

} // namespace

Value take_snapshot(const Host& host, const Job& job)
{
    const Date day = day_of(host.now());
    const auto taken = require(host.find("forecast_day", "day", day, 1, {"id"}));
    if (!taken.empty()) return Map{{"day", day}, {"taken", false}, {"rows", 0}};
    const auto change = [day](Work& work, const Row& row) { write_change(work, day, row); };
    const auto end = [day](Work& work, const Row& row) { write_end(work, day, row); };
    const std::int64_t rows
        = write_all(host, job, changed, "id", change) + write_all(host, job, vanished, "row", end);
    require(host.transact([&](Work& work) {
        work.create("forecast_day", {{"day", day}, {"taken_at", host.now()}, {"rows", rows}});
    }));
    return Map{{"day", day}, {"taken", true}, {"rows", rows}};
}

std::vector<DealState> states_now(const Host& host)
{
    return read_states(host, state_columns, {});
}

std::optional<Date> first_day_kept(const Host& host)
{
    const Rows rows = require(host.query("SELECT min(s.day) AS first FROM forecast_snapshot s"));
    return date_in(rows.front()["first"]);
}

std::vector<DealState> states_on(const Host& host, Date day)
{
    const Rows rows = require(host.query(
        "SELECT min(s.day) AS first, count(*) FILTER (WHERE s.day <= :day) AS rows FROM forecast_snapshot s",
        Map{{"day", day}}
    ));
    const Row known = rows.front();
    if (known["rows"].integer() == 0) {
        const auto first = date_in(known["first"]);
        fail(
            ErrorCode::not_found,
            "pipelines.no_snapshot",
            "there is no snapshot of " + day_text(day) + " or before it: "
                + (first ? "the first is of " + day_text(*first)
                         : std::string{"none was taken yet; pipelines.take_snapshot takes one"}),
            "since"
        );
    }
    return read_states(host, state_on, Map{{"day", day}});
}

} // namespace mortise::plugins::pipelines
