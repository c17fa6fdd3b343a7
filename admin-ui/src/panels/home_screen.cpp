#include "panels/home_screen.hpp"

#include "base/json_read.hpp"
#include "panels/plugin_screen.hpp"
#include "panels/record_screen.hpp"
#include "widgets/chart.hpp"
#include "widgets/timeline.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

namespace mortise::ui {

using namespace std::chrono_literals;

HomeScreen::HomeScreen(Console& console)
    : m_recent{console.link, console.clock, "events.list", {{"limit", 30}, {"newest_first", true}}},
      m_bundles{console.link, console.clock, "bundles.list"}
{
}

void HomeScreen::ask_counts(Console& console)
{
    const std::int64_t changes = console.store.feed().total();
    const bool is_due = m_session != console.link.session()
        || (changes != m_changes && console.clock.steady() - m_counted > 3s);
    if (!is_due || console.link.state() != LinkState::open || console.store.types().empty()) return;
    m_session = console.link.session();
    m_changes = changes;
    m_counted = console.clock.steady();
    m_recent.refresh();
    std::string sql; // only what tiles show: a house may have more types than a statement takes
    for (const std::string_view name : {"contact", "opportunity"}) {
        const TypeInfo* type = console.store.type(name);
        if (!type || type->is_archived) continue;
        if (!sql.empty()) sql += " UNION ALL ";
        sql += "SELECT '" + std::string{name} + "', count(*) FROM " + sql_name(name);
    }
    if (sql.empty()) return;
    m_counting = console.link.call(
        "query.run",
        {{"sql", sql}},
        [](const Result<boost::json::value>&) {},
        [this](const boost::json::value& part) {
            for (const auto& row : array_at(part, "rows"))
                if (array_of(row).size() > 1)
                    m_counts[text_of(array_of(row)[0])] = integer_of(array_of(row)[1]);
        }
    );
}

void HomeScreen::draw_tile(
    Console& console,
    std::string_view label,
    std::string_view figure,
    std::string_view detail,
    Icon icon,
    Tone tone,
    std::string_view place,
    float width
)
{
    Ui& ui = console.ui;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const Box box{at, {at.x + width, at.y + ui.px(86)}};
    if (ui.area(label, box)) console.desk.open(place);
    const bool hovered = ui.is_area_hovered();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    list.AddRectFilled(box.min, box.max, hovered ? ui.colors().hover : ui.colors().surface, ui.px(8));
    list.AddRect(box.min, box.max, hovered ? ui.colors().border_strong : ui.colors().border, ui.px(8));
    draw_icon(list, icon, {box.max.x - ui.px(32), at.y + ui.px(12)}, ui.px(18), ui.theme().of(tone));
    const float left = at.x + ui.px(14);
    ui.put_text(
        list,
        ui.theme().fonts().small,
        {{left, at.y + ui.px(10)}, {box.max.x - ui.px(36), at.y + ui.px(28)}},
        label,
        ui.colors().muted
    );
    ui.put_text(
        list,
        ui.theme().fonts().title,
        {{left, at.y + ui.px(28)}, {box.max.x - ui.px(10), at.y + ui.px(58)}},
        figure,
        ui.colors().text
    );
    ui.put_text(
        list,
        ui.theme().fonts().small,
        {{left, at.y + ui.px(60)}, {box.max.x - ui.px(10), at.y + ui.px(78)}},
        detail,
        tone == Tone::neutral || tone == Tone::accent ? ui.colors().muted : ui.theme().of(tone)
    );
    ImGui::Dummy({width, ui.px(86)});
}

void HomeScreen::draw_tiles(Console& console)
{
    Ui& ui = console.ui;
    const auto& status = *console.store.status.value();
    const float gap = ui.px(10);
    const float room = ImGui::GetContentRegionAvail().x;
    const int columns = std::clamp(static_cast<int>(room / ui.px(190)), 2, 6);
    const float width
        = std::floor((room - gap * static_cast<float>(columns - 1)) / static_cast<float>(columns));
    int at_column = 0;
    const auto tile = [&](std::string_view label,
                          std::string_view figure,
                          std::string_view detail,
                          Icon icon,
                          Tone tone,
                          std::string_view place) {
        if (at_column++ % columns != 0) ImGui::SameLine(0, gap);
        draw_tile(console, label, figure, detail, icon, tone, place, width);
    };
    const auto figure = [&](std::string_view type) {
        const auto found = m_counts.find(std::string{type});
        return found == m_counts.end() ? std::string{"..."} : with_separators(found->second);
    };
    tile(
        "Contacts", figure("contact"), "people and organisations", Icon::people, Tone::accent, "list/contact"
    );
    if (console.store.type("opportunity"))
        tile(
            "Opportunities",
            figure("opportunity"),
            "in all pipelines",
            Icon::board,
            Tone::accent,
            "view/pipelines.board"
        );
    const auto now = console.clock.steady();
    const auto& database = at(status, "database");
    tile(
        "Events",
        with_separators(integer_at(database, "events")),
        short_number(console.store.feed().rate(now, 60s) * 60) + " in the last minute",
        Icon::feed,
        Tone::accent,
        "events"
    );
    std::int64_t lag = 0;
    std::int64_t dead = 0;
    for (const auto& one : array_at(status, "subscriptions")) {
        lag = std::max(lag, integer_at(one, "lag"));
        dead += integer_at(one, "dead");
    }
    tile(
        "Slowest subscription",
        lag == 0 ? "up to date" : with_separators(lag) + " behind",
        dead == 0 ? "no dead letters" : counted(dead, "dead letter", "dead letters"),
        Icon::link,
        dead > 0           ? Tone::danger
            : lag > 10'000 ? Tone::warning
                           : Tone::positive,
        dead > 0 ? "dead-letters" : "subscriptions"
    );
    const std::int64_t file = integer_at(database, "file_bytes");
    tile(
        "Database",
        bytes_text(file),
        flag_at(status, "accepts_writes") ? "accepts writes" : "accepts no writes",
        Icon::table,
        flag_at(status, "accepts_writes") ? Tone::positive : Tone::danger,
        "status"
    );
    std::int64_t enabled = 0;
    std::int64_t broken = 0;
    if (console.store.plugins.value())
        for (const auto& plugin : array_at(*console.store.plugins.value(), "plugins")) {
            enabled += flag_at(plugin, "enabled") ? 1 : 0;
            broken += flag_at(plugin, "enabled") && !array_at(plugin, "problems").empty() ? 1 : 0;
        }
    tile(
        "Plugins",
        std::to_string(enabled) + " on",
        broken == 0 ? "none has a problem" : counted(broken, "has a problem", "have problems"),
        Icon::plug,
        broken > 0 ? Tone::danger : Tone::positive,
        "plugins"
    );
}

void HomeScreen::draw_attention(Console& console, float width)
{
    Ui& ui = console.ui;
    ui.card_begin("attention", width, ui.px(120));
    ui.strong("Needs you");
    const auto& warnings = array_at(*console.store.status.value(), "warnings");
    if (warnings.empty()) {
        ui.icon(Icon::check, ui.colors().positive);
        ui.beside(6);
        ui.muted("Nothing. No warnings, no failed plugin, no dead letters.");
    }
    for (const auto& warning : warnings) {
        const std::string text = text_of(warning);
        const bool is_plugin = text.starts_with("plugin");
        ui.icon(Icon::warning, ui.colors().warning);
        ui.beside(6);
        ui.wrapped(text);
        ImGui::PushID(text.c_str());
        ImGui::SetCursorPosX(ImGui::GetCursorPosX() + ui.px(22));
        if (ui.link(is_plugin ? "See the plugins" : "See the subscriptions"))
            console.desk.open(
                is_plugin                                    ? "plugins"
                    : text.find("dead") != std::string::npos ? "dead-letters"
                                                             : "subscriptions"
            );
        ImGui::PopID();
    }
    ui.card_end();
}

void HomeScreen::draw_plugins(Console& console, float width)
{
    Ui& ui = console.ui;
    ui.card_begin("health", width, ui.px(120));
    ui.strong("Plugins");
    if (console.store.plugins.value())
        for (const auto& plugin : array_at(*console.store.plugins.value(), "plugins")) {
            const std::string id = text_at(plugin, "id");
            const auto [word, tone] = plugin_state(plugin);
            if (ui.link(text_at(plugin, "name"))) console.desk.open("plugins/" + id);
            ui.beside(8);
            ui.small(text_at(plugin, "version"));
            ImGui::SameLine(width - ui.px(130));
            ui.status(word, tone);
        }
    ui.gap(6);
    ui.small("Events, each second of the last minute");
    draw_sparkline(ui, console.store.feed().by_second(console.clock.steady()), width - ui.px(28), ui.px(34));
    ui.card_end();
}

void HomeScreen::draw_recent(Console& console, float width)
{
    Ui& ui = console.ui;
    ui.card_begin("recent", width);
    ui.strong("What happened last");
    m_recent.keep_fresh(60s);
    if (m_recent.value()) {
        std::vector<TimelineEntry> entries;
        for (const auto& event : array_at(*m_recent.value(), "events")) {
            if (entries.size() >= 5) break;
            entries.push_back(
                {text_at(event, "time"),
                 event_words(event),
                 text_at(event, "actor"),
                 text_at(event, "id"),
                 tone_of_event(text_at(event, "type"))}
            );
        }
        ImGui::BeginChild(
            "events",
            {width - ui.px(28),
             ui.px(50) * static_cast<float>(std::max<std::size_t>(entries.size(), 1)) + ui.px(34)}
        );
        if (const auto chosen = draw_timeline_entries(ui, entries))
            console.desk.open("events/" + entries[*chosen].id);
        ImGui::EndChild();
    } else {
        ui.muted("Loading...");
    }
    ui.card_end();
}

void HomeScreen::draw_charts(Console& console)
{
    Ui& ui = console.ui;
    if (console.store.views.value() && m_views_version != console.store.views.version()) {
        m_views_version = console.store.views.version();
        m_charts.clear();
        for (const auto& view : array_at(*console.store.views.value(), "views"))
            if (text_at(view, "kind") == "chart" && text_at(view, "place") != "none")
                m_charts.push_back(std::make_unique<TabView>(console, view, boost::json::object{}));
    }
    const float gap = ui.px(10);
    const float width = std::floor((ImGui::GetContentRegionAvail().x - gap) / 2);
    for (std::size_t i = 0; i < m_charts.size(); ++i) {
        if (i % 2 != 0) ImGui::SameLine(0, gap);
        ui.card_begin("chart" + std::to_string(i), width);
        ui.strong(m_charts[i]->title());
        ImGui::BeginChild(("chart" + std::to_string(i)).c_str(), {width - ui.px(28), ui.px(230)});
        m_charts[i]->draw(console);
        ImGui::EndChild();
        ui.card_end();
    }
}

void HomeScreen::draw_first_run(Console& console)
{
    const auto contacts = m_counts.find("contact");
    if (contacts == m_counts.end() || contacts->second > 0) return;
    Ui& ui = console.ui;
    ui.card_begin("first", ImGui::GetContentRegionAvail().x);
    ui.heading("Welcome. This house is empty.");
    ui.wrapped(
        "Begin with your own contacts, with a set of plugins for what you do, or look around with sample "
        "data.",
        ui.colors().muted
    );
    if (ui.button("Import a file", {.icon = Icon::upload, .weight = Weight::primary}))
        console.desk.open("import");
    ui.beside();
    if (ui.button("New contact", {.icon = Icon::plus}))
        console.desk.create_record("contact", {{"kind", "person"}});
    ui.beside();
    if (ui.button("Choose plugins", {.icon = Icon::plug})) console.desk.open("plugins");
    m_bundles.keep_fresh(30s);
    if (m_bundles.value()) draw_suggestions(console, array_at(*m_bundles.value(), "bundles"));
    ui.card_end();
}

/// Bundles that are not applied, each with what it is for; choosing one shows its plan and changes nothing.
void HomeScreen::draw_suggestions(Console& console, const boost::json::array& bundles)
{
    Ui& ui = console.ui;
    bool has_starter = false;
    bool is_first = true;
    for (const auto& bundle : bundles) {
        const std::string name = text_at(bundle, "name");
        has_starter = has_starter || name == "starter";
        if (!at(bundle, "applied").is_null() || !text_at(bundle, "problem").empty()) continue;
        if (std::exchange(is_first, false)) {
            ui.gap(10);
            ui.strong("Bundles: plugins that belong together");
        }
        ImGui::PushID(name.c_str());
        if (ui.button(text_at(bundle, "title"), {.icon = Icon::bundle, .width = ui.px(170)}))
            console.desk.open("bundles/" + name);
        ImGui::SameLine(ui.px(200));
        ImGui::AlignTextToFramePadding();
        ui.wrapped(text_at(bundle, "description"), ui.colors().muted);
        ImGui::PopID();
    }
    if (!has_starter) return;
    ui.gap(6);
    if (ui.button("Starter with its examples", {.icon = Icon::play}))
        console.desk.open("bundles/starter?sample");
    ui.beside(10);
    ImGui::AlignTextToFramePadding();
    ui.small(
        "shows first what it would make. \"mortise demo\" fills a folder of its own with people and deals"
    );
}

void HomeScreen::draw(Console& console)
{
    Ui& ui = console.ui;
    if (!draw_state(console, console.store.status, "the state of the host")) return;
    ask_counts(console);
    ImGui::BeginChild("home");
    draw_first_run(console);
    draw_tiles(console);
    const float gap = ui.px(10);
    const float room = ImGui::GetContentRegionAvail().x;
    const float half = std::floor((room - gap) / 2);
    ImGui::BeginGroup();
    draw_attention(console, half);
    draw_plugins(console, half);
    ImGui::EndGroup();
    ImGui::SameLine(0, gap);
    draw_recent(console, half);
    draw_charts(console);
    ImGui::EndChild();
}

void StatusScreen::draw(Console& console)
{
    Ui& ui = console.ui;
    if (!draw_state(console, console.store.status, "the state of the host")) return;
    const auto& status = *console.store.status.value();
    ImGui::BeginChild("status");
    for (const auto& warning : array_at(status, "warnings")) {
        ui.note(Icon::warning, text_of(warning), Tone::warning);
    }
    const auto facts = [&](std::string_view name, const boost::json::value& json) {
        ui.card_begin(name, std::min(ImGui::GetContentRegionAvail().x, ui.px(760)));
        ui.strong(words_of(name));
        for (const auto& [key, value] : object_of(json)) {
            const std::string word{key};
            ui.small(words_of(word));
            ImGui::SameLine(ui.px(170));
            ui.wrapped(
                word.ends_with("bytes")     ? bytes_text(integer_of(value))
                    : word.ends_with("_at") ? time_text(text_of(value)) + " UTC"
                                            : text_of(value)
            );
        }
        ui.card_end();
    };
    facts("host", at(status, "host"));
    facts("database", at(status, "database"));
    facts(
        "counts",
        boost::json::object{
            {"types", at(status, "types")},
            {"commands", at(status, "commands")},
            {"users", at(status, "users")},
            {"accepts_writes", at(status, "accepts_writes")}
        }
    );
    ImGui::EndChild();
}

} // namespace mortise::ui
