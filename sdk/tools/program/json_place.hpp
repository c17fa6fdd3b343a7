#pragma once

/// \file
/// Where in a file a JSON pointer leads, for messages that editors can jump to.

#include <cstddef>
#include <optional>
#include <string_view>

namespace mortise::tool {

/// The line, from 1 on, on which the value that `pointer` names begins; nothing if it is not there. `json` is
/// a sound document.
std::optional<std::size_t> line_of(std::string_view json, std::string_view pointer);

/// The same for the nearest thing around it that is there: the document itself, at worst.
std::size_t line_near(std::string_view json, std::string_view pointer);

} // namespace mortise::tool
