#pragma once

/// \file
/// A folder that is removed with what is in it.

#include <mortise/result.hpp>

#include <filesystem>
#include <string>

namespace mortise::host {

/// Movable.
class TemporaryFolder {
public:
    /// In the folder for temporary files; `name` and six letters by chance.
    static Result<TemporaryFolder> create(const std::string& name = "mortise");
    TemporaryFolder(TemporaryFolder&& other) noexcept : m_path{std::move(other.m_path)}
    {
        other.m_path.clear();
    }
    TemporaryFolder& operator=(TemporaryFolder&& other) noexcept
    {
        m_path.swap(other.m_path);
        return *this;
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder();

    const std::filesystem::path& path() const noexcept { return m_path; }

private:
    explicit TemporaryFolder(std::filesystem::path path) : m_path{std::move(path)} { }

    std::filesystem::path m_path;
};

} // namespace mortise::host
