#pragma once

/// \file
/// `ReportEditor`: the definition of a report as controls: what it is about, filters, period, rows, columns,
/// measures. What it has no control for stays as it is, and can be changed as JSON.

#include "panels/rule_editor.hpp"

namespace mortise::ui {

/// A report to begin with: contacts, counted by their kind.
boost::json::value empty_report();

/// Thread-safety: the UI thread.
class ReportEditor {
public:
    ReportEditor() : m_filters{RuleDialect::report} { }

    /// Draws the definition; true if it was changed. `wrong` is where the plugin said something is wrong.
    bool draw(Console& console, boost::json::value& definition, const std::string& wrong);
    /// Forgets what was being typed.
    void clear();

private:
    void draw_subject(Console& console, boost::json::object& report);
    void draw_filters(Console& console, boost::json::object& report);
    void draw_period(Console& console, boost::json::object& report);
    void draw_dimensions(Console& console, boost::json::object& report, std::string_view side);
    /// False if it shall go.
    bool draw_dimension(Console& console, boost::json::value& dimension, const std::string& where);
    void draw_bucket(Console& console, boost::json::value& dimension, const FieldInfo& field);
    void draw_measures(Console& console, boost::json::object& report);
    bool draw_measure(Console& console, boost::json::value& measure, const std::string& where);
    void draw_currency(Console& console, boost::json::object& report);
    void draw_fields(Console& console, boost::json::object& report);
    void
    draw_json(Console& console, boost::json::value& part, const std::string& where, std::string_view label);
    void draw_wrong(Console& console, const std::string& where) const;
    /// Gives the path that was chosen, if one was.
    std::optional<std::string>
    choose_field(Console& console, std::string_view label, const std::string& path, bool numbers_alone);

    RuleEditor m_filters;
    std::string m_type;
    std::vector<FieldPath> m_paths; ///< of this frame
    std::map<std::string, std::string> m_texts;
    std::string m_wrong;
    bool m_changed{false};
    bool m_as_json{false};
};

} // namespace mortise::ui
