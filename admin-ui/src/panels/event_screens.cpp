#include "panels/event_screens.hpp"

#include "base/json_read.hpp"
#include "panels/record_screen.hpp"
#include "widgets/chart.hpp"
#include "widgets/timeline.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

namespace mortise::ui {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t most_shown = Feed::most;

bool fits(const FeedEvent& event, std::string_view filter)
{
    if (filter.empty()) return true;
    if (event.subject == filter) return true;
    return lower(event.type).find(filter) != std::string::npos
        || lower(event.actor).find(filter) != std::string::npos
        || lower(event.subject_type).find(filter) != std::string::npos;
}

GridCell draw_past(const boost::json::value& row, const GridColumn& column)
{
    if (column.key == "type")
        return {
            .text = text_at(row, "type"), .look = CellLook::badge, .tone = tone_of_event(text_at(row, "type"))
        };
    if (column.key == "time") return {.text = text_at(row, "time").substr(0, 23), .look = CellLook::muted};
    if (column.key == "data") return {event_words(row)};
    if (column.key == "subject") return {text_at(row, "subjecttype") + ' ' + text_at(row, "subject")};
    return {text_at(row, column.key)};
}

} // namespace

void FeedRows::show(const Feed& feed, std::string_view filter, bool paused)
{
    if (filter != m_filter) {
        m_filter = filter;
        m_shown.clear();
        m_taken = feed.total() - static_cast<std::int64_t>(feed.events().size());
    }
    const std::int64_t fresh = feed.total() - m_taken;
    if (paused) {
        m_passed = fresh;
        return;
    }
    m_passed = 0;
    const auto& events = feed.events();
    const auto count = static_cast<std::ptrdiff_t>(std::min<std::int64_t>(fresh, std::ssize(events)));
    for (auto event = events.end() - count; event != events.end(); ++event)
        if (fits(*event, m_filter)) m_shown.push_front(*event);
    while (m_shown.size() > most_shown)
        m_shown.pop_back();
    m_taken = feed.total();
}

const FeedEvent* FeedRows::event(std::int64_t row) const
{
    return row >= 0 && row < count() ? &m_shown[static_cast<std::size_t>(row)] : nullptr;
}

std::int64_t FeedRows::key(std::int64_t row) const
{
    const FeedEvent* found = event(row);
    return found ? found->number : -1;
}

std::optional<GridCell> FeedRows::cell(std::int64_t row, const GridColumn& column) const
{
    const FeedEvent* found = event(row);
    return found ? draw_past(found->json, column) : GridCell{};
}

EventScreen::EventScreen(Console& console, std::string event)
    : m_old{draw_past},
      m_grid{
          {{"id", "Number", 90, Align::right, false},
           {"time", "Time", 170, Align::left, false},
           {"type", "Event", 190, Align::left, false},
           {"subject", "About", 150, Align::left, false},
           {"actor", "By", 150, Align::left, false},
           {"data", "What", 420, Align::left, false}}
      },
      m_past{console.link, console.clock, "events.list", {{"limit", 500}, {"newest_first", true}}}
{
    const std::int64_t number = integer_of(boost::json::value(boost::json::string{event}), 0);
    if (number > 0)
        m_wanted = std::make_unique<Resource>(
            console.link,
            console.clock,
            "events.list",
            boost::json::object{{"since", number - 1}, {"until", number}}
        );
}

void EventScreen::draw_bar(Console& console)
{
    Ui& ui = console.ui;
    const Feed& feed = console.store.feed();
    ui.input(
        "Filter events",
        m_filter,
        {.hint = "Type, actor or record   /",
         .width = ui.px(260),
         .take_keys = std::exchange(m_takes_filter, false)}
    );
    ui.beside();
    if (ui.button(
            m_is_paused ? "Go on" : "Pause",
            {.icon = m_is_paused ? Icon::play : Icon::pause, .tip = "Events are still counted", .keys = "p"}
        ))
        m_is_paused = !m_is_paused;
    ui.beside(14);
    std::size_t chosen = m_shows_past ? 1 : 0;
    const std::vector<std::string> kinds{"Live", "Log"};
    for (std::size_t i = 0; i < 2; ++i) {
        if (i > 0) ui.beside(4);
        if (ui.button(kinds[i], {.weight = chosen == i ? Weight::primary : Weight::plain}))
            m_shows_past = i == 1;
    }
    ui.beside(14);
    const auto now = console.clock.steady();
    draw_sparkline(ui, feed.by_second(now), ui.px(120), ui.px(26));
    ui.beside(8);
    ImGui::AlignTextToFramePadding();
    std::string text = short_number(feed.rate(now, 5s)) + " a second";
    if (m_is_paused) text += ", paused: " + with_separators(m_rows.passed()) + " more";
    if (feed.skipped() > 0)
        text += ", " + with_separators(feed.skipped())
            + " came too fast and were left out here; the log has them";
    ui.muted(text);
}

