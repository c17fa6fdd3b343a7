#pragma once

/// \file
/// Randomness from the kernel, good for keys and for numbers that nobody may guess. Any thread.

#include <cstddef>
#include <cstdint>
#include <span>

namespace mortise::host {

/// Fills `out`. Waits only before the kernel has gathered its first entropy after boot; ends the program if
/// the kernel has no randomness to give, because no caller could go on safely.
void random_bytes(std::span<std::byte> out) noexcept;

std::uint64_t random_u64() noexcept;

} // namespace mortise::host
