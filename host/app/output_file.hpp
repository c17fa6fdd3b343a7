#pragma once

/// \file
/// A file that a verb writes: it appears under its name only when it is whole, so that a run that fails
/// leaves neither half a file nor loses the one that was there.

#include "exchange/stream/byte_sink.hpp"

#include <mortise/result.hpp>

#include <filesystem>
#include <memory>

namespace mortise::host {

/// Used by one thread at a time.
class OutputFile {
public:
    /// Opens a file beside `path`; or `path` itself if that is a pipe or a device. Errors: those of
    /// `FileSink::create`.
    static Result<std::unique_ptr<OutputFile>> create(const std::filesystem::path& path);
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;
    /// Removes what was not kept.
    ~OutputFile();

    ByteSink& sink() noexcept { return *m_sink; }
    /// Call it when the sink is finished: the file gets its name.
    Result<void> keep();

private:
    OutputFile(std::filesystem::path path, std::filesystem::path written, std::unique_ptr<FileSink> sink);

    std::filesystem::path m_path;
    std::filesystem::path m_written; ///< the same as `m_path`: there is nothing to rename
    std::unique_ptr<FileSink> m_sink;
    bool m_kept{false};
};

} // namespace mortise::host
