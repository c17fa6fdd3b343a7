#pragma once

/// \file
/// Writes files into an empty folder, flushed to the disk, without ever following a link.

#include <mortise/result.hpp>

#include <filesystem>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>

namespace mortise::host {

/// Thread-safety: one thread at a time.
class FolderWriter {
public:
    static Result<std::unique_ptr<FolderWriter>> open(const std::filesystem::path& folder);
    FolderWriter(const FolderWriter&) = delete;
    FolderWriter& operator=(const FolderWriter&) = delete;
    ~FolderWriter();

    /// Makes a file that is not there yet, with the folders above it. `path` has been checked.
    Result<void> begin(const std::string& path);
    Result<void> write(std::span<const std::byte> bytes);
    Result<void> end();
    Result<void> write_file(const std::string& path, std::string_view text);
    /// Flushes the folders.
    Result<void> finish();

private:
    explicit FolderWriter(int folder) : m_folder{folder} { }
    Error failure(std::string_view what) const;

    const int m_folder;
    int m_file{-1};
    std::string m_path; // of the file
    std::set<std::string> m_folders; // made so far
};

} // namespace mortise::host
