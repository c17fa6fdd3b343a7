#include "panels/segment_screen.hpp"

#include "base/json_read.hpp"
#include "shell/problem.hpp"

#include <algorithm>
#include <utility>

namespace mortise::ui {

using namespace std::chrono_literals;

SegmentScreen::SegmentScreen(Console& console, std::string segment)
    : m_saved{
          console,
          {.type = "segment",
           .create = "segmentation.create_segment",
           .define = "segmentation.define_segment",
           .save_new = "Create segment",
           .saved_new = "Created the segment "},
          std::move(segment)
      }
{
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
    const auto is_taken = m_saved.follow(console, m_condition, empty_condition());
    if (!is_taken) return;
    if (*is_taken) m_rules.clear();
    if (m_saved.record()) {
        if (const std::string kind = text_at(*m_saved.record(), "kind"); kind != "dynamic" && !kind.empty()) {
            if (ui.message(
                    Icon::people,
                    "A segment of the kind " + kind + " has no condition",
                    "Its members were chosen by hand or kept from another segment.",
                    "Open its record"
                ))
                console.desk.open("record/segment/" + m_saved.id());
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
    if (m_saved.draw_head(ui, why_not_saved())) m_saved.save(console, m_condition);
    if (m_saved.is_new()) {
        ui.beside();
        if (ui.button(
                "Choose contacts by hand", {.weight = Weight::quiet, .tip = "A segment without a condition"}
            ))
            console.desk.run_command("segmentation.create_segment", {{"kind", "static"}});
    } else {
        ui.beside();
        if (ui.button("Its members", {.icon = Icon::list}))
            console.desk.open("record/segment/" + m_saved.id());
    }
    m_saved.draw_problem(ui);
    ui.gap(6);
}

void SegmentScreen::draw_answer(Console& console)
{
    Ui& ui = console.ui;
    if (m_error) {
        const auto after = draw_asked_problem(ui, *m_error, "No right to count", "Count again");
        if (after == AfterProblem::stop) return;
        if (after == AfterProblem::ask_again) m_counted = nullptr;
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

std::string SegmentScreen::why_not_saved() const
{
    return m_saved.why_not_saved(m_condition, m_error ? "the condition is not right yet" : "");
}

std::vector<Action> SegmentScreen::actions(Console& console)
{
    return {
        {.id = "segment.save",
         .title = m_saved.is_new() ? "Create this segment" : "Save the definition",
         .group = "Segment",
         .keys = "Ctrl+S",
         .icon = Icon::check,
         .run = [this, &console] { m_saved.save(console, m_condition); },
         .why_not = why_not_saved()},
    };
}

} // namespace mortise::ui
