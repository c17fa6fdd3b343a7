#include "app/offscreen.hpp"

namespace mortise::ui {

Offscreen::Offscreen(float width, float height) : m_context{ImGui::CreateContext()}
{
    ImGui::SetCurrentContext(m_context);
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = nullptr;
    io.LogFilename = nullptr;
    io.DisplaySize = {width, height};
    io.BackendFlags |= ImGuiBackendFlags_RendererHasVtxOffset;
    io.ConfigInputTextCursorBlink = false;
    map_keys(io);
}

Offscreen::~Offscreen()
{
    ImGui::DestroyContext(m_context);
}

void Offscreen::frame(Shell& shell, float seconds)
{
    ImGui::GetIO().DeltaTime = seconds;
    ImGui::NewFrame();
    shell.draw();
    ImGui::Render();
}

Picture Offscreen::picture(const Shell& shell) const
{
    return rasterise(*ImGui::GetDrawData(), *ImGui::GetIO().Fonts, shell.theme().colors().ground);
}

} // namespace mortise::ui
