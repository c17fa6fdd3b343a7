#include "views/tab_view.hpp"

#include "base/json_read.hpp"
#include "views/chart_view.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace mortise::ui {

using namespace std::chrono_literals;

ViewData::ViewData(Console& console, boost::json::value source, boost::json::value record)
    : m_source(std::move(source)),
      m_record(std::move(record)),
      m_rows{console.link} // braces would make an array
{
}

bool ViewData::is_ready() const
{
    return m_command ? m_command->value() != nullptr : m_rows.is_done() || m_rows.version() > 0;
}

const std::optional<Error>& ViewData::error() const
{
    return m_command ? m_command->error() : m_rows.error();
}

const boost::json::array& ViewData::answer_rows() const
{
    static const boost::json::array none{};
    if (!answer()) return none;
    if (answer()->is_array()) return answer()->get_array();
    // A command answers an object; its rows are the list in it.
    for (const auto& [name, value] : object_of(*answer()))
        if (value.is_array() && (value.get_array().empty() || value.get_array()[0].is_object()))
            return value.get_array();
    return none;
}

void ViewData::keep_fresh(Console& console, std::chrono::milliseconds age)
{
    if (console.link.state() != LinkState::open) return;
    const bool is_old = console.clock.steady() - m_asked_at > age || m_session != console.link.session();
    if (m_is_asked && !is_old) return;
    if (!console.store.views.value()) return;
    ask(console);
}

/// What people read for the options of the field that a query's column names, "TYPE.FIELD".
static std::map<std::string, std::string, std::less<>>
words_of_column(Console& console, const boost::json::value& column)
{
    std::map<std::string, std::string, std::less<>> words;
    const std::string path = text_at(column, "field");
    const std::size_t dot = path.find('.');
    const TypeInfo* type = dot == std::string::npos ? nullptr : console.store.type(path.substr(0, dot));
    if (const FieldInfo* field = type ? type->find(path.substr(dot + 1)) : nullptr)
        for (const std::string& option : field->options)
            words.emplace(option, field->words_for(option));
    return words;
}

void ViewData::ask(Console& console)
{
    m_is_asked = true;
    m_session = console.link.session();
    m_asked_at = console.clock.steady();
    const boost::json::value as_action(boost::json::object{{"arguments", at(m_source, "arguments")}});
    boost::json::object arguments = filled(as_action, m_record);
    if (const std::string command = text_at(m_source, "command"); !command.empty()) {
        if (!m_command)
            m_command = std::make_unique<Resource>(
                console.link,
                console.clock,
                "commands.call",
                boost::json::object{{"name", command}, {"arguments", arguments}}
            );
        m_command->refresh();
        return;
    }
    const std::string name = text_at(m_source, "query");
    const boost::json::value* query = console.store.query(name);
    if (!query) {
        m_trouble = name.empty() ? "this view has a source that this console does not know"
                                 : "there is no query " + name;
        return;
    }
    std::vector<QueryColumn> columns;
    for (const auto& column : array_at(*query, "columns"))
        columns.push_back(
            {text_at(column, "name"),
             text_at(column, "kind"),
             text_at(column, "label"),
             text_at(column, "reference"),
             text_at(column, "currency"),
             words_of_column(console, column)}
        );
    m_rows.describe(std::move(columns));
    for (auto& [key, value] : arguments) // ids are texts in the API and numbers in SQL
        if (const std::int64_t id = integer_of(value, -1); value.is_string() && id >= 0) value = id;
    m_rows.run(text_at(*query, "sql"), std::move(arguments));
}

TabView::TabView(Console& console, boost::json::value view, boost::json::value record)
    : m_view(std::move(view)),
      m_record(std::move(record)),
      m_data{console, at(m_view, "source"), m_record},
      m_rows{m_data.rows(), console.clock}
{
}

std::string TabView::title() const
{
    return text_at(m_view, "title");
}

