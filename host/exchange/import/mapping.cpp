#include "exchange/import/mapping.hpp"

#include "base/json.hpp"
#include "base/json_schema.hpp"
#include "exchange/import/mapping_schema.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

namespace mortise::host {

namespace {

namespace json = boost::json;

std::string text_at(const json::object& object, const char* name, std::string otherwise = {})
{
    const json::value* found = object.if_contains(name);
    return found && found->is_string() ? std::string{found->as_string()} : std::move(otherwise);
}

bool flag_at(const json::object& object, const char* name, bool otherwise)
{
    const json::value* found = object.if_contains(name);
    return found && found->is_bool() ? found->as_bool() : otherwise;
}

Map map_at(const json::object& object, const char* name)
{
    const json::value* found = object.if_contains(name);
    if (!found) return {};
    return value_of(*found).get_or(Map{});
}

ColumnMapping column_of(std::string_view name, const json::value& value)
{
    ColumnMapping column;
    column.column = name;
    if (value.is_string()) { // "CSV name": "field"
        column.field = std::string{value.as_string()};
        return column;
    }
    const json::object& object = value.as_object();
    column.field = text_at(object, "field");
    column.trim = flag_at(object, "trim", true);
    column.date = text_at(object, "date");
    column.currency = text_at(object, "currency");
    if (const json::value* values = object.if_contains("values"))
        for (const auto& [from, to] : values->as_object())
            column.values.emplace(std::string{from}, std::string{to.as_string()});
    if (const json::value* reference = object.if_contains("ref")) {
        const json::object& rule = reference->as_object();
        column.reference = ReferenceRule{
            text_at(rule, "type"), text_at(rule, "by"), flag_at(rule, "create", false), map_at(rule, "values")
        };
    }
    return column;
}

} // namespace

std::vector<const ReferenceRule*> rules_of(const Mapping& mapping)
{
    std::vector<const ReferenceRule*> rules;
    for (const ColumnMapping& column : mapping.columns)
        if (column.reference) rules.push_back(&*column.reference);
    return rules;
}

Result<Mapping> parse_mapping(std::string_view text)
{
    MORTISE_TRY(const json::value schema_json, parse_json(mapping_schema, "mapping.schema.json"));
    MORTISE_TRY(const JsonSchema schema, JsonSchema::compile(schema_json));
    MORTISE_TRY(const json::value parsed, parse_json(text, "the mapping"));
    MORTISE_CHECK(schema.validate(parsed));
    const json::object& object = parsed.as_object();
    Mapping mapping;
    mapping.type = text_at(object, "type");
    if (const json::value* match = object.if_contains("match"))
        for (const json::value& field : match->as_array())
            mapping.match.emplace_back(field.as_string());
    for (const auto& [name, column] : object.at("columns").as_object())
        mapping.columns.push_back(column_of(name, column));
    mapping.constants = map_at(object, "constants");
    if (text_at(object, "on_missing_ref", "refuse") == "leave")
        mapping.on_missing_reference = OnMissingReference::leave;
    return mapping;
}

} // namespace mortise::host
