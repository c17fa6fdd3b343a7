#pragma once

/// \file
/// One report on a dashboard: asked by itself, so that a slow or wrong one keeps no other from being drawn.

#include "model/report_table.hpp"
#include "shell/console.hpp"

namespace mortise::ui {

/// What holds for all tiles of a dashboard.
struct DashboardTerms {
    boost::json::array filters;
    std::string as_of; ///< empty: now

    friend bool operator==(const DashboardTerms&, const DashboardTerms&) = default;
};

/// Thread-safety: the UI thread.
class DashboardTile {
public:
    /// `report`: name or id, as the dashboard keeps it.
    explicit DashboardTile(std::string report);

    const std::string& report() const noexcept { return m_report; }
    /// Asks if nothing was asked yet, the terms are others, the host came back, or the answer is old.
    void keep_fresh(Console& console, const DashboardTerms& terms);
    void refresh() noexcept { m_wants_anew = true; }
    bool is_under_way() const noexcept { return m_call.is_under_way(); }
    /// Draws into what there is of the card that it stands in; `height` pixels. `chart`: as the report's
    /// definition says, "none" for its figures as a table; empty: what fits them.
    void draw(Console& console, float height, std::string_view chart);

private:
    void ask(Console& console, const DashboardTerms& terms);
    void draw_answer(Console& console, float height, std::string_view wanted);
    void draw_figures(Ui& ui) const;

    std::string m_report;
    DashboardTerms m_terms;
    int m_session{-1};
    Clock::Steady m_asked_at{};
    bool m_wants_anew{true};
    ReportTable m_table;
    Grid m_grid;
    std::optional<Error> m_error;
    Ticket m_call;
};

} // namespace mortise::ui
