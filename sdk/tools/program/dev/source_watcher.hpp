#pragma once

/// \file
/// Notices when a file of a project is saved.

#include <mortise/result.hpp>

#include <filesystem>
#include <map>
#include <string_view>

namespace mortise::tool {

/// Watches a folder and those below it, without builds and what is hidden. Thread-safety: one thread at a
/// time.
class SourceWatcher {
public:
    static Result<SourceWatcher> watch(const std::filesystem::path& folder);
    SourceWatcher(SourceWatcher&& other) noexcept;
    SourceWatcher& operator=(SourceWatcher&&) = delete;
    SourceWatcher(const SourceWatcher&) = delete;
    SourceWatcher& operator=(const SourceWatcher&) = delete;
    ~SourceWatcher();

    /// Waits; whether something was saved. After the first change it waits until there is quiet, since
    /// editors and version control write several files at once.
    bool wait(int milliseconds);

private:
    explicit SourceWatcher(int descriptor) : m_descriptor{descriptor} { }

    void add(const std::filesystem::path& folder);
    bool take();

    int m_descriptor;
    std::map<int, std::filesystem::path> m_folders;
};

/// Whether a name in a project is none of its source: hidden, a build, or an editor's copy.
bool is_beside_the_point(std::string_view name) noexcept;

} // namespace mortise::tool
