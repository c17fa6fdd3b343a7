#pragma once

/// \file
/// A report with dimensions and measures as SQL: one statement for each level of totals, and the conditions
/// that lead from a cell back to its records.

#include "sql/condition_sql.hpp"

#include <mortise/result.hpp>

#include <optional>
#include <string>
#include <vector>

namespace mortise::plugins::reporting {

/// A heading: a value, those without one, or those that a limit put together.
struct Key {
    enum class State : std::uint8_t { value, null, other };

    State state{State::value};
    Value value; ///< a whole number or a text, as SQL has it

    friend bool operator==(const Key&, const Key&) = default;
};

struct PlannedDimension {
    const Dimension* about{nullptr};
    FieldInfo field;
    std::string sql; ///< the key: a whole number, a text, or null
    std::vector<std::int64_t> edges; ///< bins: in the field's scale; empty for equal widths
    std::int64_t width{0}; ///< bins
    std::string currency; ///< SQL, for bins of money
};

struct PlannedMeasure {
    const Measure* about{nullptr};
    FieldInfo field; ///< what is measured; kind int for counts
    std::string value; ///< SQL; empty for a count of rows
    std::string original; ///< money: the amount before any choice of currency
    std::string currency; ///< money: SQL of the currency of `value`
    std::string where; ///< SQL; empty for all rows
    std::string id; ///< count: what is counted, where rows repeat
    bool is_holistic{false}; ///< cannot be added up from parts
};

/// What SQL gives for one base measure.
struct Plan {
    Tables tables;
    Parameters parameters;
    std::vector<PlannedDimension> dimensions; ///< rows, then columns
    std::size_t row_count{0};
    std::vector<PlannedMeasure> measures; ///< base measures only, in the order of the report
    std::string where;
};

/// `days` replaces the days of the report's period. The report must outlive the plan.
Result<Plan> make_plan(
    const Definition& report, const TypeBook& types, const Setting& setting, const std::optional<Days>& days
);

/// The keys of a limited dimension that are shown by themselves; JSON, or none for no limit.
using Shown = std::vector<std::optional<std::string>>;

struct Statement {
    std::string sql;
    Map parameters;
};

/// For each of the chosen dimensions a column kN with the key and oN, 1 for other; then for each base measure
/// that can be added up its parts: cN (count), sN (sum), lN and hN (least, greatest), aN and zN (first and
/// last currency), xN (amounts left out).
Statement group_statement(const Plan& plan, const std::vector<std::size_t>& dimensions, const Shown& shown);
/// One holistic measure: kN, oN and m; for medians m and g, the two in the middle.
Statement holistic_statement(
    const Plan& plan, std::size_t measure, const std::vector<std::size_t>& dimensions, const Shown& shown
);
/// WHERE for the rows of a cell; `keys` has one for each dimension, or none where it is a total. With a
/// measure, only the rows that it measures.
Statement cell_statement(
    const Plan& plan,
    const std::vector<std::optional<Key>>& keys,
    const Shown& shown,
    const PlannedMeasure* measure
);
/// The currencies that a measure meets, as `currency`.
Statement currency_statement(const Plan& plan, std::size_t measure);
/// Digits of the minor unit of a currency; 2 for one that is not known.
int digits_of(std::string_view currency) noexcept;
/// A whole number or a text as JSON.
std::string json_text_of(const Value& value);
/// Only the parameters that a text names: the host wants neither too few nor too many.
Map used_parameters(const std::string& sql, const Map& parameters);

} // namespace mortise::plugins::reporting
