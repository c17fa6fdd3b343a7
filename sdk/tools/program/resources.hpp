#pragma once

/// \file
/// Where the files that belong to this program are: beside it, in the prefix that it is installed in. So a
/// prefix can be moved, and the build folder, which is laid out alike, works as it stands.

#include <mortise/result.hpp>

#include <filesystem>
#include <string_view>

namespace mortise::tool {

/// The file or folder NAME in PREFIX/share/mortise of the running program.
Result<std::filesystem::path> find_resource(std::string_view name);
/// A program of the same prefix, else the one on the PATH; an empty path if there is none.
std::filesystem::path find_program(std::string_view name);

} // namespace mortise::tool
