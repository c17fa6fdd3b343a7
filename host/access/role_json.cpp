#include "access/role.hpp"

#include <boost/json/array.hpp>

#include <algorithm>

namespace mortise::host {

namespace {

constexpr std::size_t longest_name = 64;
constexpr std::size_t longest_description = 500;
constexpr std::size_t most_types = 500;
constexpr std::size_t most_names = 500; // of fields in a list, of commands

Error wrong(std::string message, std::string where, std::string hint = {})
{
    return {
        .code = ErrorCode::invalid,
        .message = std::move(message),
        .key = "roles.invalid",
        .where = std::move(where),
        .hint = std::move(hint),
    };
}

std::string quoted(std::string_view text)
{
    return "\"" + std::string{text.substr(0, longest_name)} + "\"";
}

/// The names as JSON pointers write them.
std::string pointer(std::string_view name)
{
    std::string text;
    for (const char c : name)
        if (c == '~')
            text += "~0";
        else if (c == '/')
            text += "~1";
        else
            text += c;
    return text;
}

Result<std::set<std::string, std::less<>>>
read_names(const boost::json::value& json, const std::string& where)
{
    const boost::json::array* list = json.if_array();
    if (!list) return wrong("it must be a list of names", where);
    if (list->size() > most_names) return wrong("it has more than 500 names", where);
    std::set<std::string, std::less<>> names;
    for (std::size_t i = 0; i < list->size(); ++i) {
        const boost::json::string* name = (*list)[i].if_string();
        if (!name || name->empty()) return wrong("it must be a name", where + '/' + std::to_string(i));
        names.emplace(std::string_view{*name});
    }
    return names;
}

Result<Level> read_level(const boost::json::value& json, const std::string& where)
{
    const boost::json::string* name = json.if_string();
    for (const Level level : {Level::none, Level::own, Level::all})
        if (name && name_of(level) == std::string_view{*name}) return level;
    return wrong(
        (name ? quoted(std::string_view{*name}) : std::string{"this"}) + " says not of which records",
        where,
        "write \"none\", \"own\" (those of which the person is the owner) or \"all\""
    );
}

/// What nobody can have without reading.
Result<void> check_rule(const TypeRule& rule, const std::string& where)
{
    const bool beyond
        = rule.write > rule.read || rule.remove > rule.read || (rule.create && rule.read == Level::none);
    if (beyond)
        return wrong(
            "what can be made, changed or deleted must be readable too, for the same records",
            where,
            "widen \"read\""
        );
    for (const std::string& field : rule.read_only)
        if (rule.hidden.contains(field))
            return wrong(
                "the field " + quoted(field) + " is hidden and cannot be read only besides",
                where + "/read_only",
                "name it in one of both lists"
            );
    return {};
}

Result<TypeRule> read_rule(const boost::json::value& json, const std::string& where)
{
    const boost::json::object* object = json.if_object();
    if (!object)
        return wrong(
            "what a role says of a type is an object", where, R"(write {"read": "all"} or the like)"
        );
    TypeRule rule;
    for (const auto& [key, value] : *object) {
        const std::string place = where + '/' + pointer(key);
        if (key == "read") {
            MORTISE_TRY(rule.read, read_level(value, place));
        } else if (key == "write") {
            MORTISE_TRY(rule.write, read_level(value, place));
        } else if (key == "delete") {
            MORTISE_TRY(rule.remove, read_level(value, place));
        } else if (key == "create") {
            if (!value.is_bool()) return wrong("it must be true or false", place);
            rule.create = value.get_bool();
        } else if (key == "hidden") {
            MORTISE_TRY(rule.hidden, read_names(value, place));
        } else if (key == "read_only") {
            MORTISE_TRY(rule.read_only, read_names(value, place));
        } else
            return wrong(
                "a role says nothing about " + quoted(key),
                place,
                "it says read, create, write, delete, hidden and read_only"
            );
    }
    MORTISE_CHECK(check_rule(rule, where));
    return rule;
}

Result<void> read_types(const boost::json::value& json, Role& role)
{
    const boost::json::object* types = json.if_object();
    if (!types)
        return wrong("types is an object", "/types", R"(write {"contact": {"read": "all"}} or the like)");
    if (types->size() > most_types) return wrong("it names more than 500 types", "/types");
    for (const auto& [name, value] : *types) {
        const std::string where = "/types/" + pointer(name);
        MORTISE_TRY(TypeRule rule, read_rule(value, where));
        if (std::string_view{name} == every_type && !(rule.hidden.empty() && rule.read_only.empty()))
            return wrong(
                "fields are named for one type, not for \"*\"", where, "name the types that have the fields"
            );
        role.types.emplace(std::string{name}, std::move(rule));
    }
    return {};
}

Result<void> read_capabilities(const boost::json::value& json, Role& role)
{
    MORTISE_TRY(const auto names, read_names(json, "/capabilities"));
    for (const std::string& name : names) {
        const auto capability = parse_capability(name);
        if (!capability) {
            std::string known;
            for (const Capability each : capabilities())
                known.append(known.empty() ? "" : ", ").append(name_of(each));
            return wrong("there is no capability " + quoted(name), "/capabilities", "they are " + known);
        }
        role.capabilities.insert(*capability);
    }
    return {};
}

Result<void> check_role_name(std::string_view name)
{
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
    };
    if (!name.empty() && name.size() <= longest_name && std::ranges::all_of(name, fits)) return {};
    return wrong(
        quoted(name) + " cannot be a role's name", "/name", "use small letters, digits and . _ -, at most 64"
    );
}

} // namespace

