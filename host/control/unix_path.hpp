#pragma once

/// \file
/// A socket's path as the kernel takes it. `sockaddr_un` holds 107 bytes; a longer path is reached through
/// its folder.

#include <mortise/result.hpp>

#include <filesystem>
#include <string>

namespace mortise::control {

/// Keep it until the socket is bound or connected. Movable.
class UnixPath {
public:
    /// Fails (`io`) if the path is long and its folder cannot be opened.
    static Result<UnixPath> of(const std::filesystem::path& path);
    UnixPath(UnixPath&& other) noexcept;
    UnixPath& operator=(UnixPath&& other) noexcept;
    UnixPath(const UnixPath&) = delete;
    UnixPath& operator=(const UnixPath&) = delete;
    ~UnixPath();

    const std::string& text() const noexcept { return m_text; }

private:
    UnixPath(std::string text, int folder) noexcept : m_text{std::move(text)}, m_folder{folder} { }

    std::string m_text;
    int m_folder{-1};
};

} // namespace mortise::control
