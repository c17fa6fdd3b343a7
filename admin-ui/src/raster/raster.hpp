#pragma once

/// \file
/// Draws what ImGui wants drawn without a display: triangles with a texture of coverage, blended in software.
/// For screenshots and for tests that look.

#include "imgui_compat.hpp"

#include <cstdint>
#include <filesystem>
#include <vector>

namespace mortise::ui {

struct Picture {
    int width{0};
    int height{0};
    std::vector<std::uint32_t> pixels; ///< row by row, bytes R G B A
};

/// The size is that of the draw data's display.
Picture rasterise(const ImDrawData& data, ImFontAtlas& atlas, ImU32 ground);
/// Half the width and height, each pixel the mean of four.
Picture halved(const Picture& picture);

bool write_png(const Picture& picture, const std::filesystem::path& file);
/// Empty if there is no such picture.
Picture read_png(const std::filesystem::path& file);

} // namespace mortise::ui
