#include "panels/operate_screens.hpp"

#include "base/json_read.hpp"

#include <algorithm>
#include <utility>

namespace mortise::ui {

using namespace std::chrono_literals;

namespace {

Tone tone_of_job(std::string_view state)
{
    if (state == "done" || state == "succeeded") return Tone::positive;
    if (state == "failed" || state == "dead") return Tone::danger;
    if (state == "running") return Tone::info;
    if (state == "retrying") return Tone::warning;
    return Tone::neutral;
}

std::string no_admin(Console& console)
{
    return console.store.is_admin() ? "" : "needs a user with scope all";
}

} // namespace

SubscriptionScreen::SubscriptionScreen()
    : m_grid{{{"consumer", "Subscription", 240}, {"state", "State", 120, Align::left, false}, {"lag", "Behind", 90, Align::right}, {"retrying", "Retrying", 80, Align::right}, {"dead", "Dead", 70, Align::right}, {"delivered", "Delivered", 100, Align::right}, {"failed", "Failed", 80, Align::right}, {"cursor", "At event", 90, Align::right}, {"patterns", "Listens to", 240}, {"last_error", "Last error", 300}}
      },
      m_rows{[](const boost::json::value& row, const GridColumn& column) -> GridCell {
          if (column.key == "consumer")
              return {.text = text_at(row, "plugin") + '/' + text_at(row, "name"), .look = CellLook::strong};
          if (column.key == "state") {
              if (integer_at(row, "dead") > 0)
                  return {.text = "dead letters", .look = CellLook::status, .tone = Tone::danger};
              if (!flag_at(row, "attached"))
                  return {.text = "waiting", .look = CellLook::status, .tone = Tone::neutral};
              if (integer_at(row, "retrying") > 0)
                  return {.text = "retrying", .look = CellLook::status, .tone = Tone::warning};
              return {
                  .text = integer_at(row, "lag") > 0 ? "catching up" : "up to date",
                  .look = CellLook::status,
                  .tone = integer_at(row, "lag") > 0 ? Tone::info : Tone::positive
              };
          }
          if (column.key == "patterns") {
              std::string text;
              for (const auto& one : array_at(row, "patterns"))
                  text += (text.empty() ? "" : ", ") + text_of(one);
              return {text};
          }
          const auto& value = at(row, column.key);
          return {value.is_number() ? with_separators(integer_of(value)) : text_of(value)};
      }}
{
}

void SubscriptionScreen::draw(Console& console)
{
    Ui& ui = console.ui;
    std::erase_if(m_calls, [](const Ticket& call) { return !call.is_under_way(); });
    Resource& list = console.store.subscriptions;
    list.keep_fresh(2s);
    if (!draw_state(console, list, "subscriptions")) return;
    const auto& rows = array_at(*list.value(), "subscriptions");
    if (rows.empty()) {
        ui.message(
            Icon::link, "No subscriptions", "Plugins subscribe to events; how far each has come stands here."
        );
        return;
    }
    m_rows.show(rows, list.version(), m_grid.sort());
    m_grid.draw(ui, "subscriptions", m_rows, ImGui::GetContentRegionAvail().y - ui.px(64));
    draw_replay(console, m_rows.row(m_grid.cursor()));
}

void SubscriptionScreen::draw_replay(Console& console, const boost::json::value& row)
{
    Ui& ui = console.ui;
    if (row.is_null()) return;
    const std::string name = text_at(row, "plugin") + '/' + text_at(row, "name");
    const std::string why = no_admin(console);
    ImGui::AlignTextToFramePadding();
    ui.text("Replay " + name + " from event");
    ui.beside();
    ui.input("Replay from", m_from, {.hint = "number", .width = ui.px(120)});
    const std::int64_t from = integer_of(boost::json::value(boost::json::string{m_from}), -1);
    const std::int64_t cursor = integer_at(row, "cursor");
    ui.beside();
    if (!ui.button(
            "Replay",
            {.icon = Icon::history,
             .enabled = from >= 0 && why.empty(),
             .tip = why.empty() ? "It gets those events once more" : std::string_view{why}}
        ))
        return;
    console.desk.ask(
        {.title = "Replay " + name + "?",
         .text = "About " + with_separators(std::max<std::int64_t>(cursor - from, 0))
             + " events are delivered to it once more. A plugin that does not know an event again does its "
               "work twice.",
         .action = "Replay from " + with_separators(from),
         .is_dangerous = true,
         .run =
             [this, &console, id = text_at(row, "id"), name, from] {
                 m_calls.push_back(console.link.call(
                     "subscriptions.replay",
                     {{"subscription", id}, {"from", from}},
                     [&console, name](const Result<boost::json::value>& answer) {
                         console.store.subscriptions.refresh();
                         if (!answer) return console.desk.tell(answer.error());
                         console.desk.toast(Tone::positive, name + " gets the events once more");
                     }
                 ));
             }}
    );
}

JobScreen::JobScreen()
    : m_grid{{{"id", "Job", 70, Align::right}, {"name", "Name", 200}, {"plugin", "Plugin", 160}, {"state", "State", 110}, {"progress", "Progress", 160}, {"tries", "Tries", 60, Align::right}, {"due", "Due", 130}, {"created", "Created", 130}, {"error", "Error", 300}}
      },
      m_rows{[](const boost::json::value& row, const GridColumn& column) -> GridCell {
          if (column.key == "state")
              return {
                  .text = text_at(row, "state"),
                  .look = CellLook::status,
                  .tone = tone_of_job(text_at(row, "state"))
              };
          if (column.key == "name") return {.text = text_at(row, "name"), .look = CellLook::strong};
          if (column.key == "due" || column.key == "created")
              return {.text = time_text(text_at(row, column.key)), .look = CellLook::muted};
          if (column.key == "progress") {
              const std::int64_t total = integer_at(row, "total");
              if (total <= 0) return {text_at(row, "doing")};
              const double share = static_cast<double>(integer_at(row, "done")) / static_cast<double>(total);
              return {
                  with_separators(integer_at(row, "done")) + " of " + with_separators(total),
                  CellLook::plain,
                  Tone::neutral,
                  share
              };
          }
          return {text_at(row, column.key)};
      }}
{
}

void JobScreen::draw(Console& console)
{
    Ui& ui = console.ui;
    std::erase_if(m_calls, [](const Ticket& call) { return !call.is_under_way(); });
    Resource& jobs = console.store.jobs;
    jobs.keep_fresh(2s);
    if (!draw_state(console, jobs, "jobs")) return;
    const auto& rows = array_at(*jobs.value(), "jobs");
    if (rows.empty()) {
        ui.message(
            Icon::clock,
            "No jobs yet",
            "Work that plugins do later or take long for stands here, with its progress."
        );
        return;
    }
    ui.input("Filter jobs", m_filter, {.hint = "Name, plugin or state", .width = ui.px(260)});
    m_rows.show(rows, jobs.version(), m_grid.sort(), m_filter);
    const auto& job = m_rows.row(m_grid.cursor());
    m_grid.draw(ui, "jobs", m_rows, ImGui::GetContentRegionAvail().y - ui.px(120));
    if (!job.is_null()) draw_job(console, job);
}

void JobScreen::draw_job(Console& console, const boost::json::value& job)
{
    Ui& ui = console.ui;
    ui.strong(text_at(job, "name") + "  " + text_at(job, "id"));
    ui.beside(10);
    ui.small("arguments " + text_at(job, "arguments"));
    if (const std::string error = text_at(job, "error"); !error.empty()) ui.text(error, ui.colors().danger);
    const std::string state = text_at(job, "state");
    const bool is_over = !at(job, "finished").is_null();
    const bool is_asked = flag_at(job, "cancel_asked");
    if (console.link.state() != LinkState::open) {
        ui.small("What became of it is not known while the host is away.");
        return;
    }
    if (is_over) return;
    if (!ui.button(
            is_asked ? "Stopping..." : "Cancel job",
            {.icon = Icon::close,
             .weight = Weight::danger,
             .enabled = !is_asked && no_admin(console).empty(),
             .tip = no_admin(console)}
        ))
        return;
    const std::string id = text_at(job, "id");
    console.desk.ask(
        {.title = "Cancel job " + id + "?",
         .text = text_at(job, "name") + " is " + state + ". What it did so far stays.",
         .action = "Cancel job",
         .is_dangerous = true,
         .run =
             [this, &console, id] {
                 m_calls.push_back(console.link.call(
                     "jobs.cancel",
                     {{"id", id}},
                     [&console](const Result<boost::json::value>& answer) {
                         console.store.jobs.refresh();
                         if (!answer) console.desk.tell(answer.error());
                     }
                 ));
             }}
    );
}

} // namespace mortise::ui
