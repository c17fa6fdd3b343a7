#include "panels/list_screen.hpp"

#include "base/json_read.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace mortise::ui {
namespace {

constexpr std::array contact_columns{
    "name", "kind", "email", "phone", "organisation", "job_title", "lifecycle", "country", "updated_at"
};

std::vector<std::string> usual_columns(const TypeInfo& type)
{
    std::vector<std::string> columns;
    if (type.name == "contact") {
        for (const char* const name : contact_columns)
            if (type.find(name) || std::string_view{name} == "updated_at") columns.emplace_back(name);
        return columns;
    }
    if (type.find(type.title_field)) columns.push_back(type.title_field);
    for (const FieldInfo& field : type.fields)
        if (columns.size() < 8 && field.name != type.title_field && field.is_simple() && !field.is_archived)
            columns.push_back(field.name);
    columns.emplace_back("updated_at");
    return columns;
}

float width_of(const FieldInfo& field, bool is_title)
{
    if (is_title) return 200;
    if (field.kind == "email") return 230;
    if (field.name == "job_title") return 160;
    if (field.kind == "email" || field.kind == "url" || field.is_reference()) return 190;
    if (field.kind == "bool" || field.kind == "int" || field.kind == "percent") return 90;
    if (field.kind == "enum") return 110;
    return 130;
}

} // namespace

ListScreen::ListScreen(Console& console, std::string type, ListLook look)
    : m_type{std::move(type)},
      m_label{words_of(m_type)},
      m_look{std::move(look)},
      m_rows{console.store}
{
    m_grid.set_selectable(true);
    m_filters = m_look.filters;
}

std::string ListScreen::title() const
{
    if (!m_view.empty()) return m_view;
    return m_look.title.empty() ? m_label : m_look.title;
}

void ListScreen::set_up(Console& console, const TypeInfo& type)
{
    m_is_set_up = true;
    m_type = type.name;
    m_label = type.plural_label();
    const std::vector<std::string> usual = m_look.columns.empty() ? usual_columns(type) : m_look.columns;
    std::vector<GridColumn> columns;
    const auto add = [&](const std::string& name, bool hidden) {
        if (const FieldInfo* field = type.find(name)) {
            columns.push_back(
                {.key = name,
                 .label = field->label,
                 .width = width_of(*field, name == type.title_field),
                 .align = field->is_number() ? Align::right : Align::left,
                 .sortable = true,
                 .editable = field->is_simple() && !field->is_reference(),
                 .hidden = hidden}
            );
        } else {
            columns.push_back({.key = name, .label = words_of(name), .width = 130, .hidden = hidden});
        }
    };
    for (const std::string& name : usual)
        add(name, false);
    for (const FieldInfo& field : type.fields)
        if (std::ranges::find(usual, field.name) == usual.end() && !field.is_archived) add(field.name, true);
    for (const std::string name : {"id", "created_at", "updated_at"})
        if (std::ranges::find(usual, name) == usual.end()) add(name, true);
    m_grid.set_columns(std::move(columns));
    m_grid.set_sort(m_look.sort);
    if (!m_look.view.empty()) apply_view(console, m_look.view);
    ask();
}

void ListScreen::ask()
{
    RowQuery query{.type = m_type, .filters = m_filters, .search = m_sought, .sort = m_grid.sort()};
    for (const GridColumn& column : m_grid.columns())
        if (!column.hidden && column.key != "id") query.fields.push_back(column.key);
    m_rows.ask(std::move(query));
}

void ListScreen::clear_filters()
{
    m_filters.clear();
    m_search.clear();
    m_sought.clear();
    ask();
}

std::string ListScreen::count_text(const TypeInfo& type) const
{
    if (!m_rows.is_counted()) return "counting...";
    const std::string one = lower(type.label);
    const std::string many = lower(type.plural_label());
    if (m_filters.empty() && m_sought.empty()) return counted(m_rows.count(), one, many);
    std::string text = with_separators(m_rows.count());
    if (m_rows.total() >= 0)
        text += " of " + counted(m_rows.total(), one, many) + ", "
            + with_separators(m_rows.total() - m_rows.count()) + " hidden by the filter";
    return text;
}

