#include "panels/dashboard_tile.hpp"

#include "base/json_read.hpp"

#include <algorithm>
#include <utility>

namespace mortise::ui {

using namespace std::chrono_literals;

namespace {

constexpr auto fresh = 60s;

} // namespace

DashboardTile::DashboardTile(std::string report) : m_report{std::move(report)}, m_grid{{}}
{
    m_grid.set_takes_keys(false);
}

void DashboardTile::keep_fresh(Console& console, const DashboardTerms& terms)
{
    if (m_call.is_under_way() || console.link.state() != LinkState::open) return;
    const bool is_old = console.clock.steady() - m_asked_at > fresh;
    if (m_wants_anew || is_old || m_terms != terms || m_session != console.link.session())
        ask(console, terms);
}

void DashboardTile::ask(Console& console, const DashboardTerms& terms)
{
    m_wants_anew = false;
    m_terms = terms;
    m_session = console.link.session();
    m_asked_at = console.clock.steady();
    boost::json::object arguments{{"report", m_report}, {"limit", 50}};
    if (!terms.filters.empty()) arguments["filters"] = terms.filters;
    if (!terms.as_of.empty()) arguments["as_of"] = terms.as_of;
    m_call = console.link.call(
        "commands.call",
        {{"name", "reporting.run"}, {"arguments", std::move(arguments)}},
        [this](Result<boost::json::value> answer) {
            if (!answer) {
                m_error = std::move(answer).error();
                return;
            }
            m_error.reset();
            m_table.take(*std::move(answer), {});
            m_grid.set_columns(m_table.grid_columns());
        }
    );
}

void DashboardTile::draw(Console& console, float height, std::string_view chart)
{
    Ui& ui = console.ui;
    if (m_error) {
        ui.note(
            m_error->code == ErrorCode::denied ? Icon::lock : Icon::error,
            m_error->message + (m_error->hint.empty() ? "" : "\n" + m_error->hint),
            m_error->code == ErrorCode::denied ? Tone::warning : Tone::danger
        );
        if (ui.button("Ask again", {.icon = Icon::refresh, .weight = Weight::quiet})) refresh();
        return;
    }
    if (m_table.answer().is_null()) {
        ui.muted("Asking...");
        return;
    }
    draw_answer(console, height, chart);
}

void DashboardTile::draw_answer(Console& console, float height, std::string_view wanted)
{
    Ui& ui = console.ui;
    const std::string kind = text_at(m_table.answer(), "kind");
    if (m_table.count() == 0) {
        ui.muted("No record fulfils what the report asks of it.");
        return;
    }
    if (kind == "scorecard") return draw_figures(ui);
    const auto chart = m_table.chart_kind(wanted);
    if (chart) {
        draw_chart(ui, *chart, m_table.chart(), height);
        return;
    }
    const GridAnswer answer = m_grid.draw(ui, "figures", m_table, height);
    if (!answer.opened) return;
    if (const std::string place = m_table.place_of(*answer.opened); !place.empty()) console.desk.open(place);
}

/// A scorecard has one row: each figure stands by itself.
void DashboardTile::draw_figures(Ui& ui) const
{
    const float half = ImGui::GetContentRegionAvail().x / 2;
    const float left = ImGui::GetCursorPosX();
    bool is_right = false;
    for (const GridColumn& column : m_table.grid_columns()) {
        const auto cell = m_table.cell(0, column);
        if (!cell || column.key.starts_with('r')) continue;
        if (is_right) ImGui::SameLine(left + half);
        ImGui::BeginGroup();
        ui.small(words_of(column.label));
        ui.title(cell->text.empty() ? "none" : cell->text);
        ui.gap(4);
        ImGui::EndGroup();
        is_right = !is_right;
    }
}

} // namespace mortise::ui
