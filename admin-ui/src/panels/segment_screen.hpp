#pragma once

/// \file
/// The builder of segments: a condition in rows, how many fulfil it while it is written, and why one does.

#include "panels/rule_editor.hpp"

namespace mortise::ui {

/// Thread-safety: the UI thread.
class SegmentScreen final : public Screen {
public:
    SegmentScreen(Console& console, std::string segment);
    std::string title() const override { return m_name.empty() ? "New segment" : m_name; }
    Icon icon() const override { return Icon::people; }
    void draw(Console& console) override;
    std::vector<Action> actions(Console& console) override;

private:
    void take_definition(Console& console);
    void count(Console& console);
    void draw_head(Console& console);
    void draw_answer(Console& console);
    void draw_sample(Console& console);
    void explain(Console& console, const std::string& contact, std::string name);
    void draw_why(Console& console, const boost::json::value& part, int depth);
    void save(Console& console);

    std::string m_id; ///< empty: a new one
    Resource m_record;
    int m_taken{-1};
    std::string m_name;
    boost::json::value m_condition = empty_condition(); // braces would make a list of it
    boost::json::value m_saved; ///< the condition as the host has it
    boost::json::value m_counted; ///< the condition that was asked about last
    RuleEditor m_rules;
    boost::json::value m_answer;
    std::optional<Error> m_error;
    std::optional<Error> m_save_error;
    std::string m_why_name;
    boost::json::value m_why;
    bool m_begins{true};
    int m_session{0};
    Ticket m_counting;
    Ticket m_explaining;
    Ticket m_saving;
};

} // namespace mortise::ui
