#include "run/asker.hpp"

#include "sql/calendar.hpp"

namespace mortise::plugins::reporting {

Value plain_of(const Cell& cell)
{
    const Value value = cell.value();
    if (const auto* yes = value.as<bool>()) return *yes ? 1 : 0;
    if (const auto* id = value.as<Id>()) return id->number;
    if (const auto* instant = value.as<Instant>()) return instant->microseconds;
    if (const auto* date = value.as<Date>()) return day_text(*date);
    if (const auto* decimal = value.as<Decimal>()) return decimal->coefficient;
    if (const auto* duration = value.as<Duration>()) return duration->microseconds;
    if (const auto* time = value.as<TimeOfDay>()) return time->microseconds;
    if (const auto* real = value.as<double>()) return static_cast<std::int64_t>(*real);
    return value;
}

std::int64_t number_of(const Cell& cell)
{
    return plain_of(cell).get_or(std::int64_t{0});
}

} // namespace mortise::plugins::reporting
