#include "plugins/event_blocks.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace mortise::host {

namespace {

constexpr std::size_t most_digits = 20;

/// N of "order.placed/N".
std::uint32_t version_of(std::string_view schema) noexcept
{
    std::uint32_t version = 1;
    const std::size_t slash = schema.rfind('/');
    if (slash != std::string_view::npos)
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

/// All texts of an event that cross, and its number in digits.
std::size_t text_bytes(const Event& event) noexcept
{
    return most_digits + event.type.size() + event.subject_type.size() + event.actor.size()
        + event.client.size();
}

} // namespace

Result<EventBlocks> EventBlocks::encode(std::span<const Event> events, const std::string& source)
{
    EventBlocks blocks;
    blocks.m_items.reserve(events.size());
    blocks.m_blocks.reserve(2 * events.size());
    std::size_t bytes = source.size();
    for (const Event& event : events)
        bytes += text_bytes(event);
    blocks.m_texts = std::make_unique_for_overwrite<char[]>(bytes);
    const mortise_text kept = blocks.keep(source);
    for (const Event& event : events)
        MORTISE_CHECK(blocks.add(event, kept));
    return blocks;
}

mortise_text EventBlocks::keep(std::string_view text) noexcept
{
    char* const place = m_texts.get() + m_texts_size;
    std::ranges::copy(text, place);
    m_texts_size += text.size();
    return {place, text.size()};
}

Result<mortise_tree> EventBlocks::keep(const Map& map)
{
    MORTISE_TRY(ValueBlock block, mortise::encode_map(map));
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
    std::array<char, most_digits> digits{};
    const auto* const end = std::to_chars(digits.data(), digits.data() + digits.size(), event.number).ptr;
    item.id = keep({digits.data(), end});
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
    MORTISE_TRY(item.links, keep(links_of(event)));
    MORTISE_TRY(item.data, keep(event.data));
    m_items.push_back(item);
    return {};
}

} // namespace mortise::host
