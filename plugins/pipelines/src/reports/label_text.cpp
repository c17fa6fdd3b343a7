#include "reports/label_text.hpp"

#include "rules/calendar.hpp"

namespace mortise::plugins::pipelines {

namespace {

std::string decimal_text(Decimal decimal)
{
    const bool is_negative = decimal.coefficient < 0;
    std::string digits = std::to_string(is_negative ? -decimal.coefficient : decimal.coefficient);
    if (digits.size() <= decimal.scale) digits.insert(0, decimal.scale + 1U - digits.size(), '0');
    if (decimal.scale > 0) digits.insert(digits.size() - decimal.scale, 1, '.');
    return (is_negative ? "-" : "") + digits;
}

} // namespace

std::string label_text(const Value& value)
{
    switch (value.kind()) {
    case Kind::text:
        return std::string{value.text()};
    case Kind::boolean:
        return *value.as<bool>() ? "true" : "false";
    case Kind::integer:
        return std::to_string(*value.as<std::int64_t>());
    case Kind::decimal:
        return decimal_text(*value.as<Decimal>());
    case Kind::id:
        return std::to_string(value.as<Id>()->number);
    case Kind::date:
        return day_text(*value.as<Date>());
    case Kind::instant:
        return day_text(day_of(*value.as<Instant>()));
    case Kind::null:
    case Kind::real:
    case Kind::money:
    case Kind::bytes:
    case Kind::time_of_day:
    case Kind::duration:
    case Kind::list:
    case Kind::map:
        break;
    }
    return {};
}

} // namespace mortise::plugins::pipelines
