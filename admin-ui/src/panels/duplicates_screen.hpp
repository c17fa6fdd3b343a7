#pragma once

/// \file
/// Contacts that may be in twice: the queue of pairs by band, two contacts beside each other with what agrees
/// and what differs, merging with a choice for each field, and the scan that finds them.

#include "model/pair_rows.hpp"
#include "panels/merge_editor.hpp"
#include "shell/console.hpp"

#include <array>
#include <map>

namespace mortise::ui {

/// Thread-safety: the UI thread.
class DuplicatesScreen final : public Screen {
public:
    explicit DuplicatesScreen(Console& console);
    std::string title() const override { return "Duplicates"; }
    Icon icon() const override { return Icon::duplicates; }
    void draw(Console& console) override;
    std::vector<Action> actions(Console& console) override;

private:
    enum class Side : std::uint8_t { same, review, dismissed, merged };

    void show(Side side);
    void count(Console& console);
    std::int64_t counted_of(const std::string& state, const std::string& band) const;
    void draw_scan(Console& console);
    void draw_running(Console& console, const boost::json::value& job);
    std::string last_scan_text() const;
    void draw_bands(Ui& ui);
    void draw_age(Console& console);
    void draw_unknown(Console& console);
    void draw_editor(Console& console);
    void draw_marked(Console& console);
    void draw_list(Console& console, float width);
    void draw_pair(Console& console, const boost::json::value& pair);
    void draw_agreement(Console& console, const boost::json::value& pair);
    void draw_buttons(Console& console, const boost::json::value& pair);
    void draw_empty(Console& console);
    void draw_nothing_open(Console& console);
    /// Names of organisations, which pairs tell by their ids.
    std::string name_of(Console& console, const std::string& contact);
    void ask_names(Console& console);

    bool is_open() const { return m_side == Side::same || m_side == Side::review; }
    /// Null if there is none.
    const boost::json::value* running_scan() const;
    const boost::json::value* last_scan() const;
    const boost::json::value& chosen() const { return m_pairs.row(m_grid.cursor()); }
    std::vector<std::string> marked();
    void scan(Console& console);
    void stop_scan(Console& console);
    void skip();
    void dismiss(Console& console, const std::vector<std::string>& ids, const std::string& what);
    void add_decisions(Console& console, std::vector<Action>& actions);
    void add_bulk(Console& console, std::vector<Action>& actions);
    void add_places(Console& console, std::vector<Action>& actions);
    void dismiss_chosen(Console& console);
    void dismiss_marked(Console& console);
    void reopen(Console& console, const std::vector<std::string>& ids);
    void begin_merge(Console& console);
    void merge(Console& console);
    /// Looks first what merging these would do; none: all of the band `same`.
    void ask_bulk(Console& console, const std::vector<std::string>& ids);
    void ask_merges(
        Console& console,
        const boost::json::object& arguments,
        const std::map<std::string, std::string>& names,
        const boost::json::value& preview
    );
    void merge_bulk(Console& console, const boost::json::object& arguments);

    PairRows m_pairs;
    Grid m_grid;
    MergeEditor m_editor;
    Side m_side{Side::same};
    bool m_is_chosen{false}; ///< the side was, by a person or by what there is
    Resource m_jobs;
    std::map<std::string, std::int64_t> m_counts; ///< "open same" -> 12
    std::int64_t m_changes{-1};
    int m_session{0};
    Clock::Steady m_counted{};
    std::map<std::string, std::string> m_names;
    std::string m_named_for; ///< the pair whose names were asked
    Ticket m_counting;
    Ticket m_naming;
    std::vector<Ticket> m_calls;
    bool m_is_merging{false}; ///< a merge is under way
    std::string m_merged_pair; ///< that the editor is about
    std::string m_scan_seen; ///< the job that ran when it was last looked
};

} // namespace mortise::ui
