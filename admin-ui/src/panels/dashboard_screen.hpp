#pragma once

/// \file
/// Dashboards: several reports beside each other, at one time and under filters that hold for all of them.
/// They are made, filled and put in order here; reports themselves are written in the builder.

#include "panels/dashboard_tile.hpp"

#include <memory>

namespace mortise::ui {

/// Thread-safety: the UI thread.
class DashboardScreen final : public Screen {
public:
    /// `dashboard`: an id or a name; empty: the first by name.
    DashboardScreen(Console& console, std::string dashboard);
    std::string title() const override { return m_name.empty() ? "Dashboards" : m_name; }
    Icon icon() const override { return Icon::chart; }
    void draw(Console& console) override;
    std::vector<Action> actions(Console& console) override;

private:
    void take_dashboards();
    void take_chosen();
    void refresh();
    void draw_choice(Console& console, float width);
    void draw_new(Console& console, float width);
    void draw_head(Console& console);
    void draw_editor(Console& console);
    void draw_tiles(Console& console);
    void draw_tile(Console& console, std::size_t index, float width);
    void create(Console& console);
    void set_up_standard(Console& console);
    /// Writes the list of reports as it should be; the host refuses it if somebody was faster.
    void save_tiles(Console& console, const std::vector<std::string>& reports, const std::string& what);
    std::vector<std::string> reports() const;
    boost::json::value saved_report(const std::string& report) const;

    Resource m_dashboards;
    Resource m_reports; ///< saved ones, to choose from
    int m_taken{-1};
    std::string m_id;
    std::string m_drawn; ///< the id that the tiles are of
    std::string m_name;
    std::string m_description;
    boost::json::value m_record;
    DashboardTerms m_terms;
    std::string m_as_of;
    std::vector<std::unique_ptr<DashboardTile>> m_tiles;
    bool m_edits{false};
    bool m_makes{false};
    bool m_takes_keys{false};
    std::string m_new_name;
    std::size_t m_to_add{0};
    std::optional<Error> m_error;
    Ticket m_writing;
};

} // namespace mortise::ui
