#include "samples/draw.hpp"

#include "base/json.hpp"
#include "base/json_schema.hpp"
#include "samples/pattern_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace mortise::check {

namespace json = boost::json;

namespace {

constexpr int deepest = 12;

/// A text of each "format" that people declare.
std::optional<std::string> formatted(std::string_view format)
{
    static constexpr std::pair<std::string_view, std::string_view> known[]{
        {"date", "2026-02-14"},
        {"date-time", "2026-02-14T12:00:00Z"},
        {"time", "12:00:00Z"},
        {"duration", "P1D"},
        {"email", "sample@example.com"},
        {"uri", "https://example.com/"},
        {"uri-reference", "/sample"},
        {"hostname", "example.com"},
        {"ipv4", "192.0.2.1"},
        {"ipv6", "2001:db8::1"},
        {"uuid", "123e4567-e89b-42d3-a456-426614174000"},
    };
    for (const auto& [name, text] : known)
        if (name == format) return std::string{text};
    return std::nullopt;
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
        "\xE2\x80\xAEright to left", // with a mark that turns the direction
        "0",
        "null",
        "%s%n",
        "../../etc/passwd",
    };
    return strange[random() % std::size(strange)];
}

/// A text that the schema's pattern and lengths take: one that means something to people, or one that is
/// made.
std::optional<std::string> text_of_pattern(const json::value& schema, std::size_t round)
{
    json::object rules{{"type", "string"}};
    for (const char* name : {"pattern", "minLength", "maxLength"})
        if (const auto* found = rule(schema, name)) rules[name] = *found;
    const auto checked = host::JsonSchema::compile(rules);
    if (!checked) return std::nullopt;
    for (const char* usual : {"USD", "DE", "en", "sample", "1", "1.0", "2026-02-14", "12:00", "example.com"})
        if (checked->validate(json::value(usual))) return usual;
    const std::string pattern = text_rule(schema, "pattern");
    for (const std::size_t more : {0U, 1U, 2U, 3U, 5U, 8U, 13U, 21U, 34U, 55U})
        if (auto text = text_for_pattern(pattern, more, round); text && checked->validate(json::value(*text)))
            return text;
    return std::nullopt;
}

/// A bound as a whole number, rounded into what is allowed; nothing where a rule says nothing, or too much.
std::optional<std::int64_t>
whole_bound(const json::value& schema, std::string_view name, double (*round)(double))
{
    constexpr double widest = 9e18;
    const auto* number = rule(schema, name);
    if (number != nullptr && number->is_int64()) return number->get_int64();
    const auto real = number_rule(schema, name);
    if (!real || std::abs(*real) >= widest) return std::nullopt;
    return static_cast<std::int64_t>(round(*real));
}

double up(double number)
{
    return std::ceil(number);
}

double down(double number)
{
    return std::floor(number);
}

std::optional<std::int64_t> least_whole_number(const json::value& schema)
{
    const auto from = whole_bound(schema, "minimum", up);
    const auto above = whole_bound(schema, "exclusiveMinimum", down);
    if (!above) return from;
    return std::max(from.value_or(*above + 1), *above + 1);
}

std::optional<std::int64_t> greatest_whole_number(const json::value& schema)
{
    const auto to = whole_bound(schema, "maximum", down);
    const auto below = whole_bound(schema, "exclusiveMaximum", up);
    if (!below) return to;
    return std::min(to.value_or(*below - 1), *below - 1);
}

std::int64_t multiple_near(
    std::int64_t number,
    std::int64_t step,
    std::optional<std::int64_t> least,
    std::optional<std::int64_t> most
)
{
    std::int64_t near = number - number % step;
    if (least && near < *least) near += step;
    const bool is_free = !least && near == 0 && (!most || step <= *most);
    return is_free ? step : near;
}

bool is_required(const json::value& schema, std::string_view name)
{
    const auto* required = rule(schema, "required");
    return required != nullptr && required->is_array()
        && std::ranges::any_of(required->get_array(), [name](const json::value& each) {
               return each.is_string() && std::string_view{each.get_string()} == name;
           });
}

/// The type that the schema names, or the first of several.
std::string type_of(const json::value& schema)
{
    const auto* type = rule(schema, "type");
    if (!type) return rule(schema, "properties") ? "object" : "";
    if (type->is_string()) return std::string{type->get_string()};
    const auto* list = type->if_array();
    return list && !list->empty() && list->front().is_string() ? std::string{list->front().get_string()} : "";
}

