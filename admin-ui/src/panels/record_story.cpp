#include "base/json_read.hpp"
#include "panels/record_screen.hpp"
#include "widgets/timeline.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>

namespace mortise::ui {

using namespace std::chrono_literals;

std::string event_words(const boost::json::value& event)
{
    const std::string type = text_at(event, "type");
    const std::size_t dot = type.find('.');
    std::string what = words_of(dot == std::string::npos ? type : type.substr(dot + 1));
    const std::string about = dot == std::string::npos ? "" : words_of(type.substr(0, dot));
    std::string fields;
    for (const std::string_view part : {"changes", "changed"})
        for (const auto& [name, value] : object_at(at(event, "data"), part)) {
            if (fields.size() > 90) break;
            fields += (fields.empty() ? "" : ", ") + words_of(std::string{name});
            const auto& to = at(value, "to").is_null() ? value : at(value, "to");
            const std::string text
                = to.is_object() ? text_at(to, "amount") + ' ' + text_at(to, "currency") : text_of(to);
            if (!text.empty() && text.size() < 60) fields += ": " + text;
        }
    if (const std::string text = text_at(at(event, "data"), "text"); !text.empty()) fields = text;
    if (const std::string name = text_at(at(at(event, "data"), "record"), "name"); !name.empty())
        fields = name;
    return about + ' ' + lower(what) + (fields.empty() ? "" : " \xE2\x80\x94 " + fields);
}

void RecordScreen::draw_timeline(Console& console)
{
    Ui& ui = console.ui;
    m_events.keep_fresh(60s);
    const InputAnswer note = ui.input(
        "Log a note",
        m_note,
        {.hint = "Log a note, Enter keeps it", .width = ImGui::GetContentRegionAvail().x - ui.px(90)}
    );
    ui.beside();
    const bool pressed = ui.button("Log", {.icon = Icon::note, .enabled = !m_note.empty()});
    if ((note.entered || pressed) && !m_note.empty()) log_note(console);
    ui.gap(4);
    if (!draw_state(console, m_events, "the timeline")) return;
    const auto& events = array_at(*m_events.value(), "events");
    if (events.empty()) {
        ui.message(
            Icon::history, "Nothing happened yet", "Changes, notes and what plugins report stand here."
        );
        return;
    }
    ImGui::BeginChild("timeline");
    std::vector<TimelineEntry> entries;
    for (const auto& event : events)
        entries.push_back(
            {text_at(event, "time"),
             event_words(event),
             text_at(event, "actor"),
             text_at(event, "id"),
             tone_of_event(text_at(event, "type"))}
        );
    if (const auto chosen = draw_timeline_entries(ui, entries))
        console.desk.open("events/" + entries[*chosen].id);
    ImGui::EndChild();
}

void RecordScreen::log_note(Console& console)
{
    m_calls.push_back(console.link.call(
        "events.publish",
        {{"type", "note.logged"}, {"subject", m_id}, {"data", {{"text", m_note}}}},
        [this, &console](const Result<boost::json::value>& answer) {
            m_events.refresh();
            if (!answer) return console.desk.tell(answer.error());
            console.desk.toast(Tone::positive, "Note logged");
        }
    ));
    m_note.clear();
}

void RecordScreen::draw_related(Console& console, const TypeInfo& type)
{
    static_cast<void>(type);
    Ui& ui = console.ui;
    ImGui::BeginChild("related");
    bool is_any = false;
    for (const Related& one : m_related) {
        if (one.count <= 0) continue;
        is_any = true;
        if (ui.link(with_separators(one.count) + "  " + one.label))
            console.desk.open("list/" + one.type + "?" + one.field + "=" + m_id);
    }
    if (!is_any) ui.message(Icon::link, "Nothing points here", "Records that refer to this one stand here.");
    ImGui::EndChild();
}

} // namespace mortise::ui
