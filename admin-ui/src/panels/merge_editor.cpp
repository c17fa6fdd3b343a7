#include "panels/merge_editor.hpp"

#include "base/json_read.hpp"
#include "model/pair_rows.hpp"

#include <algorithm>
#include <utility>

namespace mortise::ui {
namespace {

/// Whose it is matters: both have one, and they differ; or only one has.
bool is_choice(const boost::json::value& field)
{
    return flag_at(field, "conflict") || at(field, "before") != at(field, "after");
}

std::vector<boost::json::value> choices_of(const boost::json::value& plan)
{
    std::vector<boost::json::value> rows;
    for (const bool conflict : {true, false})
        for (const auto& field : array_at(plan, "fields"))
            if (is_choice(field) && flag_at(field, "conflict") == conflict) rows.push_back(field);
    return rows;
}

const boost::json::value& value_of(const boost::json::value& field, const std::string& contact)
{
    static const boost::json::value nothing;
    for (const auto& one : array_at(field, "values"))
        if (text_at(one, "contact") == contact) return at(one, "value");
    return nothing;
}

} // namespace

void MergeEditor::open(Console& console, boost::json::value survivor, boost::json::value other)
{
    m_survivor = std::move(survivor);
    m_other = std::move(other);
    m_takes.clear();
    m_plan.reset();
    m_at = 0;
    m_is_open = m_was_opened = true;
    ask(console);
}

void MergeEditor::close()
{
    m_is_open = false;
    m_call = {};
    m_error.reset();
    m_plan.reset();
}

boost::json::object MergeEditor::arguments() const
{
    boost::json::object take;
    for (const auto& [field, contact] : m_takes)
        take[field] = boost::json::object{{"from", contact}};
    boost::json::object arguments;
    arguments["survivor"] = text_at(m_survivor, "id");
    arguments["merge"] = boost::json::array{boost::json::value(text_at(m_other, "id"))};
    if (!take.empty()) arguments["take"] = std::move(take);
    return arguments;
}

void MergeEditor::ask(Console& console)
{
    m_error.reset();
    m_call = console.link.call(
        "commands.call",
        {{"name", "contacts.merge"}, {"arguments", arguments()}, {"context", {{"dry_run", true}}}},
        [this](Result<boost::json::value> answer) {
            if (!answer) {
                m_error = std::move(answer).error();
                m_plan.reset();
                return;
            }
            m_plan = *std::move(answer);
        }
    );
}

void MergeEditor::take(Console& console, const std::string& field, const std::string& contact)
{
    m_takes[field] = contact;
    ask(console);
}

void MergeEditor::swap(Console& console)
{
    std::swap(m_survivor, m_other);
    ask(console);
}

void MergeEditor::read_keys(Console& console, std::size_t rows)
{
    if (rows == 0) return;
    m_at = std::min(m_at, rows - 1);
    if ((is_pressed(Key::down, Repeat::yes) || is_pressed(Key::j, Repeat::yes)) && m_at + 1 < rows) ++m_at;
    if ((is_pressed(Key::up, Repeat::yes) || is_pressed(Key::k, Repeat::yes)) && m_at > 0) --m_at;
    const bool left = is_pressed(Key::left);
    if (!left && !is_pressed(Key::right)) return;
    const auto field = choices_of(*m_plan)[m_at];
    const std::string contact = text_at(left ? m_survivor : m_other, "id");
    if (!value_of(field, contact).is_null()) take(console, text_at(field, "field"), contact);
}

MergeEditor::Answer MergeEditor::draw(
    Console& console, bool is_busy, const std::function<std::string(const std::string&)>& name_of
)
{
    Ui& ui = console.ui;
    const bool has_keys = !ui.is_typing() && !ui.is_blocked() && !ui.hints().are_shown()
        && !ImGui::GetIO().KeyAlt && !std::exchange(m_was_opened, false);
    Answer answer = has_keys && is_pressed(Key::escape) ? Answer::leave : Answer::nothing;
    ui.heading("Two become one");
    ui.muted(
        contact_name(m_survivor) + " (" + text_at(m_survivor, "id") + ") stays; " + contact_name(m_other)
        + " (" + text_at(m_other, "id") + ") leads to it from then on."
    );
    if (m_error) {
        ui.gap(6);
        draw_error(console, *m_error, "what the merge would do", [&] { ask(console); });
    } else if (!m_plan) {
        ui.muted("Asking what the merge would do...");
    } else {
        const auto rows = choices_of(*m_plan);
        if (has_keys) read_keys(console, rows.size());
        ui.gap(6);
        const float width = ImGui::GetContentRegionAvail().x;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            ImGui::PushID(static_cast<int>(i));
            draw_field(console, rows[i], i == m_at, width, name_of);
            ImGui::PopID();
        }
        draw_outcome(console);
    }
    ui.gap(8);
    const bool can = can_merge() && !is_busy && console.link.state() == LinkState::open;
    if (ui.button(
            is_busy ? "Merging..." : "Merge them",
            {.icon = Icon::check,
             .weight = Weight::primary,
             .enabled = can,
             .tip = "Ctrl+Z parts them again",
             .keys = "Enter"}
        )
        || (has_keys && is_pressed(Key::enter) && can))
        answer = Answer::merge;
    ui.beside();
    if (ui.button("The other one stays", {.icon = Icon::refresh, .enabled = !is_busy, .keys = "w"})
        || (has_keys && is_pressed(Key::w) && !ImGui::GetIO().KeyCtrl && !is_busy))
        swap(console);
    ui.beside();
    if (ui.button("Leave them", {.weight = Weight::quiet, .keys = "Esc"})) answer = Answer::leave;
    ui.gap(4);
    ui.small("Up and down go through the fields, left and right choose whose value counts.");
    return answer;
}

