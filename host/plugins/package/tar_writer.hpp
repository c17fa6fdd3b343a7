#pragma once

/// \file
/// Writes a tar archive through zstd with its digest behind it, the same bytes for the same files.

#include "base/sha256.hpp"

#include <mortise/result.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct archive;
struct ZSTD_CCtx_s;

namespace mortise::host {

/// Thread-safety: one thread at a time.
class TarWriter {
public:
    /// `descriptor` stays the caller's.
    explicit TarWriter(int descriptor);
    TarWriter(const TarWriter&) = delete;
    TarWriter& operator=(const TarWriter&) = delete;
    ~TarWriter();

    /// Begins a file of exactly so many bytes.
    Result<void> begin(const std::string& path, std::uint64_t size);
    Result<void> write(std::span<const std::byte> bytes);
    Result<void> add(const std::string& path, std::string_view text);
    Result<void> finish();

private:
    static ssize_t take(archive* tar, void* self, const void* bytes, std::size_t size);
    bool write_out(std::span<const std::byte> bytes);
    bool pack(std::span<const std::byte> bytes, bool is_last);
    Error failure(std::string_view what) const;

    const int m_descriptor;
    archive* m_archive;
    ZSTD_CCtx_s* m_context;
    std::vector<std::byte> m_out;
    Sha256 m_digest; // of what was written
    std::string m_trouble; // of packing
};

} // namespace mortise::host
