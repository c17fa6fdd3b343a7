#include "sample.hpp"

#include "base/json.hpp"

#include <limits>

namespace mortise::check {

namespace {

namespace json = boost::json;

constexpr std::int64_t far_from_events = 1'000'000'000;
constexpr std::int64_t some_day = 20'500; // in 2026
constexpr std::int64_t some_time = 1'767'258'000'000'000;

const json::value* member(const json::value& schema, std::string_view name)
{
    return schema.is_object() ? schema.get_object().if_contains(name) : nullptr;
}

std::string text_in(const json::value& schema, std::string_view name)
{
    const auto* found = member(schema, name);
    return found && found->is_string() ? std::string{found->get_string()} : std::string{};
}

std::int64_t number_in(const json::value& schema, std::string_view name, std::int64_t other)
{
    const auto* found = member(schema, name);
    return found && found->is_number() ? found->to_number<std::int64_t>() : other;
}

/// The type that the schema names, or the first of several.
std::string type_of(const json::value& schema)
{
    const auto* type = member(schema, "type");
    if (!type) return member(schema, "properties") ? "object" : "";
    if (type->is_string()) return std::string{type->get_string()};
    return type->is_array() && !type->get_array().empty() ? std::string{type->get_array().front().as_string()}
                                                          : "";
}

std::string strange_text(std::mt19937_64& random)
{
    static const std::string strange[]{
        "",
        "\n\t",
        "naïve 文字 \U0001F600",
        "'; DROP TABLE contact; --",
        "{\"a\": [",
        std::string(10'000, 'x'),
        "\u202Eright to left",
        "0",
        "null",
        "%s%n",
        "../../etc/passwd",
    };
    return strange[random() % std::size(strange)];
}

std::optional<Value> sample_text(
    const json::value& schema,
    Taste taste,
    std::string_view name,
    std::mt19937_64& random,
    const MakeRecord& make
)
{
    const std::string format = text_in(schema, "format");
    if (format == "date") return Value{"2026-02-14"};
    if (format == "date-time") return Value{"2026-02-14T12:00:00Z"};
    if (format == "email") return Value{"sample@example.com"};
    if (format == "uri") return Value{"https://example.com/"};
    if (const Id id = make(name)) return Value{std::to_string(id.number)};
    const std::string pattern = text_in(schema, "pattern");
    if (pattern.find("A-Z]{3}") != std::string::npos) return Value{"USD"};
    if (pattern.find("0-9") != std::string::npos) return Value{"1"};
    if (!pattern.empty()) return Value{"sample"};
    std::string text = taste == Taste::extreme ? strange_text(random) : "sample";
    const auto least = static_cast<std::size_t>(number_in(schema, "minLength", 0));
    const auto most = static_cast<std::size_t>(number_in(schema, "maxLength", 1'000'000));
    if (text.size() < least) text.resize(least, 'x');
    if (text.size() > most) text = std::string(most, 'x');
    return Value{std::move(text)};
}

Value sample_number(const json::value& schema, Taste taste, std::mt19937_64& random)
{
    constexpr std::int64_t huge = std::numeric_limits<std::int64_t>::max();
    const std::int64_t least = number_in(schema, "minimum", taste == Taste::extreme ? -huge : 0);
    const std::int64_t most
        = number_in(schema, "maximum", taste == Taste::extreme ? huge : std::max(least, std::int64_t{10}));
    if (taste != Taste::extreme) return Value{std::min(most, std::max(least, std::int64_t{3}))};
    return Value{(random() & 1U) != 0 ? least : most};
}

std::optional<Value>
sample_object(const json::value& schema, Taste taste, std::mt19937_64& random, const MakeRecord& make)
{
    Map map;
    const auto is_required = [&](std::string_view name) {
        const auto* required = member(schema, "required");
        if (!required || !required->is_array()) return false;
        for (const json::value& each : required->get_array())
            if (each.is_string() && std::string_view{each.get_string()} == name) return true;
        return false;
    };
    const auto* properties = member(schema, "properties");
    if (!properties || !properties->is_object()) return Value{std::move(map)};
    for (const auto& property : properties->get_object()) {
        if (taste == Taste::least && !is_required(property.key())) continue;
        if (taste == Taste::extreme && !is_required(property.key()) && (random() & 1U) != 0) continue;
        auto value = sample_of(property.value(), taste, property.key(), random, make);
        if (value)
            map.set(property.key(), *std::move(value));
        else if (is_required(property.key()))
            return std::nullopt;
    }
    return Value{std::move(map)};
}

} // namespace

std::optional<Value> sample_of(
    const json::value& schema,
    Taste taste,
    std::string_view name,
    std::mt19937_64& random,
    const MakeRecord& make
)
{
    if (const auto* constant = member(schema, "const")) return host::value_of(*constant);
    if (const auto* options = member(schema, "enum");
        options && options->is_array() && !options->get_array().empty()) {
        const auto& list = options->get_array();
        return host::value_of(list[taste == Taste::extreme ? random() % list.size() : 0]);
    }
    for (const char* choice : {"anyOf", "oneOf"})
        if (const auto* options = member(schema, choice);
            options && options->is_array() && !options->get_array().empty())
            return sample_of(options->get_array().front(), taste, name, random, make);
    const std::string type = type_of(schema);
    if (type == "object") return sample_object(schema, taste, random, make);
    if (type == "string") return sample_text(schema, taste, name, random, make);
    if (type == "integer") return sample_number(schema, taste, random);
    if (type == "number") return Value{taste == Taste::extreme ? 1e300 : 1.5};
    if (type == "boolean") return Value{taste != Taste::least};
    if (type == "array") {
        List list;
        const auto* items = member(schema, "items");
        const std::int64_t least = number_in(schema, "minItems", taste == Taste::least ? 0 : 1);
        for (std::int64_t i = 0; items && i < least; ++i)
            if (auto item = sample_of(*items, taste, {}, random, make)) list.push_back(*std::move(item));
        return Value{std::move(list)};
    }
    if (type == "null") return Value{};
    return Value{"sample"};
}

std::optional<Value> sample_of(const host::Field& field, int serial, const MakeRecord& make)
{
    using Kind = host::FieldKind;
    const std::string number = std::to_string(serial);
    switch (field.kind) {
    case Kind::text:
    case Kind::rich_text: {
        std::string text = "Sample " + number;
        if (field.max_length != 0 && text.size() > field.max_length)
            text = number.substr(0, field.max_length);
        return Value{std::move(text)};
    }
    case Kind::enumeration:
        return field.options.empty() ? std::nullopt : std::optional{Value{field.options.front()}};
    case Kind::multi_enumeration:
        return field.options.empty() ? std::nullopt
                                     : std::optional{Value{List{Value{field.options.front()}}}};
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
        const Id id = make(field.reference_type);
        return id ? std::optional{Value{id}} : std::nullopt;
    }
    case Kind::list:
        return Value{List{}};
    case Kind::address:
        return Value{Map{{"city", "Berlin"}, {"country", "DE"}}};
    case Kind::json:
        return Value{Map{{"sample", serial}}};
    }
    return std::nullopt;
}

} // namespace mortise::check
