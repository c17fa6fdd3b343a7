#pragma once

/// \file
/// Values as text, so that a test framework can show them: EXPECT_EQ(kit.field(...), Value{3}).

#include <mortise/value.hpp>

#include <cstdint>
#include <ostream>
#include <string>

namespace mortise {

namespace testkit::detail {

/// A number with `scale` digits behind its point.
inline void print_scaled(std::ostream& out, std::int64_t number, int scale)
{
    std::int64_t power = 1;
    for (int i = 0; i < scale; ++i)
        power *= 10;
    const auto magnitude = [](std::int64_t signed_number) {
        return signed_number < 0 ? ~static_cast<std::uint64_t>(signed_number) + 1
                                 : static_cast<std::uint64_t>(signed_number);
    };
    const auto size = magnitude(number);
    const auto unit = static_cast<std::uint64_t>(power);
    out << (number < 0 ? "-" : "") << size / unit;
    if (scale == 0) return;
    out << '.';
    std::string digits = std::to_string(size % unit);
    out << std::string(static_cast<std::size_t>(scale) - digits.size(), '0') << digits;
}

} // namespace testkit::detail

/// For people, with the kind where it would not show: `id 17`, `840 12.50`.
inline std::ostream& operator<<(std::ostream& out, const Value& value)
{
    const auto separate = [&out](bool& is_first) {
        if (!is_first) out << ", ";
        is_first = false;
    };
    switch (value.kind()) {
    case Kind::null:
        return out << "null";
    case Kind::boolean:
        return out << (*value.as<bool>() ? "true" : "false");
    case Kind::integer:
        return out << *value.as<std::int64_t>();
    case Kind::real:
        return out << "real " << *value.as<double>();
    case Kind::decimal:
        testkit::detail::print_scaled(
            out << "decimal ", value.as<Decimal>()->coefficient, value.as<Decimal>()->scale
        );
        return out;
    case Kind::money:
        testkit::detail::print_scaled(
            out << "currency " << value.as<Money>()->currency << ' ',
            value.as<Money>()->minor,
            value.as<Money>()->digits
        );
        return out;
    case Kind::text:
        return out << '"' << value.text() << '"';
    case Kind::bytes:
        return out << value.as<Bytes>()->size() << " bytes";
    case Kind::instant:
        return out << "instant " << value.as<Instant>()->microseconds;
    case Kind::date:
        return out << "date " << value.as<Date>()->days;
    case Kind::time_of_day:
        return out << "time " << value.as<TimeOfDay>()->microseconds;
    case Kind::duration:
        return out << "duration " << value.as<Duration>()->microseconds;
    case Kind::id:
        return out << "id " << value.as<Id>()->number;
    case Kind::list: {
        bool is_first = true;
        out << '[';
        for (const Value& each : *value.as<List>()) {
            separate(is_first);
            out << each;
        }
        return out << ']';
    }
    case Kind::map: {
        bool is_first = true;
        out << '{';
        for (const auto& [key, each] : *value.as<Map>()) {
            separate(is_first);
            out << key << ": " << each;
        }
        return out << '}';
    }
    }
    return out;
}

} // namespace mortise
