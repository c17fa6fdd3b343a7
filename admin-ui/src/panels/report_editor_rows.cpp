#include "base/json_read.hpp"
#include "panels/report_editor.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>

namespace mortise::ui {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

constexpr std::size_t most_dimensions = 6;
constexpr std::array<std::string_view, 8> functions{
    "count", "distinct", "sum", "avg", "median", "min", "max", "percentile"
};
constexpr std::array<std::string_view, 14> buckets{
    "",
    "hour",
    "day",
    "week",
    "month",
    "quarter",
    "year",
    "fiscal_quarter",
    "fiscal_year",
    "weekday",
    "hour_of_day",
    "day_of_month",
    "month_of_year",
    "quarter_of_year",
};

std::string path_of(const value& dimension)
{
    return dimension.is_string() ? text_of(dimension) : text_at(dimension, "field");
}

array& list_in(object& report, std::string_view name)
{
    value& list = report[name];
    if (!list.is_array()) list = array{};
    return list.as_array();
}

/// Empty if there is no such list.
const array& given(const object& report, std::string_view name)
{
    static const array nothing;
    const value* there = report.if_contains(name);
    return there ? array_of(*there) : nothing;
}

} // namespace

void ReportEditor::draw_dimensions(Console& console, object& report, std::string_view side)
{
    Ui& ui = console.ui;
    array& list = list_in(report, side);
    ui.strong(side == "rows" ? "A row for each" : "A column for each");
    ImGui::PushID(static_cast<int>(Ui::id_of(side)));
    std::optional<std::size_t> gone;
    std::optional<std::size_t> raised;
    for (std::size_t i = 0; i < list.size(); ++i) {
        const std::string where = '/' + std::string{side} + '/' + std::to_string(i);
        ImGui::PushID(static_cast<int>(i));
        draw_wrong(console, where);
        if (!draw_dimension(console, list[i], where)) gone = i;
        if (i > 0) {
            ui.beside(2);
            if (ui.button("Further out", {.weight = Weight::quiet, .tip = "Before the group above"}))
                raised = i;
        }
        ImGui::PopID();
    }
    if (list.size() < most_dimensions
        && ui.button(
            side == "rows" ? "Add a row group" : "Add a column group",
            {.icon = Icon::plus, .weight = Weight::quiet}
        )) {
        // One that is not there yet, and has few values, if there is such.
        const auto is_used = [&](const FieldPath& one) {
            for (const std::string_view other : {"rows", "columns"})
                for (const auto& used : given(report, other))
                    if (path_of(used) == one.path) return true;
            return false;
        };
        const auto fits = [&](const FieldPath& one) {
            return !is_used(one)
                && (one.field->kind == "enum" || one.field->is_reference() || one.field->kind == "bool");
        };
        const auto found = std::ranges::find_if(m_paths, fits);
        list.emplace_back(found == m_paths.end() ? std::string{"id"} : found->path);
        m_changed = true;
    }
    ImGui::PopID();
    if (raised) {
        std::swap(list[*raised], list[*raised - 1]);
        m_texts.clear();
        m_changed = true;
    }
    if (gone) {
        list.erase(list.begin() + static_cast<std::ptrdiff_t>(*gone));
        m_texts.clear();
        m_changed = true;
    }
    if (list.empty()) report.erase(side);
}

bool ReportEditor::draw_dimension(Console& console, value& dimension, const std::string& where)
{
    Ui& ui = console.ui;
    const std::string path = path_of(dimension);
    if (const auto chosen = choose_field(console, "Group", path, false)) {
        const FieldPath* next = find_path(m_paths, *chosen);
        const bool is_time = next && (next->field->kind == "date" || next->field->kind == "datetime");
        if (is_time)
            dimension = object{{"field", *chosen}, {"bucket", "month"}};
        else
            dimension = boost::json::string{*chosen};
        m_texts.clear();
        m_changed = true;
    }
    const FieldPath* known = find_path(m_paths, path_of(dimension));
    if (known && (known->field->kind == "date" || known->field->kind == "datetime")) {
        ui.beside();
        draw_bucket(console, dimension, *known->field);
    } else {
        ui.beside();
        std::string limit = dimension.is_object() ? text_at(dimension, "limit") : std::string{};
        auto [typed, is_new] = m_texts.try_emplace(where, limit);
        const InputAnswer answer
            = ui.input("At most", typed->second, {.hint = "all of them", .width = ui.px(110)});
        if (!answer.changed && !answer.active && typed->second != limit) typed->second = limit;
        if (answer.changed) {
            const std::int64_t most = integer_of(value(boost::json::string{typed->second}));
            if (!dimension.is_object()) dimension = object{{"field", path}};
            if (most > 0)
                dimension.as_object()["limit"] = most;
            else
                dimension.as_object().erase("limit");
            m_changed = true;
        }
    }
    ui.beside();
    return !ui.button("Remove this group", {.icon = Icon::close, .weight = Weight::quiet, .icon_only = true});
}

