#include "panels/report_builder.hpp"

#include "base/json_read.hpp"
#include "shell/problem.hpp"

#include <algorithm>
#include <utility>

namespace mortise::ui {

ReportBuilder::ReportBuilder(Console& console, std::string report)
    : m_saved{console, {.type = "report", .create = "reporting.create_report", .define = "reporting.define_report", .save_new = "Save the report", .saved_new = "Saved the report "}, std::move(report)},
      m_grid{{}},
      m_behind_grid{{{.key = "title", .label = "Record", .width = 420, .sortable = false}}}
{
    m_grid.set_takes_keys(false);
    m_behind_grid.set_takes_keys(false);
}

void ReportBuilder::run(Console& console)
{
    const bool is_new_session = m_session != console.link.session();
    if (m_running.is_under_way() || console.link.state() != LinkState::open) return;
    if (m_asked == m_definition && m_asked_as_of == m_as_of && !is_new_session) return;
    m_session = console.link.session();
    m_asked = m_definition;
    m_asked_as_of = m_as_of;
    boost::json::object arguments{{"definition", m_definition}};
    if (!m_as_of.empty()) arguments["as_of"] = m_as_of;
    m_running = console.link.call(
        "commands.call",
        {{"name", "reporting.run"}, {"arguments", std::move(arguments)}},
        [this, source = at(m_definition, "source")](Result<boost::json::value> answer) {
            if (!answer) {
                m_error = std::move(answer).error();
                return;
            }
            m_error.reset();
            m_table.take(*std::move(answer), source.is_string() ? text_of(source) : std::string{});
            m_grid.set_columns(m_table.grid_columns());
            m_behind = nullptr;
        }
    );
}

std::string ReportBuilder::why_not_saved() const
{
    return m_saved.why_not_saved(m_definition, m_error ? "the report is not right yet" : "");
}

void ReportBuilder::draw(Console& console)
{
    Ui& ui = console.ui;
    if (!draw_state(console, console.store.commands, "the commands")) return;
    if (!console.store.command("reporting.run")) {
        if (ui.message(
                Icon::chart,
                "Reports need the plugin Reporting",
                "It is off, or not installed.",
                "See the plugins"
            ))
            console.desk.open("plugins/mortise.reporting");
        return;
    }
    if (!draw_state(console, console.store.types_list, "the record types")) return;
    const auto is_taken = m_saved.follow(console, m_definition, empty_report());
    if (!is_taken) return;
    if (*is_taken) m_editor.clear();
    run(console);
    draw_head(console);
    const float room = ImGui::GetContentRegionAvail().x;
    const float height = ImGui::GetContentRegionAvail().y;
    const bool is_wide = room > ui.px(1000);
    ImGui::BeginChild(
        "definition",
        {is_wide ? ui.px(570) : room, is_wide ? height : height * 0.45F},
        false,
        ImGuiWindowFlags_HorizontalScrollbar
    );
    m_editor.draw(console, m_definition, m_error ? m_error->where : std::string{});
    ImGui::EndChild();
    if (is_wide) ui.beside(14);
    ImGui::BeginChild("answer", {0, 0});
    draw_answer(console);
    ImGui::EndChild();
}

void ReportBuilder::draw_head(Console& console)
{
    Ui& ui = console.ui;
    if (m_saved.draw_head(ui, why_not_saved())) m_saved.save(console, m_definition);
    ui.beside();
    if (ui.button(
            "Export",
            {.icon = Icon::export_,
             .enabled = !m_error && !m_table.answer().is_null(),
             .tip = "As a file: table or chart"}
        ))
        m_file.is_shown = m_file.takes_keys = !m_file.is_shown;
    ui.beside();
    ui.input("As of", m_as_of, {.hint = "as of: 2026-01-31", .width = ui.px(170)});
    m_saved.draw_problem(ui);
    if (m_file.is_shown) draw_file(console);
    ui.gap(6);
}

void ReportBuilder::draw_answer(Console& console)
{
    Ui& ui = console.ui;
    if (m_error) {
        const auto after = draw_asked_problem(ui, *m_error, "No right to this report", "Ask again");
        if (after == AfterProblem::stop) return;
        if (after == AfterProblem::ask_again) m_asked = nullptr;
    }
    if (m_table.answer().is_null()) {
        if (!m_error) ui.message(Icon::clock, "Asking", "");
        return;
    }
    const bool is_old = m_running.is_under_way() || m_error || console.link.state() != LinkState::open;
    const std::string when = time_text(text_at(m_table.answer(), "at"));
    ui.small(is_old ? "by the definition before; asked at " + when + " UTC" : "at " + when + " UTC");
    const float whole = ImGui::GetContentRegionAvail().y;
    const auto kind = m_table.chart_kind(text_at(m_asked, "chart"));
    if (kind && m_table.count() > 0) {
        const float height = std::min(ui.px(240), whole * 0.38F);
        draw_chart(ui, *kind, m_table.chart(), height);
        ui.gap(6);
    }
    if (m_table.count() == 0) {
        ui.message(Icon::chart, "Nothing is counted", "No record fulfils what the report asks of it.");
        return;
    }
    const bool has_behind = !m_behind.is_null();
    draw_figures(console, has_behind ? ImGui::GetContentRegionAvail().y * 0.55F : 0);
    if (has_behind) draw_behind(console);
}

void ReportBuilder::draw_figures(Console& console, float height)
{
    Ui& ui = console.ui;
    const std::int64_t total = integer_at(m_table.answer(), "count");
    if (total > m_table.count())
        ui.small("the first " + with_separators(m_table.count()) + " of " + with_separators(total));
    ui.small("Enter, or a double click on a figure, shows the records behind it.");
    const GridAnswer answer = m_grid.draw(ui, "figures", m_table, height);
    if (!answer.opened) return;
    if (const std::string place = m_table.place_of(*answer.opened); !place.empty()) {
        console.desk.open(place);
        return;
    }
    const std::string column = m_grid.cursor_column();
    if (auto cell = m_table.behind(*answer.opened, column))
        drill(console, *std::move(cell), m_table.name_of(*answer.opened, column));
}

void ReportBuilder::drill(Console& console, boost::json::object cell, std::string name)
{
    m_behind_cell = std::move(cell);
    boost::json::object arguments = m_behind_cell;
    arguments["definition"] = m_asked;
    if (!m_asked_as_of.empty()) arguments["as_of"] = m_asked_as_of;
    arguments["limit"] = 1000;
    m_drilling = console.link.call(
        "commands.call",
        {{"name", "reporting.drill"}, {"arguments", std::move(arguments)}},
        [this, &console, name = std::move(name)](Result<boost::json::value> answer) {
            if (!answer) return console.desk.tell(answer.error());
            m_behind = *std::move(answer);
            m_behind_name = name;
            ++m_behind_version;
        }
    );
}

void ReportBuilder::draw_behind(Console& console)
{
    Ui& ui = console.ui;
    const auto& records = array_at(m_behind, "records");
    const std::int64_t total = integer_at(m_behind, "count");
    const std::string type = text_at(m_behind, "type");
    ui.gap(6);
    ui.strong(m_behind_name + ": " + counted(total, "record", "records"));
    if (std::ssize(records) < total) {
        ui.beside();
        ui.small("the first " + with_separators(std::ssize(records)));
    }
    ui.to_right(ui.px(40));
    if (ui.button("Hide the records", {.icon = Icon::close, .weight = Weight::quiet, .icon_only = true})) {
        m_behind = nullptr;
        return;
    }
    m_behind_rows.show(records, m_behind_version, m_behind_grid.sort());
    const GridAnswer answer = m_behind_grid.draw(ui, "behind", m_behind_rows);
    if (!answer.opened) return;
    const std::string id = text_at(m_behind_rows.row(*answer.opened), "id");
    console.desk.open(type == "event" ? "events/" + id : "record/" + type + "/" + id);
}

std::vector<Action> ReportBuilder::actions(Console& console)
{
    return {
        {.id = "report.save",
         .title = m_saved.is_new() ? "Save this report" : "Save the definition",
         .group = "Report",
         .keys = "Ctrl+S",
         .icon = Icon::check,
         .run = [this, &console] { m_saved.save(console, m_definition); },
         .why_not = why_not_saved()},
        {.id = "report.export",
         .title = "Export this report",
         .group = "Report",
         .icon = Icon::export_,
         .run = [this] { m_file.is_shown = m_file.takes_keys = true; },
         .why_not = m_error ? "the report is not right yet" : ""},
    };
}

} // namespace mortise::ui
