#pragma once

/// \file
/// `PluginFolder`: the folder DATA/plugins, where each installed version of a plugin has a folder of its own,
/// ID/VERSION. A version appears there all at once or not at all, whatever ends the process.

#include "plugins/manifest.hpp"
#include "plugins/package/package_reader.hpp"

#include <mortise/result.hpp>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mortise::host {

/// A package that was unpacked aside and found fit, but is not installed. Removed from the disk at its end.
class StagedPlugin {
public:
    StagedPlugin(std::filesystem::path folder, Package package, std::shared_ptr<const Manifest> manifest);
    StagedPlugin(StagedPlugin&&) noexcept;
    StagedPlugin& operator=(StagedPlugin&&) = delete;
    ~StagedPlugin();

    const std::filesystem::path& folder() const noexcept { return m_folder; }
    const Package& package() const noexcept { return m_package; }
    const Manifest& manifest() const noexcept { return *m_manifest; }
    /// Leaves the folder to others.
    void release() noexcept { m_folder.clear(); }

private:
    std::filesystem::path m_folder; // empty: moved from
    Package m_package;
    std::shared_ptr<const Manifest> m_manifest;
};

enum class Replace : std::uint8_t { no, yes };

/// Thread-safety: any thread, but one change at a time.
class PluginFolder {
public:
    explicit PluginFolder(std::filesystem::path folder) : m_folder{std::move(folder)} { }

    /// Makes the folder, and takes away what a process left that ended in the middle of something.
    Result<void> open();

    /// Unpacks a package aside and checks it and its manifest. Errors: those of `unpack_package`, those of
    /// the manifest, `package.other_identity`.
    Result<StagedPlugin> stage(int package) const;
    /// Puts it in its place. The same files once more are put there anew; other files of the same version are
    /// refused (`plugins.version_exists`) unless they shall be replaced. Returns whether that version was
    /// there.
    Result<bool> keep(StagedPlugin staged, Replace replace) const;
    /// Takes one version away, or with no version the whole plugin. What is not there is no error.
    Result<void> remove(std::string_view id, std::string_view version = {}) const;

private:
    std::filesystem::path aside() const;

    std::filesystem::path m_folder;
};

/// Whether a file in a plugin's folder is still what was installed. True for folders without a list, which
/// are the system's own. Errors: `package.changed`, `package.bad_list`.
Result<void> check_installed_file(const std::filesystem::path& folder, std::string_view path);
/// The same for a file that was read already and has this SHA-256.
Result<void> check_installed_bytes(
    const std::filesystem::path& folder, std::string_view path, const std::optional<Digest>& digest
);
/// How what lies in DATA/plugins/ID/VERSION comes to be again what was installed, as it is typed.
std::string how_to_install_again(const std::filesystem::path& folder);
/// What the list in the folder says of a file; nothing if there is no list.
Result<std::optional<Digest>> installed_digest(const std::filesystem::path& folder, std::string_view path);

} // namespace mortise::host
