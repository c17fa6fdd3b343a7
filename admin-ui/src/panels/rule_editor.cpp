#include "panels/rule_editor.hpp"

#include "base/json_read.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace mortise::ui {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

constexpr int deepest = 6;

struct TestWord {
    std::string_view name;
    std::string_view words;
};

constexpr std::array all_tests{
    TestWord{"eq", "is"},
    TestWord{"ne", "is not"},
    TestWord{"in", "is one of"},
    TestWord{"not_in", "is none of"},
    TestWord{"contains", "contains"},
    TestWord{"not_contains", "does not contain"},
    TestWord{"starts_with", "starts with"},
    TestWord{"ends_with", "ends with"},
    TestWord{"lt", "less than"},
    TestWord{"le", "at most"},
    TestWord{"gt", "more than"},
    TestWord{"ge", "at least"},
    TestWord{"between", "between"},
    TestWord{"has_any", "has one of"},
    TestWord{"has_all", "has all of"},
    TestWord{"has_none", "has none of"},
    TestWord{"within_last", "within the last"},
    TestWord{"before_last", "longer ago than"},
    TestWord{"within_next", "within the next"},
    TestWord{"in_period", "lies in"},
    TestWord{"is_set", "is filled in"},
    TestWord{"is_not_set", "is empty"},
};

bool takes_list(std::string_view test)
{
    return test == "in" || test == "not_in" || test == "between" || test.starts_with("has_");
}

bool takes_span(std::string_view test)
{
    return test == "within_last" || test == "before_last" || test == "within_next";
}

std::string joined(const array& list)
{
    std::string text;
    for (const auto& one : list)
        text += (text.empty() ? "" : ", ") + text_of(one);
    return text;
}

array split(std::string_view text)
{
    array list;
    while (!text.empty()) {
        const std::size_t comma = std::min(text.find(','), text.size());
        std::string_view part = text.substr(0, comma);
        text.remove_prefix(std::min(comma + 1, text.size()));
        while (part.starts_with(' '))
            part.remove_prefix(1);
        while (part.ends_with(' '))
            part.remove_suffix(1);
        if (!part.empty()) list.emplace_back(part);
    }
    return list;
}

} // namespace

boost::json::value empty_condition()
{
    value group = object{};
    group.as_object()["all"] = array{};
    return group;
}

bool RuleEditor::fits(std::string_view test, const FieldInfo* field) const
{
    const bool is_report = m_dialect == RuleDialect::report;
    const bool is_span = test.starts_with("within_") || test.starts_with("before_");
    if (is_report ? is_span || test == "has_all" : test == "in_period") return false;
    if (test == "is_set" || test == "is_not_set" || !field) return true;
    const bool is_list = field->kind == "list";
    const bool is_time = field->kind == "date" || field->kind == "datetime";
    const bool is_number = field->is_number() || field->is_money();
    if (test.starts_with("has_")) return is_list;
    if (is_span || test == "in_period") return is_time;
    if (is_list) return false;
    if (test == "contains" || test == "not_contains" || test.ends_with("_with"))
        return !is_number && !is_time && field->kind != "enum" && field->kind != "bool";
    if (test == "lt" || test == "le" || test == "gt" || test == "ge" || test == "between")
        return is_number || is_time;
    return true;
}

value RuleEditor::new_rule(Console& console, std::string_view kind) const
{
    if (kind == "field") {
        const std::vector<FieldPath> known = paths(console);
        const std::string first = find_path(known, "country") ? "country"
            : find_path(known, "status")                      ? "status"
            : known.empty()                                   ? "id"
                                                              : known.front().path;
        return object{{"field", first}, {"is", "is_set"}};
    }
    if (kind == "events")
        return object{{"events", "note.logged"}, {"within", {{"last", {{"count", 30}, {"unit", "day"}}}}}};
    if (kind == "related") return object{{"related", ""}, {"by", ""}};
    if (kind == "segment") return object{{"segment", ""}};
    if (kind == "random") return object{{"random", {{"seed", "sample"}, {"from", 0}, {"to", 10}}}};
    return empty_condition();
}

std::vector<FieldPath> RuleEditor::paths(Console& console) const
{
    return field_paths(
        console.store,
        m_type,
        m_dialect == RuleDialect::report ? SystemFields::included : SystemFields::left_out
    );
}

bool RuleEditor::draw(Console& console, value& condition, const std::string& wrong)
{
    m_changed = false;
    m_wrong = wrong;
    if (draw_rule(console, condition, "", 0) == Fate::goes) {
        condition = empty_condition();
        m_changed = true;
    }
    return m_changed;
}

bool RuleEditor::edit_text(
    Console& console,
    std::string_view label,
    std::string& text,
    const std::string& where,
    float width,
    std::string_view hint
)
{
    auto [typed, is_new] = m_texts.try_emplace(where, text);
    const InputAnswer answer = console.ui.input(label, typed->second, {.hint = hint, .width = width});
    if (!answer.active && !answer.changed && typed->second != text) typed->second = text;
    if (!answer.changed) return false;
    text = typed->second;
    return true;
}

