#include "panels/plugin_screen.hpp"

#include "base/json_read.hpp"

#include <algorithm>
#include <utility>

namespace mortise::ui {

using namespace std::chrono_literals;

namespace {

GridCell draw_plugin_cell(const boost::json::value& row, const GridColumn& column)
{
    if (column.key == "state_word") {
        const auto [word, tone] = plugin_state(row);
        return {.text = word, .look = CellLook::status, .tone = tone};
    }
    if (column.key == "name") return {.text = text_at(row, "name"), .look = CellLook::strong};
    if (column.key == "p50" || column.key == "p99") {
        const std::int64_t time = integer_at(row, column.key);
        return {
            time == 0 ? "\xE2\x80\x94" : nanoseconds_text(time),
            CellLook::plain,
            time > 50'000'000 ? Tone::warning : Tone::neutral
        };
    }
    if (column.key == "errors") {
        const std::int64_t errors = integer_at(row, "errors");
        return {with_separators(errors), CellLook::plain, errors > 0 ? Tone::danger : Tone::neutral};
    }
    const auto& value = at(row, column.key);
    return {value.is_number() ? with_separators(integer_of(value)) : text_of(value)};
}

GridCell draw_function_cell(const boost::json::value& row, const GridColumn& column)
{
    if (column.key.ends_with("_ns")) return {nanoseconds_text(integer_at(row, column.key))};
    const auto& value = at(row, column.key);
    return {value.is_number() ? with_separators(integer_of(value)) : text_of(value)};
}

GridCell draw_log_cell(const boost::json::value& row, const GridColumn& column)
{
    if (column.key == "level") {
        const std::string level = text_at(row, "level");
        const Tone tone = level == "error" ? Tone::danger
            : level == "warning"           ? Tone::warning
                                           : Tone::neutral;
        return {.text = level, .look = CellLook::badge, .tone = tone};
    }
    if (column.key == "time") return {.text = time_text(text_at(row, "time")), .look = CellLook::muted};
    if (column.key == "fields")
        return {
            .text = object_at(row, "fields").empty() ? "" : text_at(row, "fields"), .look = CellLook::mono
        };
    return {text_at(row, column.key)};
}

} // namespace

std::pair<std::string, Tone> plugin_state(const boost::json::value& plugin)
{
    const std::string state = text_at(plugin, "state");
    const bool is_on = flag_at(plugin, "enabled");
    const bool has_problem = !array_at(plugin, "problems").empty();
    if (has_problem && is_on) return {state == "quarantined" ? "quarantined" : "failed", Tone::danger};
    if (has_problem) return {"unfit", Tone::warning};
    if (!is_on) return {"off", Tone::neutral};
    if (state == "active") return {"running", Tone::positive};
    if (state == "resolved") return {"on, idle", Tone::positive}; // its code is loaded when it is needed
    return {state.empty() ? "unknown" : words_of(state), Tone::info};
}

std::string permission_words(std::string_view permission)
{
    const std::size_t dot = permission.rfind('.');
    if (dot == std::string_view::npos) return words_of(permission);
    const std::string what = lower(words_of(permission.substr(0, dot)));
    const std::string_view how = permission.substr(dot + 1);
    if (how == "read") return "See " + what;
    if (how == "write") return "See, make, change and delete " + what;
    return words_of(how) + " (" + what + ")";
}

PluginScreen::PluginScreen(Console& console, std::string plugin)
    : m_chosen{std::move(plugin)},
      m_grid{
          {{"name", "Plugin", 220},
           {"state_word", "State", 110},
           {"version", "Version", 70},
           {"vendor", "Vendor", 90},
           {"calls", "Calls", 80, Align::right},
           {"p50", "p50", 80, Align::right},
           {"p99", "p99", 80, Align::right},
           {"errors", "Errors", 70, Align::right},
           {"queued", "Queue", 70, Align::right},
           {"summary", "What it does", 320}}
      },
      m_rows{draw_plugin_cell},
      m_functions{
          {{"function", "Function", 260},
           {"calls", "Calls", 90, Align::right},
           {"errors", "Errors", 80, Align::right},
           {"p50_ns", "p50", 90, Align::right},
           {"p99_ns", "p99", 90, Align::right}}
      },
      m_function_rows{draw_function_cell},
      m_counts{
          {{"type", "Event", 260},
           {"published", "Published", 90, Align::right},
           {"handled", "Handled", 90, Align::right},
           {"failed", "Failed", 90, Align::right}}
      },
      m_count_rows{draw_function_cell},
      m_log{
          {{"time", "Time", 130},
           {"level", "Level", 80},
           {"from", "From", 70},
           {"message", "Message", 420},
           {"key", "Key", 140},
           {"fields", "Fields", 200}}
      },
      m_log_rows{draw_log_cell},
      m_is_alone{!m_chosen.empty()}
{
    static_cast<void>(console);
    for (Grid* grid : {&m_functions, &m_counts, &m_log})
        grid->set_takes_keys(false);
}

const boost::json::value& PluginScreen::stats_of(Console& console, std::string_view plugin) const
{
    if (console.store.stats.value())
        for (const auto& one : array_at(*console.store.stats.value(), "plugins"))
            if (text_at(one, "plugin") == plugin) return one;
    return at({}, "");
}

const boost::json::value& PluginScreen::chosen(Console& console) const
{
    if (console.store.plugins.value())
        for (const auto& one : array_at(*console.store.plugins.value(), "plugins"))
            if (text_at(one, "id") == m_chosen) return one;
    return at({}, "");
}

void PluginScreen::draw(Console& console)
{
    std::erase_if(m_calls, [](const Ticket& call) { return !call.is_under_way(); });
    console.store.stats.keep_fresh(2s);
    console.store.plugins.keep_fresh(3s);
    if (!draw_state(console, console.store.plugins, "the plugins")) return;
    const auto& plugins = array_at(*console.store.plugins.value(), "plugins");
    if (plugins.empty()) {
        console.ui.message(
            Icon::plug,
            "No plugins were found",
            "They lie in the folder plugins of the data folder, and where Mortise is installed. See: mortise "
            "plugins --help"
        );
        return;
    }
    if (!m_is_alone) {
        Ui& ui = console.ui;
        if (ui.button("Install a plugin", {.icon = Icon::upload, .tip = "From a package file"}))
            console.desk.open("install");
        ui.beside();
        if (ui.button("Start-up", {.icon = Icon::chart, .tip = "What each took to be there"}))
            console.desk.open("startup");
        ui.beside();
        if (ui.button(
                "Find the culprit", {.icon = Icon::search, .tip = "Something is wrong: which plugin is it?"}
            ))
            console.desk.open("bisect");
        ui.gap(4);
    }
    const float rows = console.ui.px(static_cast<float>(40 + 23 * plugins.size()));
    if (!m_is_alone)
        draw_list(console, m_chosen.empty() ? 0 : std::min(rows, ImGui::GetContentRegionAvail().y * 0.38F));
    if (m_chosen.empty()) return;
    const auto& plugin = chosen(console);
    if (plugin.is_null()) {
        console.ui.message(Icon::plug, "There is no plugin " + m_chosen, "It may have been taken away.");
        return;
    }
    m_name = text_at(plugin, "name");
    draw_plugin(console, plugin);
}

void PluginScreen::draw_list(Console& console, float height)
{
    const int plugins = console.store.plugins.version();
    const int stats = console.store.stats.version();
    if (plugins != m_seen_plugins || stats != m_seen_stats) {
        m_seen_plugins = plugins;
        m_seen_stats = stats;
        m_shown.clear();
        for (const auto& plugin : array_at(*console.store.plugins.value(), "plugins")) {
            boost::json::object row = object_of(plugin);
            const auto& costs = stats_of(console, text_at(plugin, "id"));
            for (const std::string_view key : {"calls", "errors", "queued"})
                row[key] = integer_at(costs, key);
            std::int64_t p50 = 0;
            std::int64_t p99 = 0;
            for (const auto& function : array_at(costs, "functions")) { // of its slowest function
                p50 = std::max(p50, integer_at(function, "p50_ns"));
                p99 = std::max(p99, integer_at(function, "p99_ns"));
            }
            row["p50"] = p50;
            row["p99"] = p99;
            row["state_word"] = plugin_state(plugin).first;
            m_shown.emplace_back(std::move(row));
        }
        ++m_version;
    }
    m_rows.show(m_shown, m_version, m_grid.sort(), m_filter);
    const GridAnswer answer = m_grid.draw(console.ui, "plugins", m_rows, height);
    if (answer.moved || answer.opened) {
        const std::string id = text_at(m_rows.row(answer.opened.value_or(m_grid.cursor())), "id");
        if (id != m_chosen) m_lines.reset();
        m_chosen = id;
    }
}

void PluginScreen::draw_plugin(Console& console, const boost::json::value& plugin)
{
    Ui& ui = console.ui;
    ui.gap(4);
    ImGui::BeginChild("plugin");
    draw_head(console, plugin);
    const std::vector<std::string> names{"Overview", "Rights", "Cost", "Events", "Log"};
    ui.tabs("plugin tabs", names, m_tab);
    if (m_tab == 0) draw_overview(console, plugin);
    if (m_tab == 1) draw_rights(console, plugin);
    if (m_tab == 2) draw_costs(console);
    if (m_tab == 3) draw_events(console);
    if (m_tab == 4) draw_log(console);
    ImGui::EndChild();
}

void PluginScreen::draw_head(Console& console, const boost::json::value& plugin)
{
    Ui& ui = console.ui;
    const auto [word, tone] = plugin_state(plugin);
    const bool is_on = flag_at(plugin, "enabled");
    ui.heading(m_name);
    ui.beside(10);
    ui.status(word, tone);
    ui.beside(10);
    ui.small(m_chosen + "   " + text_at(plugin, "version") + "   by " + text_at(plugin, "vendor"));
    const float width = is_on ? ui.button_width("Reload", Icon::refresh)
            + ui.button_width("Settings", Icon::gear) + ui.button_width("Disable", Icon::pause) + ui.px(16)
                              : ui.button_width("Enable", Icon::play);
    ui.to_right(width);
    const std::string why = console.store.is_admin() ? "" : "needs a user with scope all";
    if (is_on) {
        if (ui.button(
                "Reload",
                {.icon = Icon::refresh,
                 .enabled = why.empty(),
                 .tip = why.empty() ? "Takes up the newest code on disk, while the host runs"
                                    : std::string_view{why},
                 .keys = "r"}
            ))
            change(console, "plugins.reload", {{"plugin", m_chosen}}, m_name + " was reloaded");
        ui.beside();
        if (ui.button("Settings", {.icon = Icon::gear})) console.desk.open("settings/" + m_chosen);
        ui.beside();
        if (ui.button(
                "Disable", {.icon = Icon::pause, .weight = Weight::danger, .enabled = why.empty(), .tip = why}
            ))
            disable(console, plugin);
    } else if (ui.button(
                   "Enable",
                   {.icon = Icon::play, .weight = Weight::primary, .enabled = why.empty(), .tip = why}
               )) {
        change(console, "plugins.enable", {{"plugin", m_chosen}}, m_name + " is on");
    }
}

void PluginScreen::disable(Console& console, const boost::json::value& plugin)
{
    std::int64_t types = 0;
    for (const TypeInfo& type : console.store.types())
        types += type.owner == m_chosen ? 1 : 0;
    std::int64_t commands = 0;
    if (console.store.commands.value())
        for (const auto& command : array_at(*console.store.commands.value(), "commands"))
            commands += text_at(command, "provider") == m_chosen ? 1 : 0;
    console.desk.ask(
        {.title = "Disable " + text_at(plugin, "name") + "?",
         .text = "Its " + counted(commands, "command", "commands") + " and views go; the records of its "
             + counted(types, "type", "types")
             + " stay as they are, and come back with it. Events meanwhile wait for it.",
         .action = "Disable " + text_at(plugin, "name"),
         .is_dangerous = true,
         .run = [this,
                 &console] { change(console, "plugins.disable", {{"plugin", m_chosen}}, m_name + " is off"); }
        }
    );
}

void PluginScreen::change(
    Console& console, const std::string& method, boost::json::object params, std::string done
)
{
    m_calls.push_back(console.link.call(
        method,
        std::move(params),
        [&console, done = std::move(done)](const Result<boost::json::value>& answer) {
            for (Resource* one :
                 {&console.store.plugins,
                  &console.store.commands,
                  &console.store.types_list,
                  &console.store.views,
                  &console.store.status})
                one->refresh();
            if (!answer) return console.desk.tell(answer.error());
            const std::string problem = text_at(*answer, "problem");
            console.desk.toast(
                problem.empty() ? Tone::positive : Tone::warning,
                problem.empty() ? done : done + ": " + problem
            );
        }
    ));
}

std::vector<Action> PluginScreen::actions(Console& console)
{
    std::vector<Action> actions;
    if (!console.store.plugins.value()) return actions;
    for (const auto& plugin : array_at(*console.store.plugins.value(), "plugins")) {
        const std::string id = text_at(plugin, "id");
        const std::string name = text_at(plugin, "name");
        const bool is_on = flag_at(plugin, "enabled");
        const std::string why = console.store.is_admin() ? "" : "needs a user with scope all";
        actions.push_back(
            {.id = "plugin.switch." + id,
             .title = (is_on ? "Disable " : "Enable ") + name,
             .group = "Plugins",
             .icon = Icon::plug,
             .run =
                 [this, &console, id, name, is_on] {
                     m_chosen = id;
                     m_name = name;
                     if (is_on)
                         disable(console, chosen(console));
                     else
                         change(console, "plugins.enable", {{"plugin", id}}, name + " is on");
                 },
             .why_not = why}
        );
        actions.push_back(
            {.id = "plugin.reload." + id,
             .title = "Reload " + name,
             .group = "Plugins",
             .keys = id == m_chosen ? "r" : "",
             .icon = Icon::refresh,
             .run =
                 [this, &console, id, name] {
                     change(console, "plugins.reload", {{"plugin", id}}, name + " was reloaded");
                 },
             .why_not = is_on ? why : "it is off"}
        );
    }
    return actions;
}

} // namespace mortise::ui
