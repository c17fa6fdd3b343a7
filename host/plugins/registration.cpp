#include "plugins/registration.hpp"

#include "access/permission.hpp"
#include "base/json.hpp"
#include "net/allowed_hosts.hpp"
#include "plugins/event_rights.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <iterator>

namespace mortise::host {

namespace {

Error wrong(std::string where, std::string message, std::string hint, ErrorCode code = ErrorCode::invalid)
{
    return {
        .code = code,
        .message = std::move(message),
        .key = "manifest.does_not_fit",
        .where = std::move(where),
        .hint = std::move(hint),
    };
}

std::string at(std::string_view list, std::size_t index, std::string_view member)
{
    return '/' + std::string{list} + '/' + std::to_string(index) + '/' + std::string{member};
}

std::string type_names(const Schema& schema)
{
    std::string names;
    for (const auto& type : schema.types())
        names += (names.empty() ? "" : ", ") + type->name;
    return names;
}

Result<void> check_hooks(const Manifest& manifest, const Schema& schema)
{
    for (std::size_t i = 0; i < manifest.hooks.size(); ++i) {
        const HookDeclaration& hook = manifest.hooks[i];
        const TypePointer type = schema.find(hook.type);
        if (!type || type->name != hook.type)
            return wrong(
                at("hooks", i, "on"),
                "there is no record type \"" + hook.type + "\" to hook on",
                "types are " + type_names(schema)
            );
        for (const std::string& field : hook.fields)
            if (!type->slot(field))
                return wrong(at("hooks", i, "fields"), hook.type + " has no field \"" + field + '"', "");
        for (const std::string& field : hook.reads) {
            const auto slot = type->slot(field);
            if (!slot || type->fields[*slot].kind != FieldKind::reference)
                return wrong(
                    at("hooks", i, "reads"),
                    '"' + field + "\" is no reference field of " + hook.type,
                    "a hook reads records that the draft refers to; others it finds by records.find"
                );
        }
    }
    return {};
}

/// Where people name the hosts that a plugin may reach must be a place that is found, and is the plugin's
/// own.
Result<void> check_named_hosts(const Manifest& manifest, const Schema& schema, std::size_t index)
{
    const std::string_view pattern = std::string_view{manifest.permissions[index]}.substr(net_prefix.size());
    const auto place = named_elsewhere(pattern);
    if (!place) return {};
    const std::string where = "/permissions/" + std::to_string(index);
    if (place->type.empty()) {
        const auto* properties = manifest.settings.is_object()
            ? manifest.settings.get_object().if_contains("properties")
            : nullptr;
        if (properties && properties->is_object() && properties->get_object().contains(place->field))
            return {};
        return wrong(where, "there is no setting \"" + place->field + '"', "declare it under \"settings\"");
    }
    const TypePointer type = schema.find(place->type);
    if (!type || type->owner != manifest.id)
        return wrong(
            where,
            '"' + place->type + "\" is no record type of this plugin",
            "hosts are named in records of the plugin's own types"
        );
    const auto slot = type->slot(place->field);
    if (!slot || type->fields[*slot].kind != FieldKind::text
        || (!type->fields[*slot].indexed && !type->fields[*slot].unique))
        return wrong(
            where,
            '"' + place->field + "\" is no text field of " + place->type + " with an index",
            "declare the field with \"kind\": \"text\" and \"indexed\": true"
        );
    return {};
}

/// That a type is not there is no error: its plugin may come later, and the permission counts from then on.
Result<void> check_permissions(const Manifest& manifest, const Schema& schema)
{
    for (std::size_t i = 0; i < manifest.permissions.size(); ++i)
        if (manifest.permissions[i].starts_with(net_prefix))
            MORTISE_CHECK(check_named_hosts(manifest, schema, i));
    return {};
}

/// Events of the host and of what is required must be allowed; others are withheld until they are.
Result<void> check_subscriptions(const Manifest& manifest, const Schema& schema, const PluginGrants& grants)
{
    for (const WithheldEvents& withheld : withheld_events(manifest, schema, grants))
        if (!withheld.is_optional)
            return wrong(
                at("subscribes", withheld.subscription, "on"),
                "events of "
                    + (withheld.permission == every_type_read
                           ? std::string{"every type"}
                           : withheld.permission.substr(0, withheld.permission.find('.')))
                    + " are only for plugins with the permission \"" + withheld.permission + '"',
                how_to_allow(manifest, withheld.permission),
                ErrorCode::denied
            );
    return {};
}

} // namespace

Result<void>
check_against_schema(const Manifest& manifest, const Schema& schema, const std::vector<std::string>& granted)
{
    MORTISE_CHECK(check_hooks(manifest, schema));
    MORTISE_CHECK(check_permissions(manifest, schema));
    return check_subscriptions(manifest, schema, PluginGrants{manifest.id, granted});
}

std::string how_to_allow(const Manifest& manifest, const std::string& permission)
{
    if (std::ranges::find(manifest.permissions, permission) == manifest.permissions.end())
        return "ask for it under \"permissions\" in plugin.json and let an admin grant it";
    return "run \"mortise plugins grant " + manifest.id + ' ' + permission + '"';
}

std::vector<std::string> granted_of(const PluginRecord& record, const Manifest& manifest)
{
    std::vector<std::string> granted;
    std::ranges::copy_if(record.granted, std::back_inserter(granted), [&](const auto& each) {
        return std::ranges::find(manifest.permissions, each) != manifest.permissions.end();
    });
    return granted;
}

void grant_all(PluginRecord& record, const Manifest& manifest)
{
    for (const std::string& permission : manifest.permissions)
        if (std::ranges::find(record.granted, permission) == record.granted.end())
            record.granted.push_back(permission);
}

Error not_granted(
    Error error, const Manifest& next, const std::vector<std::string>& lacking, const std::string& runs_again
)
{
    if (lacking.empty() || error.code != ErrorCode::denied) return error;
    error.hint = next.id + ' ' + next.version.text() + " asks for ";
    for (const std::string& permission : lacking)
        error.hint += (permission == lacking.front() ? "" : ", ") + permission;
    error.hint
        += ", which was not granted: \"mortise plugins upgrade --grant\" grants what a version asks for";
    if (!runs_again.empty()) error.hint += "; " + runs_again;
    return error;
}

Map with_defaults(const boost::json::value& schema, Map map)
{
    if (!schema.is_object()) return map;
    const auto* properties = schema.get_object().if_contains("properties");
    if (!properties || !properties->is_object()) return map;
    for (const auto& [name, property] : properties->get_object()) {
        if (!property.is_object() || map.contains(name)) continue;
        if (const auto* otherwise = property.get_object().if_contains("default"))
            map.append(std::string_view{name}, value_of(*otherwise));
    }
    return map;
}

} // namespace mortise::host
