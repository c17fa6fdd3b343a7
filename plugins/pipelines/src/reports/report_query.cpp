#include "reports/report_query.hpp"

namespace mortise::plugins::pipelines {

namespace {

/// " AND ..." for what the filter names, with its parameters.
std::string conditions(const ReportFilter& filter, Map& parameters)
{
    std::string sql;
    if (filter.pipeline) {
        sql += " AND o.pipeline = :pipeline";
        parameters.set("pipeline", filter.pipeline);
    }
    if (filter.from) {
        sql += " AND o.close_date >= :from";
        parameters.set("from", *filter.from);
    }
    if (filter.to) {
        sql += " AND o.close_date <= :to";
        parameters.set("to", *filter.to);
    }
    return sql;
}

std::string label_column(const std::optional<Dimension>& by)
{
    return by ? by->expression + " AS label, " : std::string{};
}

} // namespace

ReportQuery win_rate_query(const ReportFilter& filter, const std::optional<Dimension>& by)
{
    ReportQuery query;
    query.sql = "SELECT " + label_column(by)
        + "count(*) FILTER (WHERE o.status = 'won') AS won, count(*) FILTER (WHERE o.status = 'lost') AS lost"
          " FROM opportunity o"
        + (by ? by->joins : std::string{}) + " WHERE o.status IN ('won', 'lost')"
        + conditions(filter, query.parameters) + (by ? " GROUP BY " + by->expression : std::string{});
    return query;
}

ReportQuery won_sum_query(const ReportFilter& filter, const std::optional<Dimension>& by)
{
    ReportQuery query;
    query.sql = "SELECT " + label_column(by)
        + "o.amount_currency AS currency, count(*) AS deals, sum(o.amount_minor) AS minor FROM opportunity o"
        + (by ? by->joins : std::string{}) + " WHERE o.status = 'won'" + conditions(filter, query.parameters)
        + " GROUP BY " + (by ? by->expression + ", " : std::string{}) + "o.amount_currency";
    return query;
}

ReportQuery pipeline_by_stage_query(const ReportFilter& filter)
{
    ReportQuery query;
    query.sql
        = "SELECT p.id AS pipeline, p.name AS pipeline_name, s.id AS stage, s.name AS name, s.kind AS kind, "
          "s.probability AS probability, o.amount_currency AS currency, count(o.id) AS deals, "
          "sum(o.amount_minor) AS minor, sum(o.amount_minor * o.probability) AS weighted "
          "FROM pipeline p JOIN stage s ON s.pipeline = p.id LEFT JOIN opportunity o ON o.stage = s.id";
    if (filter.pipeline) {
        query.sql += " WHERE p.id = :pipeline";
        query.parameters.set("pipeline", filter.pipeline);
    }
    query.sql += " GROUP BY p.id, p.position, p.name, s.id, s.position, s.name, s.kind, s.probability, "
                 "o.amount_currency ORDER BY p.position, p.id, s.position, s.id, o.amount_currency";
    return query;
}

ReportQuery rotting_query(const ReportFilter& filter, std::int64_t usual_rot_days, std::int64_t limit)
{
    ReportQuery query{.sql = {}, .parameters = {{"usual", usual_rot_days}, {"limit", limit}}};
    query.sql
        = "SELECT o.id AS id, o.name AS name, s.name AS stage, a.name AS agent, o.amount_minor AS minor, "
          "o.amount_currency AS currency, o.close_date AS close_date, o.stage_since AS stage_since, "
          "coalesce(s.rot_days, :usual) AS rot_days "
          "FROM opportunity o JOIN stage s ON s.id = o.stage LEFT JOIN sales_agent a ON a.id = o.agent "
          "WHERE o.status = 'open' AND o.stage_since < date_add(now(), 0 - coalesce(s.rot_days, :usual), "
          "'day')"
        + conditions(filter, query.parameters) + " ORDER BY o.stage_since, o.id LIMIT :limit";
    return query;
}

} // namespace mortise::plugins::pipelines
