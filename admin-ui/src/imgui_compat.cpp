#include "imgui_compat.hpp"

#include <array>
#include <utility>

namespace mortise::ui {

void map_keys(ImGuiIO& io)
{
    constexpr std::array<std::pair<int, Key>, 22> keys{{
        {ImGuiKey_Tab, Key::tab},
        {ImGuiKey_LeftArrow, Key::left},
        {ImGuiKey_RightArrow, Key::right},
        {ImGuiKey_UpArrow, Key::up},
        {ImGuiKey_DownArrow, Key::down},
        {ImGuiKey_PageUp, Key::page_up},
        {ImGuiKey_PageDown, Key::page_down},
        {ImGuiKey_Home, Key::home},
        {ImGuiKey_End, Key::end},
        {ImGuiKey_Insert, Key::insert},
        {ImGuiKey_Delete, Key::del},
        {ImGuiKey_Backspace, Key::backspace},
        {ImGuiKey_Space, Key::space},
        {ImGuiKey_Enter, Key::enter},
        {ImGuiKey_Escape, Key::escape},
        {ImGuiKey_KeyPadEnter, Key::enter},
        {ImGuiKey_A, Key::a},
        {ImGuiKey_C, Key::c},
        {ImGuiKey_V, Key::v},
        {ImGuiKey_X, Key::x},
        {ImGuiKey_Y, Key::y},
        {ImGuiKey_Z, Key::z},
    }};
    for (const auto& [theirs, ours] : keys)
        io.KeyMap[theirs] = static_cast<int>(ours);
}

void put_key(ImGuiIO& io, Key key, bool down)
{
    io.KeysDown[static_cast<std::size_t>(key)] = down;
    io.KeyCtrl = io.KeysDown[static_cast<std::size_t>(Key::left_control)];
    io.KeyShift = io.KeysDown[static_cast<std::size_t>(Key::left_shift)];
    io.KeyAlt = io.KeysDown[static_cast<std::size_t>(Key::left_alt)];
}

void put_mouse(ImGuiIO& io, ImVec2 position)
{
    io.MousePos = position;
}

void put_button(ImGuiIO& io, int button, bool down)
{
    io.MouseDown[static_cast<std::size_t>(button)] = down;
}

} // namespace mortise::ui
