#include "access/rights.hpp"

#include <algorithm>
#include <atomic>

namespace mortise::host {

namespace {

/// Imports are kept as records; who may import needs those of its own.
constexpr std::string_view import_type = "import";

std::uint64_t next_version()
{
    static std::atomic<std::uint64_t> version{0};
    return ++version;
}

using Names = std::set<std::string, std::less<>>;

Names in_both(const Names& a, const Names& b)
{
    Names both;
    std::ranges::set_intersection(a, b, std::inserter(both, both.end()));
    return both;
}

void keep_common(std::optional<Names>& names, const Names& more)
{
    names = names ? in_both(*names, more) : more;
}

} // namespace

Rights::Rights(std::vector<Role> roles) : m_roles{std::move(roles)}, m_version{next_version()}
{
    for (const Role& role : m_roles)
        m_capabilities.insert(role.capabilities.begin(), role.capabilities.end());
    m_others = together(every_type);
    for (const Role& role : m_roles)
        for (const auto& [type, rule] : role.types)
            if (!m_types.contains(type)) m_types.emplace(type, together(type));
    if (!can(Capability::import_records)) return;
    TypeRights& imports = m_types.emplace(import_type, m_others).first->second;
    imports.read = std::max(imports.read, Level::own);
    imports.write = std::max(imports.write, Level::own);
    imports.create = true;
}

TypeRights Rights::together(std::string_view type) const
{
    TypeRights all;
    std::vector<const TypeRule*> rules;
    for (const Role& role : m_roles)
        if (const TypeRule* rule = role.rule_of(type); rule && rule->read != Level::none)
            rules.push_back(rule);
    for (const TypeRule* rule : rules) {
        all.read = std::max(all.read, rule->read);
        all.write = std::max(all.write, rule->write);
        all.remove = std::max(all.remove, rule->remove);
        all.create |= rule->create;
    }
    std::optional<Names> hidden;
    std::optional<Names> fixed;
    for (const TypeRule* rule : rules) {
        if (rule->read == all.read) keep_common(hidden, rule->hidden);
        const bool writes = all.write != Level::none ? rule->write == all.write : rule->create;
        if (!writes) continue;
        Names unwritten = rule->read_only; // what a role hides it lets nobody write
        unwritten.insert(rule->hidden.begin(), rule->hidden.end());
        keep_common(fixed, unwritten);
    }
    all.hidden = std::move(hidden).value_or(Names{});
    for (const std::string& field : fixed.value_or(Names{}))
        if (!all.hidden.contains(field)) all.read_only.insert(field);
    return all;
}

const TypeRights& Rights::of(std::string_view type) const noexcept
{
    const auto found = m_types.find(type);
    return found == m_types.end() ? m_others : found->second;
}

bool Rights::allows_command(std::string_view name) const noexcept
{
    return std::ranges::any_of(m_roles, [name](const Role& role) {
        return role.pattern_of(name) != nullptr;
    });
}

} // namespace mortise::host
