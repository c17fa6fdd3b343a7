#include "base/json_read.hpp"
#include "shell/shell.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace mortise::ui {
namespace {

struct Place {
    std::string_view place;
    std::string_view title;
    std::string_view keys;
    Icon icon;
};

constexpr std::array places{
    Place{"home", "Home", "g h", Icon::home},
    Place{"list/contact", "Contacts", "g c", Icon::people},
    Place{"reports", "Plugins' reports", "g r", Icon::chart},
    Place{"dashboards", "Dashboards", "g v", Icon::chart},
    Place{"import", "Import", "g i", Icon::upload},
    Place{"duplicates", "Duplicates", "g l", Icon::duplicates},
    Place{"types", "Record types", "g t", Icon::types},
    Place{"sql", "SQL", "g q", Icon::terminal},
    Place{"plugins", "Plugins", "g p", Icon::plug},
    Place{"bundles", "Bundles", "g n", Icon::bundle},
    Place{"segment/new", "New segment by rules", "", Icon::people},
    Place{"report/new", "New report", "", Icon::chart},
    Place{"install", "Install a plugin", "", Icon::upload},
    Place{"startup", "Start-up of plugins", "", Icon::chart},
    Place{"bisect", "Find the culprit among plugins", "", Icon::search},
    Place{"events", "Events", "g e", Icon::feed},
    Place{"dead-letters", "Dead letters", "g d", Icon::inbox},
    Place{"subscriptions", "Subscriptions", "g u", Icon::link},
    Place{"jobs", "Jobs", "g j", Icon::clock},
    Place{"commands", "Commands", "g m", Icon::bolt},
    Place{"settings", "Settings", "g s", Icon::gear},
    Place{"users", "Users", "g o", Icon::users},
    Place{"backup", "Backup", "g b", Icon::export_},
    Place{"status", "Status of the host", "g x", Icon::info},
};

/// The keys that went down in this frame, written as in `Action::keys`; empty if none that counts.
std::string keys_pressed()
{
    const ImGuiIO& io = ImGui::GetIO();
    std::string name;
    for (int key = static_cast<int>(Key::a); key <= static_cast<int>(Key::z); ++key)
        if (ImGui::IsKeyPressed(static_cast<ImGuiKey>(key), false)) name = static_cast<char>(key);
    for (int key = '0'; key <= '9'; ++key)
        if (ImGui::IsKeyPressed(static_cast<ImGuiKey>(key), false)) name = static_cast<char>(key);
    if (is_pressed(Key::slash)) name = io.KeyShift ? "?" : "/";
    if (is_pressed(Key::f5)) name = "F5";
    if (is_pressed(Key::equal)) name = "+";
    if (is_pressed(Key::minus)) name = "-";
    if (name.empty()) return name;
    if (!io.KeyCtrl && !io.KeyShift && name.size() == 1 && name[0] >= 'A')
        name[0] = static_cast<char>(name[0] + 32);
    if (io.KeyShift && name != "?" && name != "+") name.insert(0, "Shift+");
    if (io.KeyCtrl) name.insert(0, "Ctrl+");
    return io.KeyAlt ? std::string{} : name;
}

} // namespace

void Shell::add_places(std::vector<Action>& actions)
{
    for (const Place& one : places)
        actions.push_back(
            {.id = std::string{one.place},
             .title = std::string{one.title},
             .group = "Go to",
             .keys = std::string{one.keys},
             .icon = one.icon,
             .run = [this, &one] { open(one.place); }}
        );
}

void Shell::add_own(std::vector<Action>& actions)
{
    const auto add = [&](std::string title,
                         std::string keys,
                         Icon icon,
                         std::function<void()> run,
                         std::string why_not = {}) {
        actions.push_back(
            {.id = title,
             .title = std::move(title),
             .group = "Everywhere",
             .keys = std::move(keys),
             .icon = icon,
             .run = std::move(run),
             .why_not = std::move(why_not)}
        );
    };
    add("Find anything", "Ctrl+K", Icon::search, [this] { open_palette(); });
    add(
        "Undo the last change",
        "Ctrl+Z",
        Icon::undo,
        [this] { undo(); },
        m_done.empty() ? "nothing was changed in this session" : ""
    );
    add("New contact", "Ctrl+Shift+N", Icon::plus, [this] { create_record("contact", {{"kind", "person"}}); }
    );
    add("Keys and help", "?", Icon::info, [this] { m_dialogs.open_help(this->actions()); });
    add("Change theme", "Ctrl+Shift+T", Icon::theme, [this] { cycle_theme(); });
    add("Larger", "Ctrl++", Icon::plus, [this] { m_wanted_scale = std::min(m_theme.scale() + 0.1F, 2.0F); });
    add("Smaller", "Ctrl+-", Icon::plus, [this] { m_wanted_scale = std::max(m_theme.scale() - 0.1F, 0.8F); });
    add(
        "Close this tab",
        "Ctrl+W",
        Icon::close,
        [this] { close(place()); },
        m_tabs.size() < 2 ? "it is the only one" : ""
    );
    add("Next tab", "Ctrl+J", Icon::chevron_right, [this] {
        m_active = (m_active + 1) % std::max<std::size_t>(m_tabs.size(), 1);
    });
    add("Show or hide the rail", "Ctrl+B", Icon::columns, [this] { m_rail_is_narrow = !m_rail_is_narrow; });
    add(
        "Connect again now",
        "",
        Icon::refresh,
        [this] { m_link.retry(); },
        m_link.state() == LinkState::open ? "the host is there" : ""
    );
}

