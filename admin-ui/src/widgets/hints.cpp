#include "widgets/hints.hpp"

#include "theme/theme.hpp"

#include <algorithm>
#include <string_view>

namespace mortise::ui {
namespace {

constexpr std::string_view alphabet = "ASDFGHJKLQWERTYUIOPZXCVBNM";

} // namespace

void Hints::begin_frame(bool is_typing)
{
    m_pressed = 0;
    m_offers.swap(m_coming);
    m_coming.clear();
    const ImGuiIO& io = ImGui::GetIO();
    if (is_pressed(Key::left_alt)) m_alt_alone = true;
    for (int key = 32; key < 340 && m_alt_alone; ++key)
        if (ImGui::IsKeyPressed(static_cast<ImGuiKey>(key), false)) m_alt_alone = false;
    if (m_alt_alone && !io.KeyAlt) {
        m_alt_alone = false;
        m_shown = !m_shown;
        m_typed.clear();
    }
    if (m_shown)
        read_letters();
    else if (!is_typing)
        read_tab();
}

bool Hints::offer(ImGuiID id, const Box& box)
{
    m_coming.push_back({id, box});
    return id == m_pressed;
}

void Hints::hide()
{
    m_shown = false;
    m_typed.clear();
}

std::string Hints::letters_of(std::size_t index) const
{
    const std::size_t base = alphabet.size();
    if (m_offers.size() <= base) return {alphabet[index % base]};
    return {alphabet[(index / base) % base], alphabet[index % base]};
}

void Hints::read_letters()
{
    if (is_pressed(Key::escape) || ImGui::IsMouseClicked(0)) return hide();
    if (is_pressed(Key::backspace) && !m_typed.empty()) m_typed.pop_back();
    for (const char letter : alphabet)
        if (ImGui::IsKeyPressed(static_cast<ImGuiKey>(letter), false)) m_typed += letter;
    bool is_possible = m_typed.empty();
    for (std::size_t i = 0; i < m_offers.size(); ++i) {
        const std::string letters = letters_of(i);
        if (letters == m_typed) {
            m_pressed = m_focused = m_offers[i].id;
            return hide();
        }
        is_possible = is_possible || letters.starts_with(m_typed);
    }
    if (!is_possible) m_typed.clear();
}

void Hints::read_tab()
{
    const ImGuiIO& io = ImGui::GetIO();
    const auto found = std::ranges::find(m_offers, m_focused, &Offer::id);
    const bool is_there = m_focused != 0 && found != m_offers.end();
    if (is_pressed(Key::tab, Repeat::yes) && !io.KeyCtrl && !m_offers.empty()) {
        const auto count = static_cast<std::ptrdiff_t>(m_offers.size());
        std::ptrdiff_t next = is_there ? found - m_offers.begin() + (io.KeyShift ? -1 : 1) : 0;
        next = (next + count) % count;
        m_focused = m_offers[static_cast<std::size_t>(next)].id;
    } else if (is_there && (is_pressed(Key::enter) || is_pressed(Key::space))) {
        m_pressed = m_focused;
    }
    if (ImGui::IsMouseClicked(0)) m_focused = 0;
}

void Hints::draw(const Theme& theme)
{
    if (!m_shown) return;
    ImDrawList& list = *ImGui::GetForegroundDrawList();
    const Palette& colors = theme.colors();
    ImFont* font = theme.fonts().small;
    for (std::size_t i = 0; i < m_coming.size() && i < m_offers.size(); ++i) {
        const std::string letters = letters_of(i);
        if (!letters.starts_with(m_typed)) continue;
        const ImVec2 size = font->CalcTextSizeA(font->FontSize, 1e6F, 0, letters.c_str());
        const ImVec2 at = m_coming[i].box.min;
        const ImVec2 end{at.x + size.x + theme.px(6), at.y + size.y + theme.px(2)};
        list.AddRectFilled(at, end, colors.warning, theme.px(3));
        list.AddText(
            font, font->FontSize, {at.x + theme.px(3), at.y + theme.px(1)}, colors.ground, letters.c_str()
        );
    }
}

} // namespace mortise::ui
