#include "segments/touched.hpp"

#include <algorithm>
#include <array>

namespace mortise::plugins::segmentation {

namespace {

void collect(ValueView value, Ids& into)
{
    if (value.kind() == Kind::id) {
        into.insert(value.id().number);
    } else if (value.kind() == Kind::list) {
        for (const ValueView one : value.items())
            collect(one, into);
    } else if (value.kind() == Kind::text) {
        // In events as they are kept, ids are strings of digits.
        const std::string text{value.text()};
        if (!text.empty() && text.size() < 19
            && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; }))
            into.insert(std::stoll(text));
    }
}

bool meet(const std::set<std::string>& wanted, const std::set<std::string, std::less<>>& changed)
{
    return std::ranges::any_of(wanted, [&](const std::string& field) { return changed.contains(field); });
}

} // namespace

std::int64_t id_number(const Cell& cell) noexcept
{
    return cell.kind() == Kind::id ? cell.id().number : cell.integer();
}

std::string json_of(const Ids& ids)
{
    std::string text = "[";
    for (const std::int64_t id : ids)
        text.append(text.size() > 1 ? "," : "").append(std::to_string(id));
    return text + "]";
}

void Touched::add(const Event& event)
{
    const std::string_view type = event.type();
    const std::size_t dot = type.rfind('.');
    const std::string_view what = dot == std::string_view::npos ? std::string_view{} : type.substr(dot + 1);
    const bool is_change = !event.subject_type().empty() && type.substr(0, dot) == event.subject_type()
        && (what == "created" || what == "updated" || what == "deleted" || what == "restored");
    if (is_change) add_change(event, what);
    if (event.subject_type() == "segment" && is_change) add_segment(event, what);
    if (type == "segment.entered" || type == "segment.left") {
        Ids segments;
        collect(event.links()["segment"], segments);
        for (const std::int64_t segment : segments)
            m_membership[std::to_string(segment)].insert(event.subject().number);
    }
    Ids& linked = m_events[std::string{type}];
    linked.insert(event.subject().number);
    for (const auto item : event.links().entries())
        collect(item.value, linked);
}

void Touched::add_change(const Event& event, std::string_view what)
{
    Changes& changes = m_types[std::string{event.subject_type()}];
    changes.records.insert(event.subject().number);
    const bool is_contact = event.subject_type() == "contact";
    if (what != "updated") {
        changes.whole = true;
        if (is_contact) m_contacts.insert(event.subject().number);
    }
    for (const auto change : event["changes"].entries()) {
        changes.fields.emplace(change.key);
        collect(change.value["from"], changes.referred[std::string{change.key}]);
        collect(change.value["to"], changes.referred[std::string{change.key}]);
    }
    // A deleted record is out of sight; where it belonged is in its links.
    for (const auto link : event.links().entries())
        collect(link.value, changes.referred[std::string{link.key}]);
}

void Touched::add_segment(const Event& event, std::string_view what)
{
    constexpr std::array<std::string_view, 4> matter{"definition", "kind", "active", "name"};
    const ValueView changed = event["changes"];
    const bool matters = what != "updated"
        || std::ranges::any_of(matter, [&](std::string_view field) { return changed[field].exists(); });
    if (!matters) return;
    m_segments_changed = true;
    const bool is_redefined = what == "created" || what == "restored" || changed["definition"].exists()
        || changed["active"].exists();
    if (is_redefined) m_redefined.insert(event.subject().number);
}

Ids Touched::contacts_for(const SqlCondition& condition, const Host& host) const
{
    Ids contacts = m_contacts;
    const auto add = [&](const Dependency& dependency, const Ids& ids) {
        if (ids.empty()) return;
        const Rows rows = require(host.query(dependency.contacts, Map{{"ids", json_of(ids)}}));
        for (const Row row : rows)
            if (const std::int64_t id = id_number(row[std::size_t{0}]); id != 0) contacts.insert(id);
    };
    for (const Dependency& dependency : condition.dependencies) {
        if (dependency.kind == Dependency::Kind::events) {
            if (const auto found = m_events.find(dependency.type); found != m_events.end())
                add(dependency, found->second);
            continue;
        }
        if (dependency.kind == Dependency::Kind::segment) {
            if (const auto found = m_membership.find(dependency.type); found != m_membership.end())
                add(dependency, found->second);
            continue;
        }
        const auto found = m_types.find(dependency.type);
        if (found == m_types.end()) continue;
        const Changes& changes = found->second;
        if (!changes.whole && !meet(dependency.fields, changes.fields)) continue;
        if (dependency.kind == Dependency::Kind::fields) {
            add(dependency, changes.records);
            continue;
        }
        Ids targets;
        if (const auto moved = changes.referred.find(dependency.by); moved != changes.referred.end())
            targets = moved->second;
        const Rows now = require(host.query(
            "SELECT r." + dependency.by + " AS target FROM " + dependency.type
                + " r WHERE r.id IN (SELECT value FROM json_each(:ids))",
            Map{{"ids", json_of(changes.records)}}
        ));
        for (const Row row : now)
            if (!row["target"].is_null()) targets.insert(id_number(row["target"]));
        add(dependency, targets);
    }
    return contacts;
}

} // namespace mortise::plugins::segmentation
