#pragma once

/// \file
/// Bytes as text, for uploads.

#include <string>
#include <string_view>

namespace mortise::ui {

std::string base64_of(std::string_view bytes);

} // namespace mortise::ui
