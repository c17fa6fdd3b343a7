#pragma once

/// \file
/// `RuleEditor`: a condition of a segment as rows to fill in: fields, events, related records, other
/// segments, in groups of all, any, none. What it has no row for it takes as JSON.

#include "shell/console.hpp"

#include <map>

namespace mortise::ui {

/// Thread-safety: the UI thread.
class RuleEditor {
public:
    /// Draws the condition; true if it was changed. `wrong` is where the host said something is wrong with
    /// it.
    bool draw(Console& console, boost::json::value& condition, const std::string& wrong);
    /// Forgets what was being typed.
    void clear() { m_texts.clear(); }

private:
    enum class Fate : std::uint8_t { stays, goes };

    Fate draw_rule(Console& console, boost::json::value& rule, const std::string& where, int depth);
    Fate draw_group(Console& console, boost::json::value& rule, const std::string& where, int depth);
    void draw_members(
        Console& console,
        boost::json::array& members,
        const std::string& where,
        std::string_view key,
        int depth
    );
    void draw_field(Console& console, boost::json::object& rule, const std::string& where);
    void
    draw_value(Console& console, boost::json::object& rule, const std::string& where, const FieldInfo* field);
    void draw_events(Console& console, boost::json::object& rule, const std::string& where);
    void draw_related(Console& console, boost::json::object& rule, const std::string& where);
    void draw_random(Console& console, boost::json::object& rule, const std::string& where);
    void draw_span(Console& console, boost::json::value& span, const std::string& where);
    void
    draw_count(Console& console, boost::json::object& rule, const std::string& where, std::string_view what);
    void draw_json(Console& console, boost::json::value& rule, const std::string& where);
    bool edit_text(
        Console& console,
        std::string_view label,
        std::string& text,
        const std::string& where,
        float width,
        std::string_view hint
    );

    std::map<std::string, std::string> m_texts; ///< what is being typed, by place
    std::string m_wrong;
    bool m_changed{false};
};

/// A condition to begin with: everybody.
boost::json::value empty_condition();

} // namespace mortise::ui
