#pragma once

/// \file
/// `RuleEditor`: a condition of a segment or a report as rows to fill in: fields, events, related records,
/// other segments, in groups of all, any, none. What it has no row for it takes as JSON.

#include "model/field_paths.hpp"
#include "shell/console.hpp"

#include <array>
#include <map>
#include <utility>

namespace mortise::ui {

/// What conditions are about, and in which words.
enum class RuleDialect : std::uint8_t {
    segment, ///< of contacts: fields, events, related records, segments, shares
    report, ///< of any type: fields alone, with periods of the calendar
};

/// Thread-safety: the UI thread.
class RuleEditor {
public:
    explicit RuleEditor(RuleDialect dialect = RuleDialect::segment) : m_dialect{dialect} { }

    /// The type that fields are of; contacts if never told.
    void set_type(std::string type) { m_type = std::move(type); }
    /// Draws the condition; true if it was changed. `wrong` is where the host said something is wrong with
    /// it.
    bool draw(Console& console, boost::json::value& condition, const std::string& wrong);
    /// Forgets what was being typed.
    void clear() { m_texts.clear(); }

private:
    /// Reports have their figures beside their rules.
    bool is_narrow() const noexcept { return m_dialect == RuleDialect::report; }

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
    void draw_period(Console& console, boost::json::value& period, const std::string& where);
    bool fits(std::string_view test, const FieldInfo* field) const;
    boost::json::value new_rule(Console& console, std::string_view kind) const;
    std::vector<FieldPath> paths(Console& console) const;
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

    RuleDialect m_dialect;
    std::string m_type{"contact"};
    std::map<std::string, std::string> m_texts; ///< what is being typed, by place
    std::string m_wrong;
    bool m_changed{false};
};

/// Periods of the calendar that reports know by name.
inline constexpr std::array<std::string_view, 14> report_periods{
    "today",
    "yesterday",
    "this_week",
    "this_month",
    "this_quarter",
    "this_year",
    "last_week",
    "last_month",
    "last_quarter",
    "last_year",
    "this_fiscal_quarter",
    "this_fiscal_year",
    "last_fiscal_quarter",
    "last_fiscal_year",
};

/// A condition to begin with: everybody.
boost::json::value empty_condition();

} // namespace mortise::ui
