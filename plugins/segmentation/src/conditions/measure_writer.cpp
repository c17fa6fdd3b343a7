#include "conditions/calendar.hpp"
#include "conditions/clause_writer.hpp"

namespace mortise::plugins::segmentation {

namespace {

Error unfit(const std::string& at, std::string what, std::string hint)
{
    return {ErrorCode::invalid, std::move(what), "segmentation.measure", at, std::move(hint)};
}

/// Digits that sums over the data of events are exact to.
constexpr int event_scale = 4;

/// Whether a count or a sum of nothing fulfils the comparison.
bool holds_for_nothing(const Condition& condition)
{
    if (condition.measure != Measure::count && condition.measure != Measure::sum) return false;
    const auto number = [&](const Value& value) {
        if (value.as<Map>() || value.as<Money>()) {
            const auto amount = amount_of(value, {});
            return amount ? amount->minor : std::int64_t{0};
        }
        return scaled(value, event_scale).value_or(0);
    };
    const Comparison& is = condition.comparison;
    if (const List* range = is.value.as<List>()) return number((*range)[0]) <= 0 && number((*range)[1]) >= 0;
    const std::int64_t value = number(is.value);
    switch (is.test) {
    case Operator::eq:
        return value == 0;
    case Operator::ne:
        return value != 0;
    case Operator::lt:
        return value > 0;
    case Operator::le:
        return value >= 0;
    case Operator::gt:
        return value < 0;
    case Operator::ge:
        return value <= 0;
    default:
        return false;
    }
}

FieldInfo field_of_kind(const char* kind, int scale)
{
    return {.name = "the measure", .kind = kind, .reference = {}, .scale = scale};
}

} // namespace

Result<std::string> to_minor_units(Comparison& comparison, const std::string& at)
{
    const List* range = comparison.value.as<List>();
    MORTISE_TRY(const Amount amount, amount_of(range ? range->front() : comparison.value, at + "/value"));
    if (!range) {
        comparison.value = amount.minor;
        return amount.currency;
    }
    MORTISE_TRY(const Amount high, amount_of((*range)[1], at + "/value/1"));
    if (high.currency != amount.currency) return unfit(at + "/value", "two currencies", "take one");
    comparison.value = List{amount.minor, high.minor};
    return amount.currency;
}

Error no_currency(const std::string& at)
{
    return unfit(at, "amounts of several currencies are not compared", R"(say "currency": "EUR" here)");
}

/// The events that count, as a FROM clause with e.number, e.time and e.data, but for whose they are.
Result<std::string> ClauseWriter::event_rows(const Condition& condition)
{
    std::string rows = "e.type = " + bind(condition.name);
    if (condition.within)
        rows += " AND e.time > " + moment_from(":now", -condition.within->count, condition.within->unit);
    if (condition.from) rows += " AND e.time >= " + bind(condition.from->microseconds);
    if (condition.to) rows += " AND e.time < " + bind(condition.to->microseconds);
    for (std::size_t i = 0; i < condition.where.size(); ++i) {
        const DataTest& test = condition.where[i];
        const std::string at = condition.where_in_json + "/where/" + std::to_string(i);
        std::string value = "json_text(e.data";
        for (const std::string& key : test.path)
            value += ", " + bind(key);
        value += ")";
        const Value& sample = test.comparison.value.as<List>() ? test.comparison.value.as<List>()->front()
                                                               : test.comparison.value;
        const bool is_number = sample.as<std::int64_t>() || sample.as<double>() || sample.as<Decimal>();
        if (is_number) value = "CAST(round(CAST(" + value + " AS REAL) * 10000) AS INTEGER)";
        const FieldInfo field = is_number ? field_of_kind("decimal", event_scale) : field_of_kind("text", 0);
        const Column column{.field = &field, .text = value, .tail = {}};
        MORTISE_TRY(const std::string one, compared(column, test.comparison, {}, at));
        rows += " AND " + one;
    }
    return rows;
}

/// The measure over rows `e`.
ClauseWriter::Figure ClauseWriter::figure_of_events(const Condition& condition)
{
    std::string value = "CAST(json_text(e.data";
    for (const std::string& key : condition.measured)
        value += ", " + bind(key);
    value += ") AS REAL)";
    const FieldInfo number = field_of_kind("decimal", event_scale);
    const FieldInfo moment = field_of_kind("datetime", 0);
    const auto exact = [&](const char* aggregate) {
        return std::string{aggregate} + "(CAST(round(" + value + " * 10000) AS INTEGER))";
    };
    switch (condition.measure) {
    case Measure::count:
        break;
    case Measure::sum:
        return {.value = "coalesce(" + exact("sum") + ", 0)", .kind = number};
    case Measure::average:
        return {.value = exact("avg"), .kind = number};
    case Measure::least:
        return {.value = exact("min"), .kind = number};
    case Measure::greatest:
        return {.value = exact("max"), .kind = number};
    case Measure::first:
        return {.value = "min(e.time)", .kind = moment};
    case Measure::latest:
        return {.value = "max(e.time)", .kind = moment};
    }
    return {.value = "count(*)", .kind = field_of_kind("int", 0)};
}

/// The same with its test.
Result<std::string> ClauseWriter::measure_of_events(const Condition& condition)
{
    const Figure figure = figure_of_events(condition);
    if (is_relative(condition.comparison.test))
        return relative_test(figure.value, condition.comparison, false);
    return plain_test(figure.value, condition.comparison, figure.kind, condition.where_in_json + "/measure");
}

/// Their type, and the moments at which they come into the window or fall out of it.
void ClauseWriter::depend_on_events(const Condition& condition, const ClauseScope& scope)
{
    m_out.dependencies.push_back(
        {.kind = Dependency::Kind::events,
         .type = condition.name,
         .fields = {},
         .by = {},
         .contacts = scope.contacts("SELECT value FROM json_each(:ids)")}
    );
    const bool is_moving = is_relative(condition.comparison.test);
    if (!condition.within && !is_moving) return;
    // The type is bound once more, so that these texts need no other parameter of the clause.
    const std::string from
        = "event e JOIN event_link l ON l.number = e.number AND e.type = " + bind(condition.name);
    if (condition.within) {
        Comparison moving = condition.comparison;
        moving.test = Operator::before_last;
        moving.span = *condition.within;
        cross("e.time", moving, false, from, scope.contacts, "l.record");
    }
    if (is_moving) cross("e.time", condition.comparison, false, from, scope.contacts, "l.record");
}

Result<std::string> ClauseWriter::events(const Condition& condition, const ClauseScope& scope)
{
    if (scope.type != "contact")
        return unfit(
            condition.where_in_json, "only the events of contacts are looked at", "say it outside of related"
        );
    MORTISE_TRY(const std::string rows, event_rows(condition));
    MORTISE_TRY(const std::string test, measure_of_events(condition));
    depend_on_events(condition, scope);
    if (m_reach == Reach::few)
        return "(SELECT " + test
            + " FROM event e WHERE e.number IN (SELECT l.number FROM event_link l WHERE l.record = "
            + scope.alias + ".id) AND " + rows + ")";
    const bool negative = holds_for_nothing(condition);
    return scope.alias + (negative ? ".id NOT IN (" : ".id IN (") + "SELECT e.record FROM (" + events_of_all
        + rows + ") e GROUP BY e.record HAVING " + (negative ? "NOT coalesce((" : "((") + test
        + (negative ? "), 0))" : ")))");
}

/// The measured field of records; nothing for a count.
Result<std::optional<ClauseWriter::Column>>
ClauseWriter::measured_column(const Condition& condition, const ClauseScope& inner, const std::string& at)
{
    if (condition.measure == Measure::count) return std::optional<Column>{};
    MORTISE_TRY(Column found, column(condition.measured, inner, at + "/field"));
    const Family family = family_of(found.field->kind);
    const bool is_moment = family == Family::date || family == Family::moment;
    const bool wants_moment = condition.measure == Measure::first || condition.measure == Measure::latest;
    if (is_moment != wants_moment || (!is_moment && family != Family::number && family != Family::money))
        return unfit(
            at + "/of",
            "a field of kind " + found.field->kind + " has no " + std::string{name_of(condition.measure)},
            "first and latest are for days and times, the others for numbers and money"
        );
    return std::optional{std::move(found)};
}

/// The measure over records; `currency` is that of the amounts which are measured, if they are amounts.
Result<ClauseWriter::Figure> ClauseWriter::figure_of_records(
    const Condition& condition,
    const std::optional<Column>& measured,
    const std::string& currency,
    const std::string& at
)
{
    const FieldInfo count = field_of_kind("int", 0);
    if (!measured) return Figure{.value = "count(*)", .kind = count};
    constexpr std::array<const char*, 7> functions{"count", "sum", "avg", "min", "max", "min", "max"};
    const std::string function = functions.at(static_cast<std::size_t>(condition.measure));
    const auto with_zero = [&](std::string value) {
        return condition.measure == Measure::sum ? "coalesce(" + value + ", 0)" : value;
    };
    if (family_of(measured->field->kind) != Family::money)
        return Figure{.value = with_zero(function + "(" + measured->plain() + ")"), .kind = *measured->field};
    if (currency.empty()) return no_currency(at);
    const std::string value = function + "(" + measured->part("_minor") + ") FILTER (WHERE "
        + measured->part("_currency") + " = " + bind(currency) + ")";
    return Figure{.value = with_zero(value), .kind = count, .currency = currency};
}

/// The same with its test.
Result<std::string>
ClauseWriter::measure_of_records(const Condition& condition, const ClauseScope& inner, const std::string& at)
{
    MORTISE_TRY(const std::optional<Column> measured, measured_column(condition, inner, at));
    Comparison comparison = condition.comparison;
    std::string currency;
    if (measured && family_of(measured->field->kind) == Family::money) {
        MORTISE_TRY(currency, to_minor_units(comparison, at));
    }
    MORTISE_TRY(const Figure figure, figure_of_records(condition, measured, currency, at));
    if (!measured || !is_relative(comparison.test))
        return plain_test(figure.value, comparison, figure.kind, at);
    const bool is_day = family_of(figure.kind.kind) == Family::date;
    cross(
        measured->plain(),
        comparison,
        is_day,
        inner.type + " " + inner.alias,
        inner.contacts,
        inner.alias + ".id"
    );
    return relative_test(figure.value, comparison, is_day);
}

/// The records of a related clause, with what their change can flip.
Result<ClauseWriter::RelatedRows>
ClauseWriter::related_rows(const Condition& condition, const ClauseScope& scope, Dependency& dependency)
{
    const std::string& at = condition.where_in_json;
    const TypeInfo* type = m_types.find(condition.name);
    if (!type)
        return unfit(
            at + "/related", "there is no record type " + condition.name, "or segmentation may not read it"
        );
    const FieldInfo* by = type->find(condition.by);
    if (!by || by->reference.empty())
        return unfit(
            at + "/by",
            condition.name + " has no reference " + condition.by,
            "mortise types " + condition.name + " lists them"
        );
    std::string target = scope.alias + ".id";
    std::string target_type = scope.type;
    std::function<std::string(std::string)> back = scope.contacts;
    if (!condition.path.empty()) {
        MORTISE_TRY(const Column of, column(condition.path, scope, at + "/of"));
        target = of.plain();
        target_type = of.field->reference;
        const TypeInfo* hop = m_types.find(scope.type);
        for (const std::string& name : condition.path) {
            back = [back, owner = hop->name, name](std::string ids) {
                return back("SELECT x.id FROM " + owner + " x WHERE x." + name + " IN (" + ids + ")");
            };
            hop = m_types.find(hop->find(name)->reference);
        }
    }
    if (by->reference != target_type)
        return unfit(
            at + "/by",
            condition.by + " leads to " + by->reference + " and not to " + target_type,
            "choose another reference, or say with of from where it is to lead"
        );
    dependency
        = {.kind = Dependency::Kind::related,
           .type = condition.name,
           .fields = {condition.by},
           .by = condition.by,
           .contacts = back("SELECT value FROM json_each(:ids)")};
    const std::string alias = next_alias();
    ClauseScope inner{
        .type = condition.name,
        .alias = alias,
        .contacts
        = [back, name = condition.name, field = condition.by](std::string ids
          ) { return back("SELECT y." + field + " FROM " + name + " y WHERE y.id IN (" + ids + ")"); },
        .related = &dependency,
    };
    std::string where = alias + "." + condition.by + " IS NOT NULL";
    if (!condition.parts.empty()) {
        MORTISE_TRY(const std::string inside, write(condition.parts.front(), inner));
        where += " AND (" + inside + ")";
    }
    return RelatedRows{
        .inner = std::move(inner),
        .from = condition.name + " " + alias,
        .where = std::move(where),
        .key = alias + "." + condition.by,
        .target = std::move(target),
    };
}

Result<std::string> ClauseWriter::related(const Condition& condition, const ClauseScope& scope)
{
    Dependency dependency;
    MORTISE_TRY(const RelatedRows rows, related_rows(condition, scope, dependency));
    MORTISE_TRY(
        const std::string test,
        measure_of_records(condition, rows.inner, condition.where_in_json + "/measure")
    );
    m_out.dependencies.push_back(std::move(dependency));
    const auto& [inner, from, where, key, target] = rows;
    if (m_reach == Reach::few)
        return "(SELECT " + test + " FROM " + from + " WHERE " + key + " = " + target + " AND " + where + ")";
    const std::string grouped
        = "SELECT " + key + " FROM " + from + " WHERE " + where + " GROUP BY " + key + " HAVING ";
    if (!holds_for_nothing(condition)) return target + " IN (" + grouped + "(" + test + "))";
    return "(" + target + " IS NULL OR " + target + " NOT IN (" + grouped + "NOT coalesce((" + test
        + "), 0)))";
}

} // namespace mortise::plugins::segmentation
