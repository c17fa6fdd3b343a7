#pragma once

/// \file
/// The records of a type in a grid: filter, sort, choose columns, mark, change, delete and bring back.

#include "model/csv_export.hpp"
#include "shell/console.hpp"

namespace mortise::ui {

/// How a plugin's view wants the list.
struct ListLook {
    std::string title{};
    std::vector<std::string> columns{};
    GridSort sort{};
    std::string empty{};
    std::vector<Filter> filters{};
    std::string view{}; ///< a view that was saved
};

/// Thread-safety: the UI thread.
class ListScreen final : public Screen {
public:
    ListScreen(Console& console, std::string type, ListLook look = {});

    std::string title() const override;
    Icon icon() const override { return icon_named(m_type); }
    void draw(Console& console) override;
    std::vector<Action> actions(Console& console) override;
    RecordRows& rows() noexcept { return m_rows; }
    Grid& grid() noexcept { return m_grid; }

private:
    void set_up(Console& console, const TypeInfo& type);
    void ask();
    void draw_bar(Console& console, const TypeInfo& type);
    void draw_filters(Console& console, const TypeInfo& type);
    void draw_filter_editor(Console& console, const TypeInfo& type);
    void draw_values(Console& console, const TypeInfo& type);
    void ask_values(Console& console, const TypeInfo& type);
    void draw_columns(Console& console, const TypeInfo& type);
    void draw_views(Console& console, const TypeInfo& type);
    void save_view(Console& console, const TypeInfo& type);
    void apply_view(Console& console, const std::string& name);
    void draw_export(Console& console, const TypeInfo& type);
    void begin_export(Console& console, bool replace);
    void follow_export(Console& console);
    void draw_marked(Console& console, const TypeInfo& type);
    void draw_bulk(Console& console, const TypeInfo& type);
    void draw_grid(Console& console, const TypeInfo& type);
    std::string count_text(const TypeInfo& type) const;
    void edit(Console& console, const TypeInfo& type, const GridEdit& edit);
    void remove_marked(Console& console, const TypeInfo& type);
    void set_marked(Console& console, const TypeInfo& type);
    void clear_filters();

    std::string m_type;
    std::string m_label;
    ListLook m_look;
    RecordRows m_rows;
    Grid m_grid{{}};
    bool m_is_set_up{false};
    std::string m_search;
    std::string m_sought;
    std::vector<Filter> m_filters;
    bool m_takes_search{false};
    bool m_shows_filters{false};
    bool m_shows_columns{false};
    bool m_shows_bulk{false};
    bool m_shows_views{false};
    bool m_names_view{false};
    std::string m_view; ///< the saved one that is shown
    std::string m_view_name;
    bool m_shows_export{false};
    bool m_names_file{false};
    std::string m_file;
    std::optional<Error> m_export_error;
    std::unique_ptr<CsvExport> m_export;
    Filter m_new_filter;
    std::string m_bulk_field;
    std::string m_bulk_value;
    std::string m_values_of; ///< field whose values are listed
    std::vector<std::pair<std::string, std::int64_t>> m_rows_of_values; ///< with how often each is there
    Ticket m_values_call;
    std::vector<Ticket> m_calls;
};

} // namespace mortise::ui
