#include "sql/condition_sql.hpp"

#include "definition/json_reader.hpp"
#include "run/number.hpp"

#include <mortise/currency.hpp>

#include <algorithm>

namespace mortise::plugins::reporting {

namespace {

const char* sign_of(Test test) noexcept
{
    switch (test) {
    case Test::eq:
        return " = ";
    case Test::lt:
        return " < ";
    case Test::le:
        return " <= ";
    case Test::gt:
        return " > ";
    case Test::ge:
        return " >= ";
    default:
        return nullptr;
    }
}

Error unfit(const Condition& condition, const FieldInfo& field, std::string hint)
{
    return wrong(
        condition.at + "/is",
        "a field of kind " + field.kind + " is not compared with " + std::string{name_of(condition.test)},
        std::move(hint)
    );
}

} // namespace

Result<std::int64_t> scaled_at(const Value& value, int scale, const std::string& at)
{
    const auto number = decimal_of(value);
    const auto exact = number ? rescaled(*number, scale) : std::nullopt;
    if (exact) return *exact;
    return wrong(
        at,
        "must be a number with at most " + std::to_string(scale) + " digits behind the point",
        "the field keeps no more"
    );
}

Result<std::string> ConditionWriter::write(const Condition& condition)
{
    switch (condition.kind) {
    case Condition::Kind::field:
        return field(condition);
    case Condition::Kind::none: {
        MORTISE_TRY(const std::string part, write(condition.parts.front()));
        return "NOT coalesce((" + part + "), 0)";
    }
    case Condition::Kind::all:
    case Condition::Kind::any:
        break;
    }
    const bool is_all = condition.kind == Condition::Kind::all;
    if (condition.parts.empty()) return std::string{is_all ? "1" : "0"};
    std::string text;
    for (const Condition& part : condition.parts) {
        MORTISE_TRY(const std::string one, write(part));
        text.append(text.empty() ? "(" : is_all ? " AND (" : " OR (").append(one).append(")");
    }
    return text;
}

Result<std::string> ConditionWriter::field(const Condition& condition)
{
    MORTISE_TRY(const Column column, m_tables.column(condition.path, condition.at + "/field"));
    const Family family = family_of(column.field.kind);
    if (condition.test == Test::is_set || condition.test == Test::is_not_set) {
        const std::string set = family == Family::list
            ? "(" + column.sql + " IS NOT NULL AND " + column.sql + " <> '[]')"
            : "(" + column.sql + " IS NOT NULL)";
        return condition.test == Test::is_set ? set : "NOT " + set;
    }
    if (condition.test == Test::in_period)
        return within(
            column, days_of(condition.period, m_setting.today, m_setting.calendar), condition.at + "/is"
        );
    switch (family) {
    case Family::list:
        return list_test(column, condition);
    case Family::money:
        return money_test(column, condition);
    case Family::opaque:
        return unfit(condition, column.field, "take is_set or is_not_set");
    case Family::text:
        return text_part(column, condition);
    case Family::boolean:
    case Family::reference:
        if (sign_of(condition.test) && condition.test != Test::eq)
            return unfit(condition, column.field, "take eq, ne, in or not_in");
        [[fallthrough]];
    case Family::number:
    case Family::date:
    case Family::moment:
        return order_test(column, condition);
    }
    return unfit(condition, column.field, "");
}

Result<std::string> ConditionWriter::order_test(const Column& column, const Condition& condition)
{
    const std::string at = condition.at + "/value";
    const std::string& sql = column.sql;
    if (const char* sign = sign_of(condition.test)) {
        MORTISE_TRY(Value value, operand(column, condition.value, at));
        return "(" + sql + sign + m_parameters.bind(std::move(value)) + ")";
    }
    if (condition.test == Test::ne) {
        MORTISE_TRY(Value value, operand(column, condition.value, at));
        return "(" + sql + " IS DISTINCT FROM " + m_parameters.bind(std::move(value)) + ")";
    }
    if (condition.test != Test::in && condition.test != Test::not_in && condition.test != Test::between)
        return unfit(condition, column.field, "take eq, ne, in, not_in, lt, le, gt, ge or between");
    std::vector<std::string> bound;
    for (const Value& one : *condition.value.as<List>()) {
        MORTISE_TRY(Value value, operand(column, one, at + "/" + std::to_string(bound.size())));
        bound.push_back(m_parameters.bind(std::move(value)));
    }
    if (condition.test == Test::between) return "(" + sql + " BETWEEN " + bound[0] + " AND " + bound[1] + ")";
    std::string list;
    for (const std::string& one : bound)
        list.append(list.empty() ? "" : ", ").append(one);
    const std::string in = "(" + sql + " IN (" + list + "))";
    return condition.test == Test::in ? in : "(" + sql + " IS NULL OR NOT " + in + ")";
}

/// Parts of a text are found without regard to case and accents; eq and in compare exactly.
Result<std::string> ConditionWriter::text_part(const Column& column, const Condition& condition)
{
    const bool is_part = condition.test == Test::contains || condition.test == Test::not_contains
        || condition.test == Test::starts_with || condition.test == Test::ends_with;
    if (!is_part) {
        if (condition.test == Test::has_any || condition.test == Test::has_none)
            return unfit(condition, column.field, "take eq, in, starts_with or contains");
        return order_test(column, condition);
    }
    if (condition.value.text().empty())
        return wrong(condition.at + "/value", "must be a text", "some letters");
    const std::string part = "fold(" + m_parameters.bind(condition.value) + ")";
    const std::string whole = "fold(" + column.sql + ")";
    switch (condition.test) {
    case Test::starts_with:
        return "(substr(" + whole + ", 1, length(" + part + ")) = " + part + ")";
    case Test::ends_with:
        return "(length(" + whole + ") >= length(" + part + ") AND substr(" + whole + ", 0 - length(" + part
            + ")) = " + part + ")";
    case Test::contains:
        return "(strpos(" + whole + ", " + part + ") > 0)";
    default:
        return "(" + column.sql + " IS NULL OR strpos(" + whole + ", " + part + ") = 0)";
    }
}

Result<std::string> ConditionWriter::list_test(const Column& column, const Condition& condition)
{
    const bool is_one = condition.test == Test::contains || condition.test == Test::not_contains;
    if (!is_one && condition.test != Test::has_any && condition.test != Test::has_none)
        return unfit(condition, column.field, "take has_any, has_none or contains");
    const List one{condition.value};
    std::string list;
    for (const Value& item : is_one ? one : *condition.value.as<List>()) {
        if (item.text().empty()) return wrong(condition.at + "/value", "must be texts", R"(["vip"])");
        list.append(list.empty() ? "" : ", ").append(m_parameters.bind(item));
    }
    const std::string any
        = "EXISTS (SELECT 1 FROM json_each(" + column.sql + ") j WHERE j.value IN (" + list + "))";
    return condition.test == Test::has_any || condition.test == Test::contains ? any : "NOT " + any;
}

/// Only amounts of the same currency are compared; another currency is false, and true for ne.
Result<std::string> ConditionWriter::money_test(const Column& column, const Condition& condition)
{
    std::vector<std::string> bound;
    std::string currency;
    const List one{condition.value};
    const List* many = condition.value.as<List>();
    for (const Value& item : many ? *many : one) {
        const std::string at = condition.at + "/value";
        std::string letters{item["currency"].text()};
        Value amount = item["amount"];
        if (const std::string_view text = item.text(); text.size() > 4 && text[text.size() - 4] == ' ') {
            letters = text.substr(text.size() - 3);
            amount = Value{text.substr(0, text.size() - 4)};
        }
        const auto found = std::ranges::find(currencies, letters, &Currency::alpha);
        if (found == currencies.end())
            return wrong(
                at,
                "must be an amount with its currency",
                R"("12.30 EUR" or {"amount": "12.30", "currency": "EUR"})"
            );
        if (!currency.empty() && currency != letters) return wrong(at, "two currencies", "take one");
        currency = letters;
        MORTISE_TRY(const std::int64_t minor, scaled_at(amount, found->digits, at));
        bound.push_back(m_parameters.bind(minor));
    }
    const std::string same
        = "(" + column.currency + " = " + m_parameters.bind(currency) + " AND " + column.sql;
    if (condition.test == Test::between) return same + " BETWEEN " + bound[0] + " AND " + bound[1] + ")";
    if (condition.test == Test::ne) return "NOT coalesce(" + same + " = " + bound[0] + "), 0)";
    const char* sign = sign_of(condition.test);
    if (!sign) return unfit(condition, column.field, "take eq, ne, lt, le, gt, ge or between");
    return same + sign + bound[0] + ")";
}

Result<std::string> ConditionWriter::within(const Column& column, const Days& days, const std::string& at)
{
    const Family family = family_of(column.field.kind);
    if (family != Family::date && family != Family::moment)
        return wrong(at, column.field.name + " is neither a day nor a time", "periods are of days and times");
    const auto edge = [&](Date day) {
        return family == Family::date ? Value{day_text(day)}
                                      : Value{m_setting.zone.start_of(day).microseconds};
    };
    std::string text;
    if (days.from) text = column.sql + " >= " + m_parameters.bind(edge(*days.from));
    if (days.to)
        text += (text.empty() ? "" : " AND ") + column.sql + " < " + m_parameters.bind(edge(*days.to));
    return "(" + text + ")";
}

Result<Value> ConditionWriter::operand(const Column& column, const Value& value, const std::string& at) const
{
    const FieldInfo& field = column.field;
    switch (family_of(field.kind)) {
    case Family::boolean:
        if (const auto* yes = value.as<bool>()) return Value{*yes ? 1 : 0};
        return wrong(at, "must be true or false", "the field " + field.name + " is a yes or no");
    case Family::number: {
        MORTISE_TRY(const std::int64_t number, scaled_at(value, field.scale, at));
        return Value{number};
    }
    case Family::date:
        if (const auto* date = value.as<Date>()) return Value{day_text(*date)};
        if (const auto date = parse_day(value.text())) return Value{day_text(*date)};
        return wrong(at, "must be a day", "written YYYY-MM-DD");
    case Family::moment: {
        if (const auto* moment = value.as<Instant>()) return Value{moment->microseconds};
        const auto day = parse_day(value.text().substr(0, 10));
        if (day && value.text().size() == 10) return Value{m_setting.zone.start_of(*day).microseconds};
        return wrong(
            at, "must be a day", "written YYYY-MM-DD; it begins at midnight in the report's time zone"
        );
    }
    case Family::reference:
        if (const auto* id = value.as<Id>()) return Value{id->number};
        if (const auto number = decimal_of(value); number && number->scale == 0)
            return Value{number->coefficient};
        return wrong(
            at, "must be the id of a record", "digits; to compare with its name, say " + field.name + ".name"
        );
    case Family::text:
        if (!value.text().empty()) return Value{std::string{value.text()}};
        return wrong(at, "must be a text", "for no value take is_not_set");
    case Family::money:
    case Family::list:
    case Family::opaque:
        break;
    }
    return wrong(at, "a field of kind " + field.kind + " is not compared", "take is_set or is_not_set");
}

} // namespace mortise::plugins::reporting
