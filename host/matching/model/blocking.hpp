#pragma once

/// \file
/// Which contacts are worth comparing: those that have a key in common.

#include "matching/profile.hpp"

#include <cstdint>
#include <vector>

namespace mortise::host::matching {

/// A key that more contacts than this have says too little: it is left out, and counted. Others of the same
/// contacts are narrower.
inline constexpr std::size_t most_of_block = 120;

/// A hash of 40 bits: two different keys that become the same cost a comparison, nothing else.
using BlockKey = std::uint64_t;
inline constexpr unsigned block_key_bits = 40;

/// The keys of a profile, sorted, each once; into `keys`, which is emptied first. Pure; any thread.
void block_keys(const Profile& profile, std::vector<BlockKey>& keys);

} // namespace mortise::host::matching
