#pragma once

/// \file
/// Every control by key: Tab goes from one to the next, Enter presses; Alt shows letters on all of them, and
/// typing the letters presses.

#include "widgets/probe.hpp"

#include <string>
#include <vector>

namespace mortise::ui {

class Theme;

/// Thread-safety: the UI thread.
class Hints {
public:
    /// `is_typing`: a text field has the keys.
    void begin_frame(bool is_typing);
    /// Tells of a control, in the order of drawing. True if it is pressed by key in this frame.
    bool offer(ImGuiID id, const Box& box);
    /// For controls that take what is typed: true if it shall have the keys now.
    bool wants_keys(ImGuiID id) const noexcept { return m_pressed == id; }
    bool is_focused(ImGuiID id) const noexcept { return m_focused == id && m_focused != 0; }
    /// Draws the letters over everything.
    void draw(const Theme& theme);
    bool are_shown() const noexcept { return m_shown; }
    void hide();
    /// A dialog that opens begins a round of its own.
    void forget_focus() noexcept { m_focused = 0; }

private:
    struct Offer {
        ImGuiID id;
        Box box;
    };

    std::string letters_of(std::size_t index) const;
    void read_letters();
    void read_tab();

    std::vector<Offer> m_offers; ///< of the frame before, while the frame begins
    std::vector<Offer> m_coming;
    bool m_shown{false};
    bool m_alt_alone{false};
    std::string m_typed;
    ImGuiID m_focused{0};
    ImGuiID m_pressed{0};
};

} // namespace mortise::ui
