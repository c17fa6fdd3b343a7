#pragma once

/// \file
/// A digest of what a frame would draw: a frame that looks like the one before need not be drawn again.

#include "imgui_compat.hpp"

#include <cstdint>

namespace mortise::ui {

std::uint64_t digest_of(const ImDrawData& data);

} // namespace mortise::ui
