#include "base/json_read.hpp"
#include "panels/duplicates_screen.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>
#include <utility>

namespace mortise::ui {
namespace {

struct Shown {
    std::string_view field;
    std::string_view label;
    std::string_view parts; ///< of the explanation that judge it, each in blanks
};

constexpr std::array shown_fields{
    Shown{"name", "Name", " given_name family_name organisation_name legal_form "},
    Shown{"email", "E-mail", " email domain "},
    Shown{"phone", "Phone", " phone "},
    Shown{"birthday", "Birthday", " birthday "},
    Shown{"address", "Address", " street house_number second_line city postcode region country "},
    Shown{"organisation", "Organisation", " employer "},
    Shown{"source", "Came from", ""},
    Shown{"created_at", "Since", ""},
};

/// "given name: the same (+5.0)" -> "given name: the same".
std::string without_weight(std::string words)
{
    if (const std::size_t mark = words.rfind(" ("); mark != std::string::npos) words.resize(mark);
    return words;
}

struct Verdict {
    std::string words;
    double weight{0};
};

/// What the explanation says of that field, its parts together.
Verdict verdict_of(const boost::json::value& pair, std::string_view parts)
{
    Verdict verdict;
    for (const auto& part : array_at(pair, "explanation")) {
        const std::string name = ' ' + text_at(part, "field") + ' ';
        if (parts.find(name) == std::string_view::npos) continue;
        verdict.words += (verdict.words.empty() ? "" : ", ") + without_weight(text_at(part, "words"));
        verdict.weight += number_of(at(part, "weight"));
    }
    return verdict;
}

std::string field_text(Console& console, const boost::json::value& contact, std::string_view field)
{
    const TypeInfo* type = console.store.type("contact");
    const FieldInfo* info = type ? type->find(field) : nullptr;
    const auto& value = at(contact, field);
    if (field == "created_at") return time_text(text_of(value));
    return info ? value_text(*info, value) : text_of(value);
}

} // namespace

void DuplicatesScreen::draw_pair(Console& console, const boost::json::value& pair)
{
    Ui& ui = console.ui;
    ImGui::BeginChild("beside", {0, ImGui::GetContentRegionAvail().y - ui.px(48)});
    const bool is_same = text_at(pair, "band") == "same";
    ui.status(is_same ? "as good as certain" : "a person decides", is_same ? Tone::positive : Tone::info);
    ui.beside(10);
    ui.small("what agrees and what differs, together " + text_at(pair, "weight"));
    if (const std::string caution = text_at(pair, "caution"); !caution.empty()) {
        ui.gap(6);
        ui.note(Icon::warning, "Look closely: " + caution, Tone::warning);
    }
    ui.gap(8);
    draw_agreement(console, pair);
    if (!is_open()) {
        std::string said = "Decided by " + text_at(pair, "decided_by") + ", "
            + time_text(text_at(pair, "decided_at")) + " UTC";
        if (const std::string reason = text_at(pair, "reason"); !reason.empty()) said += ": " + reason;
        ui.gap(8);
        ui.wrapped(said, ui.colors().muted);
    }
    ImGui::EndChild();
    draw_buttons(console, pair);
}

void DuplicatesScreen::draw_agreement(Console& console, const boost::json::value& pair)
{
    Ui& ui = console.ui;
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const Palette& c = ui.colors();
    const float width = ImGui::GetContentRegionAvail().x;
    const float label = std::min(ui.px(100), width * 0.2F);
    const float side = (width - label) / 2;
    const auto put = [&](float x, float y, float room, std::string_view text, ImU32 color, bool is_strong) {
        ui.put_text(
            list,
            is_strong ? ui.theme().fonts().strong : ui.theme().fonts().body,
            {{x, y}, {x + room - ui.px(8), y + ui.px(24)}},
            text,
            color
        );
    };
    const auto& first = at(pair, "first");
    const auto& second = at(pair, "second");
    const ImVec2 head = ImGui::GetCursorScreenPos();
    put(head.x, head.y, label, "Contact", c.muted, false);
    put(head.x + label, head.y, side, text_at(first, "id"), c.muted, false);
    put(head.x + label + side, head.y, side, text_at(second, "id"), c.muted, false);
    ImGui::Dummy({width, ui.px(24)});
    for (const Shown& one : shown_fields) {
        std::string left = field_text(console, first, one.field);
        std::string right = field_text(console, second, one.field);
        if (left.empty() && right.empty()) continue;
        if (one.field == "organisation") {
            if (!left.empty()) left = name_of(console, left);
            if (!right.empty()) right = name_of(console, right);
        }
        const ImVec2 at_place = ImGui::GetCursorScreenPos();
        const bool is_equal = left == right;
        Verdict verdict = verdict_of(pair, one.parts);
        const bool is_judged = !verdict.words.empty();
        if (!is_judged && !one.parts.empty())
            verdict.words = left.empty() || right.empty() ? "only one has it"
                : is_equal                                ? "the same"
                                                          : "different";
        put(at_place.x, at_place.y, label, one.label, c.muted, false);
        put(at_place.x + label,
            at_place.y,
            side,
            left.empty() ? "(empty)" : left,
            left.empty() ? c.faint : c.text,
            !is_equal);
        put(at_place.x + label + side,
            at_place.y,
            side,
            right.empty() ? "(empty)" : right,
            right.empty() ? c.faint : c.text,
            !is_equal);
        float height = ui.px(24);
        if (!verdict.words.empty()) {
            const bool agrees = is_judged ? verdict.weight > 0 : is_equal;
            const bool is_open_question = !is_judged && !is_equal && (left.empty() || right.empty());
            const Tone tone = is_open_question ? Tone::neutral : agrees ? Tone::positive : Tone::danger;
            const float y = at_place.y + ui.px(24);
            draw_icon(
                list,
                is_open_question ? Icon::info
                    : agrees     ? Icon::check
                                 : Icon::close,
                {at_place.x + label, y + ui.px(1)},
                ui.px(14),
                tone == Tone::neutral ? c.muted : ui.theme().of(tone)
            );
            ui.put_text(
                list,
                ui.theme().fonts().small,
                {{at_place.x + label + ui.px(20), y - ui.px(1)},
                 {at_place.x + width - ui.px(70), y + ui.px(17)}},
                verdict.words,
                tone == Tone::neutral ? c.muted : ui.theme().of(tone)
            );
            if (is_judged) {
                char weight[32];
                std::snprintf(weight, sizeof weight, "%+.1f", verdict.weight);
                ui.put_text(
                    list,
                    ui.theme().fonts().small,
                    {{at_place.x + width - ui.px(66), y - ui.px(1)},
                     {at_place.x + width - ui.px(8), y + ui.px(17)}},
                    weight,
                    c.muted,
                    Align::right
                );
            }
            height += ui.px(18);
        }
        list.AddLine(
            {at_place.x, at_place.y + height + ui.px(3)},
            {at_place.x + width, at_place.y + height + ui.px(3)},
            c.border
        );
        ImGui::Dummy({width, height + ui.px(4)});
    }
}

void DuplicatesScreen::draw_buttons(Console& console, const boost::json::value& pair)
{
    Ui& ui = console.ui;
    const bool can = console.link.state() == LinkState::open && !m_is_merging;
    const std::string id = text_at(pair, "id");
    ui.gap(6);
    if (is_open()) {
        if (ui.button(
                "Merge...",
                {.icon = Icon::check,
                 .weight = Weight::primary,
                 .enabled = can,
                 .tip = "Choose whose values count, and see what it would do",
                 .keys = "m"}
            ))
            begin_merge(console);
        ui.beside();
        if (ui.button(
                "Not a duplicate",
                {.icon = Icon::close, .enabled = can, .tip = "Remembered: no scan brings it back", .keys = "d"
                }
            ))
            dismiss_chosen(console);
        ui.beside();
        if (ui.button("Skip", {.icon = Icon::chevron_right, .tip = "Leaves it for later", .keys = "s"}))
            skip();
        ui.beside();
    } else if (m_side == Side::dismissed) {
        if (ui.button("Take it back", {.icon = Icon::undo, .enabled = can, .keys = "r"}))
            reopen(console, {id});
        ui.beside();
    }
    if (ui.button("Open the first", {.weight = Weight::quiet, .keys = "o"}))
        console.desk.open("record/contact/" + text_at(at(pair, "first"), "id"));
    ui.beside();
    if (ui.button("Open the second", {.weight = Weight::quiet, .keys = "Shift+O"}))
        console.desk.open("record/contact/" + text_at(at(pair, "second"), "id"));
}

} // namespace mortise::ui
