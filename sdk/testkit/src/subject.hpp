#pragma once

/// \file
/// The plugins of a kit, put where a host finds plugins.

#include "plugins/manifest.hpp"

#include <mortise/abi/root.h>
#include <mortise/result.hpp>

#include <filesystem>
#include <memory>
#include <string>

namespace mortise::testkit {

struct Subject {
    std::filesystem::path folder;
    mortise_plugin_open entry{nullptr}; ///< not null: its code is part of this program
};

/// Shows `subject` to a host that looks into `installed`, and gives its manifest. Errors: those of the
/// manifest, all of them in one message; not_found.
Result<host::Manifest> install(const Subject& subject, const std::filesystem::path& installed);

} // namespace mortise::testkit
