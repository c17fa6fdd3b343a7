#pragma once

/// \file
/// A text that a regular expression matches.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace mortise::check {

/// A text that the pattern of a JSON Schema takes, as far as such simple means find one: letters, classes,
/// groups, choices and repetitions are understood; look-around and references back are not. The caller checks
/// it. \param more  how many times more than it must something is repeated; \param choice  which of several
/// alternatives
std::optional<std::string> text_for_pattern(std::string_view pattern, std::size_t more, std::size_t choice);

} // namespace mortise::check
