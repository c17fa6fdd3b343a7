#pragma once

/// \file
/// Makes a project of a template. A template is itself a project that builds: com.example.my-plugin. Wherever
/// its name stands, in texts and in names of files, in any of its spellings, the new name takes its place.

#include "program/plugin_name.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::tool {

/// The text with the template's name, vendor and year replaced, in one pass.
std::string renamed(std::string_view text, const PluginName& name, std::string_view year);

/// Copies the template in `from` to `to`, which is not there or empty; gives the files that were made,
/// relative to `to`. When something fails, what it made is taken away again.
Result<std::vector<std::string>>
make_project(const std::filesystem::path& from, const std::filesystem::path& to, const PluginName& name);

} // namespace mortise::tool
