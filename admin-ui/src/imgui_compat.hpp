#pragma once

/// \file
/// Dear ImGui as Debian 12 has it (1.86), and what differs in later versions: keys and input go through here
/// and nowhere else.

#include <imgui.h>

#include <cstdint>

namespace mortise::ui {

/// Keys by the numbers that GLFW gives them; letters and digits are their ASCII codes in capitals.
enum class Key : std::int16_t {
    space = 32,
    slash = 47,
    comma = 44,
    minus = 45,
    equal = 61,
    zero = 48,
    a = 65,
    b,
    c,
    d,
    e,
    f,
    g,
    h,
    i,
    j,
    k,
    l,
    m,
    n,
    o,
    p,
    q,
    r,
    s,
    t,
    u,
    v,
    w,
    x,
    y,
    z,
    escape = 256,
    enter,
    tab,
    backspace,
    insert,
    del,
    right,
    left,
    down,
    up,
    page_up,
    page_down,
    home,
    end,
    f5 = 294,
    left_shift = 340,
    left_control = 341,
    left_alt = 342,
    right_alt = 346,
};

enum class Repeat : std::uint8_t { no, yes };

inline bool is_pressed(Key key, Repeat repeat = Repeat::no)
{
    return ImGui::IsKeyPressed(static_cast<ImGuiKey>(key), repeat == Repeat::yes);
}

inline bool is_down(Key key)
{
    return ImGui::IsKeyDown(static_cast<ImGuiKey>(key));
}

/// Gives ImGui the numbers of the keys that it knows itself; the GLFW backend does the same.
void map_keys(ImGuiIO& io);

void put_key(ImGuiIO& io, Key key, bool down);
void put_mouse(ImGuiIO& io, ImVec2 position);
void put_button(ImGuiIO& io, int button, bool down);

} // namespace mortise::ui
