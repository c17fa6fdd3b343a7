#pragma once

/// \file
/// Reports that plugins declare: figures, a chart, rows.

#include "shell/console.hpp"
#include "views/tab_view.hpp"

namespace mortise::ui {

/// Thread-safety: the UI thread.
class ReportScreen final : public Screen {
public:
    explicit ReportScreen(std::string report) : m_chosen{std::move(report)} { }
    std::string title() const override { return "Plugins' reports"; }
    Icon icon() const override { return Icon::chart; }
    void draw(Console& console) override;

private:
    std::string m_chosen;
    std::string m_drawn;
    std::unique_ptr<TabView> m_view;
    std::string m_help;
};

} // namespace mortise::ui
