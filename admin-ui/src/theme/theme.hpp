#pragma once

/// \file
/// How things look: colours by meaning, one scale of spaces, one of type. Nothing else in the console names a
/// colour or a size in pixels of its own.

#include "imgui_compat.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace mortise::ui {

enum class ThemeName : std::uint8_t { light, dark, contrast };

std::optional<ThemeName> parse_theme_name(std::string_view text);
std::string_view name_of(ThemeName name);

/// What a colour says. It never says it alone: a word, a sign or a place says it too.
enum class Tone : std::uint8_t { neutral, accent, positive, warning, danger, info };

struct Palette {
    ImU32 ground; ///< behind everything
    ImU32 rail;
    ImU32 surface; ///< cards, tables, fields
    ImU32 raised; ///< dialogs, menus
    ImU32 hover;
    ImU32 stripe; ///< every other row
    ImU32 selected;
    ImU32 border;
    ImU32 border_strong;
    ImU32 text;
    ImU32 muted;
    ImU32 faint; ///< decoration and hints; still 3:1 on `surface`
    ImU32 accent;
    ImU32 on_accent;
    ImU32 positive;
    ImU32 warning;
    ImU32 danger;
    ImU32 info;
    ImU32 shade; ///< over what a dialog is about
};

/// The type scale.
struct Fonts {
    ImFont* body{nullptr};
    ImFont* strong{nullptr};
    ImFont* small{nullptr};
    ImFont* heading{nullptr};
    ImFont* title{nullptr};
    ImFont* mono{nullptr};
};

class Theme {
public:
    Theme(ThemeName name, float scale);

    ThemeName name() const noexcept { return m_name; }
    void set_name(ThemeName name);
    float scale() const noexcept { return m_scale; }
    /// Takes effect with the next `apply`.
    void set_scale(float scale);
    const Palette& colors() const noexcept { return m_palette; }
    const Fonts& fonts() const noexcept { return m_fonts; }

    ImU32 of(Tone tone) const;
    /// The tone as a ground for text of the same tone.
    ImU32 soft(Tone tone) const;
    /// One of eight colours that can be told apart, for the series of a chart and for initials.
    ImU32 series(std::size_t index) const;
    /// Pixels for `units` at the scale of now.
    float px(float units) const noexcept { return units * m_scale; }

    /// Builds the fonts and gives ImGui its style. Once for each context and scale.
    void apply();

private:
    void apply_style() const;

    ThemeName m_name;
    float m_scale;
    Palette m_palette{};
    Fonts m_fonts{};
};

ImU32 with_alpha(ImU32 color, float alpha);
ImU32 mixed(ImU32 from, ImU32 to, float share);

/// Loads the fonts of the type scale into the atlas; falls back to what is there.
Fonts load_fonts(ImFontAtlas& atlas, float scale);

} // namespace mortise::ui
