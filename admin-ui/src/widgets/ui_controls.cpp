#include "widgets/ui.hpp"

#include <imgui_stdlib.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace mortise::ui {

ImGuiID Ui::id_of(std::string_view label)
{
    std::uint32_t hash = 2'166'136'261U; // FNV-1a; ImGui's own hash gives "###" in a label a meaning
    for (const char c : label)
        hash = (hash ^ static_cast<unsigned char>(c)) * 16'777'619U;
    return ImGui::GetID(reinterpret_cast<const void*>(static_cast<std::uintptr_t>(hash)));
}

void Ui::ring(const Box& box) const
{
    ImGui::GetWindowDrawList()->AddRect(
        {box.min.x - px(1), box.min.y - px(1)},
        {box.max.x + px(1), box.max.y + px(1)},
        colors().accent,
        px(5),
        0,
        px(2)
    );
}

bool Ui::area(std::string_view label, const Box& box, bool enabled)
{
    const ImGuiID id = id_of(label);
    const ImVec2 before = ImGui::GetCursorScreenPos();
    ImGui::SetCursorScreenPos(box.min);
    ImGui::PushID(static_cast<int>(id));
    const bool clicked
        = ImGui::InvisibleButton("area", {std::max(box.width(), 1.0F), std::max(box.height(), 1.0F)});
    m_hovered = !m_blocked && ImGui::IsItemHovered(ImGuiHoveredFlags_AllowWhenDisabled);
    const bool is_visible = ImGui::IsItemVisible();
    ImGui::PopID();
    ImGui::SetCursorScreenPos(before);
    if (m_probe && is_visible) m_probe->add(clean_line(label), box, true, enabled && !m_blocked);
    const bool by_key = enabled && is_visible && !m_blocked && m_hints.offer(id, box);
    if (m_hints.is_focused(id)) ring(box);
    return enabled && !m_blocked && (clicked || by_key);
}

ImVec2 Ui::button_size(std::string_view label, const ButtonLook& look) const
{
    const float height = px(30);
    if (look.icon_only) return {height, height};
    float width = width_of(m_theme.fonts().strong, label) + px(24);
    if (look.icon != Icon::none) width += px(20);
    return {look.width > 0 ? look.width : std::floor(width), height};
}

bool Ui::button(std::string_view label, const ButtonLook& look)
{
    const std::string shown = clean_line(label, 200);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const ImVec2 size = button_size(shown, look);
    const Box box{at, {at.x + size.x, at.y + size.y}};
    const bool pressed = area(label, box, look.enabled);
    const bool hovered = m_hovered;
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const Palette& c = colors();
    const bool is_filled = look.weight == Weight::primary;
    ImU32 ground = is_filled ? c.accent : look.weight == Weight::quiet ? 0 : c.surface;
    ImU32 ink = is_filled ? c.on_accent : look.weight == Weight::danger ? c.danger : c.text;
    if (hovered && look.enabled) ground = is_filled ? mixed(c.accent, c.text, 0.15F) : c.hover;
    if (!look.enabled) {
        ink = c.faint;
        if (is_filled) ground = c.hover;
    }
    list.AddRectFilled(box.min, box.max, ground, px(5));
    if (look.weight == Weight::plain || look.weight == Weight::danger)
        list.AddRect(box.min, box.max, look.enabled ? c.border_strong : c.border, px(5));
    float x = at.x + px(look.icon_only ? 7 : 12);
    if (look.icon != Icon::none) {
        draw_icon(list, look.icon, {x, at.y + (size.y - px(16)) / 2}, px(16), ink);
        x += px(20);
    }
    if (!look.icon_only) {
        Probe* const probe = std::exchange(m_probe, nullptr); // `area` told of it
        put_text(
            list,
            m_theme.fonts().strong,
            {{x, at.y}, {box.max.x - px(8), box.max.y}},
            shown,
            ink,
            look.width > 0 && look.icon == Icon::none ? Align::middle : Align::left
        );
        m_probe = probe;
    }
    if (hovered && (look.icon_only || !look.tip.empty())) tip(look.tip.empty() ? shown : look.tip, look.keys);
    ImGui::Dummy(size);
    return pressed;
}

