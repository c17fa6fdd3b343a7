#pragma once

/// \file
/// What a frame showed, for tests and scripted runs: every text, and every control with its place.

#include "imgui_compat.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace mortise::ui {

struct Box {
    ImVec2 min;
    ImVec2 max;

    ImVec2 middle() const { return {(min.x + max.x) / 2, (min.y + max.y) / 2}; }
    bool contains(ImVec2 p) const { return p.x >= min.x && p.y >= min.y && p.x < max.x && p.y < max.y; }
    float width() const { return max.x - min.x; }
    float height() const { return max.y - min.y; }
};

struct Seen {
    std::string text;
    Box box;
    bool is_control{false};
    bool is_enabled{true};
};

class Probe {
public:
    void begin_frame() { m_seen.clear(); }
    void add(std::string_view text, const Box& box, bool is_control = false, bool is_enabled = true)
    {
        m_seen.push_back({std::string{text}, box, is_control, is_enabled});
    }
    const std::vector<Seen>& seen() const noexcept { return m_seen; }

private:
    std::vector<Seen> m_seen;
};

} // namespace mortise::ui
