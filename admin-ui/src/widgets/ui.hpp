#pragma once

/// \file
/// `Ui`: the controls that every screen is made of. They take text from anywhere as data, look as the theme
/// says, can be reached by key, and tell the probe what they showed.

#include "base/text.hpp"
#include "theme/icons.hpp"
#include "theme/theme.hpp"
#include "widgets/hints.hpp"
#include "widgets/probe.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::ui {

enum class Weight : std::uint8_t { plain, primary, quiet, danger };
enum class Align : std::uint8_t { left, middle, right };

struct ButtonLook {
    Icon icon{Icon::none};
    Weight weight{Weight::plain};
    bool enabled{true};
    std::string_view tip{}; ///< what it does, or why it cannot
    std::string_view keys{}; ///< the shortcut, shown in the tip
    float width{0}; ///< in pixels; 0: as wide as it needs
    bool icon_only{false};
};

struct InputLook {
    std::string_view hint{};
    float width{0}; ///< in pixels; 0: all there is
    bool mono{false};
    bool take_keys{false}; ///< gets the keys in this frame
    bool is_wrong{false};
    bool is_secret{false};
    float height{0}; ///< in pixels; more than 0: several lines
};

struct InputAnswer {
    bool changed{false};
    bool entered{false}; ///< Enter was pressed
    bool left{false}; ///< it lost the keys after a change
    bool active{false};
};

/// Thread-safety: the UI thread, within a frame.
class Ui {
public:
    explicit Ui(Theme& theme) : m_theme{theme} { }

    void begin_frame();
    void end_frame();

    Theme& theme() noexcept { return m_theme; }
    const Palette& colors() const noexcept { return m_theme.colors(); }
    float px(float units) const noexcept { return m_theme.px(units); }
    Hints& hints() noexcept { return m_hints; }
    /// Null unless somebody looks.
    Probe* probe() noexcept { return m_probe; }
    void set_probe(Probe* probe) noexcept { m_probe = probe; }
    /// Whether single letters are text and not shortcuts.
    bool is_typing() const;
    /// While something lies over what is drawn: it can be seen, not pressed.
    void set_blocked(bool blocked) noexcept { m_blocked = blocked; }
    bool is_blocked() const noexcept { return m_blocked; }

    // Text, in the flow of the layout.
    void text(std::string_view text);
    void text(std::string_view text, ImU32 color);
    void strong(std::string_view text);
    void small(std::string_view text, std::optional<ImU32> color = {});
    void muted(std::string_view text) { this->text(text, colors().muted); }
    void heading(std::string_view text);
    void title(std::string_view text);
    void mono(std::string_view text);
    /// Over several lines, as wide as there is place.
    void wrapped(std::string_view text, std::optional<ImU32> color = {});
    void text_in(ImFont* font, std::string_view text, ImU32 color);

    /// Text in a box, cut with an ellipsis. For what is drawn by place.
    void put_text(
        ImDrawList& list,
        ImFont* font,
        const Box& box,
        std::string_view text,
        ImU32 color,
        Align align = Align::left
    );
    float width_of(ImFont* font, std::string_view text) const;
    void icon(Icon icon, ImU32 color, float size = 16);

    // Controls. `label` names the control as well; the same label twice needs PushID around.
    bool button(std::string_view label, const ButtonLook& look = {});
    /// As wide as a button of that label is.
    float button_width(std::string_view label, Icon icon = Icon::none) const
    {
        return button_size(label, {.icon = icon}).x;
    }
    bool link(std::string_view label);
    bool check(std::string_view label, bool& value, bool enabled = true);
    InputAnswer input(std::string_view label, std::string& value, const InputLook& look = {});
    /// One of several; gives the index that was chosen.
    std::optional<std::size_t>
    choice(std::string_view label, std::span<const std::string> options, std::size_t chosen, float width = 0);
    /// Tabs in a row; `chosen` changes.
    bool tabs(std::string_view label, std::span<const std::string> names, std::size_t& chosen);
    /// A place to press, without a look of its own; the caller draws into `box`. True if pressed.
    bool area(std::string_view label, const Box& box, bool enabled = true);
    bool is_area_hovered() const noexcept { return m_hovered; }
    void badge(std::string_view text, Tone tone);
    /// A badge that is a sign and a word: state is never told by colour alone.
    void status(std::string_view word, Tone tone);
    void progress(double share, std::string_view text, float width);
    void tip(std::string_view text, std::string_view keys = {});

    // Larger forms.
    void card_begin(std::string_view name, float width, float least_height = 0);
    void card_end();
    /// A message that stands for what cannot be shown; true if its button was pressed.
    bool message(
        Icon icon,
        std::string_view title,
        std::string_view detail,
        std::string_view action = {},
        Tone tone = Tone::neutral
    );
    void note(Icon icon, std::string_view text, Tone tone);
    void line();
    void gap(float units);
    /// Moves on to what is right of the last control, `units` away.
    void beside(float units = 8) const;
    /// Pixels that are left on the line, within the card if there is one.
    float room() const;
    /// Moves so that `width` pixels are left on the line.
    void to_right(float width) const;

    static ImGuiID id_of(std::string_view label);

private:
    struct Card {
        ImDrawListSplitter* splitter;
        ImVec2 at;
        float width;
        float least_height;
        const ImDrawList* list; ///< of the window that it is in
    };

    void see(std::string_view text, const Box& box) const;
    void ring(const Box& box) const;
    ImVec2 button_size(std::string_view label, const ButtonLook& look) const;

    Theme& m_theme;
    Hints m_hints;
    Probe* m_probe{nullptr};
    bool m_hovered{false};
    bool m_blocked{false};
    bool m_gives_keys{false}; ///< a field asked for the keys in this frame, and has them in the next
    bool m_gave_keys{false}; ///< one asked in the frame before
    std::vector<ImWchar> m_kept_letters; ///< that came while the field was getting them
    std::vector<Card> m_cards;
    std::vector<std::unique_ptr<ImDrawListSplitter>> m_splitters;
};

} // namespace mortise::ui
