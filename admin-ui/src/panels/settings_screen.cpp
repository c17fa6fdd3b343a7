#include "panels/settings_screen.hpp"

#include "base/json_read.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <memory>
#include <utility>

namespace mortise::ui {

using namespace std::chrono_literals;

void SettingsScreen::choose(Console& console, std::string plugin)
{
    m_plugin = std::move(plugin);
    m_form.reset();
    m_version = -1;
    m_settings = std::make_shared<Resource>(
        console.link, console.clock, "settings.get", boost::json::object{{"plugin", m_plugin}}
    );
}

void SettingsScreen::draw(Console& console)
{
    Ui& ui = console.ui;
    std::erase_if(m_calls, [](const Ticket& call) { return !call.is_under_way(); });
    if (!draw_state(console, console.store.plugins, "the plugins")) return;
    const float width = ui.px(240);
    ImGui::BeginChild("whose", {width, 0});
    ui.small("Settings of");
    for (const auto& plugin : array_at(*console.store.plugins.value(), "plugins")) {
        const std::string id = text_at(plugin, "id");
        const bool is_chosen = id == m_plugin;
        if (m_plugin.empty() && flag_at(plugin, "enabled")) choose(console, id);
        ImGui::PushID(id.c_str());
        if (ui.button(
                text_at(plugin, "name"),
                {.icon = Icon::plug,
                 .weight = is_chosen ? Weight::primary : Weight::quiet,
                 .width = width - ui.px(10)}
            ))
            choose(console, id);
        ImGui::PopID();
    }
    draw_views(console);
    ImGui::EndChild();
    ui.beside(14);
    ImGui::BeginChild("settings");
    if (m_plugin.empty())
        ui.message(Icon::gear, "No plugins", "Plugins bring settings. There is none yet.");
    else
        draw_form(console);
    ImGui::EndChild();
}

void SettingsScreen::draw_views(Console& console)
{
    Ui& ui = console.ui;
    if (!console.store.views.value()) return;
    bool is_first = true;
    for (const auto& view : array_at(*console.store.views.value(), "views")) {
        if (text_at(view, "place") != "settings") continue;
        if (is_first) {
            ui.gap(10);
            ui.small("Set up");
            is_first = false;
        }
        const std::string name = text_at(view, "name");
        if (ui.button(
                text_at(view, "title"), {.icon = icon_named(text_at(view, "icon")), .weight = Weight::quiet}
            ))
            console.desk.open("view/" + name);
    }
}

void SettingsScreen::draw_form(Console& console)
{
    Ui& ui = console.ui;
    if (!m_settings) choose(console, m_plugin);
    m_settings->keep_fresh(30s);
    if (!draw_state(console, *m_settings, "the settings")) return;
    const auto& answer = *m_settings->value();
    if (m_version
        != m_settings->version()) { // what is being typed is kept when only the age of the answer changed
        m_version = m_settings->version();
        m_saved = at(answer, "settings");
        m_form.emplace(at(answer, "schema"), m_saved);
    }
    if (m_form->is_empty()) {
        ui.message(Icon::gear, "Nothing to set", "This plugin has no settings.");
        return;
    }
    ui.card_begin("form", std::min(ImGui::GetContentRegionAvail().x, ui.px(680)));
    m_form->draw(ui);
    boost::json::object changed;
    for (const auto& [name, value] : m_form->values().get_object())
        if (at(m_saved, name) != value) changed[name] = value;
    for (const auto& [name, value] : object_of(m_saved))
        if (!m_form->values().get_object().contains(name)) changed[name] = nullptr;
    for (const auto& [name, value] : changed)
        ui.small(
            words_of(std::string{name}) + ": " + text_of(at(m_saved, name)) + "  \xE2\x86\x92  "
            + (value.is_null() ? "the default" : text_of(value))
        );
    const bool is_admin = console.store.is_admin();
    if (ui.button(
            "Save",
            {.icon = Icon::check,
             .weight = Weight::primary,
             .enabled = !changed.empty() && is_admin,
             .tip = is_admin ? "" : "needs a user with scope all"}
        ))
        save(console);
    ui.beside();
    if (ui.button("Put back", {.weight = Weight::quiet, .enabled = !changed.empty()}))
        m_form->set_values(m_saved);
    ui.card_end();
}

void SettingsScreen::save(Console& console)
{
    const auto problems = m_form->problems();
    if (!problems.empty()) return m_form->show_problem(problems.front());
    const boost::json::object values = m_form->values().get_object();
    const auto set = [&](const std::string& name, const boost::json::value& value) {
        m_calls.push_back(console.link.call(
            "settings.set",
            {{"plugin", m_plugin}, {"name", name}, {"value", value}},
            [this, &console, name, was = at(m_saved, name), plugin = m_plugin](
                const Result<boost::json::value>& answer
            ) {
                m_settings->refresh();
                if (!answer) {
                    m_form->show_problem({"/" + name, answer.error().message});
                    return console.desk.tell(answer.error());
                }
                const std::weak_ptr<Resource> shown{m_settings};
                boost::json::object back{{"plugin", plugin}, {"name", name}, {"value", was}};
                console.desk.did(words_of(name) + " was set", [&console, shown, back] {
                    console.link
                        .call(
                            "settings.set",
                            back,
                            [&console, shown](const Result<boost::json::value>& undone) {
                                if (const auto settings = shown.lock()) settings->refresh();
                                if (!undone) return console.desk.tell(undone.error());
                                console.desk.toast(Tone::positive, "Put back");
                            }
                        )
                        .detach();
                });
            }
        ));
    };
    for (const auto& [name, value] : values)
        if (at(m_saved, name) != value) set(std::string{name}, value);
    for (const auto& [name, value] : object_of(m_saved))
        if (!values.contains(name)) set(std::string{name}, nullptr);
}

} // namespace mortise::ui
