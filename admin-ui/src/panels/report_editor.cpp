#include "panels/report_editor.hpp"

#include "base/json_read.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace mortise::ui {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

constexpr std::array<std::string_view, 8> kinds{
    "pivot", "trend", "leaderboard", "scorecard", "list", "funnel", "cohort", "retention"
};

std::size_t place_in(const auto& list, std::string_view text)
{
    return static_cast<std::size_t>(std::ranges::find(list, text) - std::ranges::begin(list));
}

array& list_in(object& report, std::string_view name)
{
    value& list = report[name];
    if (!list.is_array()) list = array{};
    return list.as_array();
}

/// The first field that is a reference, or the record itself.
std::string first_reference(const std::vector<FieldPath>& paths)
{
    for (const FieldPath& one : paths)
        if (one.field->is_reference()) return one.path;
    return "id";
}

} // namespace

value empty_report()
{
    value report = object{};
    report.as_object()["source"] = "contact";
    report.as_object()["rows"] = array{"kind"};
    return report;
}

void ReportEditor::clear()
{
    m_filters.clear();
    m_texts.clear();
}

bool ReportEditor::draw(Console& console, value& definition, const std::string& wrong)
{
    Ui& ui = console.ui;
    m_changed = false;
    m_wrong = wrong;
    if (!definition.is_object()) definition = empty_report();
    if (ui.check("As JSON", m_as_json)) m_texts.clear();
    ui.gap(4);
    if (m_as_json) {
        draw_json(console, definition, "", "Definition");
        return m_changed;
    }
    object& report = definition.as_object();
    m_type = report["source"].is_string() ? text_of(report["source"]) : std::string{};
    m_paths = field_paths(console.store, m_type, SystemFields::included);
    draw_subject(console, report);
    ui.gap(8);
    draw_filters(console, report);
    ui.gap(8);
    draw_period(console, report);
    ui.gap(8);
    const std::string kind = report.contains("kind") ? text_of(report["kind"]) : "pivot";
    if (kind == "list") {
        draw_fields(console, report);
        return m_changed;
    }
    if (kind == "funnel" || kind == "cohort" || kind == "retention") {
        const std::string part = kind == "funnel" ? "funnel" : "cohort";
        ui.strong(words_of(part));
        draw_json(console, report[part], '/' + part, words_of(part));
        if (kind == "funnel") return m_changed;
    } else {
        draw_dimensions(console, report, "rows");
        ui.gap(8);
        draw_dimensions(console, report, "columns");
        ui.gap(8);
    }
    draw_measures(console, report);
    ui.gap(8);
    draw_currency(console, report);
    return m_changed;
}

void ReportEditor::draw_wrong(Console& console, const std::string& where) const
{
    const bool is_here = !m_wrong.empty() && m_wrong.starts_with(where)
        && (where.size() == m_wrong.size() || m_wrong[where.size()] == '/');
    if (!is_here) return;
    console.ui.icon(Icon::error, console.ui.colors().danger);
    console.ui.beside(6);
}

void ReportEditor::draw_json(Console& console, value& part, const std::string& where, std::string_view label)
{
    auto [typed, is_new] = m_texts.try_emplace(where, pretty(part));
    const InputAnswer answer = console.ui.input(
        label, typed->second, {.mono = true, .height = console.ui.px(where.empty() ? 420 : 170)}
    );
    if (!answer.changed) {
        if (!answer.active && !m_changed) {
            boost::system::error_code failed;
            const value now = boost::json::parse(typed->second, failed);
            if (failed) console.ui.small("This is not JSON yet.", console.ui.colors().danger);
            if (!failed && now != part) typed->second = pretty(part);
        }
        return;
    }
    boost::system::error_code failed;
    value read = boost::json::parse(typed->second, failed);
    if (failed || !read.is_object()) return; // until it can be read
    part = std::move(read);
    m_changed = true;
}

std::optional<std::string> ReportEditor::choose_field(
    Console& console, std::string_view label, const std::string& path, bool numbers_alone
)
{
    std::vector<std::string> names;
    std::vector<std::string> labels;
    for (const FieldPath& one : m_paths) {
        if (numbers_alone && !one.field->is_number() && !one.field->is_money() && one.path != path) continue;
        names.push_back(one.path), labels.push_back(one.label);
    }
    if (std::ranges::find(names, path) == names.end()) {
        names.push_back(path);
        labels.push_back(path.empty() ? "choose a field" : path);
    }
    const auto chosen = console.ui.choice(label, labels, place_in(names, path), console.ui.px(200));
    if (!chosen) return std::nullopt;
    return names[*chosen];
}

