#include "widgets/ui.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace mortise::ui {

void Ui::begin_frame()
{
    if (m_probe) m_probe->begin_frame();
    // A field drops what is typed in the frame in which it gets the keys: it has it one frame later.
    ImVector<ImWchar>& letters = ImGui::GetIO().InputQueueCharacters;
    std::vector<ImWchar> kept = std::exchange(m_kept_letters, {});
    if (m_gave_keys) {
        kept.insert(kept.end(), letters.begin(), letters.end());
        m_kept_letters = std::move(kept);
        letters.resize(0);
    } else if (!kept.empty()) {
        kept.insert(kept.end(), letters.begin(), letters.end());
        letters.resize(0);
        for (const ImWchar letter : kept)
            letters.push_back(letter);
    }
    m_hints.begin_frame(is_typing());
}

void Ui::end_frame()
{
    m_hints.draw(m_theme);
    m_gave_keys = std::exchange(m_gives_keys, false);
}

bool Ui::is_typing() const
{
    return ImGui::GetIO().WantTextInput || m_gave_keys;
}

void Ui::see(std::string_view text, const Box& box) const
{
    if (m_probe) m_probe->add(text, box);
}

void Ui::text_in(ImFont* font, std::string_view text, ImU32 color)
{
    const std::string clean = clean_line(text);
    ImGui::PushFont(font);
    ImGui::PushStyleColor(ImGuiCol_Text, color);
    ImGui::TextUnformatted(clean.data(), clean.data() + clean.size());
    ImGui::PopStyleColor();
    ImGui::PopFont();
    see(clean, {ImGui::GetItemRectMin(), ImGui::GetItemRectMax()});
}

void Ui::text(std::string_view text)
{
    text_in(m_theme.fonts().body, text, colors().text);
}
void Ui::text(std::string_view text, ImU32 color)
{
    text_in(m_theme.fonts().body, text, color);
}
void Ui::strong(std::string_view text)
{
    text_in(m_theme.fonts().strong, text, colors().text);
}
void Ui::heading(std::string_view text)
{
    text_in(m_theme.fonts().heading, text, colors().text);
}
void Ui::title(std::string_view text)
{
    text_in(m_theme.fonts().title, text, colors().text);
}
void Ui::mono(std::string_view text)
{
    text_in(m_theme.fonts().mono, text, colors().text);
}

void Ui::small(std::string_view text, std::optional<ImU32> color)
{
    text_in(m_theme.fonts().small, text, color.value_or(colors().muted));
}

void Ui::wrapped(std::string_view text, std::optional<ImU32> color)
{
    const std::string clean = clean_text(text);
    ImGui::PushStyleColor(ImGuiCol_Text, color.value_or(colors().text));
    ImGui::PushTextWrapPos(0);
    ImGui::TextUnformatted(clean.data(), clean.data() + clean.size());
    ImGui::PopTextWrapPos();
    ImGui::PopStyleColor();
    see(clean, {ImGui::GetItemRectMin(), ImGui::GetItemRectMax()});
}

float Ui::width_of(ImFont* font, std::string_view text) const
{
    return font->CalcTextSizeA(font->FontSize, 1e6F, 0, text.data(), text.data() + text.size()).x;
}

void Ui::put_text(
    ImDrawList& list, ImFont* font, const Box& box, std::string_view text, ImU32 color, Align align
)
{
    const std::string clean = clean_line(text);
    const float room = box.max.x - box.min.x;
    if (clean.empty() || room <= 0) return;
    const char* const begin = clean.data();
    const char* end = begin + clean.size();
    const char* remaining = nullptr;
    ImVec2 size = font->CalcTextSizeA(font->FontSize, 1e6F, 0, begin, end);
    const bool is_cut = size.x > room + 1;
    if (is_cut) {
        const float dots = font->CalcTextSizeA(font->FontSize, 1e6F, 0, "\xE2\x80\xA6").x;
        size = font->CalcTextSizeA(font->FontSize, std::max(room - dots, 1.0F), 0, begin, end, &remaining);
        end = remaining;
        size.x += dots;
    }
    float x = box.min.x;
    if (align == Align::right) x = std::max(x, box.max.x - size.x);
    if (align == Align::middle) x = std::max(x, box.min.x + (room - size.x) / 2);
    const ImVec2 at{std::floor(x), std::floor(box.min.y + (box.height() - font->FontSize) / 2)};
    list.AddText(font, font->FontSize, at, color, begin, end);
    if (is_cut) {
        const float drawn = font->CalcTextSizeA(font->FontSize, 1e6F, 0, begin, end).x;
        list.AddText(font, font->FontSize, {std::floor(at.x + drawn), at.y}, color, "\xE2\x80\xA6");
    }
    see(clean, box);
}

void Ui::icon(Icon icon, ImU32 color, float size)
{
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float line = ImGui::GetTextLineHeight();
    draw_icon(
        *ImGui::GetWindowDrawList(), icon, {at.x, std::floor(at.y + (line - px(size)) / 2)}, px(size), color
    );
    ImGui::Dummy({px(size), line});
}

void Ui::tip(std::string_view text, std::string_view keys)
{
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {px(8), px(6)});
    ImGui::BeginTooltip();
    ImGui::PushTextWrapPos(px(360));
    const std::string clean = clean_text(text, 2000);
    ImGui::TextUnformatted(clean.data(), clean.data() + clean.size());
    ImGui::PopTextWrapPos();
    if (!keys.empty()) small(keys);
    ImGui::EndTooltip();
    ImGui::PopStyleVar();
}

} // namespace mortise::ui