/// Adds what another schema says; properties and required ones are those of both.
void add_rules(json::object& to, const json::object& from)
{
    for (const auto& [name, value] : from) {
        json::value* there = to.if_contains(name);
        if (there && name == "properties" && there->is_object() && value.is_object()) {
            for (const auto& [property, schema] : value.get_object())
                there->get_object()[property] = schema;
        } else if (there && name == "required" && there->is_array() && value.is_array()) {
            for (const json::value& each : value.get_array())
                there->get_array().push_back(each);
        } else {
            to[name] = value;
        }
    }
}

json::value resolved_below(const json::value& schema, const json::value& root, int depth)
{
    if (!schema.is_object() || depth > deepest) return schema;
    if (!schema.get_object().contains("$ref") && !schema.get_object().contains("allOf")) return schema;
    json::object all;
    const std::string reference = text_rule(schema, "$ref");
    if (reference.starts_with('#')) {
        boost::system::error_code trouble;
        const json::value* target = root.find_pointer(reference.substr(1), trouble);
        if (target && !trouble)
            if (const json::value there = resolved_below(*target, root, depth + 1); there.is_object())
                add_rules(all, there.get_object());
    }
    if (const auto* parts = rule(schema, "allOf"); parts && parts->is_array())
        for (const json::value& part : parts->get_array())
            if (const json::value there = resolved_below(part, root, depth + 1); there.is_object())
                add_rules(all, there.get_object());
    add_rules(all, schema.get_object());
    all.erase("$ref");
    all.erase("allOf");
    return all;
}

} // namespace

const json::value* rule(const json::value& schema, std::string_view name)
{
    return schema.is_object() ? schema.get_object().if_contains(name) : nullptr;
}

std::string text_rule(const json::value& schema, std::string_view name)
{
    const auto* found = rule(schema, name);
    return found && found->is_string() ? std::string{found->get_string()} : std::string{};
}

std::optional<double> number_rule(const json::value& schema, std::string_view name)
{
    const auto* found = rule(schema, name);
    return found && found->is_number() ? std::optional{found->to_number<double>()} : std::nullopt;
}

bool takes_type(const json::value& schema, std::string_view type)
{
    const auto* declared = rule(schema, "type");
    if (!declared) return true;
    if (declared->is_string()) return std::string_view{declared->get_string()} == type;
    return declared->is_array()
        && std::ranges::any_of(declared->get_array(), [type](const json::value& each) {
               return each.is_string() && std::string_view{each.get_string()} == type;
           });
}

json::value resolved(const json::value& schema, const json::value& root)
{
    return resolved_below(schema, root, 0);
}

std::optional<Value> Draw::value(const json::value& given, std::string_view name)
{
    if (m_depth >= deepest) return std::nullopt;
    ++m_depth;
    const json::value schema = resolved(given, m_root);
    auto drawn = chosen(schema, name);
    --m_depth;
    return drawn;
}

/// What its author gives as a sample: one of "examples", else, every other time, the "default". The ends of
/// what is allowed are other values; and of the least that must be there, the whole is no example.
std::optional<Value> Draw::given(const json::value& schema) const
{
    const bool is_whole = m_depth == 1;
    if (m_given == Given::left || m_taste == Taste::extreme || (is_whole && m_taste == Taste::least))
        return std::nullopt;
    if (const auto* examples = rule(schema, "examples"); examples && examples->is_array())
        if (const json::array& list = examples->get_array(); !list.empty())
            return m_sampler.example(list[m_round % list.size()]);
    if (const auto* usual = rule(schema, "default"); usual && m_round % 2 == 0 && !rule(schema, "enum"))
        return host::value_of(*usual);
    return std::nullopt;
}

/// What the schema lists, or one of its alternatives together with the rest of it.
std::optional<Value> Draw::chosen(const json::value& schema, std::string_view name)
{
    if (auto sample = given(schema)) return sample;
    if (const auto* constant = rule(schema, "const")) return host::value_of(*constant);
    const auto index = [this](const json::array& list) {
        return (m_taste == Taste::extreme ? m_sampler.m_random() : m_round) % list.size();
    };
    const auto* options = rule(schema, "enum");
    if (options && options->is_array() && !options->get_array().empty())
        return host::value_of(options->get_array()[index(options->get_array())]);
    for (const char* choice : {"anyOf", "oneOf"}) {
        const auto* list = rule(schema, choice);
        if (!list || !list->is_array() || list->get_array().empty()) continue;
        json::object rest = schema.get_object();
        rest.erase(choice);
        const json::value one = resolved(list->get_array()[index(list->get_array())], m_root);
        if (one.is_object()) add_rules(rest, one.get_object());
        return value(rest, name);
    }
    return typed(schema, name);
}

