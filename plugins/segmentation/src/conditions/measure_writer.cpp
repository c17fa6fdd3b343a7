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

/// The measure over rows `e`, with its test.
Result<std::string> ClauseWriter::measure_of_events(const Condition& condition)
{
    const std::string at = condition.where_in_json + "/measure";
    std::string value = "CAST(json_text(e.data";
    for (const std::string& key : condition.measured)
        value += ", " + bind(key);
    value += ") AS REAL)";
    const FieldInfo number = field_of_kind("decimal", event_scale);
    const FieldInfo moment = field_of_kind("datetime", 0);
    const FieldInfo count = field_of_kind("int", 0);
    const auto exact = [&](const char* aggregate) {
        return std::string{aggregate} + "(CAST(round(" + value + " * 10000) AS INTEGER))";
    };
    switch (condition.measure) {
    case Measure::count:
        return plain_test("count(*)", condition.comparison, count, at);
    case Measure::sum:
        return plain_test("coalesce(" + exact("sum") + ", 0)", condition.comparison, number, at);
    case Measure::average:
        return plain_test(exact("avg"), condition.comparison, number, at);
    case Measure::least:
        return plain_test(exact("min"), condition.comparison, number, at);
    case Measure::greatest:
        return plain_test(exact("max"), condition.comparison, number, at);
    case Measure::first:
    case Measure::latest: {
        const std::string time = condition.measure == Measure::first ? "min(e.time)" : "max(e.time)";
        if (is_relative(condition.comparison.test)) return relative_test(time, condition.comparison, false);
        return plain_test(time, condition.comparison, moment, at);
    }
    }
    return unfit(at, "no measure", "");
}

Result<std::string> ClauseWriter::events(const Condition& condition, const ClauseScope& scope)
{
    if (scope.type != "contact")
        return unfit(
            condition.where_in_json, "only the events of contacts are looked at", "say it outside of related"
        );
    m_out.dependencies.push_back(
        {.kind = Dependency::Kind::events,
         .type = condition.name,
         .fields = {},
         .by = {},
         .contacts = scope.contacts("SELECT value FROM json_each(:ids)")}
    );
    MORTISE_TRY(const std::string rows, event_rows(condition));
    MORTISE_TRY(const std::string test, measure_of_events(condition));
    const std::string linked = "event e JOIN event_link l ON l.number = e.number";
    const bool times_out = condition.within || is_relative(condition.comparison.test);
    if (times_out) {
        // The type is bound once more, so that these texts need no other parameter of the clause.
        const std::string from = linked + " AND e.type = " + bind(condition.name);
        Comparison moving = condition.comparison;
        if (condition.within) {
            moving.test = Operator::before_last;
            moving.span = *condition.within;
        }
        cross("e.time", moving, false, from, scope.contacts, "l.record");
        if (condition.within && is_relative(condition.comparison.test))
            cross("e.time", condition.comparison, false, from, scope.contacts, "l.record");
    }
    if (m_reach == Reach::few)
        return "(SELECT " + test
            + " FROM event e WHERE e.number IN (SELECT l.number FROM event_link l WHERE l.record = "
            + scope.alias + ".id) AND " + rows + ")";
    const bool negative = holds_for_nothing(condition);
    return scope.alias + (negative ? ".id NOT IN (" : ".id IN (")
        + "SELECT e.record FROM (SELECT DISTINCT l.record AS record, e.number AS number, e.time AS time, "
          "e.data AS data"
          " FROM "
        + linked + " WHERE " + rows + ") e GROUP BY e.record HAVING " + (negative ? "NOT coalesce((" : "((")
        + test + (negative ? "), 0))" : ")))");
}

/// The measure over records under the alias of `inner`, with its test.
Result<std::string>
ClauseWriter::measure_of_records(const Condition& condition, const ClauseScope& inner, const std::string& at)
{
    const FieldInfo count = field_of_kind("int", 0);
    if (condition.measure == Measure::count) return plain_test("count(*)", condition.comparison, count, at);
    MORTISE_TRY(const Column found, column(condition.measured, inner, at + "/field"));
    const Family family = family_of(found.field->kind);
    const bool is_moment = family == Family::date || family == Family::moment;
    const bool wants_moment = condition.measure == Measure::first || condition.measure == Measure::latest;
    if (is_moment != wants_moment || (!is_moment && family != Family::number && family != Family::money))
        return unfit(
            at + "/of",
            "a field of kind " + found.field->kind + " has no " + std::string{name_of(condition.measure)},
            "first and latest are for days and times, the others for numbers and money"
        );
    constexpr std::array<const char*, 7> functions{"count", "sum", "avg", "min", "max", "min", "max"};
    const std::string function = functions.at(static_cast<std::size_t>(condition.measure));
    if (is_moment) {
        const std::string value = function + "(" + found.plain() + ")";
        if (!is_relative(condition.comparison.test))
            return plain_test(value, condition.comparison, *found.field, at);
        const bool is_day = family == Family::date;
        cross(
            found.plain(),
            condition.comparison,
            is_day,
            inner.type + " " + inner.alias,
            inner.contacts,
            inner.alias + ".id"
        );
        return relative_test(value, condition.comparison, is_day);
    }
    const auto with_zero = [&](std::string value) {
        return condition.measure == Measure::sum ? "coalesce(" + value + ", 0)" : value;
    };
    if (family == Family::number)
        return plain_test(
            with_zero(function + "(" + found.plain() + ")"), condition.comparison, *found.field, at
        );
    Comparison minor = condition.comparison;
    MORTISE_TRY(
        const Amount amount,
        amount_of(minor.value.as<List>() ? minor.value.as<List>()->front() : minor.value, at + "/value")
    );
    if (const List* range = minor.value.as<List>()) {
        MORTISE_TRY(const Amount high, amount_of((*range)[1], at + "/value/1"));
        if (high.currency != amount.currency) return unfit(at + "/value", "two currencies", "take one");
        minor.value = List{amount.minor, high.minor};
    } else {
        minor.value = amount.minor;
    }
    const std::string value = function + "(" + found.part("_minor") + ") FILTER (WHERE "
        + found.part("_currency") + " = " + bind(amount.currency) + ")";
    return plain_test(with_zero(value), minor, count, at);
}

Result<std::string> ClauseWriter::related(const Condition& condition, const ClauseScope& scope)
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
    Dependency dependency{
        .kind = Dependency::Kind::related,
        .type = condition.name,
        .fields = {condition.by},
        .by = condition.by,
        .contacts = back("SELECT value FROM json_each(:ids)")
    };
    const std::string alias = next_alias();
    const ClauseScope inner{
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
    MORTISE_TRY(const std::string test, measure_of_records(condition, inner, at + "/measure"));
    m_out.dependencies.push_back(std::move(dependency));
    const std::string from = condition.name + " " + alias;
    const std::string key = alias + "." + condition.by;
    if (m_reach == Reach::few)
        return "(SELECT " + test + " FROM " + from + " WHERE " + key + " = " + target + " AND " + where + ")";
    const std::string grouped
        = "SELECT " + key + " FROM " + from + " WHERE " + where + " GROUP BY " + key + " HAVING ";
    if (!holds_for_nothing(condition)) return target + " IN (" + grouped + "(" + test + "))";
    return "(" + target + " IS NULL OR " + target + " NOT IN (" + grouped + "NOT coalesce((" + test
        + "), 0)))";
}

} // namespace mortise::plugins::segmentation
