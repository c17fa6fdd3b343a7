#include "panels/bisect_screen.hpp"

#include "base/json_read.hpp"
#include "panels/plugin_screen.hpp"

#include <algorithm>
#include <utility>

namespace mortise::ui {

using namespace std::chrono_literals;

std::string BisectScreen::name_of(Console& console, const std::string& id)
{
    for (const auto& plugin : array_at(*console.store.plugins.value(), "plugins"))
        if (text_at(plugin, "id") == id) return text_at(plugin, "name");
    return id;
}

bool BisectScreen::is_on(Console& console, const std::string& id) const
{
    if (const auto known = m_known.find(id); known != m_known.end()) return known->second;
    for (const auto& plugin : array_at(*console.store.plugins.value(), "plugins"))
        if (text_at(plugin, "id") == id) return flag_at(plugin, "enabled");
    return false;
}

void BisectScreen::keep(Console& console)
{
    console.preferences.set(
        "bisect", m_section, m_bisect.is_begun() ? m_bisect.json() : boost::json::value{}
    );
}

void BisectScreen::draw(Console& console)
{
    Ui& ui = console.ui;
    if (console.store.hello.value() && !console.store.is_admin()) {
        ui.message(
            Icon::lock, "No right to switch plugins", "It takes a user with scope all.", {}, Tone::warning
        );
        return;
    }
    Resource& plugins = console.store.plugins;
    plugins.keep_fresh(3s);
    if (!draw_state(console, plugins, "the plugins") || !console.store.status.value()) return;
    if (m_section.empty()) {
        m_section = text_at(at(*console.store.status.value(), "database"), "id");
        if (m_section.empty()) m_section = "database";
        m_bisect = Bisect::read(console.preferences.get("bisect", m_section));
    }
    if (m_error) {
        ui.note(
            Icon::error, m_error->message + (m_error->hint.empty() ? "" : "\n" + m_error->hint), Tone::danger
        );
        if (ui.button("Try again", {.icon = Icon::refresh})) apply(console);
        ui.gap(6);
    }
    if (!m_bisect.is_begun())
        draw_begin(console);
    else if (m_bisect.is_over())
        draw_end(console);
    else
        draw_question(console);
    if (m_bisect.is_begun()) draw_plugins(console);
}

void BisectScreen::draw_begin(Console& console)
{
    std::vector<std::string> enabled;
    for (const auto& plugin : array_at(*console.store.plugins.value(), "plugins"))
        if (flag_at(plugin, "enabled")) enabled.push_back(text_at(plugin, "id"));
    if (enabled.empty()) {
        console.ui.message(Icon::plug, "No plugin is on", "So none can be to blame.");
        return;
    }
    const auto begun = Bisect::over(enabled);
    if (console.ui.message(
            Icon::search,
            "Something is wrong, and you do not know which plugin it is?",
            "Plugins are switched off by halves, and each time you say whether it is still wrong. With "
                + counted(static_cast<std::int64_t>(enabled.size()), "plugin", "plugins") + " that takes "
                + std::to_string(begun.steps_left())
                + " answers at most. What they have stays; events wait for them. You can stop at any time, "
                  "and all "
                  "are on again. The same holds if the console ends.",
            "Begin: switch all off"
        )) {
        m_bisect = begun;
        keep(console);
        apply(console);
    }
}

void BisectScreen::draw_question(Console& console)
{
    Ui& ui = console.ui;
    const bool busy = m_call.is_under_way();
    const bool can = !busy && !m_error && console.link.state() == LinkState::open;
    ui.heading(busy ? "Switching plugins..." : "Is it still wrong?");
    ui.muted(
        counted(static_cast<std::int64_t>(m_bisect.suspects().size()), "plugin", "plugins")
        + " can be to blame, " + std::to_string(m_bisect.steps_left())
        + " answers at most. Try what went wrong, then say:"
    );
    ui.gap(8);
    if (ui.button("Still wrong", {.icon = Icon::error, .enabled = can, .keys = "y"})) answer(console, true);
    ui.beside();
    if (ui.button("All right now", {.icon = Icon::check, .enabled = can, .keys = "n"}))
        answer(console, false);
    ui.beside(24);
    if (ui.button("Stop, all on again", {.icon = Icon::undo, .weight = Weight::quiet, .enabled = !busy}))
        stop(console, "All plugins are on again");
    ui.gap(10);
}

void BisectScreen::draw_end(Console& console)
{
    Ui& ui = console.ui;
    const bool busy = m_call.is_under_way();
    const std::string id = m_bisect.culprit();
    if (id.empty()) {
        ui.heading("No plugin is to blame");
        ui.wrapped("It is wrong with all plugins off too. Look at the status of the host, and at its log.");
        ui.gap(8);
        if (ui.button("All on again", {.icon = Icon::undo, .weight = Weight::primary, .enabled = !busy}))
            stop(console, "All plugins are on again");
        ui.gap(10);
        return;
    }
    const std::string name = name_of(console, id);
    ui.heading("It is " + name);
    ui.wrapped(
        busy ? "With it off all is right. The others are being switched on."
             : "With it off all is right; it is off now, and the others are on. Its log may tell why."
    );
    ui.gap(8);
    if (ui.button("Leave it off", {.icon = Icon::pause, .weight = Weight::primary, .enabled = !busy})) {
        m_bisect = {};
        m_known.clear();
        keep(console);
        console.desk.toast(Tone::positive, name + " stays off", "plugins/" + id);
        return;
    }
    ui.beside();
    if (ui.button("See its log", {.icon = Icon::note})) console.desk.open("plugins/" + id);
    ui.beside();
    if (ui.button("All on again", {.icon = Icon::undo, .enabled = !busy}))
        stop(console, "All plugins are on again, " + name + " too");
    ui.gap(10);
}

void BisectScreen::draw_plugins(Console& console)
{
    Ui& ui = console.ui;
    ui.line();
    ImGui::BeginChild("plugins");
    for (const std::string& id : m_bisect.all()) {
        const bool on = is_on(console, id);
        const bool is_suspect = std::ranges::find(m_bisect.suspects(), id) != m_bisect.suspects().end();
        ui.status(on ? "on" : "off", on ? Tone::positive : Tone::neutral);
        ImGui::SameLine(ui.px(70));
        if (is_suspect)
            ui.strong(name_of(console, id));
        else
            ui.muted(name_of(console, id));
        ui.beside(12);
        ui.small(is_suspect ? m_bisect.is_over() ? "to blame" : "can be to blame" : "not to blame");
    }
    ImGui::EndChild();
}

void BisectScreen::answer(Console& console, bool is_still_wrong)
{
    m_bisect.answer(is_still_wrong);
    keep(console);
    apply(console);
}

void BisectScreen::stop(Console& console, std::string said)
{
    m_ends = true;
    m_said = std::move(said);
    apply(console);
}

void BisectScreen::apply(Console& console)
{
    m_error.reset();
    m_to_disable.clear();
    m_to_enable.clear();
    for (const std::string& id : m_bisect.all()) {
        const bool shall_be_off = !m_ends && m_bisect.off().contains(id);
        const bool on = is_on(console, id);
        if (shall_be_off && on) m_to_disable.push_back(id);
        if (!shall_be_off && !on) m_to_enable.push_back(id);
    }
    m_tried = 0;
    step(console);
}

void BisectScreen::step(Console& console)
{
    if (!m_to_disable.empty()) {
        const std::string id = m_to_disable.back();
        m_call = console.link.call(
            "plugins.disable",
            {{"plugin", id}},
            [this, &console, id](const Result<boost::json::value>& answer) {
                switched(console, id, false, answer);
            }
        );
        return;
    }
    if (!m_to_enable.empty()) {
        const std::string id = m_to_enable.back();
        m_call = console.link.call(
            "plugins.enable",
            {{"plugin", id}},
            [this, &console, id](const Result<boost::json::value>& answer) {
                switched(console, id, true, answer);
            }
        );
        return;
    }
    for (Resource* one :
         {&console.store.plugins, &console.store.commands, &console.store.types_list, &console.store.views})
        one->refresh();
    if (!m_ends) return;
    m_ends = false;
    m_bisect = {};
    m_known.clear();
    keep(console);
    console.desk.toast(Tone::positive, m_said);
}

void BisectScreen::switched(
    Console& console, const std::string& id, bool on, const Result<boost::json::value>& answer
)
{
    if (answer) {
        m_known[id] = on;
        std::erase(on ? m_to_enable : m_to_disable, id);
        m_tried = 0;
        return step(console);
    }
    // One that another needs goes after that; one that needs another comes after that.
    if (!on && answer.error().key == "plugins.needed" && !answer.error().where.empty() && m_tried++ < 64) {
        const std::string other = answer.error().where;
        std::erase(m_to_disable, other);
        m_to_disable.push_back(other);
        m_bisect.note_off(other);
        keep(console);
        return step(console);
    }
    if (on && ++m_tried < m_to_enable.size()) {
        std::ranges::rotate(m_to_enable, m_to_enable.end() - 1);
        return step(console);
    }
    m_error = answer.error();
    console.store.plugins.refresh();
}

} // namespace mortise::ui
