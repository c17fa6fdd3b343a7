#pragma once

/// \file
/// The digest that an event keeps of itself.

#include <mortise/value.hpp>

#include <array>
#include <cstddef>
#include <string_view>

namespace mortise::host {

/// H(header, H(salt, payload)): the header binds number, times, type and subject; the payload can be erased
/// and its digest kept, so that a chain over leaves still verifies.
std::array<std::byte, 32> event_leaf(
    std::string_view type,
    std::int64_t number,
    Instant recorded,
    Instant time,
    Id subject,
    const std::array<std::byte, 32>& payload_digest
);

} // namespace mortise::host
