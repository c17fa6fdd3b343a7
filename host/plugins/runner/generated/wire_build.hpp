// Generated from sdk/interfaces; do not edit.
#pragma once

/// \file
/// What host and runner compare first: stubs of different descriptions do not talk to each other.


#include <cstdint>

namespace mortise::host {

inline constexpr std::uint64_t wire_build = 0x11c3e6897e3e7ff1;

} // namespace mortise::host
