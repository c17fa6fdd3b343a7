#pragma once

/// \file
/// `PairRows`: pairs of contacts that may be the same, page by page as they are seen, the surest first.

#include "model/store.hpp"
#include "widgets/grid.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace mortise::ui {

/// "Karim Silva" of the contact that is the first or second of a pair; its number if it has no name.
std::string contact_name(const boost::json::value& contact);

/// Thread-safety: the UI thread.
class PairRows final : public GridSource {
public:
    explicit PairRows(Store& store) : m_store{store} { }

    /// The pairs of that state; `band` empty: of both.
    void ask(std::string state, std::string band);
    /// Asks again when pairs were written, or the host returned; call it in each frame.
    void follow();
    void refresh();
    /// Pairs that were decided a moment ago are not shown until the host says so as well.
    void take_out(const std::vector<std::string>& ids);
    /// Said of a pair that was passed over.
    void set_skipped(std::string id) { m_skipped.insert(std::move(id)); }
    bool is_skipped(std::int64_t row) const;

    const boost::json::value& row(std::int64_t index) const;
    bool is_loading() const noexcept { return m_call.is_under_way(); }
    /// Whether there was an answer.
    bool is_known() const noexcept { return m_is_known; }
    bool has_more() const noexcept { return !m_next.empty(); }
    const std::optional<Error>& error() const noexcept { return m_error; }
    std::chrono::seconds age() const;
    /// Grows with each answer.
    int version() const noexcept { return m_version; }

    std::int64_t count() const override { return static_cast<std::int64_t>(m_rows.size()); }
    std::optional<GridCell> cell(std::int64_t index, const GridColumn& column) const override;
    std::int64_t key(std::int64_t index) const override;
    void want(std::int64_t first, std::int64_t last) override;

private:
    void load(std::size_t limit, const std::string& after);

    Store& m_store;
    std::string m_state;
    std::string m_band;
    std::vector<boost::json::value> m_rows;
    std::set<std::string> m_taken_out;
    std::set<std::string> m_skipped;
    std::string m_next;
    std::optional<Error> m_error;
    Clock::Steady m_answered_at{};
    Clock::Steady m_asked_at{};
    std::int64_t m_changes{0};
    int m_session{0};
    bool m_is_known{false};
    int m_version{0};
    Ticket m_call;
};

} // namespace mortise::ui
