#pragma once

/// \file
/// What a box around a plugin's process is made of, and how strong it is. The process reports it before the
/// plugin's library is loaded; host and process use the same words.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mortise::host {

/// Each holds what those before it hold.
enum class BoxTier : std::uint32_t {
    none, ///< in the host's own process
    process, ///< a process of its own: a crash costs one plugin
    filtered, ///< and limits, and a list of the system calls that it may make: it can read files, no more
    boxed, ///< and Landlock: of files only what the system has for everybody to read
    sealed, ///< and namespaces of its own: other files and processes are not even there
};

std::string_view name_of(BoxTier tier) noexcept;
std::optional<BoxTier> tier_named(std::string_view name) noexcept;

/// Bits of `BoxReport::parts`.
enum class BoxPart : std::uint32_t {
    limits = 1U << 0U, ///< memory, descriptors, file sizes, no core files
    filter = 1U << 1U, ///< seccomp
    files = 1U << 2U, ///< Landlock, files
    network = 1U << 3U, ///< Landlock, TCP
    scope = 1U << 4U, ///< Landlock, signals and abstract sockets
    memory = 1U << 5U, ///< what was writable never becomes code (PR_SET_MDWE)
    namespaces = 1U << 6U, ///< user, mount, network, IPC and host name
    user = 1U << 7U, ///< the host runs as root, the plugin as nobody
};

/// How far the box was closed.
struct BoxReport {
    std::uint32_t parts{0};
    std::uint32_t landlock{0}; ///< version of the kernel's Landlock; 0: none

    bool has(BoxPart part) const noexcept { return (parts & static_cast<std::uint32_t>(part)) != 0; }
    void add(BoxPart part) noexcept { parts |= static_cast<std::uint32_t>(part); }
    BoxTier tier() const noexcept;
    /// "limits, system calls, files (Landlock 7), ..."; what is missing stands behind "without".
    std::string words() const;
};

} // namespace mortise::host
