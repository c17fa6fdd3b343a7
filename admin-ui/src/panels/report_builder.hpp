#pragma once

/// \file
/// The builder of reports: what is asked at the left, its figures at the right while it is written, and the
/// records behind each figure.

#include "model/report_table.hpp"
#include "model/table_rows.hpp"
#include "panels/report_editor.hpp"
#include "panels/saved_definition.hpp"

namespace mortise::ui {

/// Thread-safety: the UI thread.
class ReportBuilder final : public Screen {
public:
    ReportBuilder(Console& console, std::string report);
    std::string title() const override { return m_saved.name().empty() ? "New report" : m_saved.name(); }
    Icon icon() const override { return Icon::chart; }
    void draw(Console& console) override;
    std::vector<Action> actions(Console& console) override;

private:
    struct File {
        bool is_shown{false};
        bool takes_keys{false};
        std::size_t format{0};
        std::string path;
        std::optional<Error> error;
        Ticket call;
    };

    void run(Console& console);
    std::string why_not_saved() const;
    void draw_head(Console& console);
    void draw_file(Console& console);
    void write_file(Console& console, bool replace);
    void draw_answer(Console& console);
    void draw_figures(Console& console, float height);
    void drill(Console& console, boost::json::object cell, std::string name);
    void draw_behind(Console& console);

    SavedDefinition m_saved;
    boost::json::value m_definition = empty_report(); // braces would make a list of it
    boost::json::value m_asked; ///< the definition that was asked about last
    std::string m_as_of;
    std::string m_asked_as_of;
    ReportEditor m_editor;
    ReportTable m_table;
    Grid m_grid;
    std::string m_column; ///< of the figure that is pointed at
    std::optional<Error> m_error;
    File m_file;
    std::string m_behind_name;
    boost::json::object m_behind_cell;
    boost::json::value m_behind;
    ObjectRows m_behind_rows;
    int m_behind_version{0};
    Grid m_behind_grid;
    int m_session{0};
    Ticket m_running;
    Ticket m_drilling;
};

} // namespace mortise::ui
