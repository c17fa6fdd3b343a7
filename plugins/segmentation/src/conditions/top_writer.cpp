// The first by a figure, and what clauses find for one contact.
#include "conditions/clause_writer.hpp"

namespace mortise::plugins::segmentation {

namespace {

Error unfit(const std::string& at, std::string what, std::string hint)
{
    return {ErrorCode::invalid, std::move(what), "segmentation.top", at, std::move(hint)};
}

/// From the best down; who is equal goes by age, so that the same contacts are in each time.
std::string order(const std::string& value, const std::string& alias, bool is_lowest)
{
    return "ORDER BY " + value + (is_lowest ? ", " : " DESC, ") + alias + ".id";
}

} // namespace

/// A field of the contact, or of what its references lead to, as a figure.
Result<ClauseWriter::Ranking> ClauseWriter::ranking_by_field(const Condition& by, const ClauseScope& ranked)
{
    MORTISE_TRY(const Column found, column(by.path, ranked, by.where_in_json + "/field"));
    const std::string from = "contact " + ranked.alias;
    switch (family_of(found.field->kind)) {
    case Family::number:
    case Family::date:
    case Family::moment:
        return Ranking{.figure = {.value = found.plain(), .kind = *found.field}, .from = from};
    case Family::money: {
        if (by.currency.empty()) return no_currency(by.where_in_json);
        const std::string is_it = found.part("_currency") + " = " + bind(by.currency);
        const FieldInfo minor{.name = found.field->name, .kind = "int", .reference = {}, .scale = 0};
        return Ranking{
            .figure
            = {.value = "CASE WHEN " + is_it + " THEN " + found.part("_minor") + " END",
               .kind = minor,
               .currency = by.currency},
            .from = from
        };
    }
    default:
        return unfit(
            by.where_in_json + "/field",
            "a field of kind " + found.field->kind + " gives no order",
            "take a number, an amount, a day or a time"
        );
    }
}

/// A measure over events or related records: computed once for everybody, and joined.
Result<ClauseWriter::Ranking> ClauseWriter::ranking_by_rows(const Condition& by, const ClauseScope& ranked)
{
    Figure figure;
    std::string rows;
    std::string target = ranked.alias + ".id";
    const std::string each = next_alias();
    if (by.kind == Condition::Kind::events) {
        MORTISE_TRY(const std::string which, event_rows(by));
        figure = figure_of_events(by);
        depend_on_events(by, ranked);
        rows = "SELECT e.record AS record, " + figure.value + " AS figure FROM (" + events_of_all + which
            + ") e GROUP BY e.record";
    } else {
        Dependency dependency;
        MORTISE_TRY(const RelatedRows related, related_rows(by, ranked, dependency));
        const std::string at = by.where_in_json + "/measure";
        MORTISE_TRY(const std::optional<Column> measured, measured_column(by, related.inner, at));
        MORTISE_TRY(figure, figure_of_records(by, measured, by.currency, at));
        m_out.dependencies.push_back(std::move(dependency));
        target = related.target;
        rows = "SELECT " + related.key + " AS record, " + figure.value + " AS figure FROM " + related.from
            + " WHERE " + related.where + " GROUP BY " + related.key;
    }
    figure.value = each + ".figure";
    // Nothing counts as 0 where a test would take it so; there is no average of nothing.
    const bool has_zero = by.measure == Measure::count || by.measure == Measure::sum;
    if (has_zero) figure.value = "coalesce(" + figure.value + ", 0)";
    return Ranking{
        .figure = std::move(figure),
        .from = "contact " + ranked.alias + (has_zero ? " LEFT JOIN (" : " JOIN (") + rows + ") " + each
            + " ON " + each + ".record = " + target
    };
}

Result<ClauseWriter::Ranking>
ClauseWriter::ranking(const Condition& condition, const ClauseScope& scope, const std::string& alias)
{
    if (scope.type != "contact")
        return unfit(condition.where_in_json, "only contacts are ranked", "say it outside of related");
    const ClauseScope ranked{.type = "contact", .alias = alias, .contacts = scope.contacts};
    const Condition& by = condition.parts.front();
    const auto figure = [&]() -> Result<Ranking> {
        if (by.kind == Condition::Kind::field) return ranking_by_field(by, ranked);
        if (by.kind != Condition::Kind::random) return ranking_by_rows(by, ranked);
        const FieldInfo number{.name = "random", .kind = "int", .reference = {}, .scale = 0};
        return Ranking{.figure = {.value = hash_of(by, ranked), .kind = number}, .from = "contact " + alias};
    };
    // It is asked for everybody, whoever the answer is for.
    const Reach reach = std::exchange(m_reach, Reach::all);
    Result<Ranking> found = figure();
    if (found) found->where = found->figure.value + " IS NOT NULL";
    if (found && condition.parts.size() > 1) {
        const auto among = write(condition.parts[1], ranked);
        if (!among) return among.error();
        found->where += " AND (" + *among + ")";
    }
    m_reach = reach;
    m_out.is_ranked = true;
    return found;
}

Result<std::string> ClauseWriter::top(const Condition& condition, const ClauseScope& scope)
{
    const std::string alias = next_alias();
    MORTISE_TRY(const Ranking ranked, ranking(condition, scope, alias));
    const std::string by = order(ranked.figure.value, alias, condition.is_lowest);
    const std::string rows = " FROM " + ranked.from + " WHERE " + ranked.where;
    if (condition.count > 0)
        return scope.alias + ".id IN (SELECT " + alias + ".id" + rows + " " + by + " LIMIT "
            + std::to_string(condition.count) + ")";
    const std::string each = next_alias();
    return scope.alias + ".id IN (SELECT " + each + ".id FROM (SELECT " + alias
        + ".id AS id, row_number() OVER (" + by + ") AS place, count(*) OVER () AS total" + rows + ") " + each
        + " WHERE (" + each + ".place - 1) * 10000 < " + each + ".total * " + std::to_string(condition.high)
        + ")";
}

Result<SqlFigure> ClauseWriter::found(const Condition& condition, const ClauseScope& scope)
{
    Figure figure;
    std::string query;
    if (condition.kind == Condition::Kind::top) {
        const std::string alias = next_alias();
        MORTISE_TRY(Ranking ranked, ranking(condition, scope, alias));
        query = "SELECT x.found AS found, x.place AS place, x.total AS total FROM (SELECT " + alias
            + ".id AS id, " + ranked.figure.value + " AS found, row_number() OVER ("
            + order(ranked.figure.value, alias, condition.is_lowest)
            + ") AS place, count(*) OVER () AS total FROM " + ranked.from + " WHERE " + ranked.where
            + ") x WHERE x.id = :contact";
        figure = std::move(ranked.figure);
    } else if (condition.kind == Condition::Kind::events) {
        MORTISE_TRY(const std::string rows, event_rows(condition));
        figure = figure_of_events(condition);
        query = "SELECT " + figure.value
            + " AS found FROM event e WHERE e.number IN (SELECT l.number FROM event_link l WHERE l.record = "
              ":contact) AND "
            + rows;
    } else {
        Dependency dependency;
        MORTISE_TRY(const RelatedRows rows, related_rows(condition, scope, dependency));
        const std::string at = condition.where_in_json + "/measure";
        MORTISE_TRY(const std::optional<Column> measured, measured_column(condition, rows.inner, at));
        std::string currency;
        if (measured && family_of(measured->field->kind) == Family::money) {
            Comparison comparison = condition.comparison;
            MORTISE_TRY(currency, to_minor_units(comparison, at));
        }
        MORTISE_TRY(figure, figure_of_records(condition, measured, currency, at));
        query = "SELECT (SELECT " + figure.value + " FROM " + rows.from + " WHERE " + rows.key + " = "
            + rows.target + " AND " + rows.where + ") AS found FROM contact " + scope.alias + " WHERE "
            + scope.alias + ".id = :contact";
    }
    return SqlFigure{
        .query = std::move(query),
        .parameters = std::move(m_out.parameters),
        .kind = std::move(figure.kind),
        .currency = std::move(figure.currency)
    };
}

} // namespace mortise::plugins::segmentation
