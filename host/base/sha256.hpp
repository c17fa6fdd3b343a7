#pragma once

/// \file
/// `Sha256`: the SHA-256 of data that comes in pieces, for formats that ask for it.

#include "base/hash.hpp"

namespace mortise::host {

/// Thread-safety: one thread at a time.
class Sha256 {
public:
    Sha256() noexcept;
    void add(std::span<const std::byte> data) noexcept;
    /// The digest of all that was added; then it is as new.
    Digest finish() noexcept;

private:
    alignas(16) std::array<unsigned char, 128> m_state{};
};

} // namespace mortise::host
