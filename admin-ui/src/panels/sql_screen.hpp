#pragma once

/// \file
/// Questions in SQL, today's or as of an earlier time.

#include "model/table_rows.hpp"
#include "shell/console.hpp"

namespace mortise::ui {

/// Thread-safety: the UI thread.
class SqlScreen final : public Screen {
public:
    SqlScreen(Console& console, std::string sql);
    std::string title() const override { return "SQL"; }
    Icon icon() const override { return Icon::terminal; }
    void draw(Console& console) override;
    std::vector<Action> actions(Console& console) override;

private:
    void run(Console& console);
    void draw_views(Console& console);
    void draw_answer(Console& console);
    std::string as_csv() const;

    std::string m_sql;
    std::string m_as_of;
    QueryRows m_rows;
    Grid m_grid{{}};
    Resource m_views;
    int m_version{-1};
    std::vector<std::string> m_past;
    Clock::Steady m_began{};
    std::chrono::milliseconds m_took{0};
    bool m_takes_keys{true};
    bool m_runs_first{false};
};

/// A cell of a CSV file: quoted where it must be, and never a formula.
std::string csv_cell(std::string_view text);

} // namespace mortise::ui