void ReportEditor::draw_bucket(Console& console, value& dimension, const FieldInfo& field)
{
    std::vector<std::string> names;
    std::vector<std::string> words;
    const std::string now = dimension.is_object() ? text_at(dimension, "bucket") : std::string{};
    for (const std::string_view one : buckets) {
        if (field.kind == "date" && one.starts_with("hour")) continue;
        names.emplace_back(one);
        words.push_back(one.empty() ? "each by itself" : "by " + lower(words_of(one)));
    }
    const auto place = static_cast<std::size_t>(std::ranges::find(names, now) - names.begin());
    const auto chosen = console.ui.choice("Bucket", words, place, console.ui.px(150));
    if (!chosen) return;
    if (!dimension.is_object()) dimension = object{{"field", text_of(dimension)}};
    if (names[*chosen].empty())
        dimension.as_object().erase("bucket");
    else
        dimension.as_object()["bucket"] = names[*chosen];
    m_changed = true;
}

void ReportEditor::draw_measures(Console& console, object& report)
{
    Ui& ui = console.ui;
    array& list = list_in(report, "measures");
    ui.strong("Figures");
    ImGui::PushID("measures");
    std::optional<std::size_t> gone;
    for (std::size_t i = 0; i < list.size(); ++i) {
        ImGui::PushID(static_cast<int>(i));
        const std::string where = "/measures/" + std::to_string(i);
        draw_wrong(console, where);
        if (!draw_measure(console, list[i], where)) gone = i;
        ImGui::PopID();
    }
    if (list.empty()) ui.small("How many there are.");
    if (ui.button("Add a figure", {.icon = Icon::plus, .weight = Weight::quiet})) {
        const auto number = std::ranges::find_if(m_paths, [](const FieldPath& one) {
            return one.field->is_money() || one.field->is_number();
        });
        if (list.empty()) list.push_back(object{{"as", "count"}, {"of", "count"}});
        if (number != m_paths.end())
            list.push_back(object{
                {"as", "figure_" + std::to_string(list.size())}, {"of", "sum"}, {"field", number->path}
            });
        m_changed = true;
    }
    ImGui::PopID();
    if (gone) {
        list.erase(list.begin() + static_cast<std::ptrdiff_t>(*gone));
        m_texts.clear();
        m_changed = true;
    }
    if (list.empty()) report.erase("measures");
}

bool ReportEditor::draw_measure(Console& console, value& measure, const std::string& where)
{
    Ui& ui = console.ui;
    if (!measure.is_object()) measure = object{{"of", "count"}};
    object& fields = measure.as_object();
    if (!fields.contains("of")) { // a ratio, a share, a running sum: told, and kept
        ImGui::AlignTextToFramePadding();
        ui.text(boost::json::serialize(measure));
    } else {
        std::vector<std::string> words;
        for (const std::string_view one : functions)
            words.push_back(one == "avg" ? "average" : lower(words_of(one)));
        const auto place = static_cast<std::size_t>(
            std::ranges::find(functions, text_of(fields["of"])) - functions.begin()
        );
        if (const auto chosen = ui.choice("Figure", words, place, ui.px(120))) {
            fields["of"] = functions.at(*chosen);
            if (functions.at(*chosen) == "count")
                fields.erase("field");
            else if (!fields.contains("field")) {
                const auto number = std::ranges::find_if(m_paths, [](const FieldPath& one) {
                    return one.field->is_money() || one.field->is_number();
                });
                fields["field"] = number == m_paths.end() ? std::string{"id"} : number->path;
            }
            if (functions.at(*chosen) == "percentile")
                fields["percentile"] = 90;
            else
                fields.erase("percentile");
            m_changed = true;
        }
        const std::string of = text_of(fields["of"]);
        if (of != "count") {
            ui.beside();
            const bool numbers_alone = of == "sum" || of == "avg" || of == "median" || of == "percentile";
            if (const auto chosen
                = choose_field(console, "Figure of", text_of(fields["field"]), numbers_alone)) {
                fields["field"] = *chosen;
                m_changed = true;
            }
        }
        ui.beside();
        const std::string label = fields.contains("label") ? text_of(fields["label"]) : std::string{};
        auto [typed, is_new] = m_texts.try_emplace(where, label);
        const InputAnswer answer
            = ui.input("Called", typed->second, {.hint = "its heading", .width = ui.px(130)});
        if (!answer.changed && !answer.active && typed->second != label) typed->second = label;
        if (answer.changed) {
            if (typed->second.empty())
                fields.erase("label");
            else
                fields["label"] = typed->second;
            m_changed = true;
        }
        if (fields.contains("where")) {
            ui.beside();
            ui.small("where " + boost::json::serialize(fields["where"]));
        }
    }
    ui.beside();
    return !ui.button(
        "Remove this figure", {.icon = Icon::close, .weight = Weight::quiet, .icon_only = true}
    );
}

