#pragma once

/// \file
/// A batch of events in the form in which it crosses the border. Owns all that it points at.

#include "events/event.hpp"

#include <mortise/abi/events.h>
#include <mortise/value_block.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

class EventBlocks {
public:
    /// `source` as CloudEvents has it. Fails if an event's data cannot be encoded.
    static Result<EventBlocks> encode(std::span<const Event> events, const std::string& source);

    std::span<const mortise_event> items() const noexcept { return m_items; }

private:
    mortise_text keep(std::string_view text) noexcept;
    Result<mortise_tree> keep(const Map& map);
    Result<void> add(const Event& event, mortise_text source);

    std::unique_ptr<char[]> m_texts; ///< one after the other; taken at once, so that none moves
    std::size_t m_texts_size{0};
    std::vector<ValueBlock> m_blocks;
    std::vector<mortise_event> m_items;
};

} // namespace mortise::host
