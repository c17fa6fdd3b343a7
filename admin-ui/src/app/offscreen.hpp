#pragma once

/// \file
/// The console without window and display: frames into memory.

#include "raster/raster.hpp"
#include "shell/shell.hpp"

namespace mortise::ui {

/// ImGui's context, ready for frames without a window. Thread-safety: one thread.
class Offscreen {
public:
    Offscreen(float width, float height);
    ~Offscreen();
    Offscreen(const Offscreen&) = delete;
    Offscreen& operator=(const Offscreen&) = delete;

    /// Draws one frame; `seconds` have passed since the one before.
    void frame(Shell& shell, float seconds = 1.0F / 60);
    /// What the last frame looks like.
    Picture picture(const Shell& shell) const;

private:
    ImGuiContext* m_context;
};

} // namespace mortise::ui
