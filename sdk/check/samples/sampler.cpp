#include "samples/sampler.hpp"

#include "base/json.hpp"
#include "samples/draw.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>

namespace mortise::check {

namespace json = boost::json;

namespace {

using Words = std::map<std::string, std::vector<std::string>, std::less<>>;

void add_word(Words& words, std::string_view name, const json::value& word)
{
    if (!word.is_string()) return;
    std::vector<std::string>& known = words[std::string{name}];
    if (std::ranges::find(known, std::string_view{word.get_string()}) == known.end())
        known.emplace_back(word.get_string());
}

/// What is listed for a name below there: an "enum" or "const" of a property, the options of a field.
void gather_words(Words& words, const json::value& at)
{
    if (at.is_array())
        for (const json::value& each : at.get_array())
            gather_words(words, each);
    if (!at.is_object()) return;
    if (const auto* properties = rule(at, "properties"); properties && properties->is_object())
        for (const auto& [name, schema] : properties->get_object()) {
            if (const auto* options = rule(schema, "enum"); options && options->is_array())
                for (const json::value& option : options->get_array())
                    add_word(words, name, option);
            if (const auto* constant = rule(schema, "const")) add_word(words, name, *constant);
        }
    if (const auto* options = rule(at, "options"); options && options->is_array())
        for (const json::value& option : options->get_array()) {
            const auto* value = rule(option, "value"); // {value, label}
            add_word(words, text_rule(at, "name"), value ? *value : option);
        }
    for (const auto& [name, value] : at.get_object())
        gather_words(words, value);
}

constexpr std::size_t most_rounds = 12;

} // namespace

Sampler::Sampler(const host::Manifest& manifest, std::mt19937_64& random, MakeRecord make)
    : m_random{random},
      m_make{std::move(make)}
{
    for (const char* part : {"commands", "events", "settings", "types"})
        if (const auto* found = rule(manifest.json, part)) gather_words(m_words, *found);
}

const host::JsonSchema* Sampler::compiled(const json::value& schema)
{
    auto found = m_compiled.find(&schema);
    if (found == m_compiled.end()) {
        auto made = host::JsonSchema::compile(schema);
        found = m_compiled.emplace(&schema, made ? std::optional{*std::move(made)} : std::nullopt).first;
    }
    return found->second ? &*found->second : nullptr;
}

bool Sampler::takes(const json::value& schema, const Value& value)
{
    const host::JsonSchema* checked = compiled(schema);
    return checked == nullptr || checked->validate(host::json_of(value));
}

std::optional<Value> Sampler::fitting(const json::value& schema, Taste taste, std::size_t round)
{
    if (schema.is_null()) return Value{Map{}}; // a command that declares no arguments
    constexpr std::size_t tries = 8;
    // Rules that bind several places, such as "one of these must be there", are met by trying.
    for (const Given given : {Given::taken, Given::left}) // examples that do not fit help nobody
        for (const Taste each : {taste, Taste::all})
            for (std::size_t i = 0; i < tries; ++i)
                if (auto value = Draw{*this, schema, each, round + i, given}.value(schema, {});
                    value && takes(schema, *value))
                    return value;
    return std::nullopt;
}

Value Sampler::example(const json::value& given) const
{
    if (const auto* list = given.if_array()) {
        List items;
        for (const json::value& each : *list)
            items.push_back(example(each));
        return Value{std::move(items)};
    }
    if (const auto* object = given.if_object()) {
        Map map;
        for (const auto& [name, value] : *object)
            map.set(name, example(value));
        return Value{std::move(map)};
    }
    if (const auto* text = given.if_string(); text && text->starts_with('{') && text->ends_with('}'))
        if (const Id id = m_make(std::string_view{*text}.substr(1, text->size() - 2)))
            return Value{std::to_string(id.number)};
    return host::value_of(given);
}

namespace {

std::size_t rounds_of(
    const json::value& given, const json::value& root, const Words& words, std::string_view name, int depth
)
{
    constexpr int deepest = 8;
    if (depth > deepest) return 1;
    const json::value schema = resolved(given, root);
    std::size_t most = 1;
    const auto consider = [&most](std::size_t rounds) { most = std::max(most, rounds); };
    if (const auto* examples = rule(schema, "examples"); examples && examples->is_array())
        consider(examples->get_array().size());
    else if (rule(schema, "default"))
        consider(2);
    if (const auto* options = rule(schema, "enum"); options && options->is_array())
        consider(options->get_array().size());
    else if (takes_type(schema, "boolean") && rule(schema, "type"))
        consider(2);
    else if (const auto listed = words.find(name);
             listed != words.end() && takes_type(schema, "string") && rule(schema, "const") == nullptr)
        consider(listed->second.size() + 1);
    for (const char* choice : {"anyOf", "oneOf"})
        if (const auto* list = rule(schema, choice); list && list->is_array()) {
            consider(list->get_array().size());
            for (const json::value& each : list->get_array())
                consider(rounds_of(each, root, words, name, depth + 1));
        }
    if (const auto* items = rule(schema, "items")) consider(rounds_of(*items, root, words, name, depth + 1));
    if (const auto* properties = rule(schema, "properties"); properties && properties->is_object())
        for (const auto& [property, below] : properties->get_object())
            consider(rounds_of(below, root, words, property, depth + 1));
    return most;
}

} // namespace

std::size_t Sampler::rounds(const json::value& schema) const
{
    return std::min(most_rounds, rounds_of(schema, schema, m_words, {}, 0));
}

} // namespace mortise::check