RuleEditor::Fate RuleEditor::draw_rule(Console& console, value& rule, const std::string& where, int depth)
{
    Ui& ui = console.ui;
    if (depth > deepest || !rule.is_object()) {
        draw_json(console, rule, where);
        return Fate::stays;
    }
    object& fields = rule.as_object();
    if (fields.contains("all") || fields.contains("any") || fields.contains("not"))
        return draw_group(console, rule, where, depth);
    ImGui::PushID(where.c_str());
    const bool is_wrong = !m_wrong.empty() && m_wrong.starts_with(where)
        && (where.size() == m_wrong.size() || m_wrong[where.size()] == '/');
    if (is_wrong) {
        ui.icon(Icon::error, ui.colors().danger);
        ui.beside(6);
    }
    if (fields.contains("field"))
        draw_field(console, fields, where);
    else if (fields.contains("events"))
        draw_events(console, fields, where);
    else if (fields.contains("related"))
        draw_related(console, fields, where);
    else if (fields.contains("segment")) {
        ImGui::AlignTextToFramePadding();
        ui.text("is in the segment");
        ui.beside();
        std::string name = text_at(rule, "segment");
        if (edit_text(console, "Segment", name, where + "/segment", ui.px(220), "its name")) {
            fields["segment"] = name;
            m_changed = true;
        }
    } else if (fields.contains("random"))
        draw_random(console, fields, where);
    else
        draw_json(console, rule, where);
    ui.beside();
    const bool goes
        = ui.button("Remove this rule", {.icon = Icon::close, .weight = Weight::quiet, .icon_only = true});
    ImGui::PopID();
    return goes ? Fate::goes : Fate::stays;
}

RuleEditor::Fate RuleEditor::draw_group(Console& console, value& rule, const std::string& where, int depth)
{
    Ui& ui = console.ui;
    ImGui::PushID(where.c_str());
    const std::array<std::string, 3> words{
        "all of these hold", "at least one of these holds", "not all of these hold"
    };
    object& fields = rule.as_object();
    const bool is_not = fields.contains("not");
    value& inner = is_not ? fields["not"] : rule;
    // "not" around anything but a group becomes one.
    if (is_not && (!inner.is_object() || !inner.as_object().contains("all"))) {
        value whole = object{};
        whole.as_object()["all"] = array{inner};
        inner = std::move(whole);
    }
    const std::string_view key = inner.as_object().contains("all") ? "all" : "any";
    const std::size_t now = is_not ? 2 : key == "all" ? 0 : 1;
    const auto chosen = ui.choice("Group", words, now, ui.px(230));
    bool goes = false;
    if (depth > 0) {
        ui.beside();
        goes = ui.button(
            "Remove this group", {.icon = Icon::close, .weight = Weight::quiet, .icon_only = true}
        );
    }
    const std::string inside = where + (is_not ? "/not" : "") + '/' + std::string{key};
    value& list = inner.as_object()[key];
    if (!list.is_array()) list = array{};
    ImGui::Indent(ui.px(22));
    draw_members(console, list.as_array(), inside, key, depth);
    ImGui::Unindent(ui.px(22));
    if (chosen && *chosen != now) {
        value members = std::move(list);
        value group = object{};
        group.as_object()[*chosen == 1 ? "any" : "all"] = std::move(members);
        if (*chosen == 2) {
            value whole = object{};
            whole.as_object()["not"] = std::move(group);
            group = std::move(whole);
        }
        rule = std::move(group);
        m_texts.clear();
        m_changed = true;
    }
    ImGui::PopID();
    return goes ? Fate::goes : Fate::stays;
}

void RuleEditor::draw_members(
    Console& console, array& members, const std::string& where, std::string_view key, int depth
)
{
    Ui& ui = console.ui;
    std::optional<std::size_t> gone;
    for (std::size_t i = 0; i < members.size(); ++i) {
        if (i > 0) ui.small(key == "all" ? "and" : "or");
        if (draw_rule(console, members[i], where + '/' + std::to_string(i), depth + 1) == Fate::goes)
            gone = i;
    }
    if (members.empty())
        ui.small(
            key != "all"                           ? "Nothing is offered: nobody."
                : m_dialect == RuleDialect::report ? "Nothing is asked: all of them."
                                                   : "Nothing is asked: everybody."
        );
    constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kinds{
        {{"Field rule", "field"},
         {"Event rule", "events"},
         {"Related rule", "related"},
         {"Segment rule", "segment"},
         {"Random share", "random"},
         {"Group", "group"}}
    };
    ImGui::PushID("add");
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        const bool is_of_all = kinds.at(i).second == "field" || kinds.at(i).second == "group";
        if (m_dialect == RuleDialect::report && !is_of_all) continue;
        if (depth >= deepest && kinds.at(i).second == "group") continue;
        if (i > 0) ui.beside(2);
        if (ui.button(
                kinds.at(i).first, {.icon = Icon::plus, .weight = Weight::quiet, .tip = "Adds a rule"}
            )) {
            members.push_back(new_rule(console, kinds.at(i).second));
            m_changed = true;
        }
    }
    ImGui::PopID();
    if (!gone) return;
    members.erase(members.begin() + static_cast<std::ptrdiff_t>(*gone));
    m_texts.clear(); // places have moved
    m_changed = true;
}

