#include "panels/dashboard_screen.hpp"

#include "base/json_read.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace mortise::ui {

using namespace std::chrono_literals;

namespace {

/// A field of JSON, which records may give as text.
boost::json::value json_in(const boost::json::value& record, std::string_view field)
{
    const boost::json::value& value = at(record, field);
    if (!value.is_string()) return value;
    boost::system::error_code failed;
    return boost::json::parse(text_of(value), failed);
}

boost::json::array list_in(const boost::json::value& record, std::string_view field)
{
    const boost::json::value value = json_in(record, field);
    return value.is_array() ? value.get_array() : boost::json::array{};
}

} // namespace

DashboardScreen::DashboardScreen(Console& console, std::string dashboard)
    : m_dashboards{console.link, console.clock, "records.list", {{"type", "dashboard"}, {"limit", 200}}},
      m_reports{console.link, console.clock, "records.list", {{"type", "report"}, {"limit", 500}}},
      m_id{std::move(dashboard)}
{
}

void DashboardScreen::take_dashboards()
{
    if (m_taken == m_dashboards.version()) return;
    m_taken = m_dashboards.version();
    const auto& records = array_at(*m_dashboards.value(), "records");
    const auto named = [](const boost::json::value& one) { return text_at(one, "name"); };
    const auto chosen = std::ranges::find_if(records, [&](const boost::json::value& one) {
        return !m_id.empty() && (text_at(one, "id") == m_id || text_at(one, "name") == m_id);
    });
    if (chosen != records.end())
        m_record = *chosen;
    else if (!records.empty() && m_id.empty())
        m_record = *std::ranges::min_element(records, {}, named);
    else
        m_record = nullptr;
    take_chosen();
}

void DashboardScreen::take_chosen()
{
    m_id = text_at(m_record, "id");
    m_name = text_at(m_record, "name");
    m_description = text_at(m_record, "description");
    m_terms.filters = list_in(m_record, "filters");
    std::vector<std::unique_ptr<DashboardTile>> tiles;
    for (const boost::json::value& tile : list_in(m_record, "tiles")) {
        const std::string report = text_of(at(tile, "report"));
        if (report.empty()) continue;
        const auto known = std::ranges::find_if(m_tiles, [&](const auto& one) {
            return one && m_drawn == m_id && one->report() == report;
        });
        tiles.push_back(known == m_tiles.end() ? std::make_unique<DashboardTile>(report) : std::move(*known));
    }
    m_tiles = std::move(tiles);
    m_drawn = m_id;
}

std::vector<std::string> DashboardScreen::reports() const
{
    std::vector<std::string> names;
    for (const auto& tile : m_tiles)
        names.push_back(tile->report());
    return names;
}

/// The record of a tile's report, by its name or id; null if it is not known (yet).
boost::json::value DashboardScreen::saved_report(const std::string& report) const
{
    if (!m_reports.value()) return nullptr;
    for (const auto& one : array_at(*m_reports.value(), "records"))
        if (text_at(one, "name") == report || text_at(one, "id") == report) return one;
    return nullptr;
}

void DashboardScreen::refresh()
{
    m_dashboards.refresh();
    for (const auto& tile : m_tiles)
        tile->refresh();
}

void DashboardScreen::create(Console& console)
{
    m_error.reset();
    m_writing = console.link.call(
        "records.create",
        {{"type", "dashboard"}, {"values", {{"name", m_new_name}, {"tiles", boost::json::array{}}}}},
        [this, &console, name = m_new_name](const Result<boost::json::value>& answer) {
            if (!answer) {
                m_error = answer.error();
                return;
            }
            console.desk.did("Created the dashboard " + name, *answer);
            m_id = text_at(at(*answer, "record"), "id");
            m_new_name.clear();
            m_makes = false;
            m_edits = true;
            m_dashboards.refresh();
        }
    );
}

void DashboardScreen::set_up_standard(Console& console)
{
    m_writing = console.link.call(
        "commands.call",
        {{"name", "reporting.set_up_standard"}, {"arguments", boost::json::object{}}},
        [this, &console](const Result<boost::json::value>& answer) {
            if (!answer) return console.desk.tell(answer.error());
            console.desk.did("Made the standard reports and dashboards", *answer);
            m_dashboards.refresh();
            m_reports.refresh();
        }
    );
}

void DashboardScreen::save_tiles(
    Console& console, const std::vector<std::string>& reports, const std::string& what
)
{
    boost::json::array tiles;
    for (const std::string& report : reports)
        tiles.push_back(boost::json::object{{"report", report}});
    m_error.reset();
    m_writing = console.link.call(
        "records.update",
        {{"type", "dashboard"},
         {"id", m_id},
         {"version", integer_at(m_record, "version")},
         {"values", {{"tiles", std::move(tiles)}}}},
        [this, &console, what](const Result<boost::json::value>& answer) {
            m_dashboards.refresh();
            if (answer) return console.desk.did(what, *answer);
            m_error = answer.error();
        }
    );
}