boost::json::value TabView::subject()
{
    if (m_data.command() || m_rows.count() == 0) return m_record;
    boost::json::object subject = object_of(m_record);
    for (auto& [name, value] : m_rows.row(m_grid.cursor()))
        subject[name] = std::move(value);
    return subject;
}

void TabView::run(Console& console, const boost::json::value& action)
{
    console.desk.run_command(text_at(action, "command"), filled(action, subject()), [this] {
        m_data.refresh();
    });
}

std::vector<Action> TabView::actions(Console& console)
{
    std::vector<Action> actions;
    const boost::json::value about = subject();
    for (const auto& action : array_at(m_view, "actions")) {
        const std::string name = text_at(action, "command");
        const auto* command = console.store.command(name);
        std::string label = text_at(action, "label");
        if (label.empty()) label = command ? text_at(boost::json::value(*command), "title") : name;
        actions.push_back(
            {.id = "view." + name,
             .title = std::move(label),
             .group = title(),
             .keys = actions.size() < 9 ? std::to_string(actions.size() + 1) : std::string{},
             .icon = Icon::bolt,
             .run = [this, &console, action] { run(console, action); },
             .why_not = !command                  ? "its plugin is off"
                 : !action_applies(action, about) ? "not for this row"
                                                  : ""}
        );
    }
    return actions;
}

void TabView::draw_actions(Console& console)
{
    Ui& ui = console.ui;
    bool is_first = true;
    for (const Action& action : actions(console)) {
        if (!std::exchange(is_first, false)) ui.beside();
        if (ui.button(
                action.title,
                {.icon = action.icon,
                 .enabled = action.why_not.empty(),
                 .tip = action.why_not,
                 .keys = action.keys}
            ))
            action.run();
    }
}

void TabView::draw_age(Console& console)
{
    if (console.link.state() != LinkState::open && m_data.is_ready())
        console.ui.note(
            Icon::offline,
            "As it was " + span_text(m_data.age(console)) + " ago: the host is away",
            Tone::warning
        );
}

void TabView::draw(Console& console)
{
    Ui& ui = console.ui;
    m_data.keep_fresh(console, 30s);
    draw_actions(console);
    draw_age(console);
    if (!m_data.trouble().empty()) {
        ui.note(Icon::warning, title() + " cannot be shown: " + m_data.trouble(), Tone::warning);
        return;
    }
    if (!m_data.is_ready()) {
        if (m_data.error())
            draw_error(console, *m_data.error(), lower(title()), [this] { m_data.refresh(); });
        else
            ui.message(Icon::clock, "Loading " + lower(title()), "");
        return;
    }
    if (m_data.error()) ui.note(Icon::error, "Not up to date: " + m_data.error()->message, Tone::danger);
    if (m_data.command()) return draw_answer(console);
    if (m_data.rows().count() == 0 && m_data.rows().is_done()) {
        const std::string empty = text_at(m_view, "empty");
        ui.message(Icon::inbox, "Nothing yet", empty.empty() ? "There is nothing to show." : empty);
        return;
    }
    const bool has_chart = at(m_view, "chart").is_object();
    const bool has_table
        = !array_at(m_view, "columns").empty() || !has_chart || text_at(m_view, "kind") != "chart";
    const float room = ImGui::GetContentRegionAvail().y;
    if (has_chart) draw_chart_part(console, has_table ? room * 0.5F : std::min(room, ui.px(460)));
    if (has_table) draw_table(console);
}

void TabView::draw_chart_part(Console& console, float height)
{
    draw_query_chart(console.ui, at(m_view, "chart"), m_data.rows(), height);
}

