#pragma once

/// \file
/// Which plugins there are on disk, and which of them fit together. No code of theirs runs.

#include "plugins/manifest.hpp"

#include <mortise/result.hpp>

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

/// A plugin's folder.
struct Candidate {
    std::shared_ptr<const Manifest> manifest; ///< as far as it could be read
    std::filesystem::path folder;
    std::vector<Error> errors; ///< why it cannot be used; empty if it can

    const std::string& id() const { return manifest->id; }
    std::filesystem::path library() const;
};

/// Looks into `installed`/ID and `data`/ID/VERSION; folders that are not there are empty. By id, newest
/// version first. A folder without plugin.json is left alone.
std::map<std::string, std::vector<Candidate>>
find_candidates(const std::filesystem::path& installed, const std::filesystem::path& data);

/// In which order plugins may be activated, and why others may not.
struct Resolution {
    std::vector<std::string> order; ///< what is required stands before what requires it
    std::map<std::string, Error> refused;
};

/// `enabled`: the plugins that shall run, by id. `installed`: versions of those that are there but not
/// enabled, for better words. Everything that a refused plugin drags along is refused too, with the reason.
Resolution resolve(
    const std::map<std::string, std::shared_ptr<const Manifest>>& enabled,
    const std::map<std::string, Version>& installed
);

} // namespace mortise::host
