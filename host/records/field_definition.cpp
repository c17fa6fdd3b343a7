#include "records/field_definition.hpp"

#include "base/json.hpp"
#include "records/field_codec.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

namespace mortise::host {

namespace json = boost::json;

std::string definition_of(const Field& field)
{
    json::array options;
    for (const std::string& option : field.options)
        options.emplace_back(option);
    json::object definition{
        {"label", field.label},
        {"help", field.help},
        {"required", field.required},
        {"unique", field.unique},
        {"indexed", field.indexed},
        {"sorted", field.sorted},
        {"searchable", field.searchable},
        {"timeline", field.timeline},
        {"personal", field.personal},
        {"reference", field.reference_type},
        {"on_delete", name_of(field.on_delete)},
        {"options", std::move(options)},
        {"scale", field.scale},
        {"max_length", field.max_length},
        {"min", field.limits.min_json},
        {"max", field.limits.max_json},
        {"pattern", field.limits.pattern},
        {"default", field.default_json}
    };
    if (!field.option_labels.empty()) {
        json::array labels;
        for (const std::string& label : field.option_labels)
            labels.emplace_back(label);
        definition["option_labels"] = std::move(labels);
    }
    return to_json(definition);
}

Result<void> read_definition(std::string_view text, Field& field)
{
    MORTISE_TRY(const json::value parsed, parse_json(text, "definition of field " + field.name));
    const json::object& definition = parsed.as_object();
    const auto flag = [&](const char* name) { return definition.at(name).as_bool(); };
    const auto string = [&](const char* name) { return std::string{definition.at(name).as_string()}; };
    field.label = string("label");
    field.help = string("help");
    field.required = flag("required");
    field.unique = flag("unique");
    field.indexed = flag("indexed");
    field.sorted = definition.contains("sorted") && flag("sorted"); // older catalogs do not say
    field.searchable = flag("searchable");
    field.timeline = flag("timeline");
    field.personal = flag("personal");
    field.reference_type = string("reference");
    const json::value* on_delete = definition.if_contains("on_delete"); // older catalogs do not say
    if (on_delete && !parse_on_delete(std::string_view{on_delete->as_string()}, field.on_delete))
        return Error{
            .code = ErrorCode::unsupported,
            .message
            = "the field " + field.name + " has the unknown rule on_delete \"" + string("on_delete") + "\"",
            .key = "records.newer_database",
            .where = {},
            .hint = "the database was written by a newer host: open it with that one",
        };
    for (const json::value& option : definition.at("options").as_array())
        field.options.emplace_back(option.as_string());
    if (const json::value* labels = definition.if_contains("option_labels")) // only where there are any
        for (const json::value& label : labels->as_array())
            field.option_labels.emplace_back(label.as_string());
    field.scale = definition.at("scale").to_number<std::uint8_t>();
    field.max_length = definition.at("max_length").to_number<std::uint32_t>();
    const auto limit = [&](const char* name) { // older catalogs do not say
        const json::value* found = definition.if_contains(name);
        return found ? std::string{found->as_string()} : std::string{};
    };
    MORTISE_CHECK(set_limits(
        field,
        {.min_json = limit("min"), .max_json = limit("max"), .pattern = limit("pattern")},
        field.name + "/"
    ));
    field.default_json = string("default");
    if (!field.default_json.empty()) {
        MORTISE_TRY(const Value given, parse_value(field.default_json, "default of field " + field.name));
        MORTISE_TRY(field.default_value, coerce(field, given));
    }
    return {};
}

} // namespace mortise::host
