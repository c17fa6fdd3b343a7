#include "base/json_read.hpp"
#include "panels/list_screen.hpp"

#include <algorithm>
#include <array>

namespace mortise::ui {
namespace {

constexpr std::array tests{
    Test::contains, Test::is, Test::is_not, Test::at_least, Test::at_most, Test::is_empty, Test::is_not_empty
};

bool needs_value(Test test)
{
    return test != Test::is_empty && test != Test::is_not_empty;
}

} // namespace

void ListScreen::draw_filter_editor(Console& console, const TypeInfo& type)
{
    Ui& ui = console.ui;
    std::vector<std::string> labels;
    std::vector<std::string> names;
    for (const FieldInfo& field : type.fields) {
        if (field.is_archived || field.kind == "json") continue;
        labels.push_back(field.label);
        names.push_back(field.name);
    }
    if (names.empty()) return;
    if (m_new_filter.field.empty()) m_new_filter.field = names.front();
    auto chosen = static_cast<std::size_t>(std::ranges::find(names, m_new_filter.field) - names.begin());
    ui.card_begin("filter", ImGui::GetContentRegionAvail().x);
    if (const auto taken = ui.choice("Field to filter by", labels, chosen, ui.px(200))) {
        m_new_filter = {.field = names[*taken]};
    }
    ui.beside();
    std::vector<std::string> words;
    for (const Test test : tests)
        words.emplace_back(words_of(test));
    const auto test = static_cast<std::size_t>(std::ranges::find(tests, m_new_filter.test) - tests.begin());
    if (const auto taken = ui.choice("How to compare", words, test, ui.px(140)))
        m_new_filter.test = tests.at(*taken);
    ui.beside();
    bool is_wanted = false;
    if (needs_value(m_new_filter.test)) {
        const InputAnswer value
            = ui.input("Value to filter by", m_new_filter.value, {.hint = "value", .width = ui.px(220)});
        is_wanted = value.entered;
        ui.beside();
    }
    is_wanted = ui.button("Add filter", {.weight = Weight::primary}) || is_wanted;
    ui.beside();
    if (ui.button("Done", {.weight = Weight::quiet})) m_shows_filters = false;
    if (m_values_of != m_new_filter.field) ask_values(console, type);
    draw_values(console, type);
    ui.card_end();
    if (!is_wanted || (needs_value(m_new_filter.test) && m_new_filter.value.empty())) return;
    m_filters.push_back(m_new_filter);
    m_new_filter.value.clear();
    ask();
}

void ListScreen::ask_values(Console& console, const TypeInfo& type)
{
    m_values_of = m_new_filter.field;
    m_rows_of_values.clear();
    m_values_call = {};
    const FieldInfo* field = type.find(m_values_of);
    if (!field || field->is_money() || !field->is_simple()) return;
    const std::string name = "t." + sql_name(field->name);
    const TypeInfo* target = field->is_reference() ? console.store.type(field->reference) : nullptr;
    const bool has_title = target && !target->title_field.empty();
    const std::string value = has_title ? "r." + sql_name(target->title_field) : name;
    const std::string join = has_title ? " JOIN " + sql_name(target->name) + " r ON r.id = " + name : "";
    m_values_call = console.link.call(
        "query.run",
        {{"sql",
          "SELECT " + value + ", count(*) FROM " + sql_name(type.name) + " t" + join + " WHERE " + name
              + " IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 12"}},
        [](const Result<boost::json::value>&) {},
        [this](const boost::json::value& part) {
            for (const auto& row : array_at(part, "rows"))
                if (array_of(row).size() > 1)
                    m_rows_of_values.emplace_back(text_of(array_of(row)[0]), integer_of(array_of(row)[1]));
        }
    );
}

void ListScreen::draw_values(Console& console, const TypeInfo& type)
{
    Ui& ui = console.ui;
    const FieldInfo* field = type.find(m_values_of);
    for (std::size_t i = 0; i < m_rows_of_values.size(); ++i) {
        const auto& [value, count] = m_rows_of_values[i];
        const std::string shown = field && field->kind == "enum" ? field->words_for(value) : value;
        ImGui::PushID(static_cast<int>(i));
        const std::string label = shown + "  " + with_separators(count);
        const float wanted = ui.width_of(ui.theme().fonts().strong, clean_line(label)) + ui.px(32);
        if (i > 0) ui.beside(4);
        if (i > 0 && ImGui::GetContentRegionAvail().x < wanted + ui.px(20)) ImGui::NewLine();
        if (ui.button(label, {.weight = Weight::quiet, .tip = "Show these"})) {
            m_filters.push_back({m_new_filter.field, Test::is, value});
            ask();
        }
        ImGui::PopID();
    }
}

void ListScreen::draw_columns(Console& console, const TypeInfo& type)
{
    static_cast<void>(type);
    Ui& ui = console.ui;
    ui.card_begin("columns", ImGui::GetContentRegionAvail().x);
    bool changed = false;
    const float width = ui.px(170);
    const int per_line
        = std::max(1, static_cast<int>((ImGui::GetContentRegionAvail().x - ui.px(28)) / width));
    const float left = ImGui::GetCursorPosX();
    int at = 0;
    for (GridColumn& column : m_grid.columns()) {
        if (at % per_line != 0) ImGui::SameLine(left + width * static_cast<float>(at % per_line));
        bool shown = !column.hidden;
        ImGui::PushID(at++);
        if (ui.check(column.label, shown)) {
            column.hidden = !shown;
            changed = true;
        }
        ImGui::PopID();
    }
    if (ui.button("Done", {.weight = Weight::quiet})) m_shows_columns = false;
    ui.card_end();
    const auto& columns = m_grid.columns();
    if (std::ranges::all_of(columns, &GridColumn::hidden) && !columns.empty())
        m_grid.columns().front().hidden = false;
    if (changed) ask();
}

void ListScreen::draw_marked(Console& console, const TypeInfo& type)
{
    Ui& ui = console.ui;
    const auto count = static_cast<std::int64_t>(m_grid.selection().size());
    ui.strong(counted(count, "row marked", "rows marked"));
    ui.beside(14);
    if (ui.button("Change a field", {.icon = Icon::edit, .keys = "b"})) m_shows_bulk = !m_shows_bulk;
    ui.beside();
    if (ui.button("Delete", {.icon = Icon::trash, .weight = Weight::danger})) remove_marked(console, type);
    ui.beside();
    if (ui.button("Unmark all", {.weight = Weight::quiet})) m_grid.selection().clear();
    if (m_shows_bulk) draw_bulk(console, type);
}

void ListScreen::draw_bulk(Console& console, const TypeInfo& type)
{
    Ui& ui = console.ui;
    std::vector<std::string> labels;
    std::vector<std::string> names;
    for (const FieldInfo& field : type.fields) {
        if (field.is_archived || !field.is_simple() || field.is_reference()) continue;
        labels.push_back(field.label);
        names.push_back(field.name);
    }
    if (names.empty()) return;
    if (m_bulk_field.empty()) m_bulk_field = names.front();
    ui.card_begin("bulk", ImGui::GetContentRegionAvail().x);
    const auto chosen = static_cast<std::size_t>(std::ranges::find(names, m_bulk_field) - names.begin());
    if (const auto taken = ui.choice("Field to change", labels, chosen, ui.px(200)))
        m_bulk_field = names[*taken];
    const FieldInfo* field = type.find(m_bulk_field);
    ui.beside();
    if (field && !field->options.empty()) {
        const auto now = static_cast<std::size_t>(
            std::ranges::find(field->options, m_bulk_value) - field->options.begin()
        );
        if (const auto taken = ui.choice("New value", field->option_labels, now, ui.px(220)))
            m_bulk_value = field->options[*taken];
    } else {
        ui.input("New value", m_bulk_value, {.hint = "new value; empty clears it", .width = ui.px(220)});
    }
    ui.beside();
    const auto count = static_cast<std::int64_t>(m_grid.selection().size());
    if (ui.button("Change " + counted(count, "row", "rows"), {.weight = Weight::primary}))
        set_marked(console, type);
    // Old and new, before anything is written.
    std::string olds;
    GridColumn column;
    column.key = m_bulk_field;
    std::int64_t shown = 0;
    for (std::int64_t row = 0; row < m_rows.count() && row < 5'000 && shown < 6; ++row)
        if (m_grid.selection().contains(m_rows.key(row))) {
            const auto cell = m_rows.cell(row, column);
            const std::string old = cell ? cell->text : std::string{};
            olds += (olds.empty() ? "" : ",  ") + m_rows.title(row) + ": " + (old.empty() ? "(empty)" : old);
            ++shown;
        }
    ui.small(
        olds + (count > shown ? ", ..." : "") + "  \xE2\x86\x92  "
        + (m_bulk_value.empty() ? "(empty)" : m_bulk_value)
    );
    ui.card_end();
}

void ListScreen::set_marked(Console& console, const TypeInfo& type)
{
    const FieldInfo* field = type.find(m_bulk_field);
    if (!field) return;
    for (const std::int64_t id : m_grid.selection())
        m_calls.push_back(console.link.call(
            "records.update",
            {{"type", m_type},
             {"id", std::to_string(id)},
             {"values", {{m_bulk_field, parse_edit(*field, m_bulk_value)}}}},
            [this, &console, label = field->label](const Result<boost::json::value>& answer) {
                if (!answer) return console.desk.tell(answer.error());
                console.desk.did(text_at(at(*answer, "record"), "name") + ": " + label + " changed", *answer);
                m_rows.refresh();
            }
        ));
    m_shows_bulk = false;
    m_grid.selection().clear();
}

void ListScreen::remove_marked(Console& console, const TypeInfo& type)
{
    const auto count = static_cast<std::int64_t>(m_grid.selection().size());
    const std::string what = counted(count, lower(type.label), lower(type.plural_label()));
    std::string names;
    int shown = 0;
    for (std::int64_t row = 0; row < m_rows.count() && row < 5'000 && shown < 5; ++row)
        if (m_grid.selection().contains(m_rows.key(row)))
            names += (shown++ > 0 ? ", " : "") + m_rows.title(row);
    console.desk.ask(
        {.title = "Delete " + what + "?",
         .text = names + (count > shown ? " and " + with_separators(count - shown) + " more" : "")
             + ". Their history stays, and Ctrl+Z or the deleted list brings them back.",
         .action = "Delete " + what,
         .is_dangerous = true,
         .run =
             [this, &console] {
                 for (const std::int64_t id : m_grid.selection())
                     m_calls.push_back(console.link.call(
                         "records.delete",
                         {{"type", m_type}, {"id", std::to_string(id)}},
                         [this, &console](const Result<boost::json::value>& answer) {
                             if (!answer) return console.desk.tell(answer.error());
                             console.desk.did("Deleted " + text_at(at(*answer, "record"), "name"), *answer);
                             m_rows.refresh();
                         }
                     ));
                 m_grid.selection().clear();
             }}
    );
}

} // namespace mortise::ui
