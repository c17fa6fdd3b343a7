#pragma once

/// \file
/// The plugins: what state each is in, what it may do, what it costs, what it logs; on, off, reload, rights.

#include "model/table_rows.hpp"
#include "shell/console.hpp"
#include "widgets/form.hpp"

namespace mortise::ui {

/// A plugin's state in words.
std::pair<std::string, Tone> plugin_state(const boost::json::value& plugin);
/// "contacts.read" in words.
std::string permission_words(std::string_view permission);

/// Thread-safety: the UI thread.
class PluginScreen final : public Screen {
public:
    PluginScreen(Console& console, std::string plugin);

    std::string title() const override { return m_chosen.empty() || m_name.empty() ? "Plugins" : m_name; }
    Icon icon() const override { return Icon::plug; }
    void draw(Console& console) override;
    std::vector<Action> actions(Console& console) override;

private:
    void draw_list(Console& console, float height);
    void draw_plugin(Console& console, const boost::json::value& plugin);
    void draw_head(Console& console, const boost::json::value& plugin);
    void draw_overview(Console& console, const boost::json::value& plugin);
    void draw_versions(Console& console, const boost::json::value& plugin);
    void draw_rights(Console& console, const boost::json::value& plugin);
    void draw_costs(Console& console);
    void draw_events(Console& console);
    void draw_log(Console& console);
    void change(Console& console, const std::string& method, boost::json::object params, std::string done);
    void roll_back(Console& console, const std::string& id, const std::string& name);
    void remove(Console& console, const std::string& id, const std::string& name);
    void disable(Console& console, const boost::json::value& plugin);
    const boost::json::value& stats_of(Console& console, std::string_view plugin) const;
    const boost::json::value& chosen(Console& console) const;

    std::string m_chosen;
    std::string m_name;
    Grid m_grid;
    ObjectRows m_rows;
    Grid m_functions;
    ObjectRows m_function_rows;
    Grid m_counts;
    ObjectRows m_count_rows;
    Grid m_log;
    ObjectRows m_log_rows;
    std::unique_ptr<Resource> m_lines;
    std::size_t m_tab{0};
    std::string m_filter;
    bool m_is_alone{false}; ///< opened for one plugin
    int m_version{0};
    int m_seen_plugins{-1};
    int m_seen_stats{-1};
    boost::json::array m_shown;
    std::vector<Ticket> m_calls;
};

} // namespace mortise::ui
