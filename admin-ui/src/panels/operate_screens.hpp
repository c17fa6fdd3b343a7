#pragma once

/// \file
/// Subscriptions and jobs.

#include "model/table_rows.hpp"
#include "shell/console.hpp"

namespace mortise::ui {

/// Thread-safety: the UI thread.
class SubscriptionScreen final : public Screen {
public:
    SubscriptionScreen();
    std::string title() const override { return "Subscriptions"; }
    Icon icon() const override { return Icon::link; }
    void draw(Console& console) override;

private:
    void draw_replay(Console& console, const boost::json::value& row);

    Grid m_grid;
    ObjectRows m_rows;
    std::string m_from;
    std::vector<Ticket> m_calls;
};

/// Thread-safety: the UI thread.
class JobScreen final : public Screen {
public:
    JobScreen();
    std::string title() const override { return "Jobs"; }
    Icon icon() const override { return Icon::clock; }
    void draw(Console& console) override;

private:
    void draw_job(Console& console, const boost::json::value& job);

    Grid m_grid;
    ObjectRows m_rows;
    std::string m_filter;
    std::string m_chosen;
    std::vector<Ticket> m_calls;
};

} // namespace mortise::ui
