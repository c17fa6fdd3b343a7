#pragma once

/// \file
/// The entries of a tar archive, each checked to be a plain file with a name that may stand in a package.

#include "plugins/package/zstd_source.hpp"

#include <memory>
#include <optional>
#include <string>

struct archive;
struct archive_entry;

namespace mortise::host {

struct TarEntry {
    std::string path;
    std::uint64_t size{0};
};

/// Thread-safety: one thread at a time.
class TarReader {
public:
    /// `source` outlives the reader.
    explicit TarReader(ZstdSource& source);
    ~TarReader();
    TarReader(const TarReader&) = delete;
    TarReader& operator=(const TarReader&) = delete;

    /// The next entry; nothing at the end, when it has also been checked that nothing else follows.
    Result<std::optional<TarEntry>> next();
    /// More of the entry's bytes; empty at its end. Valid until the next call.
    Result<std::span<const std::byte>> read();

private:
    static ssize_t take(archive* tar, void* self, const void** piece);

    Result<TarEntry> check(archive_entry* entry) const;
    Result<void> check_end();
    Error failure(std::string_view what);

    ZstdSource& m_source;
    archive* m_archive;
    bool m_is_open{false};
    std::span<const std::byte> m_piece; // what was given last
    std::optional<Error> m_error; // of the source
    std::uint64_t m_position{0}; // in the entry
};

} // namespace mortise::host
