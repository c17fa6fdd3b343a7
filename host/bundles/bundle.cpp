#include "bundles/bundle.hpp"

#include "base/hash.hpp"
#include "base/json.hpp"
#include "base/json_schema.hpp"
#include "bundles/bundle_schema.hpp"
#include "records/type_declaration.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>

namespace mortise::host {

namespace json = boost::json;

namespace {

constexpr std::array<std::string_view, 10> members{
    "$schema",
    "name",
    "version",
    "title",
    "description",
    "plugins",
    "commands",
    "fields",
    "records",
    "sample_data"
};

struct Elsewhere {
    std::string_view name;
    std::string_view because;
    std::string_view hint;
};

/// What people look for in a bundle, and where it is instead.
constexpr std::array<Elsewhere, 7> elsewhere{{
    {"roles",
     "roles are no part of a bundle yet",
     "take it out, and make roles with \"mortise roles add\" and people with \"mortise users add\""},
    {"users", "people are no part of a bundle", "add them with \"mortise users add\""},
    {"teams", "this host has no teams yet", "take it out"},
    {"permissions",
     "what a plugin may do is what its manifest asks for and the plan tells",
     "take it out; \"mortise plugins revoke\" takes rights away afterwards"},
    {"secrets", "secrets are never written into a file", "give them with \"mortise settings PLUGIN set KEY\""
    },
    {"dashboards",
     "dashboards and reports are records of the plugin mortise.reporting",
     R"(write them under "records", with the types "report" and "dashboard")"},
    {"settings",
     "settings belong to a plugin",
     R"(write "plugins": {ID: {"version": ..., "settings": {...}}})"},
}};

Result<void> check_members(const json::object& object)
{
    for (const auto& [key, value] : object) {
        const std::string_view name = key;
        if (std::ranges::find(members, name) != members.end()) continue;
        Error error{
            .code = ErrorCode::unsupported,
            .message = "a bundle has no member \"" + std::string{name} + '"',
            .key = "bundles.unknown_member",
            .where = '/' + std::string{name},
            .hint = "members are name, version, title, description, plugins, commands, fields, records and "
                    "sample_data",
        };
        const auto found = std::ranges::find(elsewhere, name, &Elsewhere::name);
        if (found != elsewhere.end()) {
            error.message
                = "a bundle cannot bring \"" + std::string{name} + "\": " + std::string{found->because};
            error.hint = found->hint;
        }
        return error;
    }
    return {};
}

std::string text_at(const json::object& object, std::string_view name)
{
    const json::value* found = object.if_contains(name);
    return found && found->is_string() ? std::string{found->get_string()} : std::string{};
}

const json::array& list_at(const json::object& object, std::string_view name)
{
    static const json::array nothing;
    const json::value* found = object.if_contains(name);
    return found && found->is_array() ? found->get_array() : nothing;
}

Result<std::vector<BundlePlugin>> parse_plugins(const json::object& object)
{
    std::vector<BundlePlugin> plugins;
    for (const auto& [id, wish] : object) {
        const std::string where = pointer_step("/plugins", id);
        const std::string range
            = wish.is_string() ? std::string{wish.get_string()} : text_at(wish.as_object(), "version");
        BundlePlugin plugin{.id = std::string{id}, .range = {}};
        auto parsed = VersionRange::parse(range);
        if (!parsed) {
            Error error = std::move(parsed).error();
            error.where = where;
            return error;
        }
        plugin.range = *std::move(parsed);
        if (wish.is_object())
            if (const json::value* settings = wish.get_object().if_contains("settings"))
                plugin.settings = value_of(*settings).get_or(Map{});
        plugins.push_back(std::move(plugin));
    }
    return plugins;
}

Result<std::vector<BundleField>> parse_fields(const json::array& list)
{
    std::vector<BundleField> fields;
    for (std::size_t i = 0; i < list.size(); ++i) {
        MORTISE_TRY(Field field, parse_field(list[i], "/fields/" + std::to_string(i)));
        fields.push_back({text_at(list[i].as_object(), "type"), std::move(field)});
    }
    return fields;
}

std::vector<BundleRecord> parse_records(const json::array& list, const std::string& where)
{
    std::vector<BundleRecord> records;
    for (std::size_t i = 0; i < list.size(); ++i) {
        const json::object& object = list[i].as_object();
        BundleRecord record;
        record.type = text_at(object, "type");
        for (const json::value& field : list_at(object, "match"))
            record.match.emplace_back(field.as_string());
        record.values = value_of(object.at("values")).get_or(Map{});
        record.where = where + '/' + std::to_string(i);
        records.push_back(std::move(record));
    }
    return records;
}

} // namespace

std::string Bundle::digest() const
{
    return "sha256:" + hex(sha256(to_json(json)));
}

Result<Bundle> parse_bundle(const json::value& value)
{
    if (value.is_object()) MORTISE_CHECK(check_members(value.get_object()));
    MORTISE_TRY(const json::value schema_json, parse_json(bundle_schema, "bundle.schema.json"));
    MORTISE_TRY(const JsonSchema schema, JsonSchema::compile(schema_json));
    MORTISE_CHECK(schema.validate(value));
    Bundle bundle;
    bundle.json = value.as_object();
    bundle.name = text_at(bundle.json, "name");
    MORTISE_TRY(bundle.version, Version::parse(text_at(bundle.json, "version")));
    bundle.title = text_at(bundle.json, "title");
    if (bundle.title.empty()) bundle.title = bundle.name;
    bundle.description = text_at(bundle.json, "description");
    MORTISE_TRY(bundle.plugins, parse_plugins(bundle.json.at("plugins").as_object()));
    for (const json::value& command : list_at(bundle.json, "commands"))
        bundle.commands.emplace_back(command.as_string());
    MORTISE_TRY(bundle.fields, parse_fields(list_at(bundle.json, "fields")));
    bundle.records = parse_records(list_at(bundle.json, "records"), "/records");
    bundle.sample_data = parse_records(list_at(bundle.json, "sample_data"), "/sample_data");
    return bundle;
}

Result<Bundle> read_bundle(std::string_view text, std::string_view what)
{
    MORTISE_TRY(const json::value parsed, parse_json(text, what));
    return parse_bundle(parsed);
}

} // namespace mortise::host
