#include "base/json.hpp"
#include "control/host.hpp"
#include "control/methods/answers.hpp"
#include "control/methods/methods.hpp"
#include "records/custom_fields.hpp"

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
    if (!field.help.empty()) json["help"] = field.help;
    if (!field.reference_type.empty()) json["type"] = field.reference_type;
    if (field.on_delete != OnDelete::keep) json["on_delete"] = name_of(field.on_delete);
    if (!field.options.empty()) json["options"] = text_array(field.options);
    if (field.kind == FieldKind::decimal || field.kind == FieldKind::percent) json["scale"] = field.scale;
    if (field.max_length != 0) json["max_length"] = field.max_length;
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

boost::json::object type_json(const RecordType& type)
{
    boost::json::array fields;
    for (const Field& field : type.fields)
        fields.emplace_back(field_json(field));
    boost::json::array constraints;
    for (const Constraint& constraint : type.constraints)
        constraints.emplace_back(constraint_json(constraint));
    return {
        {"name", type.name},
        {"plural", type.plural},
        {"label", type.label},
        {"owner", type.owner},
        {"title_field", type.title_field},
        {"shared", type.shared},
        {"archived", type.archived},
        {"fields", std::move(fields)},
        {"constraints", std::move(constraints)},
    };
}

} // namespace

void add_type_methods(Api& api, Host& host)
{
    api.add({
        .name = "types.list",
        .help = "Lists the record types with their fields",
        .result
        = "{types: [{name, plural, label, owner, title_field, shared, archived, fields: [{name, kind, label, "
          "...}], constraints: [{name, unique or count and max, where}]}]}",
        .handler = [&host](Call&, const Arguments&) -> Answer {
            boost::json::array types;
            for (const TypePointer& type : host.records().schema()->types())
                types.emplace_back(type_json(*type));
            return boost::json::value(boost::json::object{{"types", std::move(types)}});
        },
    });
    api.add({
        .name = "types.get",
        .help = "Reads one record type",
        .params = {{"name", ParamKind::text, "its name or plural", true}},
        .result = "as in types.list",
        .handler = [&host](Call&, const Arguments& arguments) -> Answer {
            MORTISE_TRY(const TypePointer type, host.records().schema()->require(arguments.text("name")));
            return boost::json::value(type_json(*type));
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
            return boost::json::value(type_json(*type));
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
            return boost::json::value(type_json(*type));
        },
    });
}

} // namespace mortise::host
