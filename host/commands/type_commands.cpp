#include "commands/type_commands.hpp"

#include "base/json.hpp"
#include "commands/registry.hpp"
#include "records/records.hpp"

namespace mortise::host {

namespace {

constexpr const char* describe_arguments = R"json({
    "type": "object", "additionalProperties": false,
    "properties": { "type": { "type": "string", "description": "Name or plural of one type; all if left out." } }
})json";

constexpr const char* describe_result = R"json({
    "type": "object",
    "properties": { "types": { "type": "array", "items": { "type": "object" } } }
})json";

Map describe_field(const Field& field)
{
    Map map{{"name", field.name}, {"kind", name_of(field.kind)}, {"label", field.label}};
    const auto mark = [&map](const char* name, bool is_set) {
        if (is_set) map.set(name, true);
    };
    mark("required", field.required);
    mark("unique", field.unique);
    mark("indexed", field.indexed);
    mark("searchable", field.searchable);
    mark("timeline", field.timeline);
    mark("personal", field.personal);
    mark("archived", field.archived);
    mark("read_only", field.read_only);
    if (!field.reference_type.empty()) map.set("reference", field.reference_type);
    if (field.kind == FieldKind::decimal || field.kind == FieldKind::percent)
        map.set("scale", static_cast<std::int64_t>(field.scale));
    List options;
    for (const std::string& option : field.options)
        options.emplace_back(option);
    if (!options.empty()) map.set("options", std::move(options));
    if (!field.option_labels.empty()) {
        Map labels;
        for (const std::string& option : field.options)
            if (const std::string_view label = field.label_of(option); label != option)
                labels.set(option, label);
        map.set("option_labels", std::move(labels));
    }
    return map;
}

Map describe(const RecordType& type)
{
    List fields;
    for (const Field& field : type.fields)
        if (!field.hidden) fields.emplace_back(describe_field(field));
    return {
        {"name", type.name},
        {"plural", type.plural},
        {"label", type.label},
        {"owner", type.owner},
        {"title_field", type.seen_by != 0 && !type.slot(type.title_field) ? "" : type.title_field},
        {"archived", type.archived},
        {"fields", std::move(fields)},
    };
}

/// A plugin sees its own types, and those that it may read.
bool may_see(const Principal& principal, const RecordType& type)
{
    return !principal.plugin || principal.plugin->plugin() == type.owner
        || principal.plugin_allows(type.plural + ".read");
}

} // namespace

Result<void> add_type_commands(CommandRegistry& registry, const Records& records)
{
    MORTISE_TRY(auto arguments, parse_json(describe_arguments, "types.describe"));
    MORTISE_TRY(auto result, parse_json(describe_result, "types.describe"));
    CommandInfo info{
        .name = "types.describe",
        .title = "Describe record types",
        .help
        = "The record types that the caller may read, with their fields: name, kind, label, options and "
          "their labels, scale, what a reference refers to.",
        .provider = "mortise",
        .permission = {},
        .arguments = std::move(arguments),
        .result = std::move(result),
        .effect = Effect::read,
        .idempotent = true,
        .audience = {"console", "api", "agent"},
    };
    return registry.add(
        std::move(info),
        [&records](const CallContext& context, const Map& given) -> Result<Value> {
            const SchemaPointer schema = records.schema(context.principal);
            List types;
            if (const std::string_view name = given["type"].text(); !name.empty()) {
                MORTISE_TRY(const TypePointer type, schema->require(name));
                if (may_see(context.principal, *type)) types.emplace_back(describe(*type));
            } else {
                for (const TypePointer& type : schema->types())
                    if (may_see(context.principal, *type)) types.emplace_back(describe(*type));
            }
            return Value{Map{{"types", std::move(types)}}};
        }
    );
}

} // namespace mortise::host
