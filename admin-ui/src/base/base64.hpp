#pragma once

/// \file
/// Bytes as text, for uploads and files that come with an answer.

#include <mortise/result.hpp>

#include <string>
#include <string_view>

namespace mortise::ui {

std::string base64_of(std::string_view bytes);
/// RFC 4648 section 4. ErrorCode::invalid if it is none.
Result<std::string> bytes_of_base64(std::string_view text);

} // namespace mortise::ui