std::optional<Value> Draw::typed(const json::value& schema, std::string_view name)
{
    const std::string type = type_of(schema);
    if (type == "object") return object(schema);
    if (type == "string") return text(schema, name);
    if (type == "integer") return whole_number(schema);
    if (type == "number") return number(schema);
    if (type == "boolean") return Value{m_taste != Taste::least && m_round % 2 == 0};
    if (type == "array") return list(schema, name);
    if (type == "null") return Value{};
    return Value{"sample"};
}

std::optional<Value> Draw::object(const json::value& schema)
{
    Map map;
    const auto* properties = rule(schema, "properties");
    if (!properties || !properties->is_object()) return Value{std::move(map)};
    for (const auto& property : properties->get_object()) {
        const bool is_needed = is_required(schema, property.key());
        if (m_taste == Taste::least && !is_needed) continue;
        if (m_taste == Taste::extreme && !is_needed && (m_sampler.m_random() & 1U) != 0) continue;
        auto drawn = value(property.value(), property.key());
        if (drawn)
            map.set(property.key(), *std::move(drawn));
        else if (is_needed)
            return std::nullopt;
    }
    return Value{std::move(map)};
}

std::optional<Value> Draw::list(const json::value& schema, std::string_view name)
{
    List list;
    const auto* items = rule(schema, "items");
    const double most = number_rule(schema, "maxItems").value_or(std::numeric_limits<double>::max());
    const double least = number_rule(schema, "minItems").value_or(m_taste == Taste::least ? 0 : 1);
    const std::size_t round = m_round;
    for (double i = 0; items && i < std::min(least, most); ++i, ++m_round)
        if (auto item = value(*items, name)) list.push_back(*std::move(item)); // "contacts": ids of some
    m_round = round;
    return Value{std::move(list)};
}

std::optional<Value> Draw::text(const json::value& schema, std::string_view name)
{
    if (auto text = formatted(text_rule(schema, "format"))) return Value{*std::move(text)};
    if (const Id id = m_sampler.m_make(name)) return Value{std::to_string(id.number)};
    const auto least = static_cast<std::size_t>(number_rule(schema, "minLength").value_or(0));
    const auto most = static_cast<std::size_t>(number_rule(schema, "maxLength").value_or(1'000'000));
    if (rule(schema, "pattern"))
        if (auto text = text_of_pattern(schema, m_round)) return Value{*std::move(text)};
    std::string text = free_text(schema, name);
    if (text.size() < least) text.resize(least, 'x');
    if (text.size() > most) text = std::string(most, 'x');
    return Value{std::move(text)};
}

/// Where anything may stand: what the manifest lists for the name elsewhere, and what it does not.
std::string Draw::free_text(const json::value& schema, std::string_view name)
{
    if (m_taste == Taste::extreme) return strange_text(m_sampler.m_random);
    const auto words = m_sampler.m_words.find(name);
    if (words == m_sampler.m_words.end() || rule(schema, "pattern") != nullptr) return "sample";
    const std::size_t index = m_round % (words->second.size() + 1);
    return index < words->second.size() ? words->second[index] : "sample";
}

Value Draw::whole_number(const json::value& schema)
{
    constexpr std::int64_t huge = std::numeric_limits<std::int64_t>::max();
    const auto least = least_whole_number(schema);
    const auto most = greatest_whole_number(schema);
    constexpr std::int64_t usual = 3;
    std::int64_t number = std::min(most.value_or(huge), std::max(least.value_or(0), usual));
    if (m_taste == Taste::extreme)
        number = (m_sampler.m_random() & 1U) != 0 ? least.value_or(-huge) : most.value_or(huge);
    const auto step = static_cast<std::int64_t>(number_rule(schema, "multipleOf").value_or(1));
    return Value{step > 1 ? multiple_near(number, step, least, most) : number};
}

Value Draw::number(const json::value& schema)
{
    const auto least = number_rule(schema, "minimum");
    const auto most = number_rule(schema, "maximum");
    const auto above = number_rule(schema, "exclusiveMinimum");
    const auto below = number_rule(schema, "exclusiveMaximum");
    if (const auto step = number_rule(schema, "multipleOf"); step && *step > 0)
        return Value{*step * std::ceil(std::max(1.0, least.value_or(0) / *step))};
    const auto from = least ? least : above;
    const auto to = most ? most : below;
    if (m_taste == Taste::extreme) {
        constexpr double huge = 1e300;
        if ((m_sampler.m_random() & 1U) != 0) return Value{least.value_or(above ? *above + 1e-3 : -huge)};
        return Value{most.value_or(below ? *below - 1e-3 : huge)};
    }
    constexpr double usual = 1.5;
    const bool is_in = (!from || usual > *from) && (!to || usual < *to);
    if (is_in) return Value{usual};
    if (from && to) return Value{(*from + *to) / 2};
    return Value{from ? *from + 1 : *to - 1};
}

} // namespace mortise::check
