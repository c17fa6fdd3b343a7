#pragma once

/// \file
/// Runs reports with dimensions and measures.

#include "run/asker.hpp"
#include "run/cells.hpp"

namespace mortise::plugins::reporting {

class PivotRun {
public:
    /// All must outlive it.
    PivotRun(const Asker& asker, const Definition& report, const TypeBook& types, const Setting& setting)
        : m_asker{asker},
          m_report{report},
          m_types{types},
          m_setting{setting}
    {
    }

    /// Throws Failure: with what does not fit, or when currencies meet and nothing was said about them.
    Cells run();
    /// The SQL of the finest level.
    Statement statement();
    /// FROM and WHERE of a cell's rows, with the plan that they belong to. Keys as the report showed them;
    /// none for totals.
    Statement drill(const std::vector<std::optional<Key>>& keys, const std::string& measure, Plan& plan_out);

private:
    Plan plan(const std::optional<Days>& days) const;
    /// The keys of limited and sorted dimensions.
    void choose_keys(const Plan& plan);
    Cells evaluate(const Plan& plan) const;
    void add_levels(const Plan& plan, Cells& cells, const Address& leaf, const CellData& data) const;
    void add_holistic(const Plan& plan, Cells& cells) const;
    void fill(const Plan& plan, Cells& cells) const;
    void order(const Plan& plan, Cells& cells) const;
    void check_currencies(const Plan& plan, const Cells& cells) const;
    void compare(Cells& cells) const;

    const Asker& m_asker;
    const Definition& m_report;
    const TypeBook& m_types;
    const Setting& m_setting;
    Shown m_shown;
    std::vector<std::vector<Key>> m_ranks; ///< of dimensions that a measure orders: their keys, best first
};

/// What a base measure comes to from its parts.
Figure base_figure(const PlannedMeasure& measure, const Part& part);
/// The figures of measures that are computed from others; base figures must be there.
void derive_figures(const Definition& report, Cells& cells);
/// Names records and buckets.
void label_keys(
    const Asker& asker, const TypeBook& types, const Plan& plan, const Setting& setting, Cells& cells
);

} // namespace mortise::plugins::reporting