void EventScreen::draw(Console& console)
{
    Ui& ui = console.ui;
    if (m_wanted) {
        m_wanted->keep_fresh(1h);
        if (m_wanted->value() && !array_at(*m_wanted->value(), "events").empty())
            m_event = array_at(*m_wanted->value(), "events")[0];
        if (m_wanted->value() || m_wanted->error()) m_wanted.reset();
    }
    draw_bar(console);
    const std::string filter = lower(m_filter);
    m_rows.show(console.store.feed(), filter, m_is_paused);
    if (m_shows_past && !m_is_paused) m_past.keep_fresh(3s);
    const float height = m_event.is_null() ? 0 : ImGui::GetContentRegionAvail().y * 0.55F;
    GridAnswer answer;
    if (m_shows_past) {
        if (!draw_state(console, m_past, "the log")) return;
        m_old.show(array_at(*m_past.value(), "events"), m_past.version(), {}, filter);
        if (m_old.count() == 0) {
            if (ui.message(
                    Icon::feed,
                    m_filter.empty() ? "The log is empty" : "The filter hides all",
                    "",
                    m_filter.empty() ? "" : "Clear the filter"
                ))
                m_filter.clear();
            return;
        }
        answer = m_grid.draw(ui, "events", m_old, height);
    } else {
        if (m_rows.count() == 0) {
            ui.message(
                Icon::feed,
                "Waiting for events",
                m_filter.empty() ? "They stand here as they happen. The log has those before."
                                 : "None since this window opened fits the filter."
            );
            return;
        }
        answer = m_grid.draw(ui, "events", m_rows, height);
    }
    if (answer.moved || answer.opened) {
        const std::int64_t row = answer.opened.value_or(m_grid.cursor());
        if (m_shows_past)
            m_event = m_old.row(row);
        else if (const FeedEvent* event = m_rows.event(row))
            m_event = event->json;
    }
    if (!m_event.is_null()) draw_event(console, m_event);
}

