#include "base/json_read.hpp"
#include "panels/record_screen.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace mortise::ui {

void RecordScreen::draw_fields(Console& console, const TypeInfo& type, float width)
{
    Ui& ui = console.ui;
    ui.card_begin("fields", width);
    const auto& record = shown();
    std::int64_t hidden = 0;
    for (const FieldInfo& field : type.fields) {
        const bool is_empty = at(record, field.name).is_null();
        const bool is_shown = !is_empty || m_shows_empty || field.is_required || field.name == m_editing;
        if (field.is_archived && is_empty) continue;
        if (!is_shown) {
            ++hidden;
            continue;
        }
        draw_field(console, field, width - ui.px(28));
    }
    if (hidden > 0 || m_shows_empty) {
        const std::string label
            = m_shows_empty ? "Hide empty fields" : "Show " + counted(hidden, "empty field", "empty fields");
        if (ui.button(label, {.weight = Weight::quiet, .keys = "h"})) m_shows_empty = !m_shows_empty;
    }
    ui.card_end();
}

void RecordScreen::draw_field(Console& console, const FieldInfo& field, float width)
{
    Ui& ui = console.ui;
    const auto& value = at(shown(), field.name);
    const bool can_edit = !is_deleted() && !is_past() && !field.is_file();
    ImGui::PushID(static_cast<int>(Ui::id_of(field.name)));
    const ImVec2 start = ImGui::GetCursorScreenPos();
    const float label_width = std::min(ui.px(130), width * 0.36F);
    ImDrawList& list = *ImGui::GetWindowDrawList();
    ui.put_text(
        list,
        ui.theme().fonts().small,
        {start, {start.x + label_width, start.y + ui.px(28)}},
        field.label + (field.is_required ? " *" : ""),
        ui.colors().muted
    );
    if (ImGui::IsMouseHoveringRect(start, {start.x + label_width, start.y + ui.px(28)}) && !field.help.empty()
        && !ui.is_blocked())
        ui.tip(field.help);
    ImGui::SetCursorScreenPos({start.x + label_width, start.y});
    const float room = width - label_width;
    if (m_editing == field.name) {
        draw_editor(console, field, room);
    } else {
        const bool is_link = field.is_reference() && !value.is_null();
        std::string text = value_text(field, value);
        if (is_link) {
            const auto name = m_names.find(text_of(value));
            if (name != m_names.end()) text = name->second;
        }
        const bool is_long = field.kind == "rich_text" && text.size() > 40;
        const float height = is_long ? ui.px(64) : ui.px(28);
        const Box box{{start.x + label_width, start.y}, {start.x + width, start.y + height}};
        const Box pencil{{box.max.x - ui.px(28), box.min.y}, {box.max.x, box.min.y + ui.px(28)}};
        const bool pressed = ui.area(
            field.label, is_link ? Box{box.min, {pencil.min.x, box.max.y}} : box, can_edit || is_link
        );
        const bool hovered = ui.is_area_hovered();
        if (hovered) list.AddRectFilled(box.min, box.max, ui.colors().hover, ui.px(4));
        const ImU32 ink = is_link ? ui.colors().accent : text.empty() ? ui.colors().faint : ui.colors().text;
        const Box inner{{box.min.x + ui.px(8), box.min.y}, {pencil.min.x, box.max.y}};
        if (is_long) {
            ImGui::SetCursorScreenPos({inner.min.x, inner.min.y + ui.px(5)});
            ImGui::PushClipRect(box.min, box.max, true);
            ImGui::PushTextWrapPos(ImGui::GetCursorPosX() + inner.width());
            const std::string clean = clean_text(text, 2000);
            ImGui::TextUnformatted(clean.data(), clean.data() + clean.size());
            ImGui::PopTextWrapPos();
            ImGui::PopClipRect();
            ImGui::SetCursorScreenPos({box.min.x, box.min.y});
        } else {
            ui.put_text(list, ui.theme().fonts().body, inner, text.empty() ? "\xE2\x80\x94" : text, ink);
        }
        const bool edits = is_link ? ui.area("Edit " + field.label, pencil, can_edit) : pressed;
        if (hovered || ui.is_area_hovered())
            draw_icon(
                list,
                Icon::edit,
                {pencil.min.x + ui.px(7), pencil.min.y + ui.px(7)},
                ui.px(14),
                ui.colors().muted
            );
        if (is_link && pressed) console.desk.open("record/" + field.reference + '/' + text_of(value));
        if (edits && can_edit) {
            m_editing = field.name;
            m_text = is_link ? text : edit_text(field, value);
            m_edit_begins = true;
            m_choices_of = "\n";
            m_wrong.clear();
        }
        ImGui::SetCursorScreenPos({start.x, start.y + height});
        ImGui::Dummy({width, 0});
    }
    if (m_wrong == field.name) {
        ui.icon(Icon::error, ui.colors().danger);
        ui.beside(4);
        ui.wrapped(m_wrong_text, ui.colors().danger);
    }
    ImGui::PopID();
}