void RuleEditor::draw_field(Console& console, object& rule, const std::string& where)
{
    Ui& ui = console.ui;
    const std::vector<FieldPath> known = paths(console);
    std::vector<std::string> names;
    std::vector<std::string> labels;
    for (const FieldPath& one : known)
        names.push_back(one.path), labels.push_back(one.label);
    const std::string path = text_of(rule["field"]);
    const FieldPath* found = find_path(known, path);
    const FieldInfo* field = found ? found->field : nullptr;
    if (!field) names.push_back(path), labels.push_back(path + " (unknown)");
    const auto now = static_cast<std::size_t>(std::ranges::find(names, path) - names.begin());
    if (const auto chosen = ui.choice("Field", labels, now, ui.px(is_narrow() ? 190 : 210))) {
        rule["field"] = names[*chosen];
        const FieldInfo* next = *chosen < known.size() ? known[*chosen].field : nullptr;
        if (!fits(text_of(rule["is"]), next)) rule["is"] = "is_set";
        rule.erase("value");
        m_texts.clear();
        m_changed = true;
        return;
    }
    std::vector<std::string> tests;
    std::vector<std::string> words;
    const std::string test = text_of(rule["is"]);
    for (const TestWord& one : all_tests)
        if (fits(one.name, field) || one.name == test)
            tests.emplace_back(one.name), words.emplace_back(one.words);
    const auto at_test = static_cast<std::size_t>(std::ranges::find(tests, test) - tests.begin());
    ui.beside();
    if (const auto chosen
        = ui.choice("Test", words, std::min(at_test, tests.size() - 1), ui.px(is_narrow() ? 130 : 150))) {
        const std::string next = tests[*chosen];
        rule["is"] = next;
        if (next == "is_set" || next == "is_not_set")
            rule.erase("value");
        else if (takes_span(next))
            rule["value"] = object{{"count", 30}, {"unit", "day"}};
        else if (next == "in_period")
            rule["value"] = "this_month";
        else if (takes_list(next) != takes_list(test) || takes_span(test) || test == "in_period") {
            if (takes_list(next))
                rule["value"] = array{};
            else
                rule["value"] = "";
        } else if (!rule.contains("value"))
            rule["value"] = "";
        m_texts.clear();
        m_changed = true;
        return;
    }
    if (test == "is_set" || test == "is_not_set") return;
    ui.beside();
    draw_value(console, rule, where + "/value", field);
}

void RuleEditor::draw_value(Console& console, object& rule, const std::string& where, const FieldInfo* field)
{
    Ui& ui = console.ui;
    const std::string test = text_of(rule["is"]);
    value& now = rule["value"];
    if (takes_span(test)) return draw_span(console, now, where);
    if (test == "in_period") return draw_period(console, now, where);
    if (field && field->kind == "bool") {
        const std::array<std::string, 2> words{"yes", "no"};
        if (const auto chosen = ui.choice("Value", words, flag_of(now) ? 0 : 1, ui.px(100))) {
            now = *chosen == 0;
            m_changed = true;
        }
        return;
    }
    if (field && !field->options.empty() && (test == "eq" || test == "ne")) {
        std::vector<std::string> words;
        for (const std::string& option : field->options)
            words.push_back(field->words_for(option));
        const auto at_option = static_cast<std::size_t>(
            std::ranges::find(field->options, text_of(now)) - field->options.begin()
        );
        if (const auto chosen = ui.choice("Value", words, at_option, ui.px(160))) {
            now = field->options[*chosen];
            m_changed = true;
        }
        return;
    }
    const bool is_list = takes_list(test);
    std::string text = now.is_array() ? joined(now.get_array()) : text_of(now);
    const std::string_view hint = test == "between" ? "least, most"
        : is_list                                   ? "one, another"
        : field && field->is_money()                ? "100 EUR"
        : field && field->kind == "date"            ? "2026-01-31"
                                                    : "value";
    if (!edit_text(console, "Value", text, where, ui.px(is_narrow() ? 140 : 200), hint)) return;
    if (is_list)
        now = split(text);
    else
        now = boost::json::string{text};
    m_changed = true;
}

} // namespace mortise::ui
