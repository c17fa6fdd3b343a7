#pragma once

/// \file
/// Files that may be imported: those below the folder of the settings, and no others.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::plugins::email {

/// The file or folder that `path` names below `folder`; refuses what lies elsewhere, symbolic links followed.
std::filesystem::path require_importable(std::string_view folder, std::string_view path);
/// The file itself, or every file below the folder, by name.
std::vector<std::filesystem::path> files_of(const std::filesystem::path& path);
/// The content of a file; throws what the system says.
std::string read_file(const std::filesystem::path& path);

} // namespace mortise::plugins::email
