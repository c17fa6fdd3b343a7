#pragma once

/// \file
/// The outer shell of a package: one zstd frame and the SHA-256 of it, unpacked piece by piece, with a limit
/// on what goes in and on what comes out.

#include "base/sha256.hpp"
#include "plugins/package/package_list.hpp"

#include <memory>
#include <optional>
#include <span>
#include <vector>

struct ZSTD_DCtx_s;

namespace mortise::host {

/// Behind the frame stands a skippable frame, which other programs pass over: these eight bytes, and the
/// SHA-256 of everything before them.
inline constexpr std::string_view package_seal_head{"\x50\x2A\x4D\x18\x20\x00\x00\x00", 8};

/// Thread-safety: one thread at a time.
class ZstdSource {
public:
    /// `descriptor` is read from where it stands. At most `most_in` bytes are taken from it.
    ZstdSource(int descriptor, std::uint64_t most_in);

    /// What may come out in all. A source begins with 0.
    void set_limit(std::uint64_t most_out) noexcept { m_most_out = most_out; }
    /// The next piece; empty at the end. It is valid until the next call. Errors: `package.not_a_package`,
    /// `truncated`, `corrupt`, `trailing` (something stands behind its end), `too_large`, `io`.
    Result<std::span<const std::byte>> read();
    std::uint64_t given() const noexcept { return m_given; }

private:
    struct Freeing {
        void operator()(ZSTD_DCtx_s* context) const noexcept;
    };

    Result<bool> fill();
    Result<void> check_end();

    const int m_descriptor;
    const std::uint64_t m_most_in;
    std::uint64_t m_most_out{0};
    std::uint64_t m_taken{0};
    std::uint64_t m_given{0};
    bool m_is_over{false};
    std::unique_ptr<ZSTD_DCtx_s, Freeing> m_context;
    std::vector<std::byte> m_in;
    Sha256 m_digest; // of what was used
    std::size_t m_in_size{0};
    std::size_t m_in_used{0};
    std::vector<std::byte> m_out;
};

} // namespace mortise::host
