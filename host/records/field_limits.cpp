#include "records/field_limits.hpp"

#include "base/json.hpp"
#include "base/text_pattern.hpp"
#include "records/field.hpp"
#include "records/field_codec.hpp"

#include <compare>
#include <optional>
#include <utility>

namespace mortise::host {

namespace {

bool has_order(FieldKind kind) noexcept
{
    switch (kind) {
    case FieldKind::integer:
    case FieldKind::percent:
    case FieldKind::decimal:
    case FieldKind::date:
    case FieldKind::time_of_day:
    case FieldKind::instant:
    case FieldKind::duration:
        return true;
    default:
        return false;
    }
}

/// Two values of one field, whose decimals have one scale.
std::partial_ordering compare(const Value& left, const Value& right)
{
    const auto as = [&]<typename T>(const T* a) -> std::partial_ordering {
        const T* b = right.as<T>();
        return b ? std::partial_ordering{*a <=> *b} : std::partial_ordering::unordered;
    };
    if (const auto* value = left.as<std::int64_t>()) return as(value);
    if (const auto* value = left.as<Date>()) return as(value);
    if (const auto* value = left.as<TimeOfDay>()) return as(value);
    if (const auto* value = left.as<Instant>()) return as(value);
    if (const auto* value = left.as<Duration>()) return as(value);
    const auto* a = left.as<Decimal>();
    const auto* b = right.as<Decimal>();
    return a && b ? std::partial_ordering{a->coefficient <=> b->coefficient}
                  : std::partial_ordering::unordered;
}

Error not_declared(std::string message, std::string where, std::string hint = {})
{
    return Error{
        .code = ErrorCode::invalid,
        .message = std::move(message),
        .key = "records.declaration",
        .where = std::move(where),
        .hint = std::move(hint),
    };
}

Error outside(const Field& field, std::string message)
{
    return Error{
        .code = ErrorCode::invalid,
        .message = std::move(message),
        .key = "records.outside_limits",
        .where = field.name,
        .hint = field.help, // an expression alone tells nobody what to write
    };
}

/// The limit as the field keeps it.
Result<Value> limit_of(const Field& field, const std::string& given, const std::string& where)
{
    if (given.empty()) return Value{};
    if (!has_order(field.kind))
        return not_declared(
            "a field of the kind " + std::string{name_of(field.kind)} + " has no least and no greatest value",
            where,
            "numbers (int, percent, decimal), date, time, datetime and duration have; anything else belongs "
            "into a hook"
        );
    MORTISE_TRY(const Value value, parse_value(given, where));
    auto kept = coerce(field, value);
    if (!kept || kept->is_null())
        return not_declared(given + " is no value of the field \"" + field.name + "\"", where);
    return *std::move(kept);
}

} // namespace

Result<void> set_limits(Field& field, FieldLimits limits, const std::string& where)
{
    MORTISE_TRY(limits.min, limit_of(field, limits.min_json, where + "min"));
    MORTISE_TRY(limits.max, limit_of(field, limits.max_json, where + "max"));
    if (!limits.min.is_null() && !limits.max.is_null() && compare(limits.min, limits.max) > 0)
        return not_declared(
            "the least value " + limits.min_json + " is above the greatest, " + limits.max_json, where + "min"
        );
    if (!limits.pattern.empty()) {
        if (field.kind != FieldKind::text)
            return not_declared(
                "only text fields have a pattern", where + "pattern", "anything else belongs into a hook"
            );
        auto expression = TextPattern::compile(limits.pattern);
        if (!expression) return not_declared(expression.error().message, where + "pattern");
        limits.expression = *std::move(expression);
    }
    field.limits = std::move(limits);
    return {};
}

Result<void> check_limits(const Field& field, const Value& value)
{
    const FieldLimits& limits = field.limits;
    if (value.is_null()) return {};
    if (!limits.min.is_null() && compare(value, limits.min) < 0)
        return outside(field, json_text(value) + " is below " + limits.min_json + ", the least value");
    if (!limits.max.is_null() && compare(value, limits.max) > 0)
        return outside(field, json_text(value) + " is above " + limits.max_json + ", the greatest value");
    if (limits.expression && !limits.expression->matches(value.text()))
        return outside(field, json_text(value) + " does not look like " + limits.pattern);
    return {};
}

} // namespace mortise::host
