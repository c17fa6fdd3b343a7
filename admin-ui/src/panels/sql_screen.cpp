#include "panels/sql_screen.hpp"

#include "base/json_read.hpp"

#include <algorithm>
#include <utility>

namespace mortise::ui {

using namespace std::chrono_literals;

std::string csv_cell(std::string_view text)
{
    std::string cell;
    const bool is_formula = !text.empty()
        && (text[0] == '=' || text[0] == '@' || text[0] == '\t' || text[0] == '\r'
            || ((text[0] == '+' || text[0] == '-')
                && text.find_first_not_of("+-0123456789.,") != std::string_view::npos));
    if (is_formula) cell += '\'';
    for (const char c : text)
        cell += c == '"' ? std::string{"\"\""} : std::string{c};
    const bool must = cell.find_first_of(",\"\n\r;") != std::string::npos;
    return must ? '"' + cell + '"' : cell;
}

SqlScreen::SqlScreen(Console& console, std::string sql)
    : m_sql{std::move(sql)},
      m_rows{console.link},
      m_views{console.link, console.clock, "query.views"}
{
    m_runs_first = !m_sql.empty();
    if (m_sql.empty()) m_sql = "SELECT kind, count(*) AS contacts\nFROM contact\nGROUP BY kind";
    m_grid.set_takes_keys(false);
}

void SqlScreen::run(Console& console)
{
    if (m_sql.empty()) return;
    m_began = console.clock.steady();
    m_took = 0ms;
    m_rows.run(m_sql, {}, m_as_of);
    if (m_past.empty() || m_past.back() != m_sql) m_past.push_back(m_sql);
}

void SqlScreen::draw(Console& console)
{
    Ui& ui = console.ui;
    if (std::exchange(m_runs_first, false)) run(console);
    const float side = ui.px(230);
    ImGui::BeginChild("views", {side, 0});
    draw_views(console);
    ImGui::EndChild();
    ui.beside(12);
    ImGui::BeginChild("query");
    ui.input(
        "SQL statement",
        m_sql,
        {.mono = true, .take_keys = std::exchange(m_takes_keys, false), .height = ui.px(150)}
    );
    const bool is_running = m_rows.is_running();
    if (is_running
            ? ui.button("Stop", {.icon = Icon::close, .weight = Weight::danger})
            : ui.button("Run", {.icon = Icon::play, .weight = Weight::primary, .keys = "Ctrl+Enter"})) {
        if (is_running)
            m_rows.cancel();
        else
            run(console);
    }
    if (ImGui::GetIO().KeyCtrl && is_pressed(Key::enter) && !ui.is_blocked()) run(console);
    ui.beside();
    ui.input("As of", m_as_of, {.hint = "as of: a time, or a commit", .width = ui.px(220)});
    ui.beside();
    if (ui.button("Copy as CSV", {.enabled = m_rows.count() > 0})) {
        ImGui::SetClipboardText(as_csv().c_str());
        console.desk.toast(Tone::positive, "Copied " + counted(m_rows.count(), "row", "rows") + " as CSV");
    }
    if (m_past.size() > 1) {
        ui.beside();
        if (ui.button("The one before", {.icon = Icon::history, .weight = Weight::quiet})) {
            m_past.pop_back();
            m_sql = m_past.back();
        }
    }
    draw_answer(console);
    ImGui::EndChild();
}

void SqlScreen::draw_answer(Console& console)
{
    Ui& ui = console.ui;
    if (m_rows.error()) {
        std::string text = m_rows.error()->message;
        if (!m_rows.error()->where.empty()) text += "\nwhere: " + m_rows.error()->where;
        if (!m_rows.error()->hint.empty()) text += "\n" + m_rows.error()->hint;
        ui.note(Icon::error, text, Tone::danger);
        return;
    }
    if (m_version != m_rows.version()) {
        m_version = m_rows.version();
        m_grid.set_columns(m_rows.grid_columns());
        m_grid.set_sort({});
    }
    if (m_rows.is_done() && m_took == 0ms)
        m_took = std::max(
            1ms, std::chrono::duration_cast<std::chrono::milliseconds>(console.clock.steady() - m_began)
        );
    if (m_version == 0) {
        ui.message(
            Icon::terminal,
            "Ask in SQL",
            "One SELECT over the views at the left; docs/reference/sql.md tells the dialect. It reads and "
            "cannot write."
        );
        return;
    }
    std::string text = counted(m_rows.count(), "row", "rows");
    if (m_rows.is_running())
        text += " so far...";
    else if (m_took > 0ms)
        text += " in " + std::to_string(m_took.count()) + " ms";
    if (m_rows.was_cut())
        text += "; more than " + with_separators(QueryRows::most)
            + " are not shown: mortise query writes them all";
    ui.small(text);
    const GridAnswer answer = m_grid.draw(ui, "answer", m_rows);
    if (answer.sorted) m_rows.sort(m_grid.sort());
}

void SqlScreen::draw_views(Console& console)
{
    Ui& ui = console.ui;
    m_views.keep_fresh(60s);
    if (!draw_state(console, m_views, "the views")) return;
    for (const auto& view : array_at(*m_views.value(), "views")) {
        const std::string name = text_at(view, "name");
        ImGui::PushID(name.c_str());
        if (ui.button(
                name, {.icon = Icon::table, .weight = Weight::quiet, .tip = "Writes SELECT ... FROM " + name}
            )) {
            std::string columns;
            for (const auto& column : array_at(view, "columns"))
                if (std::ranges::count(columns, ',') < 7)
                    columns += (columns.empty() ? "" : ", ") + text_at(column, "name");
            m_sql = "SELECT " + columns + "\nFROM " + name + "\nLIMIT 100";
            m_takes_keys = true;
        }
        ImGui::PopID();
    }
}

std::string SqlScreen::as_csv() const
{
    std::string csv;
    for (std::size_t i = 0; i < m_rows.columns().size(); ++i)
        csv += (i > 0 ? "," : "") + csv_cell(m_rows.columns()[i].name);
    csv += '\n';
    for (std::int64_t row = 0; row < m_rows.count(); ++row) {
        for (std::size_t i = 0; i < m_rows.columns().size(); ++i)
            csv += (i > 0 ? "," : "") + csv_cell(text_of(m_rows.value(row, i)));
        csv += '\n';
    }
    return csv;
}

std::vector<Action> SqlScreen::actions(Console& console)
{
    return {
        {.id = "sql.run",
         .title = "Run the statement",
         .group = "SQL",
         .keys = "F5",
         .icon = Icon::play,
         .run = [this, &console] { run(console); }}
    };
}

} // namespace mortise::ui
