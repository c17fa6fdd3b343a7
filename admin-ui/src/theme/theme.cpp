#include "theme/theme.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace mortise::ui {
namespace {

constexpr ImU32 rgb(std::uint32_t hex)
{
    return 0xFF000000U | ((hex & 0xFFU) << 16U) | (hex & 0xFF00U) | (hex >> 16U);
}

constexpr Palette light_palette{
    .ground = rgb(0xF3F4F7),
    .rail = rgb(0xE9ECF1),
    .surface = rgb(0xFFFFFF),
    .raised = rgb(0xFFFFFF),
    .hover = rgb(0xECF1FA),
    .stripe = rgb(0xFAFBFC),
    .selected = rgb(0xDCE8FC),
    .border = rgb(0xDFE3E9),
    .border_strong = rgb(0xA9B2BF),
    .text = rgb(0x1B212A),
    .muted = rgb(0x55606E),
    .faint = rgb(0x7E8896),
    .accent = rgb(0x1F5FD0),
    .on_accent = rgb(0xFFFFFF),
    .positive = rgb(0x19774A),
    .warning = rgb(0x8F5A00),
    .danger = rgb(0xBE2D2B),
    .info = rgb(0x0F6F8C),
    .shade = 0x66000000U,
};

constexpr Palette dark_palette{
    .ground = rgb(0x14171C),
    .rail = rgb(0x101317),
    .surface = rgb(0x1B1F26),
    .raised = rgb(0x242931),
    .hover = rgb(0x262C36),
    .stripe = rgb(0x1E222A),
    .selected = rgb(0x24395C),
    .border = rgb(0x2D333D),
    .border_strong = rgb(0x566170),
    .text = rgb(0xE7EAEF),
    .muted = rgb(0xA3ADBA),
    .faint = rgb(0x7C8796),
    .accent = rgb(0x6BA4FF),
    .on_accent = rgb(0x0B1524),
    .positive = rgb(0x53C78A),
    .warning = rgb(0xE3B04B),
    .danger = rgb(0xF47C78),
    .info = rgb(0x62BFDC),
    .shade = 0x99000000U,
};

constexpr Palette contrast_palette{
    .ground = rgb(0x000000),
    .rail = rgb(0x000000),
    .surface = rgb(0x000000),
    .raised = rgb(0x0A0A0A),
    .hover = rgb(0x333333),
    .stripe = rgb(0x111111),
    .selected = rgb(0x00449A),
    .border = rgb(0x9A9A9A),
    .border_strong = rgb(0xFFFFFF),
    .text = rgb(0xFFFFFF),
    .muted = rgb(0xE6E6E6),
    .faint = rgb(0xC0C0C0),
    .accent = rgb(0xFFD84A),
    .on_accent = rgb(0x000000),
    .positive = rgb(0x5CF29A),
    .warning = rgb(0xFFC53D),
    .danger = rgb(0xFF8F8A),
    .info = rgb(0x7FDBFF),
    .shade = 0xCC000000U,
};

// Told apart also by most people who see fewer colours.
constexpr std::array<ImU32, 8> light_series{
    rgb(0x1F5FD0),
    rgb(0xC4610C),
    rgb(0x19774A),
    rgb(0xA8327F),
    rgb(0x6A4FC2),
    rgb(0x0F7F91),
    rgb(0x8A6B00),
    rgb(0xB83A3A),
};
constexpr std::array<ImU32, 8> dark_series{
    rgb(0x6BA4FF),
    rgb(0xF2A154),
    rgb(0x5FCF96),
    rgb(0xE886C4),
    rgb(0xAE98F5),
    rgb(0x5CC9DA),
    rgb(0xD9BE4E),
    rgb(0xF28B84),
};

const Palette& palette_of(ThemeName name)
{
    return name == ThemeName::light ? light_palette
        : name == ThemeName::dark   ? dark_palette
                                    : contrast_palette;
}

} // namespace

std::optional<ThemeName> parse_theme_name(std::string_view text)
{
    for (const ThemeName name : {ThemeName::light, ThemeName::dark, ThemeName::contrast})
        if (name_of(name) == text) return name;
    return std::nullopt;
}

std::string_view name_of(ThemeName name)
{
    return name == ThemeName::light ? "light" : name == ThemeName::dark ? "dark" : "contrast";
}

Theme::Theme(ThemeName name, float scale) : m_name{name}, m_scale{scale}, m_palette{palette_of(name)}
{
    set_scale(scale);
}

