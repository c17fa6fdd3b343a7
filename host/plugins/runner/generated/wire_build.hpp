// Generated from sdk/interfaces; do not edit.
#pragma once

/// \file
/// What host and runner compare first: stubs of different descriptions do not talk to each other.


#include <cstdint>

namespace mortise::host {

inline constexpr std::uint64_t wire_build = 0xe71118efa560decd;

} // namespace mortise::host
