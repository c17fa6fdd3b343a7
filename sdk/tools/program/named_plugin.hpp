#pragma once

/// \file
/// A plugin that somebody names: by a place, or as one that is installed on this machine.

#include <mortise/result.hpp>

#include <filesystem>
#include <string>

namespace mortise::tool {

/// The folder of a plugin: a folder that has one, or a project that was built; else the installed plugin of
/// that name, which is its id (mortise.pipelines) or the last part of it (pipelines). Installed ones are
/// looked for beside this program, beside `mortise`, and in the data folder, newest version first. Errors:
/// not_found with all that was looked for; `invalid` for a last part that several have.
Result<std::filesystem::path> find_named_plugin(const std::string& name);

} // namespace mortise::tool
