#include "model/role_draft.hpp"

#include "base/json_read.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace mortise::ui {

namespace {

Level level_at(const boost::json::value& rule, std::string_view name)
{
    const std::string text = text_at(rule, name);
    const auto found = std::ranges::find(level_names, text);
    return found == level_names.end() ? Level::none : static_cast<Level>(found - level_names.begin());
}

std::string_view name_of(Level level)
{
    return level_names.at(static_cast<std::size_t>(level));
}

std::string joined(const boost::json::array& names)
{
    std::string text;
    for (const auto& name : names)
        text.append(text.empty() ? "" : ", ").append(text_of(name));
    return text;
}

/// The names in a text, which commas or spaces part.
boost::json::array names_in(std::string_view text)
{
    boost::json::array names;
    std::string name;
    for (const char c : std::string{text} + ',')
        if (c != ',' && c != ' ')
            name += c;
        else if (!name.empty())
            names.emplace_back(std::exchange(name, {}));
    return names;
}

void read_rule(const boost::json::value& rule, RoleRow& row)
{
    row.is_named = true;
    row.read = level_at(rule, "read");
    row.write = level_at(rule, "write");
    row.remove = level_at(rule, "delete");
    row.create = flag_at(rule, "create");
    row.hidden = joined(array_at(rule, "hidden"));
    row.read_only = joined(array_at(rule, "read_only"));
}

boost::json::object rule_json(const RoleRow& row)
{
    boost::json::object rule{{"read", name_of(row.read)}};
    if (row.create) rule["create"] = true;
    if (row.write != Level::none) rule["write"] = name_of(row.write);
    if (row.remove != Level::none) rule["delete"] = name_of(row.remove);
    if (auto names = names_in(row.hidden); !names.empty()) rule["hidden"] = std::move(names);
    if (auto names = names_in(row.read_only); !names.empty()) rule["read_only"] = std::move(names);
    return rule;
}

} // namespace

boost::json::object RoleDraft::json() const
{
    boost::json::object types;
    for (const RoleRow& row : rows)
        if (row.is_named) types[row.type] = rule_json(row);
    boost::json::array allowed;
    for (const CapabilityWords& capability : capability_words)
        if (capabilities.contains(capability.name)) allowed.emplace_back(capability.name);
    return {
        {"name", name},
        {"description", description},
        {"types", std::move(types)},
        {"commands", names_in(commands)},
        {"capabilities", std::move(allowed)},
    };
}

RoleDraft draft_of(const boost::json::value& role, const std::vector<TypeInfo>& types)
{
    RoleDraft draft{
        .name = text_at(role, "name"),
        .description = text_at(role, "description"),
        .commands = joined(array_at(role, "commands")),
    };
    for (const auto& capability : array_at(role, "capabilities"))
        draft.capabilities.insert(text_of(capability));
    const auto& rules = object_at(role, "types");
    for (const TypeInfo& type : types)
        if (!type.is_archived || rules.contains(type.name))
            draft.rows.push_back({.type = type.name, .label = type.label});
    for (const auto& [type, rule] : rules) // of a plugin that is not there now, too
        if (type != "*"
            && std::ranges::find(draft.rows, std::string{type}, &RoleRow::type) == draft.rows.end())
            draft.rows.push_back({.type = std::string{type}, .label = std::string{type}});
    std::ranges::sort(draft.rows, {}, [](const RoleRow& row) { return lower(row.label); });
    draft.rows.insert(draft.rows.begin(), {.type = "*", .label = "All other types", .is_named = true});
    for (RoleRow& row : draft.rows)
        if (rules.contains(row.type)) read_rule(rules.at(row.type), row);
    return draft;
}

std::string reads_of(const boost::json::value& role)
{
    if (flag_at(role, "administrator")) return "everything";
    std::string text;
    std::string others;
    for (const auto& [type, rule] : object_at(role, "types")) {
        const Level level = level_at(rule, "read");
        if (level == Level::none) continue;
        const std::string own = level == Level::own ? " (own)" : "";
        if (type == "*")
            others
                = (text.empty() && object_at(role, "types").size() == 1 ? "all types" : "all others") + own;
        else
            text.append(text.empty() ? "" : ", ").append(type).append(own);
    }
    if (!others.empty()) text.append(text.empty() ? "" : ", ").append(others);
    return text.empty() ? "nothing" : text;
}

} // namespace mortise::ui