void EventScreen::draw_event(Console& console, const boost::json::value& event)
{
    Ui& ui = console.ui;
    ImGui::BeginChild("event");
    ui.gap(4);
    ui.heading(text_at(event, "type"));
    ui.beside(10);
    ui.small(
        "number " + text_at(event, "id") + "   " + text_at(event, "time") + "   by " + text_at(event, "actor")
    );
    ui.to_right(ui.px(30));
    if (ui.button("Close event", {.icon = Icon::close, .weight = Weight::quiet, .icon_only = true}))
        m_event = nullptr;
    const std::string subject = text_at(event, "subject");
    if (!subject.empty() && ui.link("Open " + text_at(event, "subjecttype") + ' ' + subject))
        console.desk.open("record/" + text_at(event, "subjecttype") + '/' + subject);
    // What it came of, as far as it is in sight.
    const std::string unit = text_at(event, "unit");
    const std::string cause = text_at(event, "causationid");
    const std::string root = text_at(event, "correlationid");
    std::string chain = "Commit " + unit;
    if (!cause.empty()) chain += "   caused by event " + cause;
    if (!root.empty() && root != text_at(event, "id")) chain += "   began with event " + root;
    ui.small(chain);
    if (!cause.empty()) {
        ui.beside(10);
        if (ui.link("Show the cause"))
            m_wanted = std::make_unique<Resource>(
                console.link,
                console.clock,
                "events.list",
                boost::json::object{
                    {"since", integer_of(at(event, "causationid")) - 1},
                    {"until", integer_of(at(event, "causationid"))}
                }
            );
    }
    ImGui::BeginChild("data", {0, 0}, false, ImGuiWindowFlags_HorizontalScrollbar);
    const std::string text = pretty(at(event, "data"));
    std::string_view rest = text;
    for (int line = 0; !rest.empty() && line < 1000; ++line) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        ui.mono(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    ImGui::EndChild();
    ImGui::EndChild();
}

std::vector<Action> EventScreen::actions(Console& console)
{
    static_cast<void>(console);
    return {
        {.id = "events.pause",
         .title = m_is_paused ? "Go on with the events" : "Pause the events",
         .group = "Events",
         .keys = "p",
         .icon = Icon::pause,
         .run = [this] { m_is_paused = !m_is_paused; }},
        {.id = "events.filter",
         .title = "Filter the events",
         .group = "Events",
         .keys = "/",
         .icon = Icon::filter,
         .run = [this] { m_takes_filter = true; }},
        {.id = "events.live",
         .title = m_shows_past ? "Show live events" : "Show the log",
         .group = "Events",
         .keys = "l",
         .icon = Icon::feed,
         .run = [this] { m_shows_past = !m_shows_past; }},
    };
}

DeadLetterScreen::DeadLetterScreen()
    : m_grid{{{"number", "Event", 80, Align::right}, {"type", "Type", 180}, {"consumer", "Subscription", 220}, {"attempts", "Tries", 60, Align::right}, {"since", "Since", 130}, {"error", "Why", 420}}
      },
      m_rows{[](const boost::json::value& row, const GridColumn& column) -> GridCell {
          if (column.key == "consumer") return {text_at(row, "plugin") + '/' + text_at(row, "name")};
          if (column.key == "type") return {text_at(at(row, "event"), "type")};
          if (column.key == "since")
              return {.text = time_text(text_at(row, "since")), .look = CellLook::muted};
          if (column.key == "error") return {text_at(row, "error"), CellLook::plain, Tone::danger};
          return {text_at(row, column.key)};
      }}
{
    m_grid.set_selectable(true);
}

std::vector<boost::json::value> DeadLetterScreen::marked()
{
    std::vector<boost::json::value> letters;
    for (std::int64_t row = 0; row < m_rows.count(); ++row)
        if (m_grid.selection().empty() || m_grid.selection().contains(row))
            letters.push_back(m_rows.row(row));
    return letters;
}

void DeadLetterScreen::send(
    Console& console, const std::string& method, std::vector<boost::json::value> letters, std::string done
)
{
    for (const auto& letter : letters)
        m_calls.push_back(console.link.call(
            method,
            {{"subscription", text_at(letter, "subscription")}, {"number", integer_at(letter, "number")}},
            [&console](const Result<boost::json::value>& answer) {
                console.store.dead_letters.refresh();
                console.store.status.refresh();
                if (!answer) console.desk.tell(answer.error());
            }
        ));
    console.desk.toast(Tone::info, std::move(done));
    m_grid.selection().clear();
}

void DeadLetterScreen::draw(Console& console)
{
    Ui& ui = console.ui;
    std::erase_if(m_calls, [](const Ticket& call) { return !call.is_under_way(); });
    Resource& dead = console.store.dead_letters;
    dead.keep_fresh(3s);
    if (!draw_state(console, dead, "dead letters")) return;
    const auto& letters = array_at(*dead.value(), "dead_letters");
    if (letters.empty()) {
        ui.message(
            Icon::check,
            "No dead letters",
            "Every event was handled. One that fails again and again stands here, with the reason.",
            {},
            Tone::positive
        );
        return;
    }
    std::map<std::string, std::int64_t> causes;
    for (const auto& letter : letters)
        ++causes[text_at(letter, "error")];
    ui.strong(counted(std::ssize(letters), "event could not be handled", "events could not be handled"));
    int shown = 0;
    for (const auto& [cause, count] : causes) {
        if (shown++ == 3) break;
        ui.small(with_separators(count) + " \xC3\x97 " + cause);
    }
    m_rows.show(letters, dead.version(), m_grid.sort());
    const auto count
        = static_cast<std::int64_t>(m_grid.selection().empty() ? m_rows.total() : m_grid.selection().size());
    const std::string what = counted(count, "event", "events");
    const std::string why = console.store.is_admin() ? "" : "needs a user with scope all";
    if (ui.button(
            "Retry " + what,
            {.icon = Icon::refresh, .weight = Weight::primary, .enabled = why.empty(), .tip = why}
        ))
        send(console, "dead_letters.retry", marked(), what + " will be delivered once more");
    ui.beside();
    if (ui.button(
            "Discard " + what,
            {.icon = Icon::trash, .weight = Weight::danger, .enabled = why.empty(), .tip = why}
        ))
        console.desk.ask(
            {.title = "Discard " + what + "?",
             .text = "They are given up for good: their subscriptions will never handle them. The events "
                     "themselves stay in the log.",
             .action = "Discard " + what,
             .is_dangerous = true,
             .run
             = [this, &console, what] { send(console, "dead_letters.discard", marked(), what + " given up"); }
            }
        );
    const GridAnswer answer = m_grid.draw(ui, "dead letters", m_rows);
    if (answer.opened) console.desk.open("events/" + text_at(m_rows.row(*answer.opened), "number"));
}

} // namespace mortise::ui