Result<Role> parse_role(const boost::json::value& json)
{
    const boost::json::object* object = json.if_object();
    if (!object) return wrong("a role is a JSON object", "");
    Role role;
    for (const auto& [key, value] : *object) {
        const std::string where = '/' + pointer(key);
        if (key == "name") {
            if (!value.is_string()) return wrong("it must be a text", where);
            role.name = value.get_string();
        } else if (key == "description") {
            if (!value.is_string() || value.get_string().size() > longest_description)
                return wrong("it must be a text of at most 500 bytes", where);
            role.description = value.get_string();
        } else if (key == "types") {
            MORTISE_CHECK(read_types(value, role));
        } else if (key == "commands") {
            MORTISE_TRY(const auto names, read_names(value, where));
            role.commands.assign(names.begin(), names.end());
        } else if (key == "capabilities") {
            MORTISE_CHECK(read_capabilities(value, role));
        } else
            return wrong(
                "a role has no " + quoted(key),
                where,
                "it has name, description, types, commands and capabilities"
            );
    }
    MORTISE_CHECK(check_role_name(role.name));
    return role;
}

boost::json::object json_of(const Role& role)
{
    const auto list = [](const auto& names) {
        boost::json::array array;
        for (const std::string& name : names)
            array.emplace_back(name);
        return array;
    };
    boost::json::object types;
    for (const auto& [name, rule] : role.types) {
        boost::json::object one{{"read", name_of(rule.read)}};
        if (rule.create) one["create"] = true;
        if (rule.write != Level::none) one["write"] = name_of(rule.write);
        if (rule.remove != Level::none) one["delete"] = name_of(rule.remove);
        if (!rule.hidden.empty()) one["hidden"] = list(rule.hidden);
        if (!rule.read_only.empty()) one["read_only"] = list(rule.read_only);
        types[name] = std::move(one);
    }
    boost::json::array can;
    for (const Capability capability : role.capabilities)
        can.emplace_back(name_of(capability));
    boost::json::object json{{"name", role.name}};
    if (!role.description.empty()) json["description"] = role.description;
    json["types"] = std::move(types);
    json["commands"] = list(role.commands);
    json["capabilities"] = std::move(can);
    return json;
}

} // namespace mortise::host
