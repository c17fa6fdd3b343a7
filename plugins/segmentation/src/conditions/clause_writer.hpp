#pragma once

/// \file
/// Writes the SQL of one condition, clause by clause; used by `compile`.

#include "conditions/operand.hpp"
#include "conditions/sql_condition.hpp"

#include <optional>

namespace mortise::plugins::segmentation {

/// What a clause speaks about: records of a type under an alias.
struct ClauseScope {
    std::string type;
    std::string alias;
    /// From SQL that lists ids of the type to SQL that lists the contacts concerned.
    std::function<std::string(std::string)> contacts;
    Dependency* related{nullptr}; ///< inside a related clause: collects the fields that matter
};

class ClauseWriter {
public:
    ClauseWriter(const TypeBook& types, const SegmentFinder& segments, Reach reach)
        : m_types{types},
          m_segments{segments},
          m_reach{reach}
    {
    }

    Result<std::string> write(const Condition& condition, const ClauseScope& scope);
    /// What an events, related or top clause finds for the contact `:contact`, as a query. A top clause gives
    /// its place, and the number of those who have one, besides.
    Result<SqlFigure> found(const Condition& condition, const ClauseScope& scope);
    SqlCondition finish(std::string predicate);

private:
    /// A field at the end of a path, as an expression.
    struct Column {
        const FieldInfo* field{nullptr};
        std::string text; ///< without a suffix; money: put _minor or _currency into `hole`
        std::string tail;
        std::string plain() const { return text + tail; }
        std::string part(const char* suffix) const { return text + suffix + tail; }
    };

    /// What a measure computes over rows, before anything is compared with it.
    struct Figure {
        std::string value;
        FieldInfo kind;
        std::string currency{}; ///< of amounts in minor units
    };

    /// A figure of each contact under an alias, as an expression over a FROM clause; null for who has none.
    struct Ranking {
        Figure figure;
        std::string from;
        std::string where{};
    };

    Result<std::string> group(const Condition& condition, const ClauseScope& scope);
    Result<std::string> field(const Condition& condition, const ClauseScope& scope);
    Result<std::string> events(const Condition& condition, const ClauseScope& scope);
    Result<std::string> related(const Condition& condition, const ClauseScope& scope);
    Result<std::string> segment(const Condition& condition, const ClauseScope& scope);
    std::string random(const Condition& condition, const ClauseScope& scope);
    Result<std::string> top(const Condition& condition, const ClauseScope& scope);
    Result<Ranking> ranking(const Condition& condition, const ClauseScope& scope, const std::string& alias);
    Result<Ranking> ranking_by_field(const Condition& by, const ClauseScope& ranked);
    Result<Ranking> ranking_by_rows(const Condition& by, const ClauseScope& ranked);
    static std::string hash_of(const Condition& condition, const ClauseScope& scope);

    Result<Column>
    column(const std::vector<std::string>& path, const ClauseScope& scope, const std::string& at);
    void depend_on_path(const std::vector<std::string>& path, const ClauseScope& scope);

    Result<std::string> compared(
        const Column& column, const Comparison& comparison, const ClauseScope& scope, const std::string& at
    );
    Result<std::string> text_test(
        const std::string& expression,
        const Comparison& comparison,
        const Column& column,
        const std::string& at
    );
    Result<std::string> list_test(
        const std::string& expression,
        const Comparison& comparison,
        const Column& column,
        const std::string& at
    );
    Result<std::string> money_test(const Column& column, const Comparison& comparison, const std::string& at);
    Result<std::string> plain_test(
        const std::string& expression,
        const Comparison& comparison,
        const FieldInfo& field,
        const std::string& at
    );
    std::string relative_test(const std::string& expression, const Comparison& comparison, bool is_day) const;
    void cross(
        const std::string& expression,
        const Comparison& comparison,
        bool is_day,
        const std::string& from,
        const std::function<std::string(std::string)>& contacts,
        const std::string& id
    );

    Result<std::string> event_rows(const Condition& condition);
    void depend_on_events(const Condition& condition, const ClauseScope& scope);
    Figure figure_of_events(const Condition& condition);
    Result<std::string> measure_of_events(const Condition& condition);
    /// Records of a related clause: FROM and WHERE, the key that leads to the contact, and what it is equal
    /// to.
    struct RelatedRows {
        ClauseScope inner;
        std::string from;
        std::string where;
        std::string key;
        std::string target;
    };
    Result<RelatedRows>
    related_rows(const Condition& condition, const ClauseScope& scope, Dependency& dependency);
    Result<std::optional<Column>>
    measured_column(const Condition& condition, const ClauseScope& inner, const std::string& at);
    Result<Figure> figure_of_records(
        const Condition& condition,
        const std::optional<Column>& measured,
        const std::string& currency,
        const std::string& at
    );
    Result<std::string>
    measure_of_records(const Condition& condition, const ClauseScope& inner, const std::string& at);

    std::string bind(Value value);
    std::string next_alias() { return "r" + std::to_string(++m_aliases); }

    const TypeBook& m_types;
    const SegmentFinder& m_segments;
    Reach m_reach;
    SqlCondition m_out;
    int m_parameters{0};
    int m_aliases{0};
};

/// Makes minor units of the amounts on the right; gives their currency.
Result<std::string> to_minor_units(Comparison& comparison, const std::string& at);
/// What is said where an amount is measured and no currency is named.
Error no_currency(const std::string& at);

/// Events `e` with the record that they are linked to; what is to be true of them follows.
inline constexpr const char* events_of_all
    = "SELECT DISTINCT l.record AS record, e.number AS number, e.time AS time, e.data AS data"
      " FROM event e JOIN event_link l ON l.number = e.number WHERE ";

/// The moment `count` units from `:now`, or from another parameter.
std::string moment_from(const char* parameter, std::int64_t count, const std::string& unit);

} // namespace mortise::plugins::segmentation
