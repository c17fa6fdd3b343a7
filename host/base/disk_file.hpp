#pragma once

/// \file
/// Files of which it matters that they are on the disk when a call has returned.

#include <mortise/result.hpp>

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace mortise::host {

/// An open file. Movable; used by one thread at a time. Errors name the file.
class DiskFile {
public:
    static Result<DiskFile> open(const std::filesystem::path& path);
    /// For writing at its end.
    static Result<DiskFile> open_end(const std::filesystem::path& path);
    /// There must be none of that name.
    static Result<DiskFile> create(const std::filesystem::path& path, std::uint32_t mode);
    DiskFile(DiskFile&& other) noexcept;
    DiskFile& operator=(DiskFile&& other) noexcept;
    DiskFile(const DiskFile&) = delete;
    DiskFile& operator=(const DiskFile&) = delete;
    ~DiskFile();

    Result<std::uint64_t> size() const;
    /// As much as there is, up to the size of `out`.
    Result<std::size_t> read_at(std::uint64_t offset, std::span<char> out) const;
    Result<void> write(std::string_view bytes);
    Result<void> set_mode(std::uint32_t mode);
    Result<void> sync();

private:
    DiskFile(int descriptor, std::string name) : m_descriptor{descriptor}, m_name{std::move(name)} { }

    int m_descriptor;
    std::string m_name;
};

/// Makes names in the folder durable.
Result<void> sync_folder(const std::filesystem::path& folder);
/// The system's last error as ours: `denied`, `not_found`, `exists`, `limit` (no room) or `io`.
Error system_failure(const std::string& doing, int number);

} // namespace mortise::host
