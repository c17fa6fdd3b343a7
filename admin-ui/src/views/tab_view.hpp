#pragma once

/// \file
/// Data with a source that a plugin declares, as a table, a chart, or both: tabs of records, charts, reports.

#include "model/table_rows.hpp"
#include "shell/console.hpp"
#include "views/view_action.hpp"
#include "views/view_rows.hpp"

namespace mortise::ui {

/// Runs a view's source: a named query, a command, or the records of a type. Thread-safety: the UI thread.
class ViewData {
public:
    ViewData(Console& console, boost::json::value source, boost::json::value record);

    /// Asks for the data if that was not done yet, or `age` ago.
    void keep_fresh(Console& console, std::chrono::milliseconds age);
    void refresh() { m_is_asked = false; }
    /// How long ago it was asked for.
    std::chrono::seconds age(const Console& console) const
    {
        return std::chrono::duration_cast<std::chrono::seconds>(console.clock.steady() - m_asked_at);
    }
    QueryRows& rows() noexcept { return m_rows; }
    /// What a command answered, if the source is one.
    const boost::json::value* answer() const { return m_command ? m_command->value() : nullptr; }
    const boost::json::array& answer_rows() const;
    Resource* command() noexcept { return m_command.get(); }
    const std::string& trouble() const noexcept { return m_trouble; }
    /// Parameters that the source wants and nobody gave.
    bool is_ready() const;
    const std::optional<Error>& error() const;

private:
    void ask(Console& console);

    boost::json::value m_source;
    boost::json::value m_record;
    QueryRows m_rows;
    std::unique_ptr<Resource> m_command;
    std::string m_trouble;
    bool m_is_asked{false};
    Clock::Steady m_asked_at{};
    int m_session{0};
};

/// Thread-safety: the UI thread.
class TabView {
public:
    TabView(Console& console, boost::json::value view, boost::json::value record);

    std::string title() const;
    void refresh() { m_data.refresh(); }
    void draw(Console& console);
    /// What the view offers to do, with the row that is pointed at; the first nine by the digits.
    std::vector<Action> actions(Console& console);

private:
    void draw_actions(Console& console);
    void draw_age(Console& console);
    /// What the row that is pointed at says in full, if its cells are too narrow for it.
    void draw_cut_texts(Console& console);
    std::vector<std::string> cut_texts(Console& console);
    /// What actions are about: the record, with what the row has.
    boost::json::value subject();
    void run(Console& console, const boost::json::value& action);
    void draw_chart_part(Console& console, float height);
    void draw_table(Console& console);
    void draw_answer(Console& console);
    void take_columns(Ui& ui);

    boost::json::value m_view;
    boost::json::value m_record;
    ViewData m_data;
    ViewRows m_rows;
    Grid m_grid{{}};
    ObjectRows m_answer_rows;
    int m_version{-1};
    int m_answer_version{-1};
};

} // namespace mortise::ui
