#include "panels/types_screen.hpp"

#include "base/json_read.hpp"

#include <utility>

namespace mortise::ui {

TypesScreen::TypesScreen(std::string type)
    : m_chosen{std::move(type)},
      m_grid{
          {{"label", "Type", 180},
           {"name", "Name", 140},
           {"owner", "Of", 140},
           {"count", "Fields", 60, Align::right, false}}
      },
      m_rows{[](const boost::json::value& row, const GridColumn& column) -> GridCell {
          if (column.key == "count") return {std::to_string(array_at(row, "fields").size())};
          if (column.key == "label") return {.text = text_at(row, "label"), .look = CellLook::strong};
          return {text_at(row, column.key)};
      }},
      m_fields{
          {{"label", "Field", 170},
           {"name", "Name", 150},
           {"kind", "Kind", 100},
           {"marks", "Is", 220, Align::left, false},
           {"more", "Of", 200, Align::left, false},
           {"owner", "Brought by", 140},
           {"help", "Help", 300}}
      },
      m_field_rows{[](const boost::json::value& row, const GridColumn& column) -> GridCell {
          if (column.key == "kind") return {.text = text_at(row, "kind"), .look = CellLook::badge};
          if (column.key == "label") return {.text = text_at(row, "label"), .look = CellLook::strong};
          if (column.key == "marks") {
              std::string marks;
              for (const std::string_view mark :
                   {"required", "unique", "indexed", "searchable", "timeline", "personal", "archived"})
                  if (flag_at(row, mark)) marks += (marks.empty() ? "" : ", ") + std::string{mark};
              return {.text = marks, .look = CellLook::muted};
          }
          if (column.key == "more") {
              std::string text = text_at(row, "type");
              for (const auto& option : array_at(row, "options")) {
                  text += (text.empty() ? "" : ", ") + text_of(option);
                  const std::string label = text_at(at(row, "option_labels"), text_of(option));
                  if (!label.empty()) text += " (" + label + ')';
              }
              return {text};
          }
          return {text_at(row, column.key)};
      }}
{
    m_fields.set_takes_keys(false);
}

void TypesScreen::draw(Console& console)
{
    Ui& ui = console.ui;
    if (!draw_state(console, console.store.types_list, "record types")) return;
    const auto& types = array_at(*console.store.types_list.value(), "types");
    m_rows.show(types, console.store.types_list.version(), m_grid.sort());
    const GridAnswer answer = m_grid.draw(ui, "types", m_rows, ImGui::GetContentRegionAvail().y * 0.36F);
    if (answer.moved || m_chosen.empty()) m_chosen = text_at(m_rows.row(m_grid.cursor()), "name");
    if (answer.opened) console.desk.open("list/" + text_at(m_rows.row(*answer.opened), "name"));
    for (const auto& type : types)
        if (text_at(type, "name") == m_chosen) draw_type(console, type);
}

void TypesScreen::draw_type(Console& console, const boost::json::value& type)
{
    Ui& ui = console.ui;
    ui.gap(2);
    ui.heading(text_at(type, "label"));
    ui.beside(10);
    ui.small("named by " + text_at(type, "title_field") + ", brought by " + text_at(type, "owner"));
    ui.to_right(
        ui.button_width("Add a field", Icon::plus) + ui.button_width("See its records", Icon::table)
        + ui.px(8)
    );
    const std::string why = console.store.is_admin() ? "" : "needs a user with scope all";
    if (ui.button("Add a field", {.icon = Icon::plus, .enabled = why.empty(), .tip = why, .keys = "n"}))
        m_designs = m_begins = !m_designs;
    ui.beside();
    if (ui.button("See its records", {.icon = Icon::table})) console.desk.open("list/" + m_chosen);
    if (m_designs && why.empty()) draw_designer(console);
    m_field_rows.show(
        array_at(type, "fields"),
        console.store.types_list.version() * 31 + static_cast<int>(Ui::id_of(m_chosen) & 0xFFFF),
        m_fields.sort()
    );
    m_fields.draw(ui, "fields", m_field_rows, ImGui::GetContentRegionAvail().y - ui.px(38));
    draw_field_actions(console, m_field_rows.row(m_fields.cursor()));
}

std::vector<Action> TypesScreen::actions(Console& console)
{
    return {
        {.id = "types.add_field",
         .title = "Add a field to " + lower(words_of(m_chosen)),
         .group = "Record types",
         .keys = "n",
         .icon = Icon::plus,
         .run = [this] { m_designs = m_begins = true; },
         .why_not = console.store.is_admin() ? "" : "needs a user with scope all"},
    };
}

} // namespace mortise::ui
