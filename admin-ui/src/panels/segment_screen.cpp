#include "panels/segment_screen.hpp"

#include "base/json_read.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <utility>

namespace mortise::ui {

using namespace std::chrono_literals;

SegmentScreen::SegmentScreen(Console& console, std::string segment)
    : m_id{segment == "new" ? std::string{} : std::move(segment)},
      m_record{
          console.link, console.clock, "records.get", {{"type", "segment"}, {"id", m_id.empty() ? "0" : m_id}}
      }
{
}

void SegmentScreen::take_definition(Console& console)
{
    static_cast<void>(console);
    if (m_taken == m_record.version()) return;
    m_taken = m_record.version();
    const boost::json::value& record = *m_record.value();
    boost::json::value definition = at(record, "definition");
    if (definition.is_string()) {
        boost::system::error_code failed;
        definition = boost::json::parse(text_of(definition), failed);
    }
    if (!definition.is_object()) definition = empty_condition();
    const bool is_touched = !m_saved.is_null() && m_condition != m_saved;
    m_saved = definition;
    m_name = text_at(record, "name");
    if (!is_touched) {
        m_condition = std::move(definition);
        m_rules.clear();
    }
}

void SegmentScreen::count(Console& console)
{
    const bool is_new_session = m_session != console.link.session();
    if (m_counting.is_under_way() || console.link.state() != LinkState::open) return;
    if (m_counted == m_condition && !is_new_session) return;
    m_session = console.link.session();
    m_counted = m_condition;
    m_counting = console.link.call(
        "commands.call",
        {{"name", "segmentation.preview"}, {"arguments", {{"definition", m_condition}, {"sample", 20}}}},
        [this](Result<boost::json::value> answer) {
            if (answer) {
                m_answer = *std::move(answer);
                m_error.reset();
            } else {
                m_error = std::move(answer).error();
            }
        }
    );
}

void SegmentScreen::draw(Console& console)
{
    Ui& ui = console.ui;
    if (!draw_state(console, console.store.commands, "the commands")) return;
    if (!console.store.command("segmentation.preview")) {
        if (ui.message(
                Icon::people,
                "Segments need the plugin Segmentation",
                "It is off, or not installed.",
                "See the plugins"
            ))
            console.desk.open("plugins/mortise.segmentation");
        return;
    }
    if (!m_id.empty()) {
        m_record.keep_fresh(60s);
        if (!draw_state(console, m_record, "the segment")) return;
        take_definition(console);
        if (const std::string kind = text_at(*m_record.value(), "kind"); kind != "dynamic" && !kind.empty()) {
            if (ui.message(
                    Icon::people,
                    "A segment of the kind " + kind + " has no condition",
                    "Its members were chosen by hand or kept from another segment.",
                    "Open its record"
                ))
                console.desk.open("record/segment/" + m_id);
            return;
        }
    }
    count(console);
    draw_head(console);
    const float room = ImGui::GetContentRegionAvail().x;
    const bool is_wide = room > ui.px(1000);
    const float height = ImGui::GetContentRegionAvail().y;
    ImGui::BeginChild(
        "rules",
        {is_wide ? room - ui.px(330) : room, is_wide ? height : height * 0.55F},
        false,
        ImGuiWindowFlags_HorizontalScrollbar
    );
    ui.small("Contacts of whom");
    m_rules.draw(console, m_condition, m_error ? m_error->where : std::string{});
    ImGui::EndChild();
    if (is_wide) ui.beside(12);
    ImGui::BeginChild("answer", {0, 0});
    draw_answer(console);
    ImGui::EndChild();
}

void SegmentScreen::draw_head(Console& console)
{
    Ui& ui = console.ui;
    if (m_id.empty()) {
        ui.input(
            "Name of the segment",
            m_name,
            {.hint = "name of the segment",
             .width = ui.px(300),
             .take_keys = std::exchange(m_begins, false),
             .is_wrong = m_save_error && m_save_error->where == "/name"}
        );
        ui.beside();
    } else {
        ui.heading(m_name);
        ui.beside(14);
    }
    const bool is_changed = m_condition != m_saved;
    const std::string why = m_name.empty() ? "give it a name first"
        : m_error                          ? "the condition is not right yet"
        : !is_changed                      ? "nothing was changed"
                                           : "";
    if (ui.button(
            m_id.empty() ? "Create segment" : "Save the definition",
            {.icon = Icon::check,
             .weight = Weight::primary,
             .enabled = why.empty() && !m_saving.is_under_way(),
             .tip = why,
             .keys = "Ctrl+S"}
        ))
        save(console);
    if (m_id.empty()) {
        ui.beside();
        if (ui.button(
                "Choose contacts by hand", {.weight = Weight::quiet, .tip = "A segment without a condition"}
            ))
            console.desk.run_command("segmentation.create_segment", {{"kind", "static"}});
    } else {
        ui.beside();
        if (ui.button("Its members", {.icon = Icon::list})) console.desk.open("record/segment/" + m_id);
    }
    if (m_save_error) {
        std::string text = m_save_error->message;
        if (!m_save_error->hint.empty()) text += "\n" + m_save_error->hint;
        ui.note(Icon::error, text, Tone::danger);
    }
    ui.gap(6);
}

void SegmentScreen::draw_answer(Console& console)
{
    Ui& ui = console.ui;
    if (m_error) {
        if (m_error->code == ErrorCode::denied) {
            ui.message(
                Icon::lock, "No right to count", m_error->message + ". " + m_error->hint, {}, Tone::warning
            );
            return;
        }
        ui.note(
            Icon::error,
            m_error->message + (m_error->where.empty() ? "" : "\nwhere: " + m_error->where)
                + (m_error->hint.empty() ? "" : "\n" + m_error->hint),
            Tone::danger
        );
        if (ui.button("Count again", {.icon = Icon::refresh})) m_counted = nullptr;
    }
    if (m_answer.is_null()) {
        if (!m_error) ui.message(Icon::clock, "Counting", "");
        return;
    }
    const bool is_old = m_counting.is_under_way() || m_error || console.link.state() != LinkState::open;
    ui.title(with_separators(integer_at(m_answer, "count")));
    ui.small(is_old ? "contacts, by the condition before; counting again" : "contacts fulfil it now");
    ui.gap(8);
    draw_sample(console);
    if (m_why.is_null()) return;
    ui.gap(10);
    ui.strong((flag_at(m_why, "holds") ? "Why " : "Why not ") + m_why_name);
    draw_why(console, m_why, 0);
}

void SegmentScreen::draw_sample(Console& console)
{
    Ui& ui = console.ui;
    const auto& sample = array_at(m_answer, "sample");
    if (sample.empty()) {
        ui.muted("Nobody.");
        return;
    }
    ui.strong("Some of them");
    int number = 0;
    for (const auto& one : sample) {
        ImGui::PushID(number++);
        const float top = ImGui::GetCursorPosY();
        ImGui::SetCursorPosY(top + ui.px(6)); // beside the button, on its line
        if (ui.link(text_at(one, "name"))) console.desk.open("record/contact/" + text_at(one, "contact"));
        ui.to_right(ui.px(56));
        ImGui::SetCursorPosY(top);
        if (ui.button("Why?", {.weight = Weight::quiet, .tip = "Each rule, and what was found"}))
            explain(console, text_at(one, "contact"), text_at(one, "name"));
        ImGui::PopID();
    }
}

void SegmentScreen::explain(Console& console, const std::string& contact, std::string name)
{
    m_explaining = console.link.call(
        "commands.call",
        {{"name", "segmentation.explain"}, {"arguments", {{"contact", contact}, {"definition", m_condition}}}
        },
        [this, &console, name = std::move(name)](Result<boost::json::value> answer) {
            if (!answer) return console.desk.tell(answer.error());
            m_why = *std::move(answer);
            m_why_name = name;
        }
    );
}

void SegmentScreen::draw_why(Console& console, const boost::json::value& part, int depth)
{
    Ui& ui = console.ui;
    if (depth > 12) return;
    const bool holds = flag_at(part, "holds");
    ImGui::Indent(ui.px(14));
    ui.icon(holds ? Icon::check : Icon::close, ui.theme().of(holds ? Tone::positive : Tone::danger), 14);
    ui.beside(6);
    std::string text = text_at(part, "clause");
    if (!at(part, "wanted").is_null()) text += " " + text_at(part, "wanted");
    if (!at(part, "found").is_null()) text += ", found " + text_at(part, "found");
    text += holds ? "  (holds)" : "  (does not hold)";
    ui.wrapped(text);
    for (const auto& one : array_at(part, "parts"))
        draw_why(console, one, depth + 1);
    ImGui::Unindent(ui.px(14));
}

void SegmentScreen::save(Console& console)
{
    m_save_error.reset();
    const bool is_new = m_id.empty();
    boost::json::object arguments{{"definition", m_condition}};
    arguments[is_new ? "name" : "segment"] = is_new ? m_name : m_id;
    m_saving = console.link.call(
        "commands.call",
        {{"name", is_new ? "segmentation.create_segment" : "segmentation.define_segment"},
         {"arguments", std::move(arguments)}},
        [this, &console, is_new, sent = m_condition](const Result<boost::json::value>& answer) {
            if (!answer) {
                m_save_error = answer.error();
                return;
            }
            m_saved = sent;
            console.desk.did((is_new ? "Created the segment " : "Changed the segment ") + m_name, *answer);
            if (!is_new) return m_record.refresh();
            const std::string id = text_at(*answer, "segment");
            console.desk.close("segment/new");
            if (!id.empty()) console.desk.open("segment/" + id);
        }
    );
}

std::vector<Action> SegmentScreen::actions(Console& console)
{
    return {
        {.id = "segment.save",
         .title = m_id.empty() ? "Create this segment" : "Save the definition",
         .group = "Segment",
         .keys = "Ctrl+S",
         .icon = Icon::check,
         .run = [this, &console] { save(console); },
         .why_not = m_name.empty()    ? "give it a name first"
             : m_error                ? "the condition is not right yet"
             : m_condition == m_saved ? "nothing was changed"
                                      : ""},
    };
}

} // namespace mortise::ui
