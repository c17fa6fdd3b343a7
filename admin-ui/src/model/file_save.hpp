#pragma once

/// \file
/// A file on the console's machine, written whole or not at all.

#include <mortise/result.hpp>

#include <filesystem>
#include <string_view>

namespace mortise::ui {

/// Appears under its name when all of it is written. ErrorCode::exists if there is one of that name and it
/// shall not be replaced; ErrorCode::io if it cannot be written.
Result<void> save_file(const std::filesystem::path& file, std::string_view bytes, bool replace);

} // namespace mortise::ui
