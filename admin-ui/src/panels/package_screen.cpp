#include "panels/package_screen.hpp"

#include "base/json_read.hpp"
#include "panels/plugin_screen.hpp"
#include "shell/problem.hpp"

#include <utility>

namespace mortise::ui {

void PackageScreen::fail(const Error& error)
{
    m_error = error;
}

void PackageScreen::look(Console& console)
{
    m_error.reset();
    m_found = nullptr;
    m_trusts = m_grants = false;
    m_file.start(m_path, [this, &console](const Result<std::string>& upload) {
        if (!upload) return fail(upload.error());
        m_upload = *upload;
        m_call = console.link.call(
            "plugins.inspect",
            {{"upload", m_upload}},
            [this](Result<boost::json::value> answer) {
                if (!answer) return fail(answer.error());
                m_found = *std::move(answer);
            }
        );
    });
}

void PackageScreen::draw(Console& console)
{
    Ui& ui = console.ui;
    if (console.store.hello.value() && !console.store.is_admin()) {
        ui.message(
            Icon::lock,
            "No right to install plugins",
            "A plugin is code that runs in the host. It takes a user with scope all.",
            {},
            Tone::warning
        );
        return;
    }
    const bool is_away = console.link.state() != LinkState::open;
    if (is_away) ui.note(Icon::offline, "The host is away: nothing can be installed now.", Tone::warning);
    const bool busy = m_file.is_running() || m_call.is_under_way();
    const InputAnswer path = ui.input(
        "Package file",
        m_path,
        {.hint = "the path of a .mortise package on this machine",
         .width = ImGui::GetContentRegionAvail().x - ui.px(110),
         .take_keys = std::exchange(m_begins, false),
         .is_wrong = m_error.has_value() && m_found.is_null()}
    );
    ui.beside();
    const bool pressed = ui.button(
        "Look at it",
        {.weight = m_found.is_null() ? Weight::primary : Weight::plain,
         .enabled = !busy && !is_away && !m_path.empty()}
    );
    if ((pressed || path.entered) && !busy && !is_away && !m_path.empty()) look(console);
    if (m_error) draw_problem(ui, *m_error);
    if (busy && m_found.is_null()) {
        ui.message(Icon::clock, "Looking at the package", bytes_text(m_file.sent()) + " sent");
        return;
    }
    if (m_found.is_null()) {
        if (!m_error)
            ui.message(
                Icon::plug,
                "Choose a package",
                "You see what it is and what it asks for before anything of it is kept. Nothing runs until "
                "you "
                "say so."
            );
        return;
    }
    draw_package(console);
}

void PackageScreen::draw_package(Console& console)
{
    Ui& ui = console.ui;
    ui.gap(8);
    ui.card_begin("package", ImGui::GetContentRegionAvail().x);
    ui.heading(text_at(m_found, "name"));
    ui.beside(10);
    ui.badge(text_at(m_found, "version"), Tone::accent);
    ui.beside(10);
    if (flag_at(m_found, "signed"))
        ui.status("signed", Tone::info);
    else
        ui.status("not signed", Tone::warning);
    ui.small(
        text_at(m_found, "id") + "   by "
        + (text_at(m_found, "vendor").empty() ? "an unnamed vendor" : text_at(m_found, "vendor"))
    );
    ui.gap(4);
    ui.wrapped(text_at(m_found, "summary"));
    ui.gap(8);
    const std::string now = text_at(m_found, "installed");
    if (now.empty()) {
        draw_permissions(console, "It asks to", array_at(m_found, "permissions"), Tone::warning);
    } else {
        ui.strong("Version " + now + " is installed  \xE2\x86\x92  " + text_at(m_found, "version"));
        draw_permissions(console, "It asks for more", array_at(m_found, "asks_more"), Tone::warning);
        draw_permissions(console, "It asks no more to", array_at(m_found, "asks_less"), Tone::positive);
        if (array_at(m_found, "asks_more").empty() && array_at(m_found, "asks_less").empty())
            ui.muted("It asks for the same rights as before.");
    }
    ui.gap(8);
    draw_install(console);
    ui.card_end();
}

void PackageScreen::draw_permissions(
    Console& console, std::string_view title, const boost::json::array& list, Tone tone
)
{
    Ui& ui = console.ui;
    if (list.empty()) {
        if (title == "It asks to")
            ui.muted("It asks for no rights: it sees the records of its own types alone.");
        return;
    }
    ui.strong(title);
    for (const auto& one : list) {
        ui.icon(tone == Tone::positive ? Icon::check : Icon::lock, ui.theme().of(tone));
        ui.beside(8);
        ui.text(permission_words(text_of(one)));
        ui.beside(10);
        ui.small(text_of(one));
    }
    ui.gap(4);
}

void PackageScreen::draw_install(Console& console)
{
    Ui& ui = console.ui;
    const bool busy = m_call.is_under_way();
    const bool is_open = console.link.state() == LinkState::open;
    if (!flag_at(m_found, "signed"))
        ui.check("I know where it comes from, although nobody signed it", m_trusts);
    else
        ui.check("Take it although this host does not know who signed it", m_trusts);
    const std::string now = text_at(m_found, "installed");
    const bool is_newer = flag_at(m_found, "newer");
    if (!now.empty() && !array_at(m_found, "asks_more").empty())
        ui.check("Grant what it asks for besides", m_grants);
    ui.gap(6);
    const std::string why
        = m_trusts || flag_at(m_found, "signed") ? "" : "say first that you know where it comes from";
    const bool can = !busy && is_open && why.empty();
    if (now.empty()) {
        if (ui.button(
                "Install and enable",
                {.icon = Icon::play, .weight = Weight::primary, .enabled = can, .tip = why}
            ))
            install(console, true);
        ui.beside();
        if (ui.button(
                "Install only", {.enabled = can, .tip = "Its files are put on disk; nothing of it runs"}
            ))
            install(console, false);
    } else if (is_newer) {
        if (ui.button(
                "Upgrade to " + text_at(m_found, "version"),
                {.icon = Icon::upload, .weight = Weight::primary, .enabled = can, .tip = why}
            ))
            upgrade(console);
        if (!array_at(m_found, "asks_more").empty() && !m_grants) {
            ui.beside(10);
            ui.small("Without the new rights it runs, and what needs them fails until you grant them.");
        }
    } else {
        ui.note(
            Icon::info,
            "It is not newer than " + now
                + ", which is installed. To go back, open the plugin and press Roll back.",
            Tone::info
        );
    }
    if (busy) ui.muted("Working...");
}

void PackageScreen::install(Console& console, bool enable)
{
    m_error.reset();
    const std::string id = text_at(m_found, "id");
    const std::string name = text_at(m_found, "name");
    m_call = console.link.call(
        "plugins.install",
        {{"upload", m_upload}, {"allow_unsigned", m_trusts}},
        [this, &console, id, name, enable](const Result<boost::json::value>& answer) {
            if (!answer) return fail(answer.error());
            if (!enable) return installed(console, name + " is installed, and off");
            m_call = console.link.call(
                "plugins.enable",
                {{"plugin", id}},
                [this, &console, name](const Result<boost::json::value>& enabled) {
                    if (!enabled) {
                        installed(console, name + " is installed, and does not start");
                        return console.desk.tell(enabled.error());
                    }
                    installed(console, name + " is installed and on");
                }
            );
        }
    );
}

void PackageScreen::upgrade(Console& console)
{
    m_error.reset();
    const std::string name = text_at(m_found, "name");
    m_call = console.link.call(
        "plugins.upgrade",
        {{"upload", m_upload}, {"allow_unsigned", m_trusts}, {"grant", m_grants}},
        [this, &console, name](const Result<boost::json::value>& answer) {
            if (!answer) return fail(answer.error());
            const std::string problem = text_at(*answer, "problem");
            installed(
                console,
                name + " went from " + text_at(*answer, "from") + " to " + text_at(*answer, "to")
                    + (problem.empty() ? "" : ": " + problem)
            );
        }
    );
}

void PackageScreen::installed(Console& console, const std::string& said)
{
    const std::string id = text_at(m_found, "id");
    for (Resource* one :
         {&console.store.plugins, &console.store.commands, &console.store.types_list, &console.store.views})
        one->refresh();
    m_found = nullptr;
    m_path.clear();
    console.desk.toast(Tone::positive, said, "plugins/" + id);
    console.desk.open("plugins/" + id);
}

} // namespace mortise::ui
