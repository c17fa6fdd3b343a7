#include "base/json_read.hpp"
#include "base/text.hpp"
#include "model/types.hpp"
#include "panels/plugin_screen.hpp"

#include <algorithm>
#include <memory>

namespace mortise::ui {

using namespace std::chrono_literals;

void PluginScreen::draw_overview(Console& console, const boost::json::value& plugin)
{
    Ui& ui = console.ui;
    ImGui::BeginChild("overview");
    for (const auto& problem : array_at(plugin, "problems")) {
        std::string text = text_at(problem, "message");
        if (const std::string where = text_at(problem, "where"); !where.empty()) text += "\nwhere: " + where;
        if (const std::string hint = text_at(problem, "hint"); !hint.empty()) text += "\n" + hint;
        ui.note(Icon::error, text, Tone::danger);
    }
    for (const auto& warning : array_at(plugin, "warnings"))
        ui.note(Icon::warning, text_of(warning), Tone::warning);
    ui.wrapped(text_at(plugin, "summary"));
    ui.gap(8);
    const auto fact = [&](std::string_view name, const std::string& text) {
        if (text.empty()) return;
        ui.small(name);
        ImGui::SameLine(ui.px(150));
        ui.wrapped(text);
    };
    const auto list = [](const boost::json::array& items) {
        std::string text;
        for (const auto& item : items)
            text += (text.empty() ? "" : ", ") + text_of(item);
        return text;
    };
    const auto& costs = stats_of(console, m_chosen);
    fact("Homepage", text_at(plugin, "homepage"));
    fact("License", text_at(plugin, "license"));
    fact("Folder", text_at(plugin, "folder"));
    fact("Interfaces", list(array_at(plugin, "bound")));
    fact("Pinned", text_at(plugin, "pinned"));
    fact("Migrating from", text_at(plugin, "migrating_from"));
    fact("Slowest call", text_at(costs, "slowest"));
    fact("Rows read", with_separators(integer_at(costs, "rows_read")));
    fact("Records written", with_separators(integer_at(costs, "records_written")));
    fact(
        "Calls of the host",
        with_separators(integer_at(costs, "host_calls")) + ", of which failed "
            + with_separators(integer_at(costs, "host_errors"))
    );
    fact("Longest queue", with_separators(integer_at(costs, "queued_most")));
    std::string types;
    for (const TypeInfo& type : console.store.types())
        if (type.owner == m_chosen) types += (types.empty() ? "" : ", ") + lower(type.plural_label());
    fact("Record types", types);
    draw_versions(console, plugin);
    ImGui::EndChild();
}

void PluginScreen::draw_versions(Console& console, const boost::json::value& plugin)
{
    Ui& ui = console.ui;
    const auto& versions = array_at(plugin, "versions");
    const std::string now = text_at(plugin, "version");
    ui.gap(10);
    ui.strong("Versions on disk");
    for (const auto& version : versions) {
        ui.text(text_of(version));
        if (text_of(version) != now) continue;
        ui.beside(8);
        ui.status("this one", Tone::positive);
    }
    ui.gap(4);
    const std::string why = console.store.is_admin() ? "" : "needs a user with scope all";
    const std::string no_other = versions.size() > 1 ? why : "there is no other version on disk";
    if (ui.button(
            "Roll back",
            {.icon = Icon::history,
             .enabled = no_other.empty(),
             .tip = no_other.empty() ? "Takes up the version from before the last upgrade"
                                     : std::string_view{no_other}}
        ))
        roll_back(console, m_chosen, m_name);
    ui.beside();
    if (ui.button("Upgrade", {.icon = Icon::upload, .enabled = why.empty(), .tip = why}))
        console.desk.open("install");
    ui.beside();
    if (ui.button(
            "Remove", {.icon = Icon::trash, .weight = Weight::danger, .enabled = why.empty(), .tip = why}
        ))
        remove(console, m_chosen, m_name);
}

void PluginScreen::roll_back(Console& console, const std::string& id, const std::string& name)
{
    console.desk.ask(
        {.title = "Roll " + name + " back?",
         .text
         = "The version from before the last upgrade takes its place while the host runs. Fields that the "
           "newer one brought are archived, and are whole again when it returns.",
         .action = "Roll back",
         .run =
             [this, &console, id, name] {
                 m_calls.push_back(console.link.call(
                     "plugins.rollback",
                     {{"plugin", id}},
                     [&console, name](const Result<boost::json::value>& answer) {
                         console.store.plugins.refresh();
                         console.store.types_list.refresh();
                         if (!answer) return console.desk.tell(answer.error());
                         console.desk.toast(
                             Tone::positive,
                             name + " went from " + text_at(*answer, "from") + " back to "
                                 + text_at(*answer, "to")
                         );
                     }
                 ));
             }}
    );
}

void PluginScreen::remove(Console& console, const std::string& id, const std::string& name)
{
    std::string types;
    for (const TypeInfo& type : console.store.types())
        if (type.owner == id) types += (types.empty() ? "" : ", ") + lower(type.plural_label());
    console.desk.ask(
        {.title = "Remove " + name + "?",
         .text = "It is disabled, and its files, settings, secrets and rights are taken away."
             + (types.empty() ? std::string{}
                              : " Its record types (" + types
                        + ") are archived: their records can be read and not written, and come back when it "
                          "is "
                          "installed again."),
         .action = "Remove " + name,
         .is_dangerous = true,
         .run =
             [this, &console, id, name] {
                 m_calls.push_back(console.link.call(
                     "plugins.remove",
                     {{"plugin", id}},
                     [this, &console, name](const Result<boost::json::value>& answer) {
                         console.store.plugins.refresh();
                         console.store.types_list.refresh();
                         console.store.commands.refresh();
                         console.store.views.refresh();
                         if (!answer) return console.desk.tell(answer.error());
                         std::int64_t records = 0;
                         for (const auto& type : array_at(*answer, "archived"))
                             records += integer_at(type, "records");
                         if (!m_is_alone) m_chosen.clear();
                         console.desk.toast(
                             Tone::positive,
                             name + " is removed; " + counted(records, "record is", "records are")
                                 + " archived"
                         );
                     }
                 ));
             }}
    );
}

namespace {

/// ", used 12 times, last 2026-01-31 12:00": since the host started.
std::string use_words(const boost::json::value& plugin, const std::string& permission)
{
    for (const auto& use : array_at(plugin, "uses")) {
        if (text_at(use, "permission") != permission) continue;
        const std::int64_t count = integer_at(use, "count");
        if (count == 0) return ", not used since the host started";
        return ", used " + counted(count, "time", "times") + ", last " + time_text(text_at(use, "last"));
    }
    return {};
}

} // namespace

void PluginScreen::draw_rights(Console& console, const boost::json::value& plugin)
{
    Ui& ui = console.ui;
    const auto& asked = array_at(plugin, "asked");
    const auto& granted = array_at(plugin, "granted");
    ImGui::BeginChild("rights");
    if (asked.empty())
        ui.message(
            Icon::lock,
            "It asks for no rights",
            "It sees and changes the records of its own types, and nothing else."
        );
    const bool is_admin = console.store.is_admin();
    const auto draw = [&](const std::string& permission, bool is_granted, bool is_asked) {
        ImGui::PushID(permission.c_str());
        bool value = is_granted;
        if (ui.check(permission_words(permission), value, is_admin)) {
            const std::string method = value ? "plugins.grant" : "plugins.revoke";
            change(
                console,
                method,
                {{"plugin", m_chosen}, {"permissions", boost::json::array{boost::json::string{permission}}}},
                m_name + (value ? " may now: " : " may no more: ") + lower(permission_words(permission))
            );
        }
        ui.beside(10);
        ui.small(
            permission
            + (is_asked ? is_granted ? ", granted" : ", asked for, not granted"
                        : ", granted, not asked for any more")
            + use_words(plugin, permission)
        );
        ImGui::PopID();
    };
    const auto has = [](const boost::json::array& list, const boost::json::value& one) {
        return std::ranges::find(list, one) != list.end();
    };
    for (const auto& one : asked)
        draw(text_of(one), has(granted, one), true);
    for (const auto& one : granted)
        if (!has(asked, one)) draw(text_of(one), true, false);
    if (!is_admin) ui.small("Only a user with scope all changes rights.");
    ImGui::EndChild();
}

void PluginScreen::draw_costs(Console& console)
{
    const auto& costs = stats_of(console, m_chosen);
    const auto& functions = array_at(costs, "functions");
    if (functions.empty()) {
        console.ui.message(
            Icon::chart,
            "It was not called yet",
            "Each function is measured from its first call on: how often, how long, how often it failed."
        );
        return;
    }
    m_function_rows.show(
        functions,
        console.store.stats.version() * 31 + static_cast<int>(Ui::id_of(m_chosen) & 0xFFFF),
        m_functions.sort()
    );
    m_functions.draw(console.ui, "functions", m_function_rows);
}

void PluginScreen::draw_events(Console& console)
{
    const auto& costs = stats_of(console, m_chosen);
    const auto& events = array_at(costs, "events");
    if (events.empty()) {
        console.ui.message(
            Icon::feed, "No events yet", "What it publishes and handles is counted here, by type."
        );
        return;
    }
    m_count_rows.show(
        events,
        console.store.stats.version() * 31 + static_cast<int>(Ui::id_of(m_chosen) & 0xFFFF),
        m_counts.sort()
    );
    m_counts.draw(console.ui, "counts", m_count_rows);
}

void PluginScreen::draw_log(Console& console)
{
    if (!m_lines)
        m_lines = std::make_unique<Resource>(
            console.link,
            console.clock,
            "plugins.logs",
            boost::json::object{{"plugin", m_chosen}, {"limit", 1000}}
        );
    m_lines->keep_fresh(2s);
    if (!draw_state(console, *m_lines, "the log")) return;
    const auto& lines = array_at(*m_lines->value(), "lines");
    if (lines.empty()) {
        console.ui.message(
            Icon::note, "It has logged nothing", "What it and the host write about it stands here."
        );
        return;
    }
    if (m_log.sort().column.empty()) m_log.set_sort({"number", true});
    m_log_rows.show(lines, m_lines->version(), m_log.sort());
    m_log.draw(console.ui, "log", m_log_rows);
}

} // namespace mortise::ui
