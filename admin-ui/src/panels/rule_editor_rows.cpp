#include "base/json_read.hpp"
#include "panels/rule_editor.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace mortise::ui {

using boost::json::object;
using boost::json::value;

void RuleEditor::draw_span(Console& console, value& span, const std::string& where)
{
    Ui& ui = console.ui;
    static const std::array<std::string, 6> units{"minute", "hour", "day", "week", "month", "year"};
    if (!span.is_object()) span = object{{"count", 30}, {"unit", "day"}};
    std::string count = text_at(span, "count");
    if (edit_text(console, "How many", count, where + "/count", ui.px(60), "30")) {
        span.as_object()["count"] = std::max<std::int64_t>(integer_of(value(boost::json::string{count})), 0);
        m_changed = true;
    }
    ui.beside(4);
    const auto now
        = static_cast<std::size_t>(std::ranges::find(units, text_at(span, "unit")) - units.begin());
    if (const auto chosen = ui.choice("Unit", units, std::min(now, units.size() - 1), ui.px(100))) {
        span.as_object()["unit"] = units.at(*chosen);
        m_changed = true;
    }
}

void RuleEditor::draw_period(Console& console, value& period, const std::string& where)
{
    if (period.is_object()) return draw_json(console, period, where);
    std::vector<std::string> words;
    for (const std::string_view one : report_periods)
        words.push_back(lower(words_of(one)));
    const auto now = static_cast<std::size_t>(
        std::ranges::find(report_periods, text_of(period)) - report_periods.begin()
    );
    if (const auto chosen = console.ui.choice("Period", words, now, console.ui.px(170))) {
        period = boost::json::string{report_periods.at(*chosen)};
        m_changed = true;
    }
}

void RuleEditor::draw_count(Console& console, object& rule, const std::string& where, std::string_view what)
{
    Ui& ui = console.ui;
    const value* const found = rule.if_contains("measure");
    const value measure = found ? *found : value{};
    const bool is_count
        = measure.is_null() || (text_at(measure, "of") == "count" && text_at(measure, "is") == "ge");
    if (!is_count) { // what is computed otherwise stays as it is
        ImGui::AlignTextToFramePadding();
        ui.text(std::string{what} + " with " + boost::json::serialize(rule["measure"]));
        return;
    }
    std::string count = measure.is_null() ? "1" : text_at(measure, "value");
    ImGui::AlignTextToFramePadding();
    ui.text("at least");
    ui.beside(6);
    if (edit_text(console, "At least", count, where + "/measure", ui.px(50), "1")) {
        const std::int64_t number = integer_of(value(boost::json::string{count}), 1);
        if (number <= 1)
            rule.erase("measure");
        else
            rule["measure"] = object{{"of", "count"}, {"is", "ge"}, {"value", number}};
        m_changed = true;
    }
    ui.beside(6);
    ImGui::AlignTextToFramePadding();
    ui.text(what);
}

void RuleEditor::draw_events(Console& console, object& rule, const std::string& where)
{
    Ui& ui = console.ui;
    draw_count(console, rule, where, "events");
    ui.beside();
    std::string type = text_of(rule["events"]);
    if (edit_text(console, "Type of events", type, where + "/events", ui.px(180), "order.placed")) {
        rule["events"] = type;
        m_changed = true;
    }
    ui.beside();
    value* within = rule.if_contains("within");
    const bool is_span = within && within->is_object() && within->as_object().contains("last");
    if (within && !is_span) {
        ImGui::AlignTextToFramePadding();
        ui.text("from " + text_at(*within, "from") + " to " + text_at(*within, "to"));
    } else {
        const std::array<std::string, 2> words{"at any time", "within the last"};
        if (const auto chosen = ui.choice("When", words, is_span ? 1 : 0, ui.px(140))) {
            if (*chosen == 0)
                rule.erase("within");
            else
                rule["within"] = object{{"last", {{"count", 30}, {"unit", "day"}}}};
            m_changed = true;
            return;
        }
        if (is_span) {
            ui.beside();
            draw_span(console, within->as_object()["last"], where + "/within");
        }
    }
    if (rule.contains("where")) {
        ui.beside();
        ui.small("where " + boost::json::serialize(rule["where"]));
    }
}

void RuleEditor::draw_related(Console& console, object& rule, const std::string& where)
{
    Ui& ui = console.ui;
    struct Way {
        std::string type, by, of, label;
    };
    std::vector<Way> ways;
    const TypeInfo* contact = console.store.type("contact");
    for (const TypeInfo& type : console.store.types())
        for (const FieldInfo& field : type.fields) {
            if (!field.is_reference() || field.reference != "contact" || type.name == "contact") continue;
            ways.push_back(
                {type.name, field.name, "", lower(type.plural_label()) + " by " + lower(field.label)}
            );
            if (contact && contact->find("organisation") && field.name == "organisation")
                ways.push_back(
                    {type.name,
                     field.name,
                     "organisation",
                     lower(type.plural_label()) + " of its organisation"}
                );
        }
    std::vector<std::string> labels;
    std::size_t now = ways.size();
    for (std::size_t i = 0; i < ways.size(); ++i) {
        labels.push_back(ways[i].label);
        if (ways[i].type == text_of(rule["related"]) && ways[i].by == text_of(rule["by"])
            && ways[i].of == (rule.contains("of") ? text_of(rule["of"]) : std::string{}))
            now = i;
    }
    draw_count(console, rule, where, "of the");
    ui.beside();
    if (const auto chosen = ui.choice("Related", labels, now, ui.px(280))) {
        rule["related"] = ways[*chosen].type;
        rule["by"] = ways[*chosen].by;
        if (ways[*chosen].of.empty())
            rule.erase("of");
        else
            rule["of"] = ways[*chosen].of;
        m_changed = true;
    }
    if (rule.contains("where")) {
        ui.beside();
        ui.small("where " + boost::json::serialize(rule["where"]));
    }
}

void RuleEditor::draw_random(Console& console, object& rule, const std::string& where)
{
    Ui& ui = console.ui;
    value& random = rule["random"];
    if (!random.is_object()) random = object{{"seed", "sample"}, {"from", 0}, {"to", 10}};
    ImGui::AlignTextToFramePadding();
    ui.text("is in the share from");
    for (const auto& [key, after] : {std::pair{"from", "to"}, {"to", "percent, drawn by"}, {"seed", ""}}) {
        ui.beside(6);
        std::string text = text_at(random, key);
        if (edit_text(
                console, key, text, where + '/' + key, ui.px(std::string_view{key} == "seed" ? 120 : 50), key
            )) {
            if (std::string_view{key} == "seed")
                random.as_object()[key] = text;
            else
                random.as_object()[key] = number_of(value(boost::json::string{text}));
            m_changed = true;
        }
        ui.beside(6);
        ImGui::AlignTextToFramePadding();
        ui.text(after);
    }
}

void RuleEditor::draw_json(Console& console, value& rule, const std::string& where)
{
    Ui& ui = console.ui;
    std::string text = boost::json::serialize(rule);
    const bool changed
        = edit_text(console, "As JSON", text, where + "/json", ui.px(420), "a condition as JSON");
    if (!changed) return;
    boost::system::error_code failed;
    value read = boost::json::parse(text, failed);
    if (failed || !read.is_object()) return; // until it can be read
    rule = std::move(read);
    m_changed = true;
}

} // namespace mortise::ui
