#include "widgets/ui.hpp"

#include <algorithm>
#include <cmath>

namespace mortise::ui {

std::optional<std::size_t>
Ui::choice(std::string_view label, std::span<const std::string> options, std::size_t chosen, float width)
{
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const ImVec2 size{width > 0 ? width : room(), px(30)};
    const Box box{at, {at.x + size.x, at.y + size.y}};
    ImGui::PushID(static_cast<int>(id_of(label)));
    const bool pressed = area(label, box);
    const Palette& c = colors();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    list.AddRectFilled(box.min, box.max, m_hovered ? c.hover : c.surface, px(5));
    list.AddRect(box.min, box.max, c.border_strong, px(5));
    draw_icon(list, Icon::chevron_down, {box.max.x - px(24), at.y + px(7)}, px(16), c.muted);
    if (chosen < options.size())
        put_text(
            list,
            m_theme.fonts().body,
            {{at.x + px(10), at.y}, {box.max.x - px(26), box.max.y}},
            options[chosen],
            c.text
        );
    ImGui::Dummy(size);
    if (pressed) ImGui::OpenPopup("options");
    std::optional<std::size_t> answer;
    ImGui::SetNextWindowPos({box.min.x, box.max.y + px(2)});
    const float rows = static_cast<float>(std::min<std::size_t>(options.size(), 12));
    ImGui::SetNextWindowSize({std::max(size.x, px(160)), rows * px(28) + px(12)});
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {px(6), px(6)});
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {0, 0});
    if (ImGui::BeginPopup("options")) {
        for (std::size_t i = 0; i < options.size(); ++i) {
            ImGui::PushID(static_cast<int>(i));
            const ImVec2 corner = ImGui::GetCursorScreenPos();
            const Box row{corner, {corner.x + ImGui::GetContentRegionAvail().x, corner.y + px(28)}};
            const bool taken = area(options[i], row);
            ImDrawList& popup = *ImGui::GetWindowDrawList();
            if (m_hovered || i == chosen)
                popup.AddRectFilled(row.min, row.max, i == chosen ? c.selected : c.hover, px(4));
            put_text(
                popup,
                m_theme.fonts().body,
                {{row.min.x + px(8), row.min.y}, {row.max.x - px(8), row.max.y}},
                options[i],
                c.text
            );
            ImGui::Dummy({row.width(), row.height()});
            ImGui::PopID();
            if (taken) {
                answer = i;
                ImGui::CloseCurrentPopup();
            }
        }
        ImGui::EndPopup();
    }
    ImGui::PopStyleVar(2);
    ImGui::PopID();
    return answer;
}

bool Ui::tabs(std::string_view label, std::span<const std::string> names, std::size_t& chosen)
{
    ImGui::PushID(static_cast<int>(id_of(label)));
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const Palette& c = colors();
    const ImVec2 start = ImGui::GetCursorScreenPos();
    const float right = start.x + ImGui::GetContentRegionAvail().x;
    float x = start.x;
    bool changed = false;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::string shown = clean_line(names[i], 80);
        const float width = std::min(width_of(m_theme.fonts().strong, shown) + px(24), px(240));
        const Box box{{x, start.y}, {x + width, start.y + px(32)}};
        ImGui::PushID(static_cast<int>(i));
        if (area(shown, box) && chosen != i) {
            chosen = i;
            changed = true;
        }
        ImGui::PopID();
        const bool is_chosen = chosen == i;
        if (m_hovered && !is_chosen) list.AddRectFilled(box.min, box.max, c.hover, px(4));
        put_text(
            list,
            m_theme.fonts().strong,
            {{box.min.x + px(12), box.min.y}, {box.max.x - px(10), box.max.y}},
            shown,
            is_chosen ? c.text : c.muted
        );
        if (is_chosen)
            list.AddRectFilled(
                {box.min.x + px(8), box.max.y - px(3)}, {box.max.x - px(8), box.max.y}, c.accent, px(2)
            );
        x += width;
    }
    list.AddLine({start.x, start.y + px(32)}, {right, start.y + px(32)}, c.border);
    ImGui::PopID();
    ImGui::Dummy({right - start.x, px(36)});
    return changed;
}

void Ui::badge(std::string_view text, Tone tone)
{
    const std::string shown = clean_line(text, 80);
    ImFont* font = m_theme.fonts().small;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const ImVec2 size{width_of(font, shown) + px(14), px(20)};
    ImDrawList& list = *ImGui::GetWindowDrawList();
    list.AddRectFilled(at, {at.x + size.x, at.y + size.y}, m_theme.soft(tone), px(10));
    put_text(
        list,
        font,
        {at, {at.x + size.x, at.y + size.y}},
        shown,
        tone == Tone::neutral ? colors().text : m_theme.of(tone),
        Align::middle
    );
    ImGui::Dummy(size);
}

void Ui::status(std::string_view word, Tone tone)
{
    const Icon sign = tone == Tone::positive ? Icon::check
        : tone == Tone::warning              ? Icon::warning
        : tone == Tone::danger               ? Icon::error
        : tone == Tone::info                 ? Icon::info
                                             : Icon::pause;
    const std::string shown = clean_line(word, 80);
    ImFont* font = m_theme.fonts().small;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const ImVec2 size{width_of(font, shown) + px(32), px(22)};
    ImDrawList& list = *ImGui::GetWindowDrawList();
    list.AddRectFilled(at, {at.x + size.x, at.y + size.y}, m_theme.soft(tone), px(11));
    draw_icon(list, sign, {at.x + px(7), at.y + px(4)}, px(14), m_theme.of(tone));
    put_text(
        list,
        font,
        {{at.x + px(24), at.y}, {at.x + size.x, at.y + size.y}},
        shown,
        tone == Tone::neutral ? colors().text : m_theme.of(tone)
    );
    ImGui::Dummy(size);
}

void Ui::progress(double share, std::string_view text, float width)
{
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float done = static_cast<float>(std::isfinite(share) ? std::clamp(share, 0.0, 1.0) : 0.0);
    const Box box{at, {at.x + width, at.y + px(18)}};
    ImDrawList& list = *ImGui::GetWindowDrawList();
    list.AddRectFilled(box.min, box.max, colors().hover, px(9));
    if (done > 0)
        list.AddRectFilled(
            box.min, {at.x + std::max(width * done, px(8)), box.max.y}, m_theme.soft(Tone::accent), px(9)
        );
    list.AddRect(box.min, box.max, colors().border, px(9));
    put_text(list, m_theme.fonts().small, box, text, colors().text, Align::middle);
    ImGui::Dummy({width, px(18)});
}

} // namespace mortise::ui
