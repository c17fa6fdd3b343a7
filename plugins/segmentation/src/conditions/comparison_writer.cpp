#include "conditions/clause_writer.hpp"

#include <array>

namespace mortise::plugins::segmentation {

namespace {

Error cannot(const std::string& at, const Comparison& comparison, const FieldInfo& field, const char* hint)
{
    return {
        ErrorCode::invalid,
        "a field of kind " + field.kind + " is not compared with " + std::string{name_of(comparison.test)},
        "segmentation.test",
        at + "/is",
        hint
    };
}

const char* operator_of(Operator test) noexcept
{
    switch (test) {
    case Operator::eq:
        return " = ";
    case Operator::lt:
        return " < ";
    case Operator::le:
        return " <= ";
    case Operator::gt:
        return " > ";
    case Operator::ge:
        return " >= ";
    default:
        return nullptr;
    }
}

std::string as_day(bool is_day, std::string moment)
{
    return is_day ? "date(" + moment + ")" : moment;
}

} // namespace

Result<std::string> ClauseWriter::compared(
    const Column& column, const Comparison& comparison, const ClauseScope& scope, const std::string& at
)
{
    const FieldInfo& field = *column.field;
    const Family family = family_of(field.kind);
    const std::string expression = family == Family::money ? column.part("_minor") : column.plain();
    if (comparison.test == Operator::is_set || comparison.test == Operator::is_not_set) {
        const std::string empty
            = family == Family::list ? " OR json_array_length(" + expression + ") = 0" : "";
        const std::string unset = "(" + expression + " IS NULL" + empty + ")";
        return comparison.test == Operator::is_not_set ? unset : "NOT " + unset;
    }
    if (is_relative(comparison.test)) {
        if (family != Family::date && family != Family::moment)
            return cannot(at, comparison, field, "that is for days and times");
        const bool is_day = family == Family::date;
        cross(
            expression,
            comparison,
            is_day,
            scope.type + " " + scope.alias,
            scope.contacts,
            scope.alias + ".id"
        );
        return relative_test(expression, comparison, is_day);
    }
    switch (family) {
    case Family::text:
        return text_test(expression, comparison, column, at);
    case Family::list:
        return list_test(expression, comparison, column, at);
    case Family::money:
        return money_test(column, comparison, at);
    case Family::opaque:
        return cannot(at, comparison, field, "take is_set or is_not_set");
    case Family::boolean:
    case Family::reference:
        if (operator_of(comparison.test) && comparison.test != Operator::eq)
            return cannot(at, comparison, field, "take eq, ne, in or not_in");
        [[fallthrough]];
    case Family::number:
    case Family::date:
    case Family::moment:
        return plain_test(expression, comparison, field, at);
    }
    return cannot(at, comparison, field, "");
}

/// eq, ne, in, not_in and the order, for what the column keeps as one number or text.
Result<std::string> ClauseWriter::plain_test(
    const std::string& expression, const Comparison& comparison, const FieldInfo& field, const std::string& at
)
{
    const std::string where = at + "/value";
    if (const char* sign = operator_of(comparison.test)) {
        MORTISE_TRY(Value value, operand_of(field, comparison.value, where));
        return expression + sign + bind(std::move(value));
    }
    if (comparison.test == Operator::ne) {
        MORTISE_TRY(Value value, operand_of(field, comparison.value, where));
        return expression + " IS DISTINCT FROM " + bind(std::move(value));
    }
    if (comparison.test != Operator::in && comparison.test != Operator::not_in
        && comparison.test != Operator::between)
        return cannot(at, comparison, field, "take eq, ne, in, not_in, lt, le, gt, ge or between");
    std::vector<std::string> bound;
    const List empty;
    const List* given = comparison.value.as<List>();
    for (const Value& one : given ? *given : empty) {
        MORTISE_TRY(Value value, operand_of(field, one, where + "/" + std::to_string(bound.size())));
        bound.push_back(bind(std::move(value)));
    }
    if (comparison.test == Operator::between) return expression + " BETWEEN " + bound[0] + " AND " + bound[1];
    std::string list;
    for (const std::string& one : bound)
        list.append(list.empty() ? "" : ", ").append(one);
    const std::string in = expression + " IN (" + list + ")";
    return comparison.test == Operator::in ? in : "(" + expression + " IS NULL OR NOT " + in + ")";
}

/// Parts of a text are found without regard to case and accents; eq and in compare exactly, and use indexes.
Result<std::string> ClauseWriter::text_test(
    const std::string& expression, const Comparison& comparison, const Column& column, const std::string& at
)
{
    const bool is_part = comparison.test == Operator::contains || comparison.test == Operator::not_contains
        || comparison.test == Operator::starts_with || comparison.test == Operator::ends_with;
    if (!is_part) {
        if (comparison.test != Operator::eq && operator_of(comparison.test))
            return cannot(at, comparison, *column.field, "take eq, in, starts_with or contains");
        return plain_test(expression, comparison, *column.field, at);
    }
    if (comparison.value.text().empty())
        return Error{
            ErrorCode::invalid, "must be a text", "segmentation.value", at + "/value", "some letters"
        };
    const std::string part = "fold(" + bind(comparison.value) + ")";
    const std::string whole = "fold(" + expression + ")";
    switch (comparison.test) {
    case Operator::starts_with:
        return "substr(" + whole + ", 1, length(" + part + ")) = " + part;
    case Operator::ends_with:
        return "(length(" + whole + ") >= length(" + part + ") AND substr(" + whole + ", 0 - length(" + part
            + ")) = " + part + ")";
    case Operator::contains:
        return "strpos(" + whole + ", " + part + ") > 0";
    default:
        return "(" + expression + " IS NULL OR strpos(" + whole + ", " + part + ") = 0)";
    }
}

Result<std::string> ClauseWriter::list_test(
    const std::string& expression, const Comparison& comparison, const Column& column, const std::string& at
)
{
    const bool is_one = comparison.test == Operator::contains || comparison.test == Operator::not_contains;
    const bool is_many = comparison.test == Operator::has_any || comparison.test == Operator::has_all
        || comparison.test == Operator::has_none;
    if (!is_one && !is_many)
        return cannot(at, comparison, *column.field, "take has_any, has_all or has_none");
    const List one{comparison.value};
    const List* many = is_one ? &one : comparison.value.as<List>();
    std::string list;
    std::string each;
    for (const Value& item : *many) {
        MORTISE_TRY(Value value, operand_of(*column.field, item, at + "/value"));
        const std::string bound = bind(std::move(value));
        list.append(list.empty() ? "" : ", ").append(bound);
        each.append(each.empty() ? "" : " AND ")
            .append("EXISTS (SELECT 1 FROM json_each(" + expression + ") j WHERE j.value = " + bound + ")");
    }
    if (comparison.test == Operator::has_all) return "(" + each + ")";
    const std::string any
        = "EXISTS (SELECT 1 FROM json_each(" + expression + ") j WHERE j.value IN (" + list + "))";
    return comparison.test == Operator::has_any || comparison.test == Operator::contains ? any : "NOT " + any;
}

/// Only amounts of the same currency are compared; another currency is false, and true for ne.
Result<std::string>
ClauseWriter::money_test(const Column& column, const Comparison& comparison, const std::string& at)
{
    const std::string minor = column.part("_minor");
    const std::string currency = column.part("_currency");
    if (comparison.test == Operator::between) {
        const List& range = *comparison.value.as<List>();
        MORTISE_TRY(const Amount low, amount_of(range[0], at + "/value/0"));
        MORTISE_TRY(const Amount high, amount_of(range[1], at + "/value/1"));
        if (low.currency != high.currency)
            return Error{
                ErrorCode::invalid, "two currencies", "segmentation.value", at + "/value", "take one"
            };
        return currency + " = " + bind(low.currency) + " AND " + minor + " BETWEEN " + bind(low.minor)
            + " AND " + bind(high.minor);
    }
    const bool is_ne = comparison.test == Operator::ne;
    const char* sign = is_ne ? " = " : operator_of(comparison.test);
    if (!sign) return cannot(at, comparison, *column.field, "take eq, ne, lt, le, gt, ge or between");
    MORTISE_TRY(const Amount amount, amount_of(comparison.value, at + "/value"));
    const std::string same_currency = currency + " = " + bind(amount.currency);
    const std::string test = "(" + same_currency + " AND " + minor + sign + bind(amount.minor) + ")";
    return is_ne ? "NOT coalesce(" + test + ", 0)" : test;
}

std::string
ClauseWriter::relative_test(const std::string& expression, const Comparison& comparison, bool is_day) const
{
    const Span& span = comparison.span;
    const std::string now = as_day(is_day, ":now");
    const std::string past = as_day(is_day, moment_from(":now", -span.count, span.unit));
    switch (comparison.test) {
    case Operator::within_last:
        return "(" + expression + " > " + past + " AND " + expression + " <= " + now + ")";
    case Operator::before_last:
        return expression + " <= " + past;
    default:
        return "(" + expression + " > " + now + " AND " + expression
            + " <= " + as_day(is_day, moment_from(":now", span.count, span.unit)) + ")";
    }
}

/// A threshold moves with the clock; what lies between where it was and where it is has been crossed. So the
/// contacts to look at come from an index range, and nobody sweeps.
void ClauseWriter::cross(
    const std::string& expression,
    const Comparison& comparison,
    bool is_day,
    const std::string& from,
    const std::function<std::string(std::string)>& contacts,
    const std::string& id
)
{
    const Span& span = comparison.span;
    std::vector<std::int64_t> offsets;
    if (comparison.test != Operator::before_last) offsets.push_back(0);
    offsets.push_back(comparison.test == Operator::within_next ? span.count : -span.count);
    for (const std::int64_t offset : offsets) {
        const std::string before = as_day(is_day, moment_from(":since", offset, span.unit));
        const std::string after = as_day(is_day, moment_from(":now", offset, span.unit));
        const std::string moment = is_day ? "date_part('epoch', " + expression + ") * 1000000" : expression;
        const std::string range = " FROM " + from + " WHERE " + expression;
        std::string next = "SELECT min(date_add(" + moment + ", " + std::to_string(-offset) + ", '"
            + span.unit + "'))" + range + " > " + after;
        const bool lists_contacts = id == "t.id" || id == "l.record";
        std::string some
            = next + (lists_contacts ? " AND " + id + " IN (SELECT value FROM json_each(:ids))" : "");
        m_out.crossings.push_back(
            {.contacts
             = contacts("SELECT " + id + range + " > " + before + " AND " + expression + " <= " + after),
             .next = std::move(next),
             .next_of_some = std::move(some)}
        );
    }
}

} // namespace mortise::plugins::segmentation
