#pragma once

/// \file
/// A batch of events in the form in which it crosses the border. Owns all that it points at.

#include "events/event.hpp"

#include <mortise/abi/events.h>
#include <mortise/value_block.hpp>

#include <deque>
#include <span>
#include <string>
#include <vector>

namespace mortise::host {

class EventBlocks {
public:
    /// `source` as CloudEvents has it. Fails if an event's data cannot be encoded.
    static Result<EventBlocks> encode(std::span<const Event> events, const std::string& source);

    std::span<const mortise_event> items() const noexcept { return m_items; }

private:
    mortise_text keep(std::string text);
    Result<mortise_tree> keep(const Value& value);
    Result<void> add(const Event& event, mortise_text source);

    std::deque<std::string> m_texts;
    std::deque<ValueBlock> m_blocks;
    std::vector<mortise_event> m_items;
};

} // namespace mortise::host
