#include "panels/command_screens.hpp"

#include "base/json_read.hpp"
#include "widgets/schema.hpp"

#include <algorithm>
#include <utility>

namespace mortise::ui {

using namespace std::chrono_literals;

CommandScreen::CommandScreen(std::string command)
    : m_grid{{{"title", "Command", 240}, {"name", "Name", 260}, {"effect", "Effect", 110}, {"provider", "Of", 160}, {"help", "What it does", 420}}
      },
      m_rows{[](const boost::json::value& row, const GridColumn& column) -> GridCell {
          if (column.key == "title")
              return {
                  .text = text_at(row, "title").empty() ? text_at(row, "name") : text_at(row, "title"),
                  .look = CellLook::strong
              };
          if (column.key == "effect") {
              const std::string effect = text_at(row, "effect");
              return {
                  .text = effect,
                  .look = CellLook::badge,
                  .tone = effect == "destructive" ? Tone::danger
                      : effect == "write"         ? Tone::warning
                                                  : Tone::neutral
              };
          }
          if (column.key == "name") return {.text = text_at(row, "name"), .look = CellLook::mono};
          return {text_at(row, column.key)};
      }},
      m_chosen{std::move(command)}
{
}

void CommandScreen::draw(Console& console)
{
    Ui& ui = console.ui;
    if (!draw_state(console, console.store.commands, "commands")) return;
    const auto& commands = array_at(*console.store.commands.value(), "commands");
    if (commands.empty()) {
        ui.message(Icon::bolt, "No commands", "Plugins bring commands. Enable one under Plugins.");
        return;
    }
    ui.input(
        "Filter commands",
        m_filter,
        {.hint = "Name or purpose   /", .width = ui.px(280), .take_keys = std::exchange(m_takes_filter, false)
        }
    );
    m_rows.show(commands, console.store.commands.version(), m_grid.sort(), m_filter);
    const GridAnswer answer = m_grid.draw(ui, "commands", m_rows, ImGui::GetContentRegionAvail().y * 0.56F);
    if (answer.moved) m_chosen = text_at(m_rows.row(m_grid.cursor()), "name");
    if (answer.opened) console.desk.run_command(text_at(m_rows.row(*answer.opened), "name"), {});
    if (m_chosen.empty()) m_chosen = text_at(m_rows.row(0), "name");
    if (const auto* command = console.store.command(m_chosen))
        draw_command(console, boost::json::value(*command));
}

void CommandScreen::draw_command(Console& console, const boost::json::value& command)
{
    Ui& ui = console.ui;
    ui.gap(4);
    ImGui::BeginChild("command");
    ui.heading(text_at(command, "title").empty() ? m_chosen : text_at(command, "title"));
    ui.to_right(ui.button_width("Run", Icon::play));
    if (ui.button("Run", {.icon = Icon::play, .weight = Weight::primary, .keys = "Enter"}))
        console.desk.run_command(m_chosen, {});
    ui.wrapped(text_at(command, "help"), ui.colors().muted);
    std::string facts = text_at(command, "effect") + (flag_at(command, "undoable") ? ", can be undone" : "")
        + (flag_at(command, "preview") ? ", can be previewed" : "")
        + (flag_at(command, "external") ? ", leaves the house" : "")
        + (flag_at(command, "idempotent") ? ", may be repeated" : "");
    ui.small(facts);
    ui.gap(4);
    const auto& schema = at(command, "arguments");
    const auto& required = array_at(schema, "required");
    for (const auto& [name, sub] : object_at(schema, "properties")) {
        const bool is_needed = std::ranges::any_of(required, [&](const auto& one) {
            return text_of(one) == std::string{name};
        });
        ui.mono(std::string{name} + (is_needed ? " *" : ""));
        ImGui::SameLine(ui.px(220));
        ui.small(type_of(sub));
        ImGui::SameLine(ui.px(300));
        ui.text(text_at(sub, "description"));
    }
    ImGui::EndChild();
}

std::vector<Action> CommandScreen::actions(Console& console)
{
    return {
        {.id = "commands.filter",
         .title = "Filter the commands",
         .group = "Commands",
         .keys = "/",
         .icon = Icon::filter,
         .run = [this] { m_takes_filter = true; }},
        {.id = "commands.run",
         .title = "Run the chosen command",
         .group = "Commands",
         .icon = Icon::play,
         .run = [this, &console] { console.desk.run_command(m_chosen, {}); },
         .why_not = m_chosen.empty() ? "none is chosen" : ""},
    };
}

} // namespace mortise::ui
