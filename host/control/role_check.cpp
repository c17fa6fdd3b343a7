#include "control/role_check.hpp"

#include "control/nearest.hpp"

#include <algorithm>

namespace mortise::host {
namespace {

/// What is allowed like a command and is a method.
constexpr std::string_view publish = "events.publish";

Error wrong(std::string message, std::string key, std::string where, std::string hint)
{
    return {ErrorCode::invalid, std::move(message), std::move(key), std::move(where), std::move(hint)};
}

Result<TypePointer> find_type(const std::string& name, const Schema& schema, const std::string& where)
{
    const TypePointer type = schema.find(name);
    if (type && type->name == name) return type;
    std::vector<std::string> names;
    for (const TypePointer& each : schema.types())
        names.push_back(each->name);
    const std::string near = type ? type->name : nearest(name, names);
    return wrong(
        "there is no record type \"" + name + '"',
        "roles.unknown_type",
        where,
        near.empty() ? "\"mortise types\" lists them; types of a plugin are there once it is enabled"
                     : "did you mean " + near + "?"
    );
}

Result<void> check_fields(
    const std::set<std::string, std::less<>>& fields, const RecordType& type, const std::string& where
)
{
    for (const std::string& field : fields) {
        auto slot = type.require_slot(field);
        if (slot) continue;
        std::vector<std::string> names;
        names.reserve(type.fields.size());
        for (const Field& each : type.fields)
            names.push_back(each.name);
        Error error = std::move(slot).error();
        error.key = "roles.unknown_field";
        error.where = where;
        if (const std::string near = nearest(field, names); !near.empty())
            error.hint = "did you mean " + near + "?";
        return error;
    }
    return {};
}

/// The addresses of a contact are kept twice: in the contact the first of each kind, as points all of them.
Result<void> check_points(const Role& role)
{
    const TypeRule* contacts = role.rule_of("contact");
    const TypeRule* points = role.rule_of("contact_point");
    if (!contacts || !points || points->read == Level::none) return {};
    for (const char* field : {"email", "phone"})
        if (contacts->hidden.contains(field))
            return wrong(
                std::string{field}
                    + " of contact is hidden, and the same address can be read as a contact_point",
                "roles.points",
                "/types/contact/hidden",
                R"(write "contact_point": {"read": "none"} besides, or do not hide it)"
            );
    return {};
}

Result<void>
check_command(const std::string& pattern, std::span<const CommandInfo> commands, const std::string& where)
{
    const auto is_met = [&pattern](const CommandInfo& info) { return matches_command(pattern, info.name); };
    if (pattern == "*" || pattern == publish || std::ranges::any_of(commands, is_met)) return {};
    std::vector<std::string> names{std::string{publish}};
    for (const CommandInfo& info : commands)
        names.push_back(info.name);
    const std::string near = nearest(pattern, names);
    return wrong(
        "no command is called \"" + pattern + '"',
        "roles.unknown_command",
        where,
        near.empty() ? "\"mortise commands\" lists them; those of a plugin are there once it is enabled"
                     : "did you mean " + near + "?"
    );
}

} // namespace

Result<void> check_role(const Role& role, const Schema& schema, std::span<const CommandInfo> commands)
{
    for (const auto& [name, rule] : role.types) {
        if (name == every_type) continue;
        const std::string where = "/types/" + name;
        MORTISE_TRY(const TypePointer type, find_type(name, schema, where));
        MORTISE_CHECK(check_fields(rule.hidden, *type, where + "/hidden"));
        MORTISE_CHECK(check_fields(rule.read_only, *type, where + "/read_only"));
    }
    MORTISE_CHECK(check_points(role));
    for (std::size_t i = 0; i < role.commands.size(); ++i)
        MORTISE_CHECK(check_command(role.commands[i], commands, "/commands/" + std::to_string(i)));
    return {};
}

} // namespace mortise::host
