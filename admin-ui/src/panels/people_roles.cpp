#include "base/json_read.hpp"
#include "panels/people_screen.hpp"
#include "shell/problem.hpp"

#include <algorithm>
#include <utility>

namespace mortise::ui {

using namespace std::chrono_literals;

namespace {

constexpr float label_width = 190;
constexpr float level_width = 104;
constexpr float make_width = 74;
constexpr float fields_width = 190;

/// Of a type: as all others, or a level of its own. Of all others there is the level alone.
void draw_read(Ui& ui, RoleRow& row)
{
    const bool is_others = row.type == "*";
    std::vector<std::string> words{level_names.begin(), level_names.end()};
    if (!is_others) words.insert(words.begin(), "as others");
    const std::size_t shift = is_others ? 0 : 1;
    const std::size_t now = row.is_named ? static_cast<std::size_t>(row.read) + shift : 0;
    const auto chosen = ui.choice(row.type + ": read", words, now, ui.px(level_width));
    if (!chosen) return;
    row.is_named = is_others || *chosen > 0;
    if (row.is_named) row.read = static_cast<Level>(*chosen - shift);
}

void draw_level(Ui& ui, const std::string& label, Level& level)
{
    const std::vector<std::string> words{level_names.begin(), level_names.end()};
    if (const auto chosen = ui.choice(label, words, static_cast<std::size_t>(level), ui.px(level_width)))
        level = static_cast<Level>(*chosen);
}

void draw_header(Ui& ui)
{
    const float left = ImGui::GetCursorPosX();
    float at = left;
    const auto column = [&](std::string_view name, float width) {
        ImGui::SetCursorPosX(at);
        ui.small(name);
        at += ui.px(width + 8);
        if (name != "Read only fields") ImGui::SameLine();
    };
    column("Records of", label_width);
    column("Reads", level_width);
    column("Makes", make_width);
    column("Writes", level_width);
    column("Deletes", level_width);
    column("Hidden fields", fields_width);
    column("Read only fields", fields_width);
}

} // namespace

RolesPanel::RolesPanel()
    : m_grid{{{"name", "Role", 170}, {"description", "For", 260}, {"reads", "Reads", 320, Align::left, false}, {"capabilities", "And may", 260, Align::left, false}, {"kind", "", 90, Align::left, false}}
      },
      m_rows{[](const boost::json::value& row, const GridColumn& column) -> GridCell {
          if (column.key == "name") return {.text = text_at(row, "name"), .look = CellLook::strong};
          if (column.key == "reads") return {reads_of(row)};
          if (column.key == "kind")
              return {.text = flag_at(row, "built_in") ? "built in" : "", .look = CellLook::muted};
          if (column.key == "capabilities") {
              std::string text;
              for (const auto& name : array_at(row, "capabilities"))
                  text += (text.empty() ? "" : ", ") + text_of(name);
              return {.text = text, .look = CellLook::muted};
          }
          return {text_at(row, column.key)};
      }}
{
}

void RolesPanel::begin(Console& console)
{
    m_is_new = m_begins = true;
    m_is_built_in = m_is_administrator = false;
    m_chosen.clear();
    m_error.reset();
    m_draft = draft_of(nullptr, console.store.types());
    m_saved = m_draft.json();
}

void RolesPanel::choose(Console& console, const boost::json::value& role)
{
    m_is_new = false;
    m_chosen = text_at(role, "name");
    m_is_built_in = flag_at(role, "built_in");
    m_is_administrator = flag_at(role, "administrator");
    m_error.reset();
    m_draft = draft_of(role, console.store.types());
    m_saved = m_draft.json();
}

void RolesPanel::draw(Console& console)
{
    Ui& ui = console.ui;
    std::erase_if(m_calls, [](const Ticket& call) { return !call.is_under_way(); });
    Resource& roles = console.store.roles;
    roles.keep_fresh(30s);
    if (!draw_state(console, roles, "roles")) return;
    const std::string why = why_no_people(console);
    ui.muted("A role says what may be seen and done. Who has several may do what any of them lets.");
    ui.to_right(ui.button_width("New role", Icon::plus));
    if (ui.button(
            "New role",
            {.icon = Icon::plus, .weight = Weight::primary, .enabled = why.empty(), .tip = why, .keys = "n"}
        ))
        begin(console);
    m_rows.show(array_at(*roles.value(), "roles"), roles.version(), m_grid.sort());
    const GridAnswer answer = m_grid.draw(ui, "roles", m_rows, ImGui::GetContentRegionAvail().y * 0.32F);
    const auto& role = m_rows.row(m_grid.cursor());
    if (!role.is_null() && (answer.moved || (!m_is_new && text_at(role, "name") != m_chosen)))
        choose(console, role);
    draw_head(console);
    if (!m_is_administrator) draw_draft(console); // there is nothing that it may not
    draw_ends(console);
}

void RolesPanel::draw_head(Console& console)
{
    Ui& ui = console.ui;
    ui.gap(2);
    if (m_is_new) {
        ui.input(
            "Name of the role",
            m_draft.name,
            {.hint = "name",
             .width = ui.px(200),
             .take_keys = std::exchange(m_begins, false),
             .is_wrong = m_error && m_error->where.ends_with("/name")}
        );
    } else
        ui.heading(m_draft.name);
    if (m_is_built_in) {
        ui.beside(12);
        ui.muted(
            m_is_administrator ? "May do everything. It is built in and stays as it is."
                               : "It is built in and stays as it is."
        );
        return;
    }
    ui.beside(12);
    ui.input("What it is for", m_draft.description, {.hint = "what it is for", .width = ui.px(420)});
}

void RolesPanel::draw_draft(Console& console)
{
    Ui& ui = console.ui;
    if (m_error) draw_problem(ui, *m_error); // above what grows: the buttons stay in sight
    ImGui::BeginDisabled(m_is_built_in);
    draw_header(ui);
    ImGui::BeginChild("types of the role", {0, ImGui::GetContentRegionAvail().y - ui.px(124)});
    for (RoleRow& row : m_draft.rows)
        draw_row(ui, row);
    ImGui::EndChild();
    ImGui::AlignTextToFramePadding();
    ui.small("Commands");
    ui.beside();
    ui.input(
        "Commands",
        m_draft.commands,
        {.hint = "pipelines.*, email.send, or * for all",
         .width = ui.px(420),
         .is_wrong = m_error && m_error->where.starts_with("/role/commands")}
    );
    draw_capabilities(ui);
    ImGui::EndDisabled();
}

void RolesPanel::draw_row(Ui& ui, RoleRow& row)
{
    ImGui::PushID(row.type.c_str());
    const float left = ImGui::GetCursorPosX();
    float at = left + ui.px(label_width + 8);
    const auto next = [&](float width) {
        ImGui::SameLine();
        ImGui::SetCursorPosX(at);
        at += ui.px(width + 8);
    };
    ImGui::AlignTextToFramePadding();
    ui.text(row.label);
    next(level_width);
    draw_read(ui, row);
    if (row.is_named && row.read != Level::none) {
        next(make_width);
        ui.check("make", row.create);
        next(level_width);
        draw_level(ui, row.type + ": write", row.write);
        next(level_width);
        draw_level(ui, row.type + ": delete", row.remove);
        next(fields_width);
        if (row.type != "*") {
            ui.input("Hidden " + row.type, row.hidden, {.hint = "fields", .width = ui.px(fields_width)});
            next(fields_width);
            ui.input(
                "Read only " + row.type, row.read_only, {.hint = "fields", .width = ui.px(fields_width)}
            );
        }
    }
    ImGui::PopID();
}

void RolesPanel::draw_capabilities(Ui& ui)
{
    bool is_first = true;
    for (const CapabilityWords& capability : capability_words) {
        if (!is_first) ui.beside(12);
        is_first = false;
        bool has = m_draft.capabilities.contains(capability.name);
        if (!ui.check(capability.words, has, !m_is_built_in)) continue;
        if (has)
            m_draft.capabilities.emplace(capability.name);
        else
            m_draft.capabilities.erase(std::string{capability.name});
    }
}

void RolesPanel::draw_ends(Console& console)
{
    Ui& ui = console.ui;
    const std::string no_right = why_no_people(console);
    const std::string why = !no_right.empty() ? no_right : m_draft.name.empty() ? "give it a name" : "";
    const bool is_changed = m_is_new || m_draft.json() != m_saved;
    if (!m_is_built_in) {
        if (ui.button(
                m_is_new ? "Make role" : "Save role",
                {.icon = Icon::check,
                 .weight = Weight::primary,
                 .enabled = is_changed && why.empty() && m_calls.empty(),
                 .tip = why}
            ))
            save(console);
        ui.beside();
    }
    if (!m_is_new && !m_chosen.empty() && !m_is_administrator) {
        if (ui.button("Copy as a new role", {.icon = Icon::duplicates, .enabled = no_right.empty()})) {
            m_is_new = m_begins = true;
            m_is_built_in = m_is_administrator = false;
            m_draft.name += "-2";
        }
        ui.beside();
        if (!m_is_built_in
            && ui.button(
                "Remove " + m_chosen,
                {.icon = Icon::trash, .weight = Weight::danger, .enabled = no_right.empty(), .tip = no_right}
            ))
            ask_to_remove(console, m_chosen);
        ui.beside(12);
    }
    if (!m_is_built_in)
        ui.small("It holds at once for all who have it. A type that is not named is as \"All other types\".");
}

void RolesPanel::save(Console& console)
{
    m_error.reset();
    boost::json::object role = m_draft.json();
    m_calls.push_back(console.link.call(
        m_is_new ? "roles.add" : "roles.change",
        {{"role", role}},
        [this, &console, role, name = m_draft.name](const Result<boost::json::value>& answer) {
            if (!answer) {
                m_error = answer.error();
                return;
            }
            console.store.roles.refresh();
            console.desk.toast(Tone::positive, "Saved the role " + name);
            m_is_new = false;
            m_chosen = name;
            m_saved = role;
        }
    ));
}

void RolesPanel::ask_to_remove(Console& console, const std::string& name)
{
    console.desk.ask(
        {.title = "Remove the role " + name + "?",
         .text = "A role that somebody has is not removed: take it from those users first.",
         .action = "Remove " + name,
         .is_dangerous = true,
         .run =
             [this, &console, name] {
                 m_calls.push_back(console.link.call(
                     "roles.remove",
                     {{"name", name}},
                     [this, &console, name](const Result<boost::json::value>& answer) {
                         if (!answer) return console.desk.tell(answer.error());
                         m_chosen.clear();
                         console.store.roles.refresh();
                         console.desk.toast(Tone::positive, "Removed the role " + name);
                     }
                 ));
             }}
    );
}

} // namespace mortise::ui
