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
    bool is_judged{false}; ///< by the host; else it is only what one sees
    bool agrees{false};
    bool is_open{false}; ///< only one of them has it
};

/// What the explanation says of that field, its parts together.
Verdict verdict_of(
    const boost::json::value& pair, std::string_view parts, std::string_view left, std::string_view right
)
{
    Verdict verdict;
    for (const auto& part : array_at(pair, "explanation")) {
        const std::string name = ' ' + text_at(part, "field") + ' ';
        if (parts.find(name) == std::string_view::npos) continue;
        verdict.words += (verdict.words.empty() ? "" : ", ") + without_weight(text_at(part, "words"));
        verdict.weight += number_of(at(part, "weight"));
    }
    verdict.is_judged = !verdict.words.empty();
    verdict.agrees = verdict.is_judged ? verdict.weight > 0 : left == right;
    if (verdict.is_judged) return verdict;
    verdict.is_open = left.empty() || right.empty();
    verdict.words = verdict.is_open ? "only one has it" : verdict.agrees ? "the same" : "different";
    return verdict;
}

/// A field of two contacts beside each other, and below it how well they agree.
class Line {
public:
    Line(ImVec2 at_place, float width) : m_at{at_place}, m_width{width} { }

    void draw(
        Ui& ui,
        std::string_view label,
        std::string_view left,
        std::string_view right,
        ImU32 color,
        bool is_strong
    ) const
    {
        put(ui, m_at.x, label_width(ui), label, ui.colors().muted, false);
        float x = m_at.x + label_width(ui);
        for (const std::string_view text : {left, right}) {
            const bool is_empty = text.empty();
            put(ui, x, side(ui), is_empty ? "(empty)" : text, is_empty ? ui.colors().faint : color, is_strong
            );
            x += side(ui);
        }
    }

    void draw_verdict(Ui& ui, const Verdict& verdict) const
    {
        ImDrawList& list = *ImGui::GetWindowDrawList();
        const Icon icon = verdict.is_open ? Icon::info : verdict.agrees ? Icon::check : Icon::close;
        const ImU32 color = verdict.is_open ? ui.colors().muted
                                            : ui.theme().of(verdict.agrees ? Tone::positive : Tone::danger);
        const float x = m_at.x + label_width(ui);
        const float y = m_at.y + ui.px(24);
        const float right = m_at.x + m_width;
        draw_icon(list, icon, {x, y + ui.px(1)}, ui.px(14), color);
        ImFont* const font = ui.theme().fonts().small;
        const float top = y - ui.px(1);
        const float end = y + ui.px(17);
        ui.put_text(list, font, {{x + ui.px(20), top}, {right - ui.px(70), end}}, verdict.words, color);
        if (!verdict.is_judged) return;
        std::array<char, 32> weight{};
        std::snprintf(weight.data(), weight.size(), "%+.1f", verdict.weight);
        ui.put_text(
            list,
            font,
            {{right - ui.px(66), top}, {right - ui.px(8), end}},
            weight.data(),
            ui.colors().muted,
            Align::right
        );
    }

    void end(Ui& ui, float height) const
    {
        const float y = m_at.y + height + ui.px(3);
        ImGui::GetWindowDrawList()->AddLine({m_at.x, y}, {m_at.x + m_width, y}, ui.colors().border);
        ImGui::Dummy({m_width, height + ui.px(4)});
    }

private:
    float label_width(const Ui& ui) const { return std::min(ui.px(100), m_width * 0.2F); }
    float side(const Ui& ui) const { return (m_width - label_width(ui)) / 2; }
    void put(Ui& ui, float x, float room, std::string_view text, ImU32 color, bool is_strong) const
    {
        ui.put_text(
            *ImGui::GetWindowDrawList(),
            is_strong ? ui.theme().fonts().strong : ui.theme().fonts().body,
            {{x, m_at.y}, {x + room - ui.px(8), m_at.y + ui.px(24)}},
            text,
            color
        );
    }

    ImVec2 m_at;
    float m_width;
};

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
    ui.small("weight " + text_at(pair, "weight") + ", after how rare duplicates are");
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
    const float width = ImGui::GetContentRegionAvail().x;
    const auto& first = at(pair, "first");
    const auto& second = at(pair, "second");
    const Line head{ImGui::GetCursorScreenPos(), width};
    head.draw(ui, "Contact", text_at(first, "id"), text_at(second, "id"), ui.colors().muted, false);
    ImGui::Dummy({width, ui.px(24)});
    for (const Shown& one : shown_fields) {
        std::string left = field_text(console, first, one.field);
        std::string right = field_text(console, second, one.field);
        if (left.empty() && right.empty()) continue;
        if (one.field == "organisation") {
            if (!left.empty()) left = name_of(console, left);
            if (!right.empty()) right = name_of(console, right);
        }
        const Line line{ImGui::GetCursorScreenPos(), width};
        line.draw(ui, one.label, left, right, ui.colors().text, left != right);
        float height = ui.px(24);
        if (!one.parts.empty()) {
            line.draw_verdict(ui, verdict_of(pair, one.parts, left, right));
            height += ui.px(18);
        }
        line.end(ui, height);
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
