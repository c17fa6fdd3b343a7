#include "plugins/event_blocks.hpp"

#include <charconv>

namespace mortise::host {

namespace {

/// N of "order.placed/N".
std::uint32_t version_of(std::string_view schema) noexcept
{
    std::uint32_t version = 1;
    const std::size_t slash = schema.rfind('/');
    if (slash != schema.npos)
        std::from_chars(schema.data() + slash + 1, schema.data() + schema.size(), version);
    return version;
}

std::uint32_t kind_of(EventClass event_class) noexcept
{
    switch (event_class) {
    case EventClass::audit:
        return MORTISE_EVENT_AUDIT;
    case EventClass::history:
        return MORTISE_EVENT_HISTORY;
    case EventClass::telemetry:
        return MORTISE_EVENT_TELEMETRY;
    }
    return MORTISE_EVENT_DECLARED;
}

/// Role to id, or to a list of ids.
Map links_of(const Event& event)
{
    Map links;
    for (const EventLink& link : event.links) {
        Value* there = links.find(link.role);
        if (!there)
            links.append(link.role, link.record);
        else if (auto* list = there->as<List>())
            list->emplace_back(link.record);
        else
            *there = List{*there, Value{link.record}};
    }
    return links;
}

} // namespace

Result<EventBlocks> EventBlocks::encode(std::span<const Event> events, const std::string& source)
{
    EventBlocks blocks;
    blocks.m_items.reserve(events.size());
    const mortise_text kept = blocks.keep(source);
    for (const Event& event : events)
        MORTISE_CHECK(blocks.add(event, kept));
    return blocks;
}

mortise_text EventBlocks::keep(std::string text)
{
    const std::string& kept = m_texts.emplace_back(std::move(text));
    return {kept.data(), kept.size()};
}

Result<mortise_tree> EventBlocks::keep(const Value& value)
{
    MORTISE_TRY(ValueBlock block, mortise::encode(value));
    return m_blocks.emplace_back(std::move(block)).tree();
}

Result<void> EventBlocks::add(const Event& event, mortise_text source)
{
    mortise_event item{};
    item.size = sizeof item;
    item.version = version_of(event.schema);
    item.kind = kind_of(event.event_class);
    item.flags = event.external ? 1 : 0;
    item.sequence = static_cast<std::uint64_t>(event.number);
    item.id = keep(std::to_string(event.number));
    item.source = source;
    item.type = keep(event.type);
    item.subject = static_cast<std::uint64_t>(event.subject.number);
    item.subject_type = keep(event.subject_type);
    item.time = event.time.microseconds;
    item.recorded = event.recorded.microseconds;
    item.actor = keep(event.actor);
    item.client = keep(event.client);
    item.correlation = static_cast<std::uint64_t>(event.correlation);
    item.causation = static_cast<std::uint64_t>(event.cause);
    MORTISE_TRY(item.links, keep(Value{links_of(event)}));
    MORTISE_TRY(item.data, keep(Value{event.data}));
    m_items.push_back(item);
    return {};
}

} // namespace mortise::host