void ListScreen::draw(Console& console)
{
    std::erase_if(m_calls, [](const Ticket& call) { return !call.is_under_way(); });
    const TypeInfo* type = console.store.type(m_type);
    if (!type) {
        if (draw_state(console, console.store.types_list, "record types"))
            console.ui.message(
                Icon::info,
                "There is no record type " + m_type,
                "The plugin that brings it may be off. See Plugins, or Record types for those that there are."
            );
        return;
    }
    if (!m_is_set_up) set_up(console, *type);
    m_rows.follow();
    follow_export(console);
    draw_bar(console, *type);
    draw_filters(console, *type);
    if (m_shows_filters) draw_filter_editor(console, *type);
    if (m_shows_columns) draw_columns(console, *type);
    if (m_shows_views) draw_views(console, *type);
    if (m_shows_export) draw_export(console, *type);
    if (!m_grid.selection().empty()) draw_marked(console, *type);
    draw_grid(console, *type);
}

void ListScreen::draw_bar(Console& console, const TypeInfo& type)
{
    Ui& ui = console.ui;
    const InputAnswer search = ui.input(
        "Search",
        m_search,
        {.hint = "Search " + lower(type.plural_label()) + "   /",
         .width = ui.px(280),
         .take_keys = std::exchange(m_takes_search, false)}
    );
    if (search.changed) {
        m_sought = m_search;
        m_grid.set_cursor(0);
        ask();
    }
    if (search.active && is_pressed(Key::escape)) m_search.clear();
    ui.beside();
    if (ui.button("Filter", {.icon = Icon::filter, .tip = "Show only some", .keys = "Ctrl+F"}))
        m_shows_filters = !m_shows_filters;
    ui.beside();
    if (ui.button("Columns", {.icon = Icon::columns, .tip = "Which are shown"}))
        m_shows_columns = !m_shows_columns;
    ui.beside();
    if (ui.button("Views", {.icon = Icon::list, .tip = "Saved views of this list", .keys = "v"}))
        m_shows_views = m_names_view = !m_shows_views;
    ui.beside();
    if (ui.button("Export", {.icon = Icon::export_, .tip = "What is shown, as a file"}))
        m_shows_export = m_names_file = !m_shows_export;
    ui.beside(14);
    ImGui::AlignTextToFramePadding();
    ui.muted(count_text(type));
    const std::string create = "New " + lower(type.label);
    ui.to_right(ui.button_width(create, Icon::plus));
    if (ui.button(
            create,
            {.icon = Icon::plus,
             .weight = Weight::primary,
             .keys = type.name == "contact" ? "Ctrl+Shift+N" : "n"}
        ))
        console.desk.create_record(
            type.name,
            type.name == "contact" ? boost::json::object{{"kind", "person"}} : boost::json::object{}
        );
}

void ListScreen::draw_filters(Console& console, const TypeInfo& type)
{
    if (m_filters.empty()) return;
    Ui& ui = console.ui;
    std::optional<std::size_t> removed;
    for (std::size_t i = 0; i < m_filters.size(); ++i) {
        const Filter& filter = m_filters[i];
        const FieldInfo* field = type.find(filter.field);
        const std::string text = (field ? field->label : words_of(filter.field)) + ' '
            + std::string{words_of(filter.test)} + (filter.value.empty() ? "" : " " + words_of(filter.value));
        ImGui::PushID(static_cast<int>(i));
        if (ui.button(text, {.icon = Icon::close, .tip = "Press to take this filter away"})) removed = i;
        ImGui::PopID();
        ui.beside(6);
    }
    if (ui.button("Clear all", {.weight = Weight::quiet})) clear_filters();
    if (!removed) return;
    m_filters.erase(m_filters.begin() + static_cast<std::ptrdiff_t>(*removed));
    ask();
}