std::vector<Action> Shell::actions()
{
    std::vector<Action> actions;
    if (m_active < m_tabs.size())
        for (Action& action : m_tabs[m_active].screen->actions(m_console))
            actions.push_back(std::move(action));
    add_own(actions);
    add_places(actions);
    return actions;
}

std::vector<Entry> Shell::palette_entries()
{
    std::vector<Entry> entries;
    for (Action& action : actions())
        entries.push_back(
            {.title = std::move(action.title),
             .detail = std::move(action.group),
             .keys = std::move(action.keys),
             .icon = action.icon,
             .id = std::move(action.id),
             .run = std::move(action.run),
             .why_not = std::move(action.why_not)}
        );
    const auto add_place = [&](std::string title, std::string detail, Icon icon, const std::string& to) {
        entries.push_back(
            {.title = std::move(title),
             .detail = std::move(detail),
             .icon = icon,
             .id = to,
             .run = [this, to] { open(to); }}
        );
    };
    if (m_store.views.value()) {
        for (const auto& view : array_at(*m_store.views.value(), "views"))
            if (const std::string kind = text_at(view, "kind"); kind != "tab" && kind != "record")
                add_place(
                    text_at(view, "title"),
                    text_at(view, "plugin_name"),
                    icon_named(text_at(view, "icon")),
                    "view/" + text_at(view, "name")
                );
        for (const auto& report : array_at(*m_store.views.value(), "reports"))
            add_place(
                text_at(report, "title"),
                "Report of " + text_at(report, "plugin_name"),
                Icon::chart,
                "reports/" + text_at(report, "name")
            );
    }
    if (m_store.commands.value())
        for (const auto& command : array_at(*m_store.commands.value(), "commands")) {
            const std::string name = text_at(command, "name");
            const std::string title = text_at(command, "title");
            entries.push_back(
                {.title = title.empty() ? name : title,
                 .detail = name,
                 .icon = Icon::bolt,
                 .id = "command/" + name,
                 .run = [this, name] { run_command(name, {}, {}); }}
            );
        }
    for (const TypeInfo& type : m_store.types()) {
        if (type.name != "contact")
            add_place(type.plural_label(), "Records", icon_named(type.name), "list/" + type.name);
        const std::string name = type.name;
        entries.push_back(
            {.title = "New " + lower(type.label),
             .detail = "Record",
             .icon = Icon::plus,
             .id = "new/" + name,
             .run = [this, name] { create_record(name, {}); }}
        );
    }
    for (const TypeInfo& type : m_store.types())
        for (const auto& [name, view] : m_preferences.all("views/" + type.name))
            add_place(
                std::string{name},
                "View of " + lower(type.plural_label()),
                Icon::list,
                "list/" + type.name + "?@" + std::string{name}
            );
    if (m_store.plugins.value())
        for (const auto& plugin : array_at(*m_store.plugins.value(), "plugins")) {
            const std::string id = text_at(plugin, "id");
            add_place("Plugin " + text_at(plugin, "name"), id, Icon::plug, "plugins/" + id);
            add_place("Settings of " + text_at(plugin, "name"), id, Icon::gear, "settings/" + id);
        }
    return entries;
}

void Shell::open_palette()
{
    m_ui.hints().forget_focus();
    m_palette.open(palette_entries());
}

bool Shell::run_key(std::string_view keys)
{
    for (const Action& action : actions()) {
        if (action.keys != keys) continue;
        if (!action.why_not.empty()) {
            toast(Tone::info, action.title + ": " + action.why_not, {});
            return true;
        }
        action.run();
        return true;
    }
    return false;
}

void Shell::read_keys()
{
    if (is_over() || m_ui.hints().are_shown()) return;
    const std::string keys = keys_pressed();
    if (keys.empty()) {
        if (is_pressed(Key::escape)) m_leader = 0;
        return;
    }
    const bool has_modifier = keys.starts_with("Ctrl+") || keys.starts_with("F");
    if (m_ui.is_typing() && (!has_modifier || keys == "Ctrl+Z" || keys == "Ctrl+C")) return;
    if (m_leader != 0) {
        const std::string both = std::string{m_leader} + ' ' + keys;
        m_leader = 0;
        if (run_key(both)) return;
    }
    if (keys == "g") {
        m_leader = 'g';
        return;
    }
    run_key(keys);
}

} // namespace mortise::ui
