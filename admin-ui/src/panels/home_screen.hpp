#pragma once

/// \file
/// What a person sees first: how the host is, what needs attention, figures; and the status in full.

#include "shell/console.hpp"
#include "views/tab_view.hpp"

namespace mortise::ui {

/// Thread-safety: the UI thread.
class HomeScreen final : public Screen {
public:
    explicit HomeScreen(Console& console);

    std::string title() const override { return "Home"; }
    Icon icon() const override { return Icon::home; }
    void draw(Console& console) override;

private:
    void draw_tile(
        Console& console,
        std::string_view label,
        std::string_view figure,
        std::string_view detail,
        Icon icon,
        Tone tone,
        std::string_view place,
        float width
    );
    void draw_tiles(Console& console);
    void draw_attention(Console& console, float width);
    void draw_plugins(Console& console, float width);
    void draw_recent(Console& console, float width);
    void draw_charts(Console& console);
    void draw_first_run(Console& console);
    void draw_suggestions(Console& console, const boost::json::array& bundles);
    void ask_counts(Console& console);

    std::map<std::string, std::int64_t> m_counts;
    Ticket m_counting;
    Clock::Steady m_counted{};
    int m_session{0};
    std::int64_t m_changes{0};
    Resource m_recent;
    Resource m_bundles; ///< asked while there are no contacts
    std::vector<std::unique_ptr<TabView>> m_charts;
    int m_views_version{-1};
};

/// Thread-safety: the UI thread.
class StatusScreen final : public Screen {
public:
    std::string title() const override { return "Status"; }
    Icon icon() const override { return Icon::info; }
    void draw(Console& console) override;
};

} // namespace mortise::ui