void ReportEditor::draw_subject(Console& console, object& report)
{
    Ui& ui = console.ui;
    std::vector<std::string> names;
    std::vector<std::string> labels;
    for (const TypeInfo& type : console.store.types())
        if (!type.is_archived) names.push_back(type.name), labels.push_back(type.plural_label());
    if (place_in(names, m_type) == names.size()) {
        names.push_back(m_type);
        labels.push_back(
            report["source"].is_object() ? "events " + text_at(report["source"], "events") : m_type
        );
    }
    draw_wrong(console, "/source");
    ImGui::AlignTextToFramePadding();
    ui.text("About");
    ui.beside();
    if (const auto chosen = ui.choice("About", labels, place_in(names, m_type), ui.px(190));
        chosen && !names[*chosen].empty() && names[*chosen] != m_type) {
        // What spoke of fields of the other type goes.
        const std::string kind = report.contains("kind") ? text_of(report["kind"]) : "pivot";
        report = object{{"source", names[*chosen]}};
        if (kind != "funnel" && kind != "cohort" && kind != "retention") report["kind"] = kind;
        clear();
        m_changed = true;
    }
    ui.beside();
    std::vector<std::string> words;
    for (const std::string_view one : kinds)
        words.push_back(lower(words_of(one)));
    const std::string now = report.contains("kind") ? text_of(report["kind"]) : "pivot";
    ImGui::AlignTextToFramePadding();
    ui.text("as");
    ui.beside();
    if (const auto chosen = ui.choice("Kind", words, place_in(kinds, now), ui.px(130))) {
        const std::string_view kind = kinds.at(*chosen);
        report["kind"] = kind;
        if (kind == "trend" && list_in(report, "rows").empty())
            list_in(report, "rows").push_back(object{{"field", "created_at"}, {"bucket", "month"}});
        if ((kind == "cohort" || kind == "retention") && !report.contains("cohort"))
            report["cohort"] = object{
                {"subject", first_reference(m_paths)},
                {"time", "created_at"},
                {"bucket", "month"},
                {"periods", 12},
            };
        if (kind == "funnel" && !report.contains("funnel"))
            report["funnel"] = object{
                {"subject", first_reference(m_paths)},
                {"time", "created_at"},
                {"steps",
                 array{
                     object{{"as", "first"}, {"where", {{"field", "id"}, {"is", "is_set"}}}},
                     object{{"as", "then"}, {"where", {{"field", "updated_at"}, {"is", "is_set"}}}},
                 }},
            };
        m_texts.clear();
        m_changed = true;
    }
}

void ReportEditor::draw_filters(Console& console, object& report)
{
    console.ui.strong("Of those for which");
    draw_wrong(console, "/filters");
    value& filters = report["filters"];
    if (!filters.is_array()) filters = array{};
    // A single group is shown as it is; a list of conditions as one group of all.
    value shown = empty_condition();
    const array& list = filters.as_array();
    const bool is_group = list.size() == 1 && list[0].is_object()
        && (list[0].as_object().contains("any") || list[0].as_object().contains("not"));
    if (is_group)
        shown = list[0];
    else
        shown.as_object()["all"] = list;
    m_filters.set_type(m_type);
    const std::string wrong = m_wrong.starts_with("/filters") ? "/all" + m_wrong.substr(8) : std::string{};
    if (m_filters.draw(console, shown, wrong)) {
        if (shown.as_object().contains("all"))
            filters = shown.as_object()["all"];
        else
            filters = array{shown};
        m_changed = true;
    }
    if (filters.as_array().empty()) report.erase("filters");
}

void ReportEditor::draw_period(Console& console, object& report)
{
    Ui& ui = console.ui;
    std::vector<std::string> names{""};
    std::vector<std::string> labels{"of all times"};
    for (const FieldPath& one : m_paths)
        if (one.field->kind == "date" || one.field->kind == "datetime")
            names.push_back(one.path), labels.push_back("by " + lower(one.label));
    const std::string now = report.contains("period") ? text_at(report["period"], "field") : std::string{};
    if (place_in(names, now) == names.size()) names.push_back(now), labels.push_back("by " + now);
    draw_wrong(console, "/period");
    if (const auto chosen = ui.choice("Period of", labels, place_in(names, now), ui.px(200))) {
        if (names[*chosen].empty()) {
            report.erase("period");
        } else {
            value is = boost::json::string{"this_year"};
            if (report.contains("period")) is = at(report["period"], "is");
            object period = report.contains("period") ? object_of(report["period"]) : object{};
            period["field"] = names[*chosen];
            period["is"] = std::move(is);
            report["period"] = std::move(period);
        }
        m_changed = true;
    }
    if (!report.contains("period") || !report["period"].is_object()) return;
    object& period = report["period"].as_object();
    ui.beside();
    if (period["is"].is_object()) {
        ImGui::AlignTextToFramePadding();
        ui.text(boost::json::serialize(period["is"]));
    } else {
        std::vector<std::string> words;
        for (const std::string_view one : report_periods)
            words.push_back(lower(words_of(one)));
        if (const auto chosen
            = ui.choice("Period", words, place_in(report_periods, text_of(period["is"])), ui.px(160))) {
            period["is"] = report_periods.at(*chosen);
            m_changed = true;
        }
    }
    ui.beside();
    static const std::array<std::string, 3> compared{
        "without comparison", "beside the one before", "beside the year before"
    };
    const std::string with = period.contains("compare") ? text_of(period["compare"]) : std::string{};
    const std::size_t at_compare = with == "previous" ? 1 : with == "previous_year" ? 2 : 0;
    if (const auto chosen = ui.choice("Compare", compared, at_compare, ui.px(180))) {
        if (*chosen == 0)
            period.erase("compare");
        else
            period["compare"] = *chosen == 1 ? "previous" : "previous_year";
        m_changed = true;
    }
}

} // namespace mortise::ui
