#pragma once

/// \file
/// Calls a function object with the content of a `Value`, whatever its kind; null is `nullptr`.

#include <mortise/value.hpp>

namespace mortise::host {

template <class Visitor>
decltype(auto) visit_value(Visitor&& visitor, const Value& value)
{
    switch (value.kind()) {
    case Kind::null:
        return visitor(nullptr);
    case Kind::boolean:
        return visitor(*value.as<bool>());
    case Kind::integer:
        return visitor(*value.as<std::int64_t>());
    case Kind::real:
        return visitor(*value.as<double>());
    case Kind::decimal:
        return visitor(*value.as<Decimal>());
    case Kind::money:
        return visitor(*value.as<Money>());
    case Kind::text:
        return visitor(*value.as<std::string>());
    case Kind::bytes:
        return visitor(*value.as<Bytes>());
    case Kind::instant:
        return visitor(*value.as<Instant>());
    case Kind::date:
        return visitor(*value.as<Date>());
    case Kind::time_of_day:
        return visitor(*value.as<TimeOfDay>());
    case Kind::duration:
        return visitor(*value.as<Duration>());
    case Kind::id:
        return visitor(*value.as<Id>());
    case Kind::list:
        return visitor(*value.as<List>());
    case Kind::map:
        return visitor(*value.as<Map>());
    }
    return visitor(nullptr);
}

} // namespace mortise::host
