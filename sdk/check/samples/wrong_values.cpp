// What a schema must refuse, one rule broken at a time.

#include "base/json.hpp"
#include "samples/draw.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace mortise::check {

namespace json = boost::json;

namespace {

constexpr std::string_view nothing_of_anybody = "no_such_thing_of_anybody";
constexpr std::string_view id_of_nothing = "999999999999";

/// Values for one place, each with what is wrong with it, for messages.
struct Wrongs {
    std::vector<std::pair<Value, std::string>> all{};

    void add(Value value, std::string what) { all.emplace_back(std::move(value), std::move(what)); }
    void add(Value value)
    {
        constexpr std::size_t longest = 60;
        std::string text = host::json_text(value);
        if (text.size() > longest) text = text.substr(0, longest) + "...";
        add(std::move(value), "is " + text);
    }
};

void add_other_kinds(Wrongs& wrongs, const json::value& schema)
{
    if (!takes_type(schema, "object")) wrongs.add(Value{Map{{"garbage", List{Value{1}, Value{"two"}}}}});
    if (!takes_type(schema, "string")) wrongs.add(Value{"sample"});
    if (!takes_type(schema, "integer") && !takes_type(schema, "number")) wrongs.add(Value{7});
    if (takes_type(schema, "integer") && rule(schema, "type") && !takes_type(schema, "number"))
        wrongs.add(Value{1.5});
    if (!takes_type(schema, "array")) wrongs.add(Value{List{Value{"one"}}});
    if (!takes_type(schema, "null")) wrongs.add(Value{});
    if (!rule(schema, "type") && !rule(schema, "enum") && !rule(schema, "const")) { // nothing is said
        wrongs.add(Value{Map{{"garbage", 1}}});
        wrongs.add(Value{});
    }
}

void add_beyond(Wrongs& wrongs, const json::value& schema)
{
    constexpr double exact = 9e15; // above, a real number is not next to its neighbour
    const auto add = [&](double number) {
        if (std::abs(number) > exact) return;
        wrongs.add(std::trunc(number) == number ? Value{static_cast<std::int64_t>(number)} : Value{number});
    };
    if (const auto least = number_rule(schema, "minimum")) add(*least - 1);
    if (const auto most = number_rule(schema, "maximum")) add(*most + 1);
    for (const char* end : {"exclusiveMinimum", "exclusiveMaximum"})
        if (const auto number = number_rule(schema, end)) add(*number);
}

void add_other_texts(Wrongs& wrongs, const json::value& schema)
{
    constexpr double longest = 100'000;
    if (number_rule(schema, "minLength").value_or(0) > 0) wrongs.add(Value{""});
    if (const auto most = number_rule(schema, "maxLength"); most && *most < longest)
        wrongs.add(
            Value{std::string(static_cast<std::size_t>(*most) + 1, 'x')},
            "is " + std::to_string(static_cast<std::size_t>(*most) + 1) + " characters long"
        );
    if (rule(schema, "pattern")) {
        wrongs.add(Value{"\u00BF \t?"});
        wrongs.add(Value{""});
    }
    const std::string format = text_rule(schema, "format");
    if (format == "date") wrongs.add(Value{"2026-02-30"});
    if (format == "date" || format == "date-time" || format == "time") wrongs.add(Value{"tomorrow"});
}

void add_other_lists(Wrongs& wrongs, const json::value& schema, const Value& good)
{
    constexpr double most_made = 1000;
    if (number_rule(schema, "minItems").value_or(0) > 0) wrongs.add(Value{List{}});
    const auto* list = good.as<List>();
    if (const auto most = number_rule(schema, "maxItems");
        most && *most < most_made && list && !list->empty())
        wrongs.add(
            Value{List(static_cast<std::size_t>(*most) + 1, list->front())},
            "has " + std::to_string(static_cast<std::size_t>(*most) + 1) + " items"
        );
}

class WrongDraw {
public:
    WrongDraw(const json::value& root, const MakeRecord& make) : m_root{root}, m_make{make} { }

    /// `good` is a value that fits; what comes of it differs from it in one place.
    Wrongs of(const json::value& given, const Value& good, std::string_view name, int depth = 0) const
    {
        constexpr int deepest = 4;
        Wrongs wrongs;
        if (depth > deepest) return wrongs;
        const json::value schema = resolved(given, m_root);
        if (depth > 0) add_other_kinds(wrongs, schema);
        const auto* options = rule(schema, "enum");
        if (options || rule(schema, "const")) wrongs.add(Value{nothing_of_anybody});
        add_beyond(wrongs, schema);
        add_other_texts(wrongs, schema);
        add_other_lists(wrongs, schema, good);
        if (takes_type(schema, "string") && options == nullptr && m_make(name))
            wrongs.add(Value{id_of_nothing}, "is the id of no record");
        if (const auto* fields = good.as<Map>()) add_in_object(wrongs, schema, *fields, depth);
        const auto* list = good.as<List>();
        if (const auto* items = rule(schema, "items"); items && list && !list->empty())
            for (auto& [value, what] : of(*items, list->front(), {}, depth + 1).all)
                wrongs.add(Value{List{std::move(value)}}, "has an item that " + what);
        return wrongs;
    }

private:
    void add_in_object(Wrongs& wrongs, const json::value& schema, const Map& good, int depth) const
    {
        const auto* properties = rule(schema, "properties");
        if (properties && properties->is_object())
            for (const auto& [name, below] : properties->get_object()) {
                if (!good.contains(name)) continue;
                for (auto& [value, what] : of(below, good[name], name, depth + 1).all) {
                    Map other = good;
                    other.set(name, std::move(value));
                    wrongs.add(Value{std::move(other)}, '"' + std::string{name} + "\" " + what);
                }
            }
        if (const auto* required = rule(schema, "required"); required && required->is_array())
            for (const json::value& name : required->get_array()) {
                Map other;
                for (const auto& [key, value] : good)
                    if (!name.is_string() || key != std::string_view{name.get_string()})
                        other.set(key, value);
                wrongs.add(Value{std::move(other)}, host::to_json(name) + " is missing");
            }
        if (const auto* more = rule(schema, "additionalProperties");
            more != nullptr && *more == json::value(false)) {
            Map other = good;
            other.set(nothing_of_anybody, 1);
            wrongs.add(Value{std::move(other)}, "it has \"" + std::string{nothing_of_anybody} + "\" too");
        }
    }

    const json::value& m_root;
    const MakeRecord& m_make;
};

} // namespace

std::vector<WrongValue> Sampler::wrong(const json::value& schema)
{
    std::vector<WrongValue> all;
    if (schema.is_null()) return all;
    const auto good = fitting(schema, Taste::all);
    if (!good) return all;
    for (auto& [value, what] : WrongDraw{schema, m_make}.of(schema, *good, {}).all) {
        const bool is_refused = !takes(schema, value);
        all.push_back({std::move(value), std::move(what), is_refused});
    }
    return all;
}

} // namespace mortise::check