void ListScreen::draw_grid(Console& console, const TypeInfo& type)
{
    Ui& ui = console.ui;
    if (m_rows.error()) {
        draw_error(console, *m_rows.error(), lower(type.plural_label()), [this] { m_rows.refresh(); });
        return;
    }
    if (m_rows.is_counted() && m_rows.count() == 0) {
        const bool is_filtered = !m_filters.empty() || !m_sought.empty();
        if (is_filtered) {
            if (ui.message(
                    Icon::filter,
                    "The filter hides all",
                    "There are "
                        + (m_rows.total() >= 0 ? with_separators(m_rows.total()) : std::string{"some"})
                        + " without it.",
                    "Clear the filter"
                ))
                clear_filters();
            return;
        }
        const std::string text
            = m_look.empty.empty() ? "They come by an import, by a plugin, or one by one." : m_look.empty;
        if (ui.message(
                icon_named(type.name),
                "No " + lower(type.plural_label()) + " yet",
                text,
                "New " + lower(type.label)
            ))
            console.desk.create_record(type.name);
        return;
    }
    const GridAnswer answer = m_grid.draw(ui, "records", m_rows);
    if (answer.sorted) ask();
    if (answer.opened)
        if (const std::int64_t id = m_rows.key(*answer.opened); id >= 0)
            console.desk.open("record/" + m_type + '/' + std::to_string(id));
    if (answer.edited) edit(console, type, *answer.edited);
    if (answer.filter_wish) {
        const bool is_nothing = answer.filter_wish->text.empty();
        m_filters.push_back(
            {answer.filter_wish->column, is_nothing ? Test::is_empty : Test::is, answer.filter_wish->text}
        );
        ask();
    }
}

void ListScreen::edit(Console& console, const TypeInfo& type, const GridEdit& edit)
{
    const FieldInfo* field = type.find(edit.column);
    if (!field) return;
    const std::string title = m_rows.title(edit.row);
    m_calls.push_back(console.link.call(
        "records.update",
        {{"type", m_type},
         {"id", std::to_string(m_rows.key(edit.row))},
         {"version", m_rows.version(edit.row)},
         {"values", {{edit.column, parse_edit(*field, edit.text)}}}},
        [this, &console, title, label = field->label](const Result<boost::json::value>& answer) {
            m_rows.refresh();
            if (answer) return console.desk.did(title + ": " + label + " changed", *answer);
            if (answer.error().code == ErrorCode::conflict)
                return console.desk.toast(
                    Tone::warning,
                    "Not saved: somebody else changed " + title + " meanwhile. It is shown as it is now."
                );
            console.desk.tell(answer.error());
        }
    ));
}

std::vector<Action> ListScreen::actions(Console& console)
{
    const TypeInfo* type = console.store.type(m_type);
    const std::string group = title();
    std::vector<Action> actions{
        {.id = "list.search",
         .title = "Search this list",
         .group = group,
         .keys = "/",
         .icon = Icon::search,
         .run = [this] { m_takes_search = true; }},
        {.id = "list.filter",
         .title = "Filter this list",
         .group = group,
         .keys = "Ctrl+F",
         .icon = Icon::filter,
         .run = [this] { m_shows_filters = !m_shows_filters; }},
        {.id = "list.columns",
         .title = "Choose columns",
         .group = group,
         .icon = Icon::columns,
         .run = [this] { m_shows_columns = !m_shows_columns; }},
        {.id = "list.views",
         .title = "Saved views of this list",
         .group = group,
         .keys = "v",
         .icon = Icon::list,
         .run = [this] { m_shows_views = m_names_view = !m_shows_views; }},
        {.id = "list.export",
         .title = "Export what is shown",
         .group = group,
         .icon = Icon::export_,
         .run = [this] { m_shows_export = m_names_file = true; }},
        {.id = "list.refresh",
         .title = "Refresh",
         .group = group,
         .keys = "F5",
         .icon = Icon::refresh,
         .run = [this] { m_rows.refresh(); }},
        {.id = "list.new",
         .title = "New " + lower(type ? type->label : m_label),
         .group = group,
         .keys = "n",
         .icon = Icon::plus,
         .run = [this, &console] { console.desk.create_record(m_type); }},
        {.id = "list.clear",
         .title = "Clear the filter",
         .group = group,
         .icon = Icon::close,
         .run = [this] { clear_filters(); },
         .why_not = m_filters.empty() && m_sought.empty() ? "nothing is filtered" : ""},
    };
    const std::string nothing = m_grid.selection().empty() ? "nothing is marked" : "";
    if (type) {
        actions.push_back(
            {.id = "list.delete",
             .title = "Delete what is marked",
             .group = group,
             .icon = Icon::trash,
             .run = [this, &console, type = *type] { remove_marked(console, type); },
             .why_not = nothing}
        );
        actions.push_back(
            {.id = "list.bulk",
             .title = "Change a field of what is marked",
             .group = group,
             .keys = "b",
             .icon = Icon::edit,
             .run = [this] { m_shows_bulk = true; },
             .why_not = nothing}
        );
    }
    return actions;
}

} // namespace mortise::ui
