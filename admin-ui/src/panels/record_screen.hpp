#pragma once

/// \file
/// One record: its fields, what happened to it, the plugins' tabs, what points to it.

#include "shell/console.hpp"
#include "widgets/grid.hpp"

namespace mortise::ui {

class TabView;

/// Thread-safety: the UI thread.
class RecordScreen final : public Screen {
public:
    RecordScreen(Console& console, std::string type, std::string id);
    ~RecordScreen() override;

    std::string title() const override;
    Icon icon() const override { return icon_named(m_type); }
    void draw(Console& console) override;
    std::vector<Action> actions(Console& console) override;

private:
    struct Related {
        std::string type;
        std::string field;
        std::string label;
        std::int64_t count{-1};
        Ticket call{};
    };

    void keep_fresh(Console& console);
    void draw_head(Console& console, const TypeInfo& type);
    void draw_fields(Console& console, const TypeInfo& type, float width);
    void draw_field(Console& console, const FieldInfo& field, float width);
    void draw_editor(Console& console, const FieldInfo& field, float width);
    void draw_reference_editor(Console& console, const FieldInfo& field, float width);
    void draw_side(Console& console, const TypeInfo& type);
    void draw_timeline(Console& console);
    void draw_history(Console& console, const TypeInfo& type);
    void draw_version(Console& console, const TypeInfo& type, std::size_t index);
    void draw_as_of(Console& console);
    void draw_past_note(Console& console);
    void step_version(Console& console, int by);
    void ask_undo(Console& console, const std::string& transaction);
    void undo_transaction(Console& console, const std::string& transaction, bool force);
    /// The record, or the version of it that is looked at.
    const boost::json::value& shown() const;
    bool is_past() const { return !m_past.empty(); }
    void draw_related(Console& console, const TypeInfo& type);
    void save(Console& console, const FieldInfo& field, boost::json::value value);
    void remove(Console& console, const TypeInfo& type);
    void restore(Console& console);
    void log_note(Console& console);
    void ask_names(Console& console, const TypeInfo& type);
    void ask_related(Console& console, const TypeInfo& type);
    bool is_deleted() const;

    std::string m_type;
    std::string m_id;
    std::string m_title_field{"name"}; ///< of the type
    Resource m_record;
    Resource m_events;
    Resource m_history;
    std::string m_editing; ///< name of the field
    std::string m_text;
    bool m_edit_begins{false};
    std::string m_wrong; ///< field whose change was refused
    std::string m_wrong_text;
    std::size_t m_tab{0};
    bool m_shows_empty{false};
    std::string m_note;
    std::string m_find_field;
    std::string m_past; ///< number of the version that is looked at; empty: what is now
    std::string m_as_of;
    bool m_wants_as_of{false};
    std::int64_t m_changes{0};
    Clock::Steady m_refreshed{};
    std::map<std::string, std::string> m_names; ///< id -> title, of records that are referred to
    int m_named_version{-1};
    std::vector<std::pair<std::string, std::string>>
        m_choices; ///< ids and titles, for the reference that is edited
    std::string m_choices_of;
    std::vector<Related> m_related;
    bool m_asked_related{false};
    std::vector<std::unique_ptr<TabView>> m_tabs;
    int m_tabs_version{-1};
    Ticket m_naming;
    Ticket m_choosing;
    std::vector<Ticket> m_calls;
};

/// "Moved to another stage", from an event's type and data.
std::string event_words(const boost::json::value& event);

} // namespace mortise::ui
