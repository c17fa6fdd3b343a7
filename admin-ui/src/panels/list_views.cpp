#include "base/json_read.hpp"
#include "panels/list_screen.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <utility>

namespace mortise::ui {
namespace {

constexpr std::array known_tests{
    Test::contains, Test::is, Test::is_not, Test::at_least, Test::at_most, Test::is_empty, Test::is_not_empty
};

boost::json::value filter_json(const Filter& filter)
{
    return boost::json::object{
        {"field", filter.field}, {"test", words_of(filter.test)}, {"value", filter.value}
    };
}

Filter read_filter(const boost::json::value& json)
{
    const std::string word = text_at(json, "test");
    const auto found = std::ranges::find(known_tests, word, [](Test test) { return words_of(test); });
    return {
        text_at(json, "field"), found == known_tests.end() ? Test::contains : *found, text_at(json, "value")
    };
}

std::string home_file(const std::string& name)
{
    const char* const home = std::getenv("HOME");
    return std::string{home ? home : "."} + '/' + name;
}

} // namespace

void ListScreen::draw_views(Console& console, const TypeInfo& type)
{
    Ui& ui = console.ui;
    ui.card_begin("views", ImGui::GetContentRegionAvail().x);
    const auto& views = console.preferences.all("views/" + type.name);
    std::string wanted;
    std::string gone;
    int number = 0;
    for (const auto& [key, view] : views) {
        const std::string name{key};
        ImGui::PushID(number++);
        if (ui.button(name, {.weight = name == m_view ? Weight::primary : Weight::plain, .tip = "Show it"}))
            wanted = name;
        ui.beside(2);
        if (ui.button("Forget " + name, {.icon = Icon::close, .weight = Weight::quiet, .icon_only = true}))
            gone = name;
        ui.beside(10);
        ImGui::PopID();
    }
    if (views.empty()) {
        ImGui::AlignTextToFramePadding();
        ui.muted("No views yet. Filter, sort, choose columns, and give it a name:");
        ui.beside();
    }
    const InputAnswer name = ui.input(
        "Name of the view",
        m_view_name,
        {.hint = "name, Enter keeps it", .width = ui.px(220), .take_keys = std::exchange(m_names_view, false)}
    );
    ui.beside();
    const bool pressed = ui.button("Save view", {.weight = Weight::primary, .enabled = !m_view_name.empty()});
    ui.beside();
    if (ui.button("Done", {.weight = Weight::quiet})) m_shows_views = false;
    ui.card_end();
    if ((pressed || name.entered) && !m_view_name.empty()) save_view(console, type);
    if (!wanted.empty()) {
        apply_view(console, wanted);
        ask();
    }
    if (gone.empty()) return;
    const boost::json::value before = console.preferences.get("views/" + type.name, gone);
    console.preferences.set("views/" + type.name, gone, nullptr);
    if (m_view == gone) m_view.clear();
    console.desk.did("Forgot the view " + gone, [&console, section = "views/" + type.name, gone, before] {
        console.preferences.set(section, gone, before);
        console.desk.toast(Tone::positive, gone + " is back");
    });
}

void ListScreen::save_view(Console& console, const TypeInfo& type)
{
    boost::json::object view{{"search", m_sought}};
    boost::json::array filters;
    for (const Filter& filter : m_filters)
        filters.push_back(filter_json(filter));
    view["filters"] = std::move(filters);
    view["sort"]
        = boost::json::object{{"column", m_grid.sort().column}, {"descending", m_grid.sort().descending}};
    boost::json::array columns;
    for (const GridColumn& column : m_grid.columns())
        if (!column.hidden) columns.emplace_back(column.key);
    view["columns"] = std::move(columns);
    const std::string name = clean_line(m_view_name, 80);
    const boost::json::value before = console.preferences.get("views/" + type.name, name);
    if (!console.preferences.set("views/" + type.name, name, std::move(view)))
        console.desk.toast(
            Tone::warning,
            "The view is kept until the console ends: cannot write " + console.preferences.file().native()
        );
    else
        console.desk.did(
            (before.is_null() ? "Saved the view " : "Saved anew the view ") + name,
            [&console, section = "views/" + type.name, name, before] {
                console.preferences.set(section, name, before);
                console.desk.toast(Tone::positive, "The view " + name + " is as before");
            }
        );
    m_view = name;
    m_view_name.clear();
    m_shows_views = false;
}

void ListScreen::apply_view(Console& console, const std::string& name)
{
    const auto& view = console.preferences.get("views/" + m_type, name);
    if (view.is_null()) {
        console.desk.toast(Tone::warning, "There is no view " + name + " any more");
        return;
    }
    m_view = name;
    m_filters.clear();
    for (const auto& filter : array_at(view, "filters"))
        m_filters.push_back(read_filter(filter));
    m_search = m_sought = text_at(view, "search");
    m_grid.set_sort({text_at(at(view, "sort"), "column"), flag_at(at(view, "sort"), "descending")});
    const auto& shown = array_at(view, "columns");
    std::vector<GridColumn> columns;
    for (const auto& key : shown) // in their order; fields that are gone are left out
        for (const GridColumn& column : m_grid.columns())
            if (column.key == text_of(key)) {
                columns.push_back(column);
                columns.back().hidden = false;
            }
    for (const GridColumn& column : m_grid.columns())
        if (std::ranges::find(columns, column.key, &GridColumn::key) == columns.end()) {
            columns.push_back(column);
            columns.back().hidden = true;
        }
    if (!shown.empty()) m_grid.set_columns(std::move(columns));
    m_grid.set_cursor(0);
}

void ListScreen::draw_export(Console& console, const TypeInfo& type)
{
    Ui& ui = console.ui;
    ui.card_begin("export", ImGui::GetContentRegionAvail().x);
    if (m_export && m_export->is_running()) {
        const std::int64_t total = std::max<std::int64_t>(m_rows.count(), 1);
        ui.progress(
            static_cast<double>(m_export->rows()) / static_cast<double>(total),
            with_separators(m_export->rows()) + " of " + with_separators(m_rows.count()) + " rows into "
                + m_export->file().native(),
            ui.px(520)
        );
        ui.beside();
        if (ui.button("Cancel the export")) m_export->cancel();
        ui.card_end();
        return;
    }
    if (m_file.empty()) m_file = home_file(lower(type.plural_label()) + ".csv");
    const InputAnswer file = ui.input(
        "File to write",
        m_file,
        {.hint = "path of a CSV file on this machine",
         .width = ui.px(420),
         .take_keys = std::exchange(m_names_file, false),
         .is_wrong = m_export_error.has_value()}
    );
    ui.beside();
    const bool pressed = ui.button(
        "Export " + counted(m_rows.count(), "row", "rows"),
        {.weight = Weight::primary, .enabled = m_rows.is_counted() && !m_file.empty()}
    );
    bool replaces = false;
    if (m_export_error && m_export_error->code == ErrorCode::exists) {
        ui.beside();
        replaces = ui.button("Replace it", {.weight = Weight::danger});
    }
    ui.beside();
    if (ui.button("Done", {.weight = Weight::quiet})) m_shows_export = false;
    if (m_export_error)
        ui.note(Icon::error, m_export_error->message + ": " + m_export_error->hint, Tone::danger);
    else
        ui.small("Exactly the rows, columns and order that are shown: " + count_text(type) + ".");
    ui.card_end();
    if (pressed || file.entered || replaces) begin_export(console, replaces);
}

void ListScreen::begin_export(Console& console, bool replace)
{
    RowQuery query{.type = m_type, .filters = m_filters, .search = m_sought, .sort = m_grid.sort()};
    std::vector<std::string> labels;
    for (const GridColumn& column : m_grid.columns()) {
        if (column.hidden) continue;
        query.fields.push_back(column.key);
        labels.push_back(column.label);
    }
    if (!m_export) m_export = std::make_unique<CsvExport>(console.store);
    m_export_error.reset();
    if (const auto begun = m_export->start(m_file, std::move(query), std::move(labels), replace); !begun)
        m_export_error = begun.error();
}

void ListScreen::follow_export(Console& console)
{
    if (!m_export) return;
    const auto outcome = m_export->take_outcome();
    if (!outcome) return;
    if (*outcome) {
        m_shows_export = false;
        console.desk.toast(
            Tone::positive, counted(**outcome, "row", "rows") + " written into " + m_export->file().native()
        );
    } else if (outcome->error().code == ErrorCode::cancelled) {
        console.desk.toast(Tone::info, "The export was cancelled; no file was written");
    } else {
        m_export_error = outcome->error();
        console.desk.tell(outcome->error());
    }
}

} // namespace mortise::ui
