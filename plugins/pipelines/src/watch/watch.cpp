#include "watch/watch.hpp"

#include "rules/calendar.hpp"

namespace mortise::plugins::pipelines {

namespace {

constexpr std::int64_t batch = 200;

constexpr const char* stalled = R"(
    SELECT o.id AS id FROM opportunity o JOIN stage s ON s.id = o.stage
    WHERE o.status = 'open' AND o.stalled_at IS NULL AND o.id > :after
      AND o.stage_since < date_add(:now, 0 - coalesce(s.rot_days, :usual), 'day')
    ORDER BY o.id LIMIT :batch)";

constexpr const char* overdue = R"(
    SELECT o.id AS id FROM opportunity o
    WHERE o.status = 'open' AND o.overdue_since IS NULL AND o.id > :after AND o.close_date < :today
    ORDER BY o.id LIMIT :batch)";

/// Sets a field of every opportunity that the query finds. One that changes meanwhile is looked at next time.
std::int64_t
note(const Host& host, const Job& job, const char* sql, Map parameters, const char* field, const Value& value)
{
    std::int64_t noted = 0;
    Id after;
    for (;;) {
        job.stop_if_cancelled();
        parameters.set("after", after);
        parameters.set("batch", batch);
        const Rows rows = require(host.query(sql, parameters));
        if (rows.empty()) return noted;
        require(host.transact([&](Work& work) {
            for (const Row row : rows) {
                after = row["id"].id();
                work.update("opportunity", after, {{field, value}});
            }
        }));
        noted += static_cast<std::int64_t>(rows.size());
    }
}

} // namespace

Value watch_deadlines(const Host& host, const Job& job)
{
    const Settings settings = require(host.settings());
    const Instant now = host.now();
    const Date today = day_of(now);
    const std::int64_t rotting = note(
        host, job, stalled, {{"now", now}, {"usual", settings["rot_days"].integer(30)}}, "stalled_at", now
    );
    const std::int64_t late = note(host, job, overdue, {{"today", today}}, "overdue_since", today);
    return Map{{"stalled", rotting}, {"overdue", late}};
}

} // namespace mortise::plugins::pipelines