void MergeEditor::draw_field(
    Console& console,
    const boost::json::value& field,
    bool is_here,
    float width,
    const std::function<std::string(const std::string&)>& name_of
)
{
    Ui& ui = console.ui;
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const Palette& c = ui.colors();
    const ImVec2 at_place = ImGui::GetCursorScreenPos();
    const float height = ui.px(32);
    const float label = std::min(ui.px(130), width * 0.25F);
    const float side = (width - label) / 2;
    if (is_here)
        list.AddRectFilled(at_place, {at_place.x + width, at_place.y + height}, c.selected, ui.px(4));
    ui.put_text(
        list,
        ui.theme().fonts().small,
        {{at_place.x + ui.px(8), at_place.y}, {at_place.x + label, at_place.y + height}},
        text_at(field, "label"),
        c.muted
    );
    const TypeInfo* type = console.store.type("contact");
    const FieldInfo* info = type ? type->find(text_at(field, "field")) : nullptr;
    for (const bool is_first : {true, false}) {
        const auto& value = value_of(field, text_at(is_first ? m_survivor : m_other, "id"));
        std::string text = info ? value_text(*info, value) : text_of(value);
        if (info && info->is_reference() && !text.empty()) text = name_of(text);
        const float x = at_place.x + label + (is_first ? 0 : side);
        draw_value(
            console,
            field,
            is_first,
            text,
            {{x, at_place.y + ui.px(2)}, {x + side - ui.px(6), at_place.y + height - ui.px(2)}}
        );
    }
    ImGui::Dummy({width, height});
}

/// One of the two values, to be pressed; a sign and the weight of the letters say which one counts.
void MergeEditor::draw_value(
    Console& console, const boost::json::value& field, bool is_first, const std::string& text, const Box& box
)
{
    Ui& ui = console.ui;
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const Palette& c = ui.colors();
    const std::string contact = text_at(is_first ? m_survivor : m_other, "id");
    const Box words{{box.min.x + ui.px(28), box.min.y}, {box.max.x - ui.px(6), box.max.y}};
    if (value_of(field, contact).is_null())
        return ui.put_text(list, ui.theme().fonts().body, words, "(empty)", c.muted);
    const std::string from = text_at(field, "from");
    const bool counts = from.empty() || from == contact; // what is united is of both
    ImGui::PushID(is_first ? 1 : 2);
    if (ui.area("Take " + text_at(field, "label") + ": " + text, box))
        take(console, text_at(field, "field"), contact);
    ImGui::PopID();
    const ImU32 ground = ui.is_area_hovered() ? c.hover : counts ? c.surface : 0;
    list.AddRectFilled(box.min, box.max, ground, ui.px(5));
    list.AddRect(box.min, box.max, counts ? c.accent : c.border, ui.px(5));
    if (counts)
        draw_icon(list, Icon::check, {box.min.x + ui.px(7), box.min.y + ui.px(6)}, ui.px(15), c.accent);
    ImFont* const font = counts ? ui.theme().fonts().strong : ui.theme().fonts().body;
    ui.put_text(list, font, words, text, counts ? c.text : c.muted);
}

/// What else the merge does.
void MergeEditor::draw_outcome(Console& console)
{
    Ui& ui = console.ui;
    const auto& fields = array_at(*m_plan, "fields");
    const auto same = std::ranges::count_if(fields, [](const auto& field) { return !is_choice(field); });
    ui.gap(6);
    std::string text
        = counted(same, "other field is", "other fields are") + " the same, or only there where it stays.";
    std::string moved;
    for (const auto& one : array_at(*m_plan, "references")) {
        if (text_at(one, "type") == "duplicate_pair") continue;
        const TypeInfo* type = console.store.type(text_at(one, "type"));
        const std::int64_t records = integer_at(one, "records");
        const std::string name = words_of(text_at(one, "type"));
        moved += (moved.empty() ? "" : ", ") + with_separators(records) + ' '
            + lower(type ? records == 1 ? type->label : type->plural_label() : name);
    }
    if (!moved.empty()) text += " What belongs to the other goes along: " + moved + ".";
    if (const auto dropped = std::ssize(array_at(*m_plan, "dropped")); dropped > 0)
        text += " " + counted(dropped, "record is", "records are") + " there twice, and kept once.";
    ui.wrapped(text, ui.colors().muted);
}

} // namespace mortise::ui
