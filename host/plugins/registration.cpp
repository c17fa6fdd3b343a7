#include "plugins/registration.hpp"

#include "access/permission.hpp"
#include "base/json.hpp"
#include "net/allowed_hosts.hpp"

#include <boost/json.hpp>

#include <algorithm>

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

Result<void> check_permissions(const Manifest& manifest, const Schema& schema)
{
    for (std::size_t i = 0; i < manifest.permissions.size(); ++i) {
        const std::string& permission = manifest.permissions[i];
        const std::size_t dot = permission.find('.');
        const std::string_view what = std::string_view{permission}.substr(0, dot);
        if (what == "secrets" || what == "events" || what == "send" || permission == every_type_read
            || permission.starts_with(net_prefix)) {
            if (permission.starts_with(net_prefix)) MORTISE_CHECK(check_named_hosts(manifest, schema, i));
            continue;
        }
        const bool known
            = std::ranges::any_of(schema.types(), [&](const auto& type) { return type->plural == what; });
        if (!known)
            return wrong(
                "/permissions/" + std::to_string(i),
                "there is no permission \"" + permission + '"',
                "permissions are the plural of a record type with .read or .write, such as contacts.read"
            );
    }
    return {};
}

/// Who sees events of a type sees its records.
Result<void>
check_subscriptions(const Manifest& manifest, const Schema& schema, const std::vector<std::string>& granted)
{
    const auto is_granted = [&](std::string_view permission) {
        return std::ranges::find(granted, permission) != granted.end();
    };
    for (std::size_t i = 0; i < manifest.subscriptions.size(); ++i)
        for (const std::string& pattern : manifest.subscriptions[i].patterns) {
            const bool is_any = pattern.starts_with('*');
            const TypePointer type = schema.find(pattern.substr(0, pattern.find('.')));
            if (!is_any && (!type || type->owner == manifest.id)) continue;
            const std::string needed = is_any ? std::string{every_type_read} : type->plural + ".read";
            if (!is_granted(needed) && !is_granted(every_type_read))
                return wrong(
                    at("subscribes", i, "on"),
                    "events of " + (is_any ? std::string{"every type"} : type->plural)
                        + " are only for plugins with the permission \"" + needed + '"',
                    "ask for it under \"permissions\" in plugin.json and let an admin grant it",
                    ErrorCode::denied
                );
        }
    return {};
}

} // namespace

Result<void>
check_against_schema(const Manifest& manifest, const Schema& schema, const std::vector<std::string>& granted)
{
    MORTISE_CHECK(check_hooks(manifest, schema));
    MORTISE_CHECK(check_permissions(manifest, schema));
    return check_subscriptions(manifest, schema, granted);
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