void ReportEditor::draw_currency(Console& console, object& report)
{
    Ui& ui = console.ui;
    const auto is_of_money = [&](const value& measure) {
        const FieldPath* known = find_path(m_paths, text_at(measure, "field"));
        return known && known->field->is_money();
    };
    if (std::ranges::none_of(given(report, "measures"), is_of_money) && !report.contains("currency")) return;
    const value now = report.contains("currency") ? report["currency"] : value{};
    const bool is_other = now.is_object() && !now.as_object().contains("only");
    std::vector<std::string> words{
        "amounts are of one currency", "a group for each currency", "only amounts in"
    };
    if (is_other) words.push_back(boost::json::serialize(now));
    const std::size_t place = now.is_null() ? 0 : now.is_string() ? 1 : is_other ? 3 : 2;
    draw_wrong(console, "/currency");
    if (const auto chosen = ui.choice("Currency", words, place, ui.px(230)); chosen && *chosen < 3) {
        if (*chosen == 0)
            report.erase("currency");
        else if (*chosen == 1)
            report["currency"] = "each";
        else
            report["currency"] = object{{"only", "EUR"}};
        m_changed = true;
        return;
    }
    if (place != 2) return;
    ui.beside();
    auto [typed, is_new] = m_texts.try_emplace("/currency", text_at(now, "only"));
    if (ui.input("Code of the currency", typed->second, {.hint = "EUR", .width = ui.px(70)}).changed) {
        report["currency"].as_object()["only"] = typed->second;
        m_changed = true;
    }
}

void ReportEditor::draw_fields(Console& console, object& report)
{
    Ui& ui = console.ui;
    ui.strong("Columns");
    array& list = list_in(report, "fields");
    ImGui::PushID("fields");
    std::optional<std::size_t> gone;
    for (std::size_t i = 0; i < list.size(); ++i) {
        ImGui::PushID(static_cast<int>(i));
        draw_wrong(console, "/fields/" + std::to_string(i));
        if (const auto chosen = choose_field(console, "Column", text_of(list[i]), false)) {
            list[i] = boost::json::string{*chosen};
            m_changed = true;
        }
        ui.beside();
        if (ui.button(
                "Remove this column", {.icon = Icon::close, .weight = Weight::quiet, .icon_only = true}
            ))
            gone = i;
        ImGui::PopID();
    }
    if (ui.button("Add a column", {.icon = Icon::plus, .weight = Weight::quiet})) {
        const auto next = std::ranges::find_if(m_paths, [&](const FieldPath& one) {
            return std::ranges::none_of(list, [&](const value& used) { return text_of(used) == one.path; });
        });
        list.emplace_back(next == m_paths.end() ? std::string{"id"} : next->path);
        m_changed = true;
    }
    ImGui::PopID();
    if (gone) {
        list.erase(list.begin() + static_cast<std::ptrdiff_t>(*gone));
        m_changed = true;
    }
    if (list.empty()) report.erase("fields");
    ui.gap(8);
    ImGui::AlignTextToFramePadding();
    ui.text("Sorted by");
    ui.beside();
    const array& sort = given(report, "sort");
    std::string by = sort.empty() ? std::string{} : text_of(sort[0]);
    const bool is_down = by.starts_with('-');
    if (is_down) by.erase(0, 1);
    if (const auto chosen = choose_field(console, "Sorted by", by, false); chosen && !chosen->empty()) {
        report["sort"] = array{(is_down ? "-" : "") + *chosen};
        m_changed = true;
    }
    ui.beside();
    static const std::array<std::string, 2> ways{"least first", "greatest first"};
    if (const auto chosen = ui.choice("Order", ways, is_down ? 1 : 0, ui.px(140)); chosen && !by.empty()) {
        report["sort"] = array{(*chosen == 1 ? "-" : "") + by};
        m_changed = true;
    }
}

} // namespace mortise::ui
