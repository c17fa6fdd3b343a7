// What fields of records are filled with.

#include "records/field_codec.hpp"
#include "samples/pattern_text.hpp"
#include "samples/sampler.hpp"

namespace mortise::check {

namespace {

constexpr std::int64_t far_from_events = 1'000'000'000;
constexpr std::int64_t some_day = 20'500; // in 2026
constexpr std::int64_t some_time = 1'767'258'000'000'000;

/// A value that keeps to the limits of a field whose usual sample does not.
std::optional<Value> within_limits(const host::Field& field, std::size_t round)
{
    const host::FieldLimits& limits = field.limits;
    if (!limits.pattern.empty()) {
        auto text = text_for_pattern(limits.pattern, round, round);
        return text ? std::optional{Value{*std::move(text)}} : std::nullopt;
    }
    return limits.min.is_null() ? limits.max : limits.min;
}

} // namespace

std::optional<Value> Sampler::of_field(const host::Field& field, int serial, std::size_t round) const
{
    auto value = usual_value(field, serial, round);
    if (!value) return value;
    const auto kept = host::coerce(field, *value);
    return !kept || host::check_limits(field, *kept) ? value : within_limits(field, round);
}

std::optional<Value> Sampler::usual_value(const host::Field& field, int serial, std::size_t round) const
{
    using Kind = host::FieldKind;
    const std::string number = std::to_string(serial);
    const auto option = [&] { return Value{field.options[round % field.options.size()]}; };
    switch (field.kind) {
    case Kind::text:
    case Kind::rich_text: {
        std::string text = "Sample " + number;
        if (field.max_length != 0 && text.size() > field.max_length)
            text = number.substr(0, field.max_length);
        return Value{std::move(text)};
    }
    case Kind::enumeration:
        return field.options.empty() ? std::nullopt : std::optional{option()};
    case Kind::multi_enumeration:
        return field.options.empty() ? std::nullopt : std::optional{Value{List{option()}}};
    case Kind::url:
        return Value{"https://example.com/" + number};
    case Kind::email:
        return Value{"sample" + number + "@example.com"};
    case Kind::phone:
        return Value{"+4930901820"};
    case Kind::boolean:
        return Value{true};
    case Kind::integer:
        // A unique one may be the number of an event: ours must not be one that comes.
        return Value{field.unique ? far_from_events + serial : std::int64_t{serial}};
    case Kind::percent:
    case Kind::decimal:
        return Value{Decimal{10, 0}};
    case Kind::money:
        return Value{Money{10'000, 840, 2}};
    case Kind::date:
        return Value{Date{some_day}};
    case Kind::time_of_day:
        return Value{TimeOfDay{3'600'000'000}};
    case Kind::instant:
        return Value{Instant{some_time}};
    case Kind::duration:
        return Value{Duration{60'000'000}};
    case Kind::reference: {
        const Id id = m_make(field.reference_type);
        return id ? std::optional{Value{id}} : std::nullopt;
    }
    case Kind::list:
        return Value{List{}};
    case Kind::address:
        return Value{Map{{"city", "Berlin"}, {"country", "DE"}}};
    case Kind::json:
        return Value{Map{{"sample", serial}}};
    case Kind::file: // has to be handed in first
        return std::nullopt;
    }
    return std::nullopt;
}

} // namespace mortise::check
