#pragma once

/// \file
/// Draws a screen once into a file.

#include "app/options.hpp"

namespace mortise::ui {

/// Without window and display. Waits until the screen has what it asked the host for. Errors: `io` and what
/// the connection says.
Result<void> take_screenshot(const Options& options);

} // namespace mortise::ui
