#include "panels/report_builder.hpp"

#include "base/json_read.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <utility>

namespace mortise::ui {

using namespace std::chrono_literals;

ReportBuilder::ReportBuilder(Console& console, std::string report)
    : m_id{report == "new" ? std::string{} : std::move(report)},
      m_record{
          console.link, console.clock, "records.get", {{"type", "report"}, {"id", m_id.empty() ? "0" : m_id}}
      },
      m_grid{{}},
      m_behind_grid{{{.key = "title", .label = "Record", .width = 420, .sortable = false}}}
{
    m_grid.set_takes_keys(false);
    m_behind_grid.set_takes_keys(false);
}

void ReportBuilder::take_definition()
{
    if (m_taken == m_record.version()) return;
    m_taken = m_record.version();
    const boost::json::value& record = *m_record.value();
    boost::json::value definition = at(record, "definition");
    if (definition.is_string()) {
        boost::system::error_code failed;
        definition = boost::json::parse(text_of(definition), failed);
    }
    if (!definition.is_object()) definition = empty_report();
    const bool is_touched = !m_saved.is_null() && m_definition != m_saved;
    m_saved = definition;
    m_name = text_at(record, "name");
    if (is_touched) return;
    m_definition = std::move(definition);
    m_editor.clear();
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
    return m_name.empty()         ? "give it a name first"
        : m_error                 ? "the report is not right yet"
        : m_definition == m_saved ? "nothing was changed"
        : m_saving.is_under_way() ? "it is being saved"
                                  : "";
}

void ReportBuilder::save(Console& console)
{
    m_save_error.reset();
    const bool is_new = m_id.empty();
    boost::json::object arguments{{"definition", m_definition}};
    arguments[is_new ? "name" : "report"] = is_new ? m_name : m_id;
    m_saving = console.link.call(
        "commands.call",
        {{"name", is_new ? "reporting.create_report" : "reporting.define_report"},
         {"arguments", std::move(arguments)}},
        [this, &console, is_new, sent = m_definition](const Result<boost::json::value>& answer) {
            if (!answer) {
                m_save_error = answer.error();
                return;
            }
            m_saved = sent;
            console.desk.did((is_new ? "Saved the report " : "Changed the report ") + m_name, *answer);
            if (!is_new) return m_record.refresh();
            const std::string id = text_at(*answer, "report");
            console.desk.close("report/new");
            if (!id.empty()) console.desk.open("report/" + id);
        }
    );
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
    if (!m_id.empty()) {
        m_record.keep_fresh(60s);
        if (!draw_state(console, m_record, "the report")) return;
        take_definition();
    }
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
    if (m_id.empty()) {
        ui.input(
            "Name of the report",
            m_name,
            {.hint = "name of the report",
             .width = ui.px(300),
             .take_keys = std::exchange(m_begins, false),
             .is_wrong = m_save_error && m_save_error->where == "/name"}
        );
        ui.beside();
    } else {
        ui.heading(m_name);
        ui.beside(14);
    }
    const std::string why = why_not_saved();
    if (ui.button(
            m_id.empty() ? "Save the report" : "Save the definition",
            {.icon = Icon::check,
             .weight = Weight::primary,
             .enabled = why.empty(),
             .tip = why,
             .keys = "Ctrl+S"}
        ))
        save(console);
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
    if (m_save_error) {
        std::string text = m_save_error->message;
        if (!m_save_error->hint.empty()) text += "\n" + m_save_error->hint;
        ui.note(Icon::error, text, Tone::danger);
    }
    if (m_file.is_shown) draw_file(console);
    ui.gap(6);
}

void ReportBuilder::draw_answer(Console& console)
{
    Ui& ui = console.ui;
    if (m_error) {
        if (m_error->code == ErrorCode::denied) {
            ui.message(
                Icon::lock,
                "No right to this report",
                m_error->message + ". " + m_error->hint,
                {},
                Tone::warning
            );
            return;
        }
        ui.note(
            Icon::error,
            m_error->message + (m_error->where.empty() ? "" : "\nwhere: " + m_error->where)
                + (m_error->hint.empty() ? "" : "\n" + m_error->hint),
            Tone::danger
        );
        if (ui.button("Ask again", {.icon = Icon::refresh})) m_asked = nullptr;
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
         .title = m_id.empty() ? "Save this report" : "Save the definition",
         .group = "Report",
         .keys = "Ctrl+S",
         .icon = Icon::check,
         .run = [this, &console] { save(console); },
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
