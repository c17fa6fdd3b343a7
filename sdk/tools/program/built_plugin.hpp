#pragma once

/// \file
/// Finds what a build made: the folder with plugin.json and library that the host loads.

#include <mortise/result.hpp>

#include <filesystem>
#include <string>

namespace mortise::tool {

struct BuiltPlugin {
    std::string id;
    std::string version;
    std::filesystem::path folder;
    std::filesystem::path library; ///< the one for this machine
};

/// `folder` is that folder itself, or a project with builds below `build`; of several the newest with the
/// project's manifest counts. Errors: `stale_build` if manifest or sources were changed since.
Result<BuiltPlugin> find_built_plugin(const std::filesystem::path& folder);

/// Whether the host would take the manifest; the first error says what it would say, the hint that there are
/// more.
Result<void> check_manifest(const std::filesystem::path& folder);

} // namespace mortise::tool
