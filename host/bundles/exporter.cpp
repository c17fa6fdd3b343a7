/// \file
/// Makes a bundle of what runs.

#include "base/json.hpp"
#include "bundles/bundles.hpp"
#include "plugins/plugin_secrets.hpp"
#include "records/catalog.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace mortise::host {

namespace json = boost::json;

namespace {

constexpr std::size_t page_size = 200;
constexpr std::size_t most_records = 2000; // as the schema says

json::object field_json(const std::string& type, const Field& field)
{
    json::object object{{"type", type}, {"name", field.name}, {"kind", name_of(field.kind)}};
    if (!field.label.empty()) object["label"] = field.label;
    if (!field.help.empty()) object["help"] = field.help;
    const auto mark = [&](std::string_view name, bool is_set) {
        if (is_set) object[name] = true;
    };
    mark("required", field.required);
    mark("unique", field.unique);
    mark("indexed", field.indexed);
    mark("sorted", field.sorted);
    mark("searchable", field.searchable);
    mark("timeline", field.timeline);
    mark("personal", field.personal);
    if (!field.reference_type.empty()) object["reference"] = field.reference_type;
    if (field.on_delete != OnDelete::keep) object["on_delete"] = name_of(field.on_delete);
    if (!field.options.empty()) {
        json::array options;
        for (const std::string& option : field.options)
            if (const std::string_view label = field.label_of(option); label == option)
                options.emplace_back(option);
            else
                options.emplace_back(json::object{{"value", option}, {"label", label}});
        object["options"] = std::move(options);
    }
    if (field.kind == FieldKind::decimal || field.kind == FieldKind::percent) object["scale"] = field.scale;
    if (field.max_length != 0) object["max_length"] = field.max_length;
    for (const auto& [name, limit] :
         {std::pair{"min", &field.limits.min_json}, std::pair{"max", &field.limits.max_json}})
        if (!limit->empty())
            if (auto given = parse_json(*limit, name)) object[name] = *std::move(given);
    if (!field.limits.pattern.empty()) object["pattern"] = field.limits.pattern;
    if (!field.default_json.empty())
        if (auto otherwise = parse_json(field.default_json, "default"))
            object["default"] = *std::move(otherwise);
    return object;
}

/// The field that names a record of the type: a unique one that has a value, or else its title.
const Field* naming_field(const RecordType& type, const Row& row)
{
    const Field* title = nullptr;
    for (const Field& field : type.fields) {
        if (field.archived || value_of(type, row, field.name).is_null()) continue;
        if (field.unique) return &field;
        if (field.name == type.title_field) title = &field;
    }
    return title;
}

class RecordExport {
public:
    RecordExport(Records& records, std::vector<std::string>& notes) : m_records{records}, m_notes{notes} { }

    Result<void> add(std::string_view type_name)
    {
        MORTISE_TRY(const TypePointer type, m_records.schema()->require(type_name));
        ListOptions options{.sort = {}, .limit = page_size, .after = {}};
        do {
            MORTISE_TRY(const ListPage page, m_records.list(Principal::system(), type->name, options));
            for (const Row& row : page.rows) {
                if (m_all.size() >= most_records)
                    return Error{
                        .code = ErrorCode::limit,
                        .message
                        = "there are more than " + std::to_string(most_records) + " records of these types",
                        .key = "bundles.too_many_records",
                        .where = type->name,
                        .hint = "name fewer types; \"mortise export\" is for large amounts",
                    };
                MORTISE_CHECK(add_record(*type, row));
            }
            options.after = page.next;
        } while (!options.after.empty());
        return {};
    }

    json::array take() { return std::move(m_all); }

private:
    Result<void> add_record(const RecordType& type, const Row& row)
    {
        json::object values;
        for (const Field& field : type.fields) {
            if (field.archived) continue;
            const Value value = value_of(type, row, field.name);
            if (value.is_null()) continue;
            if (field.kind != FieldKind::reference) {
                values[field.name] = json_of(value);
                continue;
            }
            MORTISE_TRY(json::value reference, reference_json(field, value.get_or(Id{})));
            if (reference.is_null())
                m_notes.push_back(
                    type.name + ' ' + std::to_string(row.id.number) + ": its " + field.name
                    + " was left out, because the record has no name of its own"
                );
            else
                values[field.name] = std::move(reference);
        }
        json::object record{{"type", type.name}};
        if (const Field* name = naming_field(type, row))
            record["match"] = json::array{json::string{name->name}};
        record["values"] = std::move(values);
        m_all.emplace_back(std::move(record));
        return {};
    }

    Result<json::value> reference_json(const Field& field, Id id)
    {
        const TypePointer type = m_records.schema()->find(field.reference_type);
        if (!type) return json::value{};
        const auto row = m_records.get(Principal::system(), type->name, id);
        if (!row) return json::value{};
        const Field* name = naming_field(*type, *row);
        if (!name) return json::value{};
        const Value is = value_of(*type, *row, name->name);
        MORTISE_TRY(const auto same, m_records.find(Principal::system(), type->name, name->name, is, 2));
        if (same.size() != 1) return json::value{};
        return json::value(json::object{{"by", name->name}, {"is", json_of(is)}});
    }

    Records& m_records;
    std::vector<std::string>& m_notes;
    json::array m_all;
};

} // namespace

Result<json::object> Bundles::exported(const ExportOptions& options, std::vector<std::string>& notes)
{
    json::object bundle{{"name", options.name}, {"version", options.version}};
    if (!options.title.empty()) bundle["title"] = options.title;
    if (!options.description.empty()) bundle["description"] = options.description;
    json::object plugins;
    for (const PluginStatus& plugin : m_plugins.list()) {
        if (!plugin.enabled || plugin.version.empty()) continue;
        const std::string range = '^' + plugin.version;
        MORTISE_TRY(const Map settings, m_plugins.given_settings(plugin.id));
        if (settings.empty())
            plugins[plugin.id] = range;
        else
            plugins[plugin.id] = json::object{{"version", range}, {"settings", json_of(Value{settings})}};
        MORTISE_TRY(const auto secrets, m_plugins.given_secrets(plugin.id));
        for (const std::string& secret : secrets)
            notes.push_back("the secret " + secret + " of " + plugin.id + " is not in it");
    }
    if (plugins.empty())
        return Error{
            .code = ErrorCode::state,
            .message = "no plugin is enabled: there is nothing to make a bundle of",
            .key = "bundles.nothing",
            .where = {},
            .hint = "\"mortise plugins enable ID\", or apply a bundle",
        };
    bundle["plugins"] = std::move(plugins);
    json::array fields;
    for (const TypePointer& type : m_records.schema()->types())
        for (const Field& field : type->fields)
            if (field.owner == custom_owner && !field.archived && !type->archived)
                fields.emplace_back(field_json(type->name, field));
    if (!fields.empty()) bundle["fields"] = std::move(fields);
    RecordExport records{m_records, notes};
    for (const std::string& type : options.types)
        MORTISE_CHECK(records.add(type));
    json::array made = records.take();
    if (!made.empty()) bundle["records"] = std::move(made);
    MORTISE_CHECK(parse_bundle(json::value(bundle))); // what this writes it reads
    return bundle;
}

} // namespace mortise::host
