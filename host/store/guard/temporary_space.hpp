#pragma once

/// \file
/// `TemporarySpace`: bounds what the queries of one connection keep on the side. SQLite sorts and
/// materialises into temporary files (so that memory stays small); this is the SQLite VFS that counts their
/// bytes.

#include <cstdint>
#include <memory>
#include <string>

namespace mortise::host {

/// Outlives the connection that was opened with its VFS, and is used by that connection's thread.
class TemporarySpace {
public:
    /// \param base  the VFS that does the work; empty for the system's
    explicit TemporarySpace(const std::string& base);
    TemporarySpace(const TemporarySpace&) = delete;
    TemporarySpace& operator=(const TemporarySpace&) = delete;
    ~TemporarySpace();

    /// Of the VFS to open the connection with.
    const std::string& vfs_name() const noexcept;
    /// Writing more than this fails as if the disk were full.
    void set_limit(std::uint64_t bytes) noexcept { m_limit = bytes; }
    std::uint64_t used() const noexcept { return m_used; }

    /// Takes `bytes` more, if they are there. For the VFS's files.
    bool grow(std::uint64_t bytes) noexcept;
    void shrink(std::uint64_t bytes) noexcept { m_used -= bytes; }

    struct Vfs;

private:
    std::unique_ptr<Vfs> m_vfs;
    std::uint64_t m_limit{UINT64_MAX};
    std::uint64_t m_used{0};
};

} // namespace mortise::host