void TabView::take_columns(Ui& ui)
{
    if (m_version == m_data.rows().version()) return;
    m_version = m_data.rows().version();
    std::vector<GridColumn> all = m_data.rows().grid_columns();
    const auto& wanted = array_at(m_view, "columns");
    if (wanted.empty()) return m_grid.set_columns(std::move(all));
    std::vector<GridColumn> columns;
    for (const auto& one : wanted) {
        const std::size_t index = m_data.rows().column_named(text_at(one, "field"));
        if (index >= all.size()) continue;
        GridColumn column = all[index];
        if (const std::string label = text_at(one, "label"); !label.empty()) column.label = label;
        if (const double width = number_of(at(one, "width"), 0); width > 0)
            column.width = static_cast<float>(std::clamp(width, 0.5, 8.0)) * 90;
        if (std::string format = text_at(one, "format"); !format.empty())
            m_rows.set_format(column.key, std::move(format));
        columns.push_back(std::move(column));
    }
    // All of them are seen if that leaves enough of each.
    float total = 0;
    for (const GridColumn& column : columns)
        total += ui.px(column.width);
    const float share
        = std::clamp((ImGui::GetContentRegionAvail().x - ui.px(16)) / std::max(total, 1.0F), 0.6F, 1.0F);
    for (GridColumn& column : columns)
        column.width *= share;
    m_grid.set_columns(std::move(columns));
}

std::vector<std::string> TabView::cut_texts(Console& console)
{
    Ui& ui = console.ui;
    std::vector<std::string> texts;
    for (const GridColumn& column : m_grid.columns()) {
        const auto cell = m_rows.cell(m_grid.cursor(), column);
        if (!cell || ui.width_of(ui.theme().fonts().body, cell->text) <= ui.px(column.width - 18)) continue;
        texts.push_back(column.label + ": " + clean_line(cell->text));
    }
    return texts;
}

void TabView::draw_cut_texts(Console& console)
{
    for (const std::string& text : cut_texts(console))
        console.ui.wrapped(text);
}

void TabView::draw_table(Console& console)
{
    take_columns(console.ui);
    QueryRows& rows = m_data.rows();
    const auto below = static_cast<float>(std::min<std::size_t>(cut_texts(console).size(), 4));
    const float room = ImGui::GetContentRegionAvail().y;
    const float height = below > 0 ? std::max(room - console.ui.px(12 + 26 * below), room / 2) : 0;
    const GridAnswer answer = m_grid.draw(console.ui, title(), m_rows, height);
    draw_cut_texts(console);
    if (answer.sorted) rows.sort(m_grid.sort());
    if (!answer.opened) return;
    for (std::size_t i = 0; i < rows.columns().size(); ++i) // the first that names a record
        if (const QueryColumn& column = rows.columns()[i];
            !column.reference.empty() && !rows.value(*answer.opened, i).is_null())
            return console.desk.open(
                "record/" + column.reference + '/' + text_of(rows.value(*answer.opened, i))
            );
}

void TabView::draw_answer(Console& console)
{
    Ui& ui = console.ui;
    const auto& list = m_data.answer_rows();
    for (const auto& [name, value] : object_of(*m_data.answer())) { // single figures
        if (value.is_array() || value.is_null()) continue;
        const std::string text = value.is_object()
            ? grouped_digits(text_at(value, "amount")) + ' ' + text_at(value, "currency")
            : text_of(value);
        ui.small(words_of(std::string{name}));
        ui.beside(6);
        ui.strong(text);
        ui.beside(20);
    }
    ImGui::NewLine();
    if (list.empty()) {
        ui.message(Icon::inbox, "No rows", text_at(m_view, "empty"));
        return;
    }
    if (m_answer_version != m_data.command()->version()) {
        m_answer_version = m_data.command()->version();
        std::vector<GridColumn> columns;
        for (const auto& [name, value] : object_of(list[0])) {
            const bool is_number = value.is_number() || value.is_object();
            columns.push_back(
                {.key = std::string{name},
                 .label = words_of(std::string{name}),
                 .width = 150,
                 .align = is_number ? Align::right : Align::left}
            );
        }
        m_grid.set_columns(std::move(columns));
    }
    m_answer_rows.show(list, m_answer_version, m_grid.sort());
    const float room = ImGui::GetContentRegionAvail().y;
    if (draw_answer_chart(ui, at(m_view, "chart"), list, room * 0.45F)) ui.gap(4);
    m_grid.draw(ui, title(), m_answer_rows);
}

} // namespace mortise::ui
