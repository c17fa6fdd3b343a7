#pragma once

/// \file
/// The SQL of the reports. Only the subset that every supported database understands.

#include "reports/dimension.hpp"

#include <mortise/value.hpp>

#include <optional>
#include <string>

namespace mortise::plugins::pipelines {

/// Which opportunities a report is about.
struct ReportFilter {
    Id pipeline{}; ///< 0: all
    std::optional<Date> from{}; ///< closed on this day or later
    std::optional<Date> to{}; ///< closed on this day or earlier
};

struct ReportQuery {
    std::string sql;
    Map parameters{};
};

/// Columns label, won, lost: counts of closed opportunities for each value of the dimension, or (without one)
/// in all.
ReportQuery win_rate_query(const ReportFilter& filter, const std::optional<Dimension>& by);
/// Columns label, currency, deals, minor: won opportunities and their sums. Those without an amount have no
/// currency.
ReportQuery won_sum_query(const ReportFilter& filter, const std::optional<Dimension>& by);
/// Columns of every stage with its opportunities, by currency, in the order of pipelines and their boards:
/// pipeline, pipeline_name, stage, name, kind, probability, currency, deals, minor, weighted (minor units
/// times hundredths of a percent).
ReportQuery pipeline_by_stage_query(const ReportFilter& filter);
/// Columns id, name, stage, agent, minor, currency, close_date, stage_since, rot_days: open opportunities
/// that have been in their stage for longer than that stage, or else the setting, allows; oldest first.
ReportQuery rotting_query(const ReportFilter& filter, std::int64_t usual_rot_days, std::int64_t limit);

} // namespace mortise::plugins::pipelines
