#include "widgets/timeline.hpp"

namespace mortise::ui {

Tone tone_of_event(std::string_view type)
{
    if (type.ends_with(".created") || type.ends_with(".won") || type.ends_with(".restored"))
        return Tone::positive;
    if (type.ends_with(".deleted") || type.ends_with(".lost") || type.ends_with(".failed"))
        return Tone::danger;
    if (type.ends_with(".updated") || type.ends_with("_changed")) return Tone::info;
    return Tone::neutral;
}

std::optional<std::size_t> draw_timeline_entries(Ui& ui, const std::vector<TimelineEntry>& entries)
{
    std::optional<std::size_t> chosen;
    std::string day;
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const float width = ImGui::GetContentRegionAvail().x - ui.px(8);
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const TimelineEntry& entry = entries[i];
        if (const std::string its_day = entry.time.substr(0, 10); its_day != day) {
            day = its_day;
            ui.gap(4);
            ui.small(day, ui.colors().faint);
        }
        const ImVec2 at = ImGui::GetCursorScreenPos();
        const float height = ui.px(40);
        const Box box{at, {at.x + width, at.y + height}};
        ImGui::PushID(static_cast<int>(i));
        if (ui.area(entry.text, box)) chosen = i;
        if (ui.is_area_hovered()) list.AddRectFilled(box.min, box.max, ui.colors().hover, ui.px(5));
        ImGui::PopID();
        const float x = at.x + ui.px(12);
        list.AddLine(
            {x, at.y}, {x, at.y + height + ImGui::GetStyle().ItemSpacing.y}, ui.colors().border, ui.px(2)
        );
        list.AddCircleFilled({x, at.y + ui.px(14)}, ui.px(5), ui.theme().of(entry.tone));
        ui.put_text(
            list,
            ui.theme().fonts().body,
            {{at.x + ui.px(28), at.y + ui.px(3)}, {box.max.x, at.y + ui.px(22)}},
            entry.text,
            ui.colors().text
        );
        const std::string time = entry.time.size() > 16 ? entry.time.substr(11, 5) : entry.time;
        ui.put_text(
            list,
            ui.theme().fonts().small,
            {{at.x + ui.px(28), at.y + ui.px(21)}, {box.max.x, at.y + ui.px(38)}},
            time + "  by " + entry.who,
            ui.colors().muted
        );
        ImGui::Dummy({width, height});
    }
    return chosen;
}

} // namespace mortise::ui