void Theme::set_scale(float scale)
{
    m_scale = std::clamp(scale, 0.8F, 4.0F);
}

void Theme::set_name(ThemeName name)
{
    m_name = name;
    m_palette = palette_of(name);
    apply_style();
}

ImU32 Theme::of(Tone tone) const
{
    switch (tone) {
    case Tone::neutral:
        return m_palette.muted;
    case Tone::accent:
        return m_palette.accent;
    case Tone::positive:
        return m_palette.positive;
    case Tone::warning:
        return m_palette.warning;
    case Tone::danger:
        return m_palette.danger;
    case Tone::info:
        return m_palette.info;
    }
    return m_palette.text;
}

ImU32 Theme::soft(Tone tone) const
{
    return mixed(m_palette.surface, of(tone), m_name == ThemeName::light ? 0.11F : 0.18F);
}

ImU32 Theme::series(std::size_t index) const
{
    const auto& list = m_name == ThemeName::light ? light_series : dark_series;
    return list.at(index % list.size());
}

void Theme::apply()
{
    m_fonts = load_fonts(*ImGui::GetIO().Fonts, m_scale);
    apply_style();
}

void Theme::apply_style() const
{
    ImGuiStyle style;
    style.WindowPadding = {px(12), px(12)};
    style.FramePadding = {px(8), px(7)}; // text stands beside buttons of 30
    style.ItemSpacing = {px(8), px(8)};
    style.ItemInnerSpacing = {px(6), px(4)};
    style.ScrollbarSize = px(11);
    style.ScrollbarRounding = px(6);
    style.WindowRounding = px(6);
    style.PopupRounding = px(6);
    style.ChildRounding = px(6);
    style.FrameRounding = px(4);
    style.GrabMinSize = px(24);
    style.WindowBorderSize = 0;
    style.FrameBorderSize = 1;
    style.PopupBorderSize = 1;
    style.AntiAliasedLinesUseTex = false; // the rasteriser reads texels as they are
    const auto set
        = [&style](int which, ImU32 color) { style.Colors[which] = ImGui::ColorConvertU32ToFloat4(color); };
    const Palette& p = m_palette;
    set(ImGuiCol_Text, p.text);
    set(ImGuiCol_TextDisabled, p.faint);
    set(ImGuiCol_WindowBg, p.ground);
    set(ImGuiCol_ChildBg, 0);
    set(ImGuiCol_PopupBg, p.raised);
    set(ImGuiCol_Border, p.border);
    set(ImGuiCol_FrameBg, p.surface);
    set(ImGuiCol_FrameBgHovered, p.hover);
    set(ImGuiCol_FrameBgActive, p.surface);
    set(ImGuiCol_ScrollbarBg, 0);
    set(ImGuiCol_ScrollbarGrab, with_alpha(p.border_strong, 0.6F));
    set(ImGuiCol_ScrollbarGrabHovered, p.border_strong);
    set(ImGuiCol_ScrollbarGrabActive, p.muted);
    set(ImGuiCol_CheckMark, p.accent);
    set(ImGuiCol_Button, p.surface);
    set(ImGuiCol_ButtonHovered, p.hover);
    set(ImGuiCol_ButtonActive, p.selected);
    set(ImGuiCol_Header, p.selected);
    set(ImGuiCol_HeaderHovered, p.hover);
    set(ImGuiCol_HeaderActive, p.selected);
    set(ImGuiCol_Separator, p.border);
    set(ImGuiCol_TextSelectedBg, with_alpha(p.accent, 0.35F));
    set(ImGuiCol_NavHighlight, p.accent);
    set(ImGuiCol_ModalWindowDimBg, p.shade);
    ImGui::GetStyle() = style;
}

ImU32 with_alpha(ImU32 color, float alpha)
{
    const auto old = static_cast<float>(color >> IM_COL32_A_SHIFT);
    const auto now = static_cast<ImU32>(std::lround(std::clamp(old * alpha, 0.0F, 255.0F)));
    return (color & ~IM_COL32_A_MASK) | (now << IM_COL32_A_SHIFT);
}

ImU32 mixed(ImU32 from, ImU32 to, float share)
{
    ImU32 result = 0;
    for (unsigned shift = 0; shift < 32; shift += 8) {
        const auto a = static_cast<float>((from >> shift) & 0xFFU);
        const auto b = static_cast<float>((to >> shift) & 0xFFU);
        result |= static_cast<ImU32>(std::lround(a + (b - a) * share)) << shift;
    }
    return result;
}

} // namespace mortise::ui
