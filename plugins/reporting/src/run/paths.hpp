#pragma once

/// \file
/// Reports about subjects that go through something: funnels, cohorts and retention.

#include "run/asker.hpp"

#include <mortise/value.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace mortise::plugins::reporting {

struct FunnelAnswer {
    struct Step {
        std::string name;
        std::int64_t count{0};
        Value share_of_first; ///< null where that would divide by zero
        Value share_of_previous;
        Value median; ///< Duration from the step before; days as days
    };
    std::vector<Step> steps;
};

struct CohortAnswer {
    struct Line {
        std::string start; ///< first day
        std::string label;
        std::int64_t size{0};
        std::vector<Value>
            cells; ///< count or share of those who were active, or the measure; null: not there yet
    };
    std::vector<Line> lines;
    std::string measure; ///< people, share, or the name of the measure
};

FunnelAnswer
run_funnel(const Asker& asker, const Definition& report, const TypeBook& types, const Setting& setting);
CohortAnswer
run_cohort(const Asker& asker, const Definition& report, const TypeBook& types, const Setting& setting);
Map answer_of(const FunnelAnswer& funnel);
Map answer_of(const CohortAnswer& cohort);
Statement funnel_statement(const Definition& report, const TypeBook& types, const Setting& setting);
Statement cohort_statement(const Definition& report, const TypeBook& types, const Setting& setting);
/// Those who reached a step: subject ids, as {type, count, records}.
Map funnel_records(
    const Asker& asker,
    const Definition& report,
    const TypeBook& types,
    const Setting& setting,
    std::int64_t step,
    std::int64_t limit,
    std::int64_t after
);
/// Those of a cohort who were active so many periods later.
Map cohort_records(
    const Asker& asker,
    const Definition& report,
    const TypeBook& types,
    const Setting& setting,
    const std::string& start,
    std::int64_t period,
    std::int64_t limit,
    std::int64_t after
);

} // namespace mortise::plugins::reporting
