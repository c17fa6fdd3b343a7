#include "plugins/event_rights.hpp"

#include "access/permission.hpp"

#include <algorithm>

namespace mortise::host {

namespace {

std::string_view type_in(std::string_view pattern)
{
    return pattern.substr(0, pattern.find('.'));
}

/// Judges one event after the other; neighbours are mostly of one type.
class Judge {
public:
    Judge(const Schema& schema, const PluginGrants& grants) : m_schema{schema}, m_grants{grants} { }

    bool allows(std::string_view event)
    {
        const std::string_view type = type_in(event);
        if (type == m_type && !m_type.empty()) return m_allowed;
        const std::string needed = permission_for_events(m_schema, m_grants.plugin(), event);
        m_type = type;
        m_allowed = needed.empty() || m_grants.allows(needed);
        return m_allowed;
    }

private:
    const Schema& m_schema;
    const PluginGrants& m_grants;
    std::string m_type; ///< of the last one
    bool m_allowed{true};
};

} // namespace

std::string permission_for_events(const Schema& schema, std::string_view plugin, std::string_view pattern)
{
    if (pattern.starts_with('*')) return std::string{every_type_read};
    const TypePointer type = schema.find(type_in(pattern));
    return !type || type->owner == plugin ? std::string{} : type->plural + ".read";
}

std::vector<WithheldEvents>
withheld_events(const Manifest& manifest, const Schema& schema, const PluginGrants& grants)
{
    std::vector<WithheldEvents> withheld;
    for (std::size_t i = 0; i < manifest.subscriptions.size(); ++i)
        for (const std::string& pattern : manifest.subscriptions[i].patterns) {
            const std::string needed = permission_for_events(schema, manifest.id, pattern);
            if (needed.empty() || grants.allows(needed)) continue;
            const TypePointer type = schema.find(type_in(pattern));
            const bool is_optional
                = type && type->owner != "mortise" && !manifest.requires_plugins.contains(type->owner);
            withheld.push_back({i, pattern, needed, is_optional});
        }
    return withheld;
}

DeliveryOutcome hand_over(
    std::span<const Event> events,
    const CallContext& context,
    const Schema& schema,
    const PluginGrants& grants,
    const EventHandler& handler
)
{
    Judge judge{schema, grants};
    std::vector<std::size_t> given;
    for (std::size_t i = 0; i < events.size(); ++i)
        if (judge.allows(events[i].type)) given.push_back(i);
    if (given.size() == events.size()) return handler(events, context);
    if (given.empty()) return {.handled = events.size(), .work = {}, .error = {}};
    std::vector<Event> allowed;
    allowed.reserve(given.size());
    for (const std::size_t index : given)
        allowed.push_back(events[index]);
    DeliveryOutcome outcome = handler(allowed, context);
    outcome.handled = outcome.handled < given.size() ? given[outcome.handled] : events.size();
    return outcome;
}

} // namespace mortise::host
