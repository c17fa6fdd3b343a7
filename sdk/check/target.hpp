#pragma once

/// \file
/// The plugin that is checked.

#include "elf_image.hpp"
#include "plugins/manifest.hpp"
#include "testkit/src/subject.hpp"

#include <mortise/result.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace mortise::check {

struct Target {
    std::filesystem::path folder; ///< with plugin.json
    std::filesystem::path library; ///< for this machine; empty if the manifest names none
    host::ManifestReading reading;
    std::vector<std::filesystem::path> with; ///< folders of plugins that it requires
    std::filesystem::path from{}; ///< folder of an earlier version to upgrade from; empty: none
    std::filesystem::path package{}; ///< this version as a package, if there is an earlier one
    std::uint64_t seed{1}; ///< of everything that is drawn by chance

    const host::Manifest& manifest() const noexcept { return reading.manifest; }
    bool is_sound() const noexcept { return reading.errors.empty(); }
    /// Whether the manifest fits the schema, so that there is anything in it to look at.
    bool is_read() const noexcept { return !reading.manifest.json.is_null(); }
    /// The plugin and what it requires, for a host in a box.
    std::vector<testkit::Subject> subjects() const;
};

/// Why the host does not take the manifest, all of it: what stands where, and what may have been meant.
std::string manifest_errors(const Target& target);

/// Looks at a folder with plugin.json, or at a library that lies in one. Errors: not_found.
Result<Target> open_target(const std::filesystem::path& place);

} // namespace mortise::check
