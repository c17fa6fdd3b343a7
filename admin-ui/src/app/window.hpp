#pragma once

/// \file
/// The console in a window.

#include "app/options.hpp"

namespace mortise::ui {

/// Shows it until the user closes it. Draws when something happened, and seldom else.
Result<void> run_window(const Options& options);

} // namespace mortise::ui
