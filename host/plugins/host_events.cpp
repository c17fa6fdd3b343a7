#include "base/json.hpp"
#include "plugins/guard.hpp"
#include "plugins/host_functions.hpp"
#include "plugins/instance.hpp"

#include <mortise/abi/events.h>

#include <boost/json/value.hpp>

namespace mortise::host {

namespace {

Result<EventClass> class_of(std::uint32_t given, const EventDeclaration& declared)
{
    switch (given) {
    case MORTISE_EVENT_DECLARED:
        return declared.event_class;
    case MORTISE_EVENT_AUDIT:
        return EventClass::audit;
    case MORTISE_EVENT_HISTORY:
        return EventClass::history;
    case MORTISE_EVENT_TELEMETRY:
        return EventClass::telemetry;
    default:
        return Error{
            .code = ErrorCode::invalid,
            .message = "there is no class of events " + std::to_string(given),
            .key = "events.class",
        };
    }
}

Result<void> add_links(std::vector<EventLink>& links, ValueView given)
{
    for (const auto& [role, target] : given.entries()) {
        if (target.kind() == Kind::id)
            links.push_back({target.id(), std::string{role}});
        else if (target.kind() == Kind::list)
            for (const ValueView item : target.items())
                links.push_back({item.id(), std::string{role}});
        else
            return Error{
                .code = ErrorCode::invalid,
                .message = "a link is an id or a list of ids",
                .key = "events.link",
                .where = "links/" + std::string{role},
            };
    }
    return {};
}

Result<EventDraft> draft_of(const Manifest& manifest, const mortise_event_draft& given)
{
    const std::string_view type = border::view(given.type);
    const EventDeclaration* declared = manifest.find_event(type);
    if (!declared)
        return Error{
            .code = ErrorCode::not_found,
            .message
            = "plugin.json of " + manifest.id + " does not declare the event \"" + std::string{type} + "\"",
            .key = "plugin.not_declared",
            .where = std::string{type},
            .hint = "declare it under \"events\"",
        };
    EventDraft draft;
    draft.type = declared->type;
    draft.schema = declared->schema();
    draft.external = declared->external;
    draft.subject = Id{static_cast<std::int64_t>(given.subject)};
    draft.subject_type = declared->subject;
    if (given.time != 0) draft.time = Instant{given.time};
    MORTISE_TRY(draft.event_class, class_of(given.kind, *declared));
    MORTISE_CHECK(add_links(draft.links, ValueView{given.links}));
    const Value data = ValueView{given.data}.value();
    draft.data = data.get_or(Map{});
    if (declared->data)
        if (auto valid = declared->data->validate(json_of(Value{draft.data})); !valid) {
            valid.error().message = draft.type + ": " + valid.error().message;
            return std::move(valid).error();
        }
    return draft;
}

} // namespace

Result<void> HostEvents::bind(Caller& caller, std::string_view name, std::uint64_t tag)
{
    return caller.instance().bind(Instance::BindingKind::subscription, name, tag);
}

Result<void>
HostEvents::publish(Caller& caller, std::uint64_t work, border::Items<mortise_event_draft> events)
{
    if (const auto deepest = caller.instance().quota(Quota::cause_depth); caller.context().depth >= deepest)
        return Error{
            .code = ErrorCode::limit,
            .message
            = "events caused by events are " + std::to_string(deepest) + " deep: this looks like a circle",
            .key = "events.depth",
            .hint = "a handler must not answer an event by one that leads back to it",
        };
    OpenUnit* unit = nullptr;
    if (work != 0) {
        unit = caller.frame() ? caller.frame()->find_unit(work) : nullptr;
        if (!unit) return no_unit(work);
    }
    std::vector<EventDraft> drafts;
    drafts.reserve(events.size());
    for (const mortise_event_draft event : events) {
        auto draft = draft_of(caller.instance().manifest(), event);
        if (!draft) {
            Error error = std::move(draft).error();
            error.where = "event " + std::to_string(drafts.size()) + ": " + error.where;
            return error;
        }
        drafts.push_back(*std::move(draft));
    }
    if (!unit) {
        for (const EventDraft& draft : drafts)
            caller.instance().stats().count_published(draft.type);
        return m_tools.background.publish(
            caller.instance().id(),
            caller.context(),
            std::move(drafts),
            caller.instance().quota(Quota::queued_events)
        );
    }
    for (EventDraft& draft : drafts)
        unit->unit.events.push_back(std::move(draft));
    return {};
}

} // namespace mortise::host