bool Ui::link(std::string_view label)
{
    const std::string shown = clean_line(label, 300);
    ImFont* font = m_theme.fonts().body;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const ImVec2 size{width_of(font, shown), ImGui::GetTextLineHeight()};
    const Box box{at, {at.x + size.x, at.y + size.y}};
    const bool pressed = area(label, box);
    ImDrawList& list = *ImGui::GetWindowDrawList();
    list.AddText(font, font->FontSize, at, colors().accent, shown.data(), shown.data() + shown.size());
    list.AddLine({box.min.x, box.max.y}, box.max, with_alpha(colors().accent, m_hovered ? 1 : 0.35F));
    ImGui::Dummy(size);
    return pressed;
}

bool Ui::check(std::string_view label, bool& value, bool enabled)
{
    const std::string shown = clean_line(label, 300);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float side = px(18);
    const ImVec2 size{side + (shown.empty() ? 0 : px(8) + width_of(m_theme.fonts().body, shown)), px(24)};
    const bool pressed = area(label, {at, {at.x + size.x, at.y + size.y}}, enabled);
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const ImVec2 corner{at.x, at.y + (size.y - side) / 2};
    const ImVec2 end{corner.x + side, corner.y + side};
    const Palette& c = colors();
    list.AddRectFilled(corner, end, value ? (enabled ? c.accent : c.faint) : c.surface, px(4));
    list.AddRect(corner, end, m_hovered ? c.accent : c.border_strong, px(4));
    if (value) draw_icon(list, Icon::check, {corner.x + px(2), corner.y + px(2)}, side - px(4), c.on_accent);
    list.AddText(
        m_theme.fonts().body,
        m_theme.fonts().body->FontSize,
        {end.x + px(8), at.y + px(4)},
        enabled ? c.text : c.faint,
        shown.data(),
        shown.data() + shown.size()
    );
    ImGui::Dummy(size);
    if (pressed) value = !value;
    return pressed;
}

InputAnswer Ui::input(std::string_view label, std::string& value, const InputLook& look)
{
    const ImGuiID id = id_of(label);
    ImGui::PushID(static_cast<int>(id));
    ImGui::PushFont(look.mono ? m_theme.fonts().mono : m_theme.fonts().body);
    ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, {px(8), std::floor((px(30) - ImGui::GetFontSize()) / 2)});
    ImGui::PushStyleColor(ImGuiCol_Border, look.is_wrong ? colors().danger : colors().border_strong);
    const float width = look.width > 0 ? look.width : room();
    if (look.take_keys || m_hints.wants_keys(id)) {
        ImGui::SetKeyboardFocusHere();
        m_gives_keys = true;
    }
    const std::string hint = clean_line(look.hint, 200);
    InputAnswer answer;
    const ImGuiInputTextFlags secret = look.is_secret ? ImGuiInputTextFlags_Password : 0;
    if (look.height > 0) {
        answer.changed = ImGui::InputTextMultiline(
            "##in", &value, {width, look.height}, ImGuiInputTextFlags_AllowTabInput
        );
    } else {
        ImGui::SetNextItemWidth(width);
        answer.changed = ImGui::InputTextWithHint("##in", hint.c_str(), &value, secret);
    }
    answer.active = ImGui::IsItemActive();
    answer.left = ImGui::IsItemDeactivatedAfterEdit();
    answer.entered
        = (answer.active || ImGui::IsItemDeactivated()) && look.height <= 0 && is_pressed(Key::enter);
    const Box box{ImGui::GetItemRectMin(), ImGui::GetItemRectMax()};
    ImGui::PopStyleColor();
    ImGui::PopStyleVar();
    ImGui::PopFont();
    ImGui::PopID();
    if (ImGui::IsItemVisible()) {
        if (!m_blocked) m_hints.offer(id, box);
        if (m_probe) {
            m_probe->add(clean_line(label), box, true, !m_blocked);
            if (!look.is_secret) m_probe->add(clean_line(value), box);
        }
    }
    if (answer.active) ring(box);
    return answer;
}

} // namespace mortise::ui
