#pragma once

/// \file
/// Events as they happen, and those that could not be handled.

#include "model/table_rows.hpp"
#include "shell/console.hpp"

namespace mortise::ui {

/// The live tail as rows: the newest first; what is paused stays. Thread-safety: the UI thread.
class FeedRows final : public GridSource {
public:
    void show(const Feed& feed, std::string_view filter, bool paused);
    const FeedEvent* event(std::int64_t row) const;
    std::int64_t count() const override { return static_cast<std::int64_t>(m_shown.size()); }
    std::optional<GridCell> cell(std::int64_t row, const GridColumn& column) const override;
    std::int64_t key(std::int64_t row) const override;
    std::int64_t passed() const noexcept { return m_passed; }

private:
    std::deque<FeedEvent> m_shown; ///< the newest first
    std::int64_t m_taken{0}; ///< of the feed's total
    std::int64_t m_passed{0}; ///< came while it was paused
    std::string m_filter;
};

/// Thread-safety: the UI thread.
class EventScreen final : public Screen {
public:
    EventScreen(Console& console, std::string event);

    std::string title() const override { return "Events"; }
    Icon icon() const override { return Icon::feed; }
    void draw(Console& console) override;
    std::vector<Action> actions(Console& console) override;

private:
    void draw_bar(Console& console);
    void draw_event(Console& console, const boost::json::value& event);

    FeedRows m_rows;
    ObjectRows m_old;
    Grid m_grid;
    Resource m_past;
    std::unique_ptr<Resource> m_wanted; ///< one event that was asked for by number
    std::string m_filter;
    bool m_is_paused{false};
    bool m_shows_past{true};
    bool m_takes_filter{false};
    boost::json::value m_event;
};

/// Thread-safety: the UI thread.
class DeadLetterScreen final : public Screen {
public:
    DeadLetterScreen();

    std::string title() const override { return "Dead letters"; }
    Icon icon() const override { return Icon::inbox; }
    void draw(Console& console) override;

private:
    void send(
        Console& console, const std::string& method, std::vector<boost::json::value> letters, std::string done
    );
    std::vector<boost::json::value> marked();

    Grid m_grid;
    ObjectRows m_rows;
    std::vector<Ticket> m_calls;
};

} // namespace mortise::ui