void DashboardScreen::draw(Console& console)
{
    Ui& ui = console.ui;
    if (!draw_state(console, console.store.commands, "the commands")) return;
    if (!console.store.command("reporting.run")) {
        if (ui.message(
                Icon::chart,
                "Dashboards need the plugin Reporting",
                "It is off, or not installed.",
                "See the plugins"
            ))
            console.desk.open("plugins/mortise.reporting");
        return;
    }
    m_dashboards.keep_fresh(60s);
    if (!draw_state(console, m_dashboards, "the dashboards")) return;
    take_dashboards();
    m_reports.keep_fresh(60s);
    const float width = ui.px(210);
    ImGui::BeginChild("which", {width, 0});
    draw_choice(console, width - ui.px(10));
    ImGui::EndChild();
    ui.beside(14);
    ImGui::BeginChild("dashboard");
    if (m_record.is_null()) {
        const bool is_gone = !m_id.empty();
        if (ui.message(
                Icon::chart,
                is_gone ? "This dashboard is not there" : "No dashboards yet",
                is_gone ? "It was deleted, or is not for you to see."
                        : "The standard ones show sales, marketing, service, activity and data quality.",
                is_gone ? "See the others" : "Make the standard dashboards"
            )) {
            if (is_gone)
                console.desk.open("dashboards");
            else
                set_up_standard(console);
        }
    } else {
        draw_head(console);
        if (m_edits) draw_editor(console);
        draw_tiles(console);
    }
    ImGui::EndChild();
}

void DashboardScreen::draw_choice(Console& console, float width)
{
    Ui& ui = console.ui;
    if (ui.button(
            "New dashboard", {.icon = Icon::plus, .weight = Weight::primary, .keys = "n", .width = width}
        ))
        m_makes = m_takes_keys = !m_makes;
    if (m_makes) draw_new(console, width);
    ui.gap(8);
    for (const auto& one : array_at(*m_dashboards.value(), "records")) {
        const std::string id = text_at(one, "id");
        ImGui::PushID(id.c_str());
        const bool is_chosen = id == m_id;
        if (ui.button(
                text_at(one, "name"),
                {.icon = Icon::chart,
                 .weight = is_chosen ? Weight::primary : Weight::quiet,
                 .tip = text_at(one, "description"),
                 .width = width}
            )
            && !is_chosen) {
            m_record = one;
            m_edits = false;
            m_error.reset();
            take_chosen();
        }
        ImGui::PopID();
    }
}

void DashboardScreen::draw_new(Console& console, float width)
{
    Ui& ui = console.ui;
    const InputAnswer name = ui.input(
        "Name of the dashboard",
        m_new_name,
        {.hint = "name of the dashboard",
         .width = width,
         .take_keys = std::exchange(m_takes_keys, false),
         .is_wrong = m_error && m_makes}
    );
    const bool can = !m_new_name.empty() && !m_writing.is_under_way();
    if ((ui.button("Create", {.icon = Icon::check, .enabled = can, .tip = can ? "" : "give it a name first"})
         || name.entered)
        && can)
        create(console);
    if (m_error && m_makes) ui.small(m_error->message, ui.colors().danger);
}

void DashboardScreen::draw_head(Console& console)
{
    Ui& ui = console.ui;
    ui.heading(m_name);
    ui.beside(14);
    if (ui.button(
            m_edits ? "Done" : "Edit",
            {.icon = m_edits ? Icon::check : Icon::edit, .tip = "Which reports, in which order", .keys = "e"}
        ))
        m_edits = !m_edits;
    ui.beside();
    if (ui.button("Ask again", {.icon = Icon::refresh, .weight = Weight::quiet, .keys = "F5"})) refresh();
    ui.beside();
    if (ui.button(
            "The record",
            {.icon = Icon::info, .weight = Weight::quiet, .tip = "Name, filters, who changed it"}
        ))
        console.desk.open("record/dashboard/" + m_id);
    ui.beside();
    const InputAnswer as_of = ui.input("As of", m_as_of, {.hint = "as of: 2026-01-31", .width = ui.px(170)});
    if (as_of.entered || as_of.left) m_terms.as_of = m_as_of;
    if (!m_description.empty()) ui.wrapped(m_description, ui.colors().muted);
    if (!m_terms.filters.empty())
        ui.small(counted(std::ssize(m_terms.filters), "filter holds", "filters hold") + " for all of it");
    if (m_error && !m_makes) {
        std::string text = m_error->message;
        if (!m_error->hint.empty()) text += "\n" + m_error->hint;
        ui.note(Icon::error, text, Tone::danger);
    }
    ui.gap(6);
}

