#pragma once

/// \file
/// Digests: BLAKE2b with 32 bytes for everything of our own, SHA-256 where a format asks for it.

#include <mortise/result.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace mortise::host {

using Digest = std::array<std::byte, 32>;

Digest hash(std::span<const std::byte> data) noexcept;
Digest hash(std::string_view text) noexcept;

/// A message authentication code: BLAKE2b keyed with 16 to 64 bytes. Refuses other key sizes.
Result<Digest> keyed_hash(std::span<const std::byte> key, std::span<const std::byte> data);

Digest sha256(std::span<const std::byte> data) noexcept;
Digest sha256(std::string_view text) noexcept;

/// Takes the BLAKE2b of data that comes in pieces. Thread-safety: one thread at a time.
class Hasher {
public:
    Hasher() noexcept;
    void add(std::span<const std::byte> data) noexcept;
    void add(std::string_view text) noexcept;
    /// The digest of all that was added; the hasher is then as new.
    Digest finish() noexcept;

private:
    alignas(64) std::array<unsigned char, 384> m_state{};
};

/// Compares in constant time, so that the time taken tells nothing of a secret one.
bool equal_digests(const Digest& a, const Digest& b) noexcept;

/// Small hexadecimal letters, two for each byte.
std::string hex(std::span<const std::byte> bytes);
/// Reads both cases. Refuses anything but an even number of hexadecimal digits.
Result<std::string> parse_hex(std::string_view text);
Result<Digest> parse_digest(std::string_view text);

} // namespace mortise::host
