#pragma once

/// \file
/// A lock on what is being made under a name: an empty file beside it that its holder has locked. The lock is
/// the operating system's, so that it is free again as soon as its holder is gone, however it went.

#include <mortise/result.hpp>

#include <filesystem>

namespace mortise::host {

/// Movable. Given back by the destructor, which takes the file away.
class NameLock {
public:
    /// Makes `file` (mode 0600) where it is not there. One that a process left that was killed is nobody's.
    /// Errors: `taken` if another process, or this one, holds it; of the disk.
    static Result<NameLock> take(const std::filesystem::path& file, const Error& taken);
    NameLock(NameLock&& other) noexcept;
    NameLock& operator=(NameLock&&) = delete;
    NameLock(const NameLock&) = delete;
    NameLock& operator=(const NameLock&) = delete;
    ~NameLock();

private:
    NameLock(std::filesystem::path file, int descriptor);
    bool has_its_name() const;

    std::filesystem::path m_file; // empty: another holds it
    int m_descriptor;
};

} // namespace mortise::host
