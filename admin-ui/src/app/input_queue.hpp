#pragma once

/// \file
/// `InputQueue`: keys, letters and the mouse in the order in which they came, fed to ImGui over as many
/// frames as it takes, so that nothing is lost when frames are slow: a key that goes down and up between two
/// frames is one press.

#include "imgui_compat.hpp"

#include <array>
#include <cstdint>
#include <deque>

namespace mortise::ui {

/// Thread-safety: the UI thread.
class InputQueue {
public:
    void add_key(int key, bool down);
    void add_letter(unsigned letter);
    void add_button(int button, bool down);
    void add_wheel(float x, float y);
    void add_position(ImVec2 position);
    /// The window lost the keys: what is down goes up.
    void release_all();
    bool is_empty() const noexcept { return m_events.empty(); }

    /// Gives ImGui what belongs into the next frame.
    void feed(ImGuiIO& io);

private:
    enum class Kind : std::uint8_t { key, letter, button, wheel, position, release };
    struct Event {
        Kind kind;
        int what{0};
        bool down{false};
        ImVec2 where{};
    };

    static bool is_modifier(int key);
    void apply(ImGuiIO& io, const Event& event);
    void take_from_queue(ImGuiIO& io);

    std::deque<Event> m_events;
    std::array<bool, 5> m_buttons{}; ///< ImGui's backend asks the window itself, which is ahead of the queue
    ImVec2 m_position{-1, -1};
};

} // namespace mortise::ui
