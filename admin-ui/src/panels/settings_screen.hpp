#pragma once

/// \file
/// The settings of plugins, as forms drawn from their schemas.

#include "shell/console.hpp"
#include "widgets/form.hpp"

namespace mortise::ui {

/// Thread-safety: the UI thread.
class SettingsScreen final : public Screen {
public:
    explicit SettingsScreen(std::string plugin) : m_plugin{std::move(plugin)} { }

    std::string title() const override { return "Settings"; }
    Icon icon() const override { return Icon::gear; }
    void draw(Console& console) override;

private:
    void choose(Console& console, std::string plugin);
    void draw_form(Console& console);
    void draw_views(Console& console);
    void save(Console& console);

    std::string m_plugin;
    std::shared_ptr<Resource> m_settings; ///< shared with what takes a change back
    std::optional<SchemaForm> m_form;
    boost::json::value m_saved;
    int m_version{-1};
    std::vector<Ticket> m_calls;
};

} // namespace mortise::ui
