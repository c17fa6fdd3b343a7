#include "base/json.hpp"
#include "control/host.hpp"
#include "control/methods/answers.hpp"
#include "control/methods/methods.hpp"
#include "plugins/plugin_manager.hpp"
#include "records/custom_fields.hpp"

#include <algorithm>
#include <memory>
#include <mutex>

namespace mortise::host {
namespace {

boost::json::object field_json(const Field& field)
{
    boost::json::object json{
        {"name", field.name}, {"kind", name_of(field.kind)}, {"label", field.label}, {"owner", field.owner}
    };
    const auto mark = [&json](std::string_view name, bool is_set) {
        if (is_set) json[name] = true;
    };
    mark("required", field.required);
    mark("unique", field.unique);
    mark("indexed", field.indexed);
    mark("sorted", field.sorted);
    mark("searchable", field.searchable);
    mark("timeline", field.timeline);
    mark("personal", field.personal);
    mark("archived", field.archived);
    mark("read_only", field.read_only);
    if (!field.help.empty()) json["help"] = field.help;
    if (!field.reference_type.empty()) json["type"] = field.reference_type;
    if (field.on_delete != OnDelete::keep) json["on_delete"] = name_of(field.on_delete);
    if (!field.options.empty()) json["options"] = text_array(field.options);
    if (!field.option_labels.empty()) json["option_labels"] = option_labels_json(field);
    if (field.kind == FieldKind::decimal || field.kind == FieldKind::percent) json["scale"] = field.scale;
    if (field.max_length != 0) json["max_length"] = field.max_length;
    if (!field.limits.min.is_null()) json["min"] = json_of(field.limits.min);
    if (!field.limits.max.is_null()) json["max"] = json_of(field.limits.max);
    if (!field.limits.pattern.empty()) json["pattern"] = field.limits.pattern;
    return json;
}

boost::json::object constraint_json(const Constraint& constraint)
{
    boost::json::object json{{"name", constraint.name}};
    if (constraint.is_unique())
        json["unique"] = text_array(constraint.unique);
    else {
        json["count"] = constraint.count;
        json["max"] = constraint.max;
    }
    if (!constraint.where.empty()) json["where"] = json_of(Value{constraint.where});
    return json;
}

/// What its manifest says that people call several; empty: nothing, or it is of no plugin that is there.
std::string label_plural_of(Host& host, const RecordType& type)
{
    const auto manifest = host.plugins().manifest(type.owner);
    const boost::json::value* types = manifest && (*manifest)->json.is_object()
        ? (*manifest)->json.get_object().if_contains("types")
        : nullptr;
    if (!types || !types->is_array()) return {};
    for (const boost::json::value& item : types->get_array()) {
        const boost::json::object& declared = item.get_object();
        const boost::json::value* label = declared.if_contains("label_plural");
        if (label && declared.at("name").get_string() == type.name) return std::string{label->get_string()};
    }
    return {};
}

/// Whether every field that it is about has a name for the person.
bool shows(const RecordType& type, const Constraint& constraint)
{
    if (type.seen_by == 0) return true;
    const auto is_seen = [&type](const std::string& field) { return type.slot(field).has_value(); };
    return constraint.where.empty() && constraint.count.empty()
        && std::ranges::all_of(constraint.unique, is_seen);
}

boost::json::object type_json(Host& host, const RecordType& type)
{
    boost::json::array fields;
    for (const Field& field : type.fields)
        if (!field.hidden) fields.emplace_back(field_json(field));
    boost::json::array constraints;
    for (const Constraint& constraint : type.constraints)
        if (shows(type, constraint)) constraints.emplace_back(constraint_json(constraint));
    return {
        {"name", type.name},
        {"plural", type.plural},
        {"label", type.label},
        {"label_plural", label_plural_of(host, type)},
        {"owner", type.owner},
        {"title_field", type.seen_by != 0 && !type.slot(type.title_field) ? "" : type.title_field},
        {"shared", type.shared},
        {"archived", type.archived},
        {"fields", std::move(fields)},
        {"constraints", std::move(constraints)},
    };
}

} // namespace

// NOLINTNEXTLINE(readability-function-size): a table
void add_type_methods(Api& api, Host& host)
{
    api.add({
        .name = "types.list",
        .help = "Lists the record types with their fields",
        .result
        = "{types: [{name, plural, label, label_plural, owner, title_field, shared, archived, fields: "
          "[{name, kind, label, "
          "options: [value], option_labels: {value: label} of those that have one, ...}], constraints: "
          "[{name, "
          "unique or count and max, where}]}]}",
        .handler = [&host](Call& call, const Arguments&) -> Answer {
            boost::json::array types;
            for (const TypePointer& type : host.records().schema(call.principal())->types())
                types.emplace_back(type_json(host, *type));
            return boost::json::value(boost::json::object{{"types", std::move(types)}});
        },
    });
    api.add({
        .name = "types.get",
        .help = "Reads one record type",
        .params = {{"name", ParamKind::text, "its name or plural", true}},
        .result = "as in types.list",
        .handler = [&host](Call& call, const Arguments& arguments) -> Answer {
            MORTISE_TRY(
                const TypePointer type,
                host.records().schema(call.principal())->require(arguments.text("name"))
            );
            return boost::json::value(type_json(host, *type));
        },
    });
    const auto changing = std::make_shared<std::mutex>(); // of custom fields, one call at a time
    api.add({
        .name = "types.add_field",
        .help = "Adds a field of this installation to a record type, or changes one; usable at once everywhere",
        .params = {
            {"type", ParamKind::text, "name of a record type", true},
            {"field", ParamKind::object, "its declaration, as in a plugin's manifest: {name, kind, label, ...}", true},
        },
        .result = "the type, as in types.list",
        .effect = Effect::write,
        .handler = [&host, changing](Call& call, const Arguments& arguments) -> Answer {
            MORTISE_CHECK(require_admin(call));
            MORTISE_TRY(
                const Field field, parse_field(boost::json::value(arguments.object("field")), "/field")
            );
            {
                const std::scoped_lock alone{*changing};
                MORTISE_CHECK(add_custom_field(host.records(), arguments.text("type"), field));
            }
            MORTISE_TRY(const TypePointer type, host.records().schema()->require(arguments.text("type")));
            return boost::json::value(type_json(host, *type));
        },
    });
    api.add({
        .name = "types.archive_field",
        .help = "Archives a field of this installation: what is in it can be read and not written; adding it again "
                "brings it back",
        .params = {
            {"type", ParamKind::text, "name of a record type", true},
            {"field", ParamKind::text, "name of the field", true},
        },
        .result = "the type, as in types.list",
        .effect = Effect::write,
        .handler = [&host, changing](Call& call, const Arguments& arguments) -> Answer {
            MORTISE_CHECK(require_admin(call));
            {
                const std::scoped_lock alone{*changing};
                MORTISE_CHECK(archive_custom_field(
                    host.records(), arguments.text("type"), arguments.text("field")
                ));
            }
            MORTISE_TRY(const TypePointer type, host.records().schema()->require(arguments.text("type")));
            return boost::json::value(type_json(host, *type));
        },
    });
}

} // namespace mortise::host
