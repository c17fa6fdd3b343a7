#pragma once

/// \file
/// Small text files, read and written whole.

#include <mortise/result.hpp>

#include <filesystem>
#include <string>
#include <string_view>

namespace mortise::tool {

/// Errors: `sdk.io`; one that is larger than `most` bytes is refused.
Result<std::string> read_text(const std::filesystem::path& file, std::size_t most);
/// Writes beside it first, so that there is never half a file.
Result<void> write_text(const std::filesystem::path& file, std::string_view text);

} // namespace mortise::tool