void DashboardScreen::draw_editor(Console& console)
{
    Ui& ui = console.ui;
    ui.card_begin("edit", ImGui::GetContentRegionAvail().x);
    std::vector<std::string> names;
    if (m_reports.value())
        for (const auto& report : array_at(*m_reports.value(), "records"))
            names.push_back(text_at(report, "name"));
    std::ranges::sort(names);
    if (names.empty()) {
        ui.muted(m_reports.value() ? "There are no saved reports." : "Loading...");
        ui.beside();
        if (ui.button("New report", {.icon = Icon::plus})) console.desk.open("report/new");
        ui.card_end();
        return;
    }
    m_to_add = std::min(m_to_add, names.size() - 1);
    if (const auto chosen = ui.choice("Report to add", names, m_to_add, ui.px(320))) m_to_add = *chosen;
    ui.beside();
    const std::vector<std::string> shown = reports();
    const std::string& name = names[m_to_add];
    const bool is_there = std::ranges::find(shown, name) != shown.end();
    if (ui.button(
            "Add the report",
            {.icon = Icon::plus,
             .enabled = !is_there && !m_writing.is_under_way(),
             .tip = is_there ? "it is on the dashboard already" : ""}
        )) {
        std::vector<std::string> wanted = shown;
        wanted.push_back(name);
        save_tiles(console, wanted, "Added " + name + " to the dashboard");
    }
    ui.beside();
    if (ui.button("New report", {.icon = Icon::chart, .weight = Weight::quiet}))
        console.desk.open("report/new");
    ui.card_end();
}

void DashboardScreen::draw_tiles(Console& console)
{
    Ui& ui = console.ui;
    if (m_tiles.empty()) {
        ui.message(Icon::chart, "This dashboard is empty", "Edit it, and add reports.");
        return;
    }
    ImGui::BeginChild("tiles");
    const float gap = ui.px(10);
    const float room = ImGui::GetContentRegionAvail().x;
    const std::size_t columns = room > ui.px(760) ? 2 : 1;
    const float width
        = std::floor((room - gap * static_cast<float>(columns - 1)) / static_cast<float>(columns));
    for (std::size_t i = 0; i < m_tiles.size(); ++i) {
        if (i % columns != 0) ImGui::SameLine(0, gap);
        draw_tile(console, i, width);
    }
    ImGui::EndChild();
}

void DashboardScreen::draw_tile(Console& console, std::size_t index, float width)
{
    Ui& ui = console.ui;
    const float height = ui.px(230);
    DashboardTile& tile = *m_tiles[index];
    tile.keep_fresh(console, m_terms);
    const std::string report = tile.report();
    ImGui::PushID(static_cast<int>(index));
    ui.card_begin("tile", width, height + ui.px(48));
    const boost::json::value saved = saved_report(report);
    if (ui.link(report))
        console.desk.open(saved.is_null() ? "list/report" : "report/" + text_at(saved, "id"));
    if (tile.is_under_way()) {
        ui.beside();
        ui.small("asking");
    }
    std::vector<std::string> wanted = reports();
    const bool can = !m_writing.is_under_way();
    if (m_edits) {
        const auto swap_with = [&](std::size_t other, const std::string& what) {
            std::swap(wanted[index], wanted[other]);
            save_tiles(console, wanted, what);
        };
        ui.beside();
        if (ui.button("Earlier", {.weight = Weight::quiet, .enabled = can && index > 0}))
            swap_with(index - 1, "Moved " + report);
        ui.beside();
        if (ui.button("Later", {.weight = Weight::quiet, .enabled = can && index + 1 < wanted.size()}))
            swap_with(index + 1, "Moved " + report);
        ui.beside();
        if (ui.button("Take off", {.icon = Icon::close, .weight = Weight::quiet, .enabled = can})) {
            wanted.erase(wanted.begin() + static_cast<std::ptrdiff_t>(index));
            save_tiles(console, wanted, "Took " + report + " off the dashboard");
        }
    }
    ImGui::BeginChild("answer", {width - ui.px(28), height});
    tile.draw(console, height, text_at(json_in(saved, "definition"), "chart"));
    ImGui::EndChild();
    ui.card_end();
    ImGui::PopID();
}

std::vector<Action> DashboardScreen::actions(Console& console)
{
    static_cast<void>(console);
    return {
        {.id = "dashboard.new",
         .title = "New dashboard",
         .group = "Dashboard",
         .keys = "n",
         .icon = Icon::plus,
         .run = [this] { m_makes = m_takes_keys = true; }},
        {.id = "dashboard.edit",
         .title = "Edit this dashboard",
         .group = "Dashboard",
         .keys = "e",
         .icon = Icon::edit,
         .run = [this] { m_edits = !m_edits; },
         .why_not = m_record.is_null() ? "there is no dashboard" : ""},
        {.id = "dashboard.refresh",
         .title = "Ask again",
         .group = "Dashboard",
         .keys = "F5",
         .icon = Icon::refresh,
         .run = [this] { refresh(); }},
    };
}

} // namespace mortise::ui