void RecordScreen::draw_editor(Console& console, const FieldInfo& field, float width)
{
    Ui& ui = console.ui;
    if (field.is_reference()) return draw_reference_editor(console, field, width);
    const bool begins = std::exchange(m_edit_begins, false);
    if (!field.options.empty()) {
        const auto now
            = static_cast<std::size_t>(std::ranges::find(field.options, m_text) - field.options.begin());
        std::vector<std::string> words{"(empty)"};
        for (const std::string& option : field.options)
            words.push_back(field.words_for(option));
        if (const auto taken
            = ui.choice(field.label, words, now < field.options.size() ? now + 1 : 0, width)) {
            boost::json::value chosen;
            if (*taken > 0) chosen = boost::json::string{field.options[*taken - 1]};
            save(console, field, std::move(chosen));
        }
        if (is_pressed(Key::escape)) m_editing.clear();
        return;
    }
    const bool is_long = field.kind == "rich_text";
    const InputAnswer answer = ui.input(
        field.label,
        m_text,
        {.hint = field.is_money()   ? "1234.50 EUR"
             : field.kind == "date" ? "2026-01-31"
             : field.kind == "list" ? "one, two"
                                    : "",
         .width = width,
         .take_keys = begins,
         .is_wrong = m_wrong == field.name,
         .height = is_long ? ui.px(90) : 0}
    );
    const bool saves = answer.entered || (is_long && answer.left);
    if (saves)
        save(console, field, parse_edit(field, m_text));
    else if (is_pressed(Key::escape))
        m_editing.clear();
    else if (!answer.active && !begins && answer.left)
        save(console, field, parse_edit(field, m_text));
    else if (!answer.active && !begins && ImGui::IsMouseClicked(0))
        m_editing.clear();
}

void RecordScreen::draw_reference_editor(Console& console, const FieldInfo& field, float width)
{
    Ui& ui = console.ui;
    const InputAnswer answer = ui.input(
        field.label,
        m_text,
        {.hint = "type a name", .width = width, .take_keys = std::exchange(m_edit_begins, false)}
    );
    const TypeInfo* target = console.store.type(field.reference);
    if (m_choices_of != m_text && target && !target->title_field.empty() && !m_choosing.is_under_way()) {
        m_choices_of = m_text;
        const std::string title = sql_name(target->title_field);
        auto choices = std::make_shared<std::vector<std::pair<std::string, std::string>>>();
        m_choosing = console.link.call(
            "query.run",
            {{"sql",
              "SELECT id, " + title + " FROM " + sql_name(target->name) + " WHERE fold(" + title
                  + ") LIKE fold(:text) ORDER BY " + title + " LIMIT 6"},
             {"params", {{"text", "%" + m_text + "%"}}}},
            [this, choices](const Result<boost::json::value>&) { m_choices = *choices; },
            [choices](const boost::json::value& part) {
                for (const auto& row : array_at(part, "rows"))
                    if (array_of(row).size() > 1)
                        choices->emplace_back(text_of(array_of(row)[0]), text_of(array_of(row)[1]));
            }
        );
    }
    if (answer.entered && m_text.empty()) return save(console, field, nullptr);
    if (answer.entered && !m_choices.empty()) {
        const std::string id = m_choices.front().first;
        m_names[id] = m_choices.front().second;
        return save(console, field, boost::json::string{id});
    }
    for (const auto& [id, name] : m_choices) {
        ImGui::PushID(id.c_str());
        ImGui::SetCursorPosX(ImGui::GetCursorPosX() + ui.px(10));
        if (ui.button(name, {.weight = Weight::quiet})) {
            m_names[id] = name;
            save(console, field, boost::json::string{id});
        }
        ImGui::PopID();
        if (m_editing.empty()) break;
    }
    if (is_pressed(Key::escape)) m_editing.clear();
}

void RecordScreen::save(Console& console, const FieldInfo& field, boost::json::value value)
{
    m_editing.clear();
    m_wrong.clear();
    if (!m_record.value() || at(*m_record.value(), field.name) == value) return;
    m_calls.push_back(console.link.call(
        "records.update",
        {{"type", m_type},
         {"id", m_id},
         {"version", integer_at(*m_record.value(), "version")},
         {"values", {{field.name, std::move(value)}}}},
        [this, &console, field, typed = m_text](const Result<boost::json::value>& answer) {
            m_record.refresh();
            m_events.refresh();
            m_history.refresh();
            if (answer) return console.desk.did(field.label + " changed", *answer);
            m_wrong = field.name;
            m_wrong_text = answer.error().code == ErrorCode::conflict
                ? "Not saved: somebody else changed this record meanwhile. You wrote: " + typed
                : answer.error().message + (answer.error().hint.empty() ? "" : ". " + answer.error().hint);
        }
    ));
}

} // namespace mortise::ui
