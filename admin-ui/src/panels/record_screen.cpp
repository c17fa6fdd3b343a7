#include "panels/record_screen.hpp"

#include "base/json_read.hpp"
#include "views/tab_view.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

namespace mortise::ui {

using namespace std::chrono_literals;

RecordScreen::RecordScreen(Console& console, std::string type, std::string id)
    : m_type{std::move(type)},
      m_id{std::move(id)},
      m_record{
          console.link, console.clock, "records.get", {{"type", m_type}, {"id", m_id}, {"deleted", true}}
      },
      m_events{
          console.link,
          console.clock,
          "events.list",
          {{"subject", m_id}, {"limit", 200}, {"newest_first", true}}
      },
      m_history{console.link, console.clock, "records.history", {{"type", m_type}, {"id", m_id}}}
{
}

RecordScreen::~RecordScreen() = default;

std::string RecordScreen::title() const
{
    if (!m_record.value()) return words_of(m_type) + " " + m_id;
    const std::string name = text_at(*m_record.value(), m_title_field);
    return name.empty() ? words_of(m_type) + " " + m_id : name;
}

bool RecordScreen::is_deleted() const
{
    return m_record.value() && !at(*m_record.value(), "deleted_at").is_null();
}

void RecordScreen::keep_fresh(Console& console)
{
    std::erase_if(m_calls, [](const Ticket& call) { return !call.is_under_way(); });
    m_record.keep_fresh(60s);
    const std::int64_t changes = console.store.feed().total();
    if (changes == m_changes || console.clock.steady() - m_refreshed < 1s) return;
    bool is_ours = m_changes == 0;
    const auto& events = console.store.feed().events();
    std::int64_t unseen = changes - m_changes;
    for (auto event = events.rbegin(); event != events.rend() && unseen > 0 && !is_ours; ++event, --unseen)
        is_ours = event->subject == m_id;
    m_changes = changes;
    m_refreshed = console.clock.steady();
    if (!is_ours || !m_record.value()) return;
    m_record.refresh();
    m_events.refresh();
    m_history.refresh();
    for (const auto& tab : m_tabs)
        tab->refresh();
}

void RecordScreen::draw(Console& console)
{
    keep_fresh(console);
    Ui& ui = console.ui;
    const TypeInfo* type = console.store.type(m_type);
    if (type && !type->title_field.empty()) m_title_field = type->title_field;
    if (!draw_state(console, m_record, "the record")) return;
    if (!type) {
        draw_state(console, console.store.types_list, "record types");
        return;
    }
    if (m_named_version != m_record.version()) ask_names(console, *type);
    if (!m_asked_related) ask_related(console, *type);
    draw_head(console, *type);
    if (is_past()) draw_past_note(console);
    const float room = ImGui::GetContentRegionAvail().x;
    const bool is_wide = room > ui.px(820);
    const float left = is_wide ? std::floor(room * 0.42F) : room;
    const float height = ImGui::GetContentRegionAvail().y;
    ImGui::BeginChild("facts", {left, is_wide ? height : height * 0.5F});
    draw_fields(console, *type, left - ui.px(14));
    ImGui::EndChild();
    if (is_wide) ui.beside(12);
    ImGui::BeginChild("side", {0, 0});
    draw_side(console, *type);
    ImGui::EndChild();
}

void RecordScreen::draw_head(Console& console, const TypeInfo& type)
{
    Ui& ui = console.ui;
    const auto& record = *m_record.value();
    ui.title(title());
    ui.beside(12);
    ui.badge(type.label, Tone::neutral);
    if (is_deleted()) {
        ui.beside(6);
        ui.status("deleted", Tone::danger);
    }
    ui.to_right(
        is_deleted() ? ui.button_width("Restore", Icon::restore) : ui.button_width("Delete", Icon::trash)
    );
    if (is_deleted()) {
        if (ui.button("Restore", {.icon = Icon::restore, .weight = Weight::primary})) restore(console);
    } else if (ui.button("Delete", {.icon = Icon::trash, .weight = Weight::danger})) {
        remove(console, type);
    }
    ui.small(
        "id " + m_id + "    version " + text_at(record, "version") + "    created "
        + time_text(text_at(record, "created_at")) + "    changed " + time_text(text_at(record, "updated_at"))
        + " UTC"
    );
    const auto& commands = console.store.views.value() ? array_at(*console.store.views.value(), "views")
                                                       : boost::json::array{};
    bool is_first = true;
    if (m_type == "segment" && text_at(record, "kind") == "dynamic") {
        is_first = false;
        if (ui.button("Edit its rules", {.icon = Icon::filter, .weight = Weight::primary}))
            console.desk.open("segment/" + m_id);
    }
    if (m_type == "report" && console.store.command("reporting.run")) {
        is_first = false;
        if (ui.button("Open the report", {.icon = Icon::chart, .weight = Weight::primary}))
            console.desk.open("report/" + m_id);
    }
    for (const auto& view : commands) { // what plugins offer for this type
        if (text_at(view, "kind") != "record" || text_at(at(view, "source"), "type") != m_type) continue;
        for (const auto& action : array_at(view, "actions")) {
            if (!action_applies(action, record)) continue;
            const std::string name = text_at(action, "command");
            const auto* command = console.store.command(name);
            std::string label = text_at(action, "label");
            if (label.empty()) label = command ? text_at(boost::json::value(*command), "title") : name;
            if (!is_first) ui.beside();
            is_first = false;
            if (ui.button(
                    label,
                    {.icon = Icon::bolt,
                     .enabled = command != nullptr,
                     .tip = command ? "" : "the plugin is off"}
                ))
                console.desk.run_command(name, filled(action, record), [this] { m_record.refresh(); });
        }
    }
    ui.gap(6);
}

void RecordScreen::draw_side(Console& console, const TypeInfo& type)
{
    Ui& ui = console.ui;
    if (m_tabs_version != console.store.views.version() && console.store.views.value()) {
        m_tabs_version = console.store.views.version();
        m_tabs.clear();
        for (const auto& view : array_at(*console.store.views.value(), "views"))
            if (text_at(view, "kind") == "tab" && text_at(view, "on") == m_type)
                m_tabs.push_back(std::make_unique<TabView>(console, view, boost::json::object{{"id", m_id}}));
    }
    std::vector<std::string> names{"Timeline", "Versions", "Related"};
    for (const auto& tab : m_tabs)
        names.push_back(tab->title());
    ui.tabs("record tabs", names, m_tab);
    m_tab = std::min(m_tab, names.size() - 1);
    if (m_tab == 0) draw_timeline(console);
    if (m_tab == 1) draw_history(console, type);
    if (m_tab == 2) draw_related(console, type);
    if (m_tab > 2) m_tabs[m_tab - 3]->draw(console);
}

void RecordScreen::ask_names(Console& console, const TypeInfo& type)
{
    m_named_version = m_record.version();
    std::string sql;
    for (const FieldInfo& field : type.fields) {
        const std::string id = text_at(*m_record.value(), field.name);
        const TypeInfo* target = field.is_reference() ? console.store.type(field.reference) : nullptr;
        const std::int64_t number = integer_of(boost::json::value(boost::json::string{id}), -1);
        if (!target || target->title_field.empty() || number < 0 || m_names.contains(id)) continue;
        if (!sql.empty()) sql += " UNION ALL ";
        sql += "SELECT id, " + sql_name(target->title_field) + " FROM " + sql_name(target->name)
            + " WHERE id = " + std::to_string(number);
    }
    if (sql.empty()) return;
    m_naming = console.link.call(
        "query.run",
        {{"sql", sql}},
        [](const Result<boost::json::value>&) {},
        [this](const boost::json::value& part) {
            for (const auto& row : array_at(part, "rows"))
                if (array_of(row).size() > 1) m_names[text_of(array_of(row)[0])] = text_of(array_of(row)[1]);
        }
    );
}

void RecordScreen::ask_related(Console& console, const TypeInfo& type)
{
    m_asked_related = true;
    for (const TypeInfo& other : console.store.types())
        for (const FieldInfo& field : other.fields) {
            if (!field.is_reference() || field.reference != type.name) continue;
            m_related.push_back({other.name, field.name, other.plural_label() + ", as " + lower(field.label)}
            );
        }
    for (std::size_t i = 0; i < m_related.size(); ++i) {
        Related& one = m_related[i];
        one.call = console.link.call(
            "query.run",
            {{"sql", "SELECT count(*) FROM " + sql_name(one.type) + " WHERE " + sql_name(one.field) + " = :id"
             },
             {"params", {{"id", integer_of(boost::json::value(m_id))}}}},
            [](const Result<boost::json::value>&) {},
            [this, i](const boost::json::value& part) {
                for (const auto& row : array_at(part, "rows"))
                    if (!array_of(row).empty()) m_related[i].count = integer_of(array_of(row)[0]);
            }
        );
    }
}

void RecordScreen::remove(Console& console, const TypeInfo& type)
{
    std::string links;
    for (const Related& one : m_related)
        if (one.count > 0)
            links += (links.empty() ? " Points to it: " : ", ") + with_separators(one.count) + ' '
                + lower(one.label);
    console.desk.ask(
        {.title = "Delete " + title() + "?",
         .text = "One " + lower(type.label) + "." + links + (links.empty() ? "" : ".")
             + " Its history stays; Restore or Ctrl+Z brings it back.",
         .action = "Delete " + lower(type.label),
         .is_dangerous = true,
         .run =
             [this, &console] {
                 m_calls.push_back(console.link.call(
                     "records.delete",
                     {{"type", m_type}, {"id", m_id}},
                     [this, &console](const Result<boost::json::value>& answer) {
                         if (!answer) return console.desk.tell(answer.error());
                         console.desk.did("Deleted " + title(), *answer);
                         m_record.refresh();
                     }
                 ));
             }}
    );
}

void RecordScreen::restore(Console& console)
{
    m_calls.push_back(console.link.call(
        "records.restore",
        {{"type", m_type}, {"id", m_id}},
        [this, &console](const Result<boost::json::value>& answer) {
            if (!answer) return console.desk.tell(answer.error());
            console.desk.did("Restored " + title(), *answer);
            m_record.refresh();
        }
    ));
}

std::vector<Action> RecordScreen::actions(Console& console)
{
    std::vector<Action> actions{
        {.id = "record.refresh",
         .title = "Refresh",
         .group = "Record",
         .keys = "F5",
         .icon = Icon::refresh,
         .run =
             [this] {
                 m_record.refresh();
                 m_events.refresh();
             }},
        {.id = "record.older",
         .title = "See the version before",
         .group = "Record",
         .keys = "p",
         .icon = Icon::history,
         .run = [this, &console] { step_version(console, -1); }},
        {.id = "record.newer",
         .title = "See the version after",
         .group = "Record",
         .keys = "Shift+P",
         .icon = Icon::history,
         .run = [this, &console] { step_version(console, 1); },
         .why_not = is_past() ? "" : "this is how it is now"},
        {.id = "record.as_of",
         .title = "See it as of a time",
         .group = "Record",
         .keys = "t",
         .icon = Icon::clock,
         .run =
             [this] {
                 m_tab = 1;
                 m_wants_as_of = true;
             }},
        {.id = "record.all",
         .title = m_shows_empty ? "Hide empty fields" : "Show empty fields",
         .group = "Record",
         .keys = "h",
         .icon = Icon::columns,
         .run = [this] { m_shows_empty = !m_shows_empty; }},
    };
    if (const TypeInfo* type = console.store.type(m_type)) {
        actions.push_back(
            {.id = "record.delete",
             .title = "Delete this record",
             .group = "Record",
             .icon = Icon::trash,
             .run = [this, &console, copy = *type] { remove(console, copy); },
             .why_not = is_deleted() ? "it is deleted" : ""}
        );
        for (const FieldInfo& field : type->fields)
            if (!field.is_archived)
                actions.push_back(
                    {.id = "record.edit." + field.name,
                     .title = "Edit " + field.label,
                     .group = "Record",
                     .icon = Icon::edit,
                     .run =
                         [this, field] {
                             m_editing = field.name;
                             m_text = m_record.value() ? edit_text(field, at(*m_record.value(), field.name))
                                                       : "";
                             m_edit_begins = true;
                         }}
                );
    }
    return actions;
}

} // namespace mortise::ui
