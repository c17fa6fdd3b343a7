#include "views/report_screen.hpp"

#include "base/json_read.hpp"

#include <memory>

namespace mortise::ui {

void ReportScreen::draw(Console& console)
{
    Ui& ui = console.ui;
    if (!draw_state(console, console.store.views, "reports")) return;
    const auto& reports = array_at(*console.store.views.value(), "reports");
    const auto& views = array_at(*console.store.views.value(), "views");
    const float width = ui.px(240);
    ImGui::BeginChild("which", {width, 0});
    if (console.store.command("reporting.run")) {
        if (ui.button("New report", {.icon = Icon::plus, .weight = Weight::primary}))
            console.desk.open("report/new");
        if (ui.button("Saved reports", {.icon = Icon::list, .weight = Weight::quiet}))
            console.desk.open("list/report");
        ui.gap(8);
    }
    const auto offer = [&](const boost::json::value& one) {
        const std::string name = text_at(one, "name");
        if (m_chosen.empty()) m_chosen = name;
        ImGui::PushID(name.c_str());
        if (ui.button(
                text_at(one, "title"),
                {.icon = Icon::chart,
                 .weight = name == m_chosen ? Weight::primary : Weight::quiet,
                 .tip = text_at(one, "help"),
                 .width = width - ui.px(10)}
            ))
            m_chosen = name;
        ImGui::PopID();
        if (name != m_chosen || m_drawn == name) return;
        m_drawn = name;
        m_help = text_at(one, "help");
        m_view = std::make_unique<TabView>(console, one, boost::json::object{});
    };
    for (const auto& report : reports)
        offer(report);
    for (const auto& view : views)
        if (text_at(view, "kind") == "chart") offer(view);
    ImGui::EndChild();
    ui.beside(14);
    ImGui::BeginChild("report");
    if (m_view) {
        ui.heading(m_view->title());
        if (!m_help.empty()) ui.wrapped(m_help, ui.colors().muted);
        m_view->draw(console);
    } else {
        ui.message(
            Icon::chart, "No reports", "Plugins bring reports. Enable one under Plugins, or ask in SQL."
        );
    }
    ImGui::EndChild();
}

} // namespace mortise::ui
