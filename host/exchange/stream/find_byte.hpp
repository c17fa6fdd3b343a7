#pragma once

/// \file
/// Finds the first of a few bytes, eight bytes at a time without special instructions: cells are short, so
/// the set-up of a longer stride costs more than it saves.

#include <bit>
#include <cstdint>
#include <cstring>

namespace mortise::host {

/// The first place from `at` on that holds one of the three, or `end`.
inline const char* find_byte(const char* at, const char* end, char a, char b, char c) noexcept
{
    constexpr std::uint64_t ones = 0x0101010101010101U;
    constexpr std::uint64_t tops = 0x8080808080808080U;
    if constexpr (std::endian::native == std::endian::little) {
        const std::uint64_t all_a = ones * static_cast<unsigned char>(a);
        const std::uint64_t all_b = ones * static_cast<unsigned char>(b);
        const std::uint64_t all_c = ones * static_cast<unsigned char>(c);
        while (end - at >= 8) {
            std::uint64_t word = 0;
            std::memcpy(&word, at, sizeof word);
            const std::uint64_t x = word ^ all_a;
            const std::uint64_t y = word ^ all_b;
            const std::uint64_t z = word ^ all_c;
            // A byte's top bit is set where it is zero; above the first one that is, there may be false ones.
            const std::uint64_t hits = (((x - ones) & ~x) | ((y - ones) & ~y) | ((z - ones) & ~z)) & tops;
            if (hits != 0) return at + std::countr_zero(hits) / 8;
            at += 8;
        }
    }
    while (at != end && *at != a && *at != b && *at != c)
        ++at;
    return at;
}

} // namespace mortise::host
