#pragma once

/// \file
/// The builder of segments: a condition in rows, how many fulfil it while it is written, and why one does.

#include "panels/rule_editor.hpp"
#include "panels/saved_definition.hpp"

namespace mortise::ui {

/// Thread-safety: the UI thread.
class SegmentScreen final : public Screen {
public:
    SegmentScreen(Console& console, std::string segment);
    std::string title() const override { return m_saved.name().empty() ? "New segment" : m_saved.name(); }
    Icon icon() const override { return Icon::people; }
    void draw(Console& console) override;
    std::vector<Action> actions(Console& console) override;

private:
    void count(Console& console);
    void draw_head(Console& console);
    void draw_answer(Console& console);
    void draw_sample(Console& console);
    void explain(Console& console, const std::string& contact, std::string name);
    void draw_why(Console& console, const boost::json::value& part, int depth);
    std::string why_not_saved() const;

    SavedDefinition m_saved;
    boost::json::value m_condition = empty_condition(); // braces would make a list of it
    boost::json::value m_counted; ///< the condition that was asked about last
    RuleEditor m_rules;
    boost::json::value m_answer;
    std::optional<Error> m_error;
    std::string m_why_name;
    boost::json::value m_why;
    int m_session{0};
    Ticket m_counting;
    Ticket m_explaining;
};

} // namespace mortise::ui
