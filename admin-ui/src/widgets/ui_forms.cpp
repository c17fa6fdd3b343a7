#include "widgets/ui.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

namespace mortise::ui {

void Ui::card_begin(std::string_view name, float width, float least_height)
{
    ImGui::PushID(static_cast<int>(id_of(name)));
    m_splitters.push_back(std::make_unique<ImDrawListSplitter>());
    const ImVec2 at = ImGui::GetCursorScreenPos();
    ImDrawList* list = ImGui::GetWindowDrawList();
    m_splitters.back()->Split(list, 2);
    m_splitters.back()->SetCurrentChannel(list, 1);
    m_cards.push_back({m_splitters.back().get(), at, width, least_height, list});
    ImGui::BeginGroup();
    ImGui::SetCursorScreenPos({at.x + px(14), at.y + px(12)});
    ImGui::BeginGroup();
    ImGui::PushItemWidth(width - px(28));
    ImGui::PushTextWrapPos(ImGui::GetCursorPosX() + width - px(28));
}

void Ui::card_end()
{
    const Card card = m_cards.back();
    m_cards.pop_back();
    ImGui::PopTextWrapPos();
    ImGui::PopItemWidth();
    ImGui::EndGroup();
    const float height = std::max(ImGui::GetItemRectMax().y - card.at.y + px(14), card.least_height);
    ImDrawList* list = ImGui::GetWindowDrawList();
    card.splitter->SetCurrentChannel(list, 0);
    const ImVec2 end{card.at.x + card.width, card.at.y + height};
    list->AddRectFilled(card.at, end, colors().surface, px(8));
    list->AddRect(card.at, end, colors().border, px(8));
    card.splitter->Merge(list);
    m_splitters.pop_back();
    ImGui::SetCursorScreenPos(card.at);
    ImGui::Dummy({card.width, height});
    ImGui::EndGroup();
    ImGui::PopID();
}

bool Ui::message(
    Icon icon, std::string_view title, std::string_view detail, std::string_view action, Tone tone
)
{
    const ImVec2 room = ImGui::GetContentRegionAvail();
    const ImVec2 start = ImGui::GetCursorScreenPos();
    const float width = std::min(room.x, px(460));
    const float x = start.x + (room.x - width) / 2;
    const float y = start.y + std::clamp((room.y - px(190)) / 2, px(12), px(160));
    ImDrawList& list = *ImGui::GetWindowDrawList();
    draw_icon(list, icon, {x + width / 2 - px(20), y}, px(40), m_theme.of(tone));
    put_text(
        list,
        m_theme.fonts().heading,
        {{x, y + px(48)}, {x + width, y + px(72)}},
        title,
        colors().text,
        Align::middle
    );
    const std::string clean = clean_text(detail, 1200);
    ImGui::SetCursorScreenPos({x, y + px(80)});
    ImGui::BeginGroup();
    const float text_width = std::min(width_of(m_theme.fonts().body, clean), width);
    ImGui::SetCursorScreenPos({x + (width - text_width) / 2, y + px(80)});
    ImGui::PushTextWrapPos(ImGui::GetCursorPosX() + text_width + px(2));
    ImGui::PushStyleColor(ImGuiCol_Text, colors().muted);
    ImGui::TextUnformatted(clean.data(), clean.data() + clean.size());
    see(clean, {ImGui::GetItemRectMin(), ImGui::GetItemRectMax()});
    ImGui::PopStyleColor();
    ImGui::PopTextWrapPos();
    bool pressed = false;
    if (!action.empty()) {
        const ImVec2 size = button_size(action, {});
        ImGui::SetCursorScreenPos({x + (width - size.x) / 2, ImGui::GetCursorScreenPos().y + px(8)});
        pressed = button(action, {.weight = Weight::primary});
    }
    ImGui::EndGroup();
    return pressed;
}

void Ui::note(Icon icon, std::string_view text, Tone tone)
{
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float width = room();
    const std::string clean = clean_text(text, 2000);
    ImFont* font = m_theme.fonts().body;
    const float text_room = std::max(width - px(46), px(40));
    const ImVec2 size
        = font->CalcTextSizeA(font->FontSize, 1e6F, text_room, clean.data(), clean.data() + clean.size());
    const float height = size.y + px(16);
    ImDrawList& list = *ImGui::GetWindowDrawList();
    list.AddRectFilled(at, {at.x + width, at.y + height}, m_theme.soft(tone), px(6));
    list.AddRectFilled(at, {at.x + px(3), at.y + height}, m_theme.of(tone), px(2));
    draw_icon(list, icon, {at.x + px(12), at.y + px(8)}, px(16), m_theme.of(tone));
    list.AddText(
        font,
        font->FontSize,
        {at.x + px(36), at.y + px(8)},
        colors().text,
        clean.data(),
        clean.data() + clean.size(),
        text_room
    );
    see(clean, {at, {at.x + width, at.y + height}});
    ImGui::Dummy({width, height});
}

void Ui::line()
{
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float width = ImGui::GetContentRegionAvail().x;
    ImGui::GetWindowDrawList()->AddLine({at.x, at.y}, {at.x + width, at.y}, colors().border);
    ImGui::Dummy({width, px(1)});
}

void Ui::gap(float units)
{
    ImGui::Dummy({0, px(units) - ImGui::GetStyle().ItemSpacing.y});
}

void Ui::beside(float units) const
{
    ImGui::SameLine(0, px(units));
}

float Ui::room() const
{
    const float room = ImGui::GetContentRegionAvail().x;
    if (m_cards.empty() || m_cards.back().list != ImGui::GetWindowDrawList()) return room;
    const Card& card = m_cards.back();
    return std::max(card.at.x + card.width - px(14) - ImGui::GetCursorScreenPos().x, px(40));
}

void Ui::to_right(float width) const
{
    ImGui::SameLine();
    const float left = room();
    if (left > width) ImGui::SetCursorPosX(ImGui::GetCursorPosX() + left - width);
}

} // namespace mortise::ui
