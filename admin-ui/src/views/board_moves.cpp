#include "base/json_read.hpp"
#include "views/board_screen.hpp"
#include "views/view_action.hpp"

#include <algorithm>
#include <utility>

namespace mortise::ui {

using namespace std::chrono_literals;

int card_number(std::string_view id)
{
    return static_cast<int>(integer_of(boost::json::value(boost::json::string{id})) & 0x7FFFFFFF);
}

void BoardScreen::move(Console& console, const Card& card, std::size_t from, std::size_t to)
{
    if (from == to || to >= m_lanes.size()) return;
    if (console.link.state() != LinkState::open)
        return console.desk.toast(Tone::warning, "Not moved: the host is away");
    const auto& drop = at(m_view, "on_drop");
    const std::string command = text_at(drop, "command");
    if (command.empty()) return console.desk.toast(Tone::info, "Cards of this board cannot be moved");
    std::erase_if(m_moves, [&](const Move& one) { return one.id == card.id; });
    const boost::json::value record(boost::json::object{{"id", card.id}});
    Move move{card.id, from, to, false, {}, card};
    move.call = console.link.call(
        "commands.call",
        {{"name", command}, {"arguments", filled(drop, record, m_lanes[to].id)}},
        [this, &console, card, from, to](const Result<boost::json::value>& answer) {
            const auto found
                = std::ranges::find_if(m_moves, [&](const Move& one) { return one.id == card.id; });
            if (!answer) {
                if (found != m_moves.end()) m_moves.erase(found);
                return console.desk.tell(answer.error());
            }
            if (found != m_moves.end()) {
                found->saved = true;
                found->until = console.clock.steady() + 2s;
            }
            for (const std::size_t lane : {from, to})
                m_lanes[lane].rows->refresh();
            ask_sums(console);
            // The way back needs nothing of this screen, which may be closed by then.
            const auto& drop_again = at(m_view, "on_drop");
            const boost::json::value moved(boost::json::object{{"id", card.id}});
            boost::json::object back{
                {"name", text_at(drop_again, "command")},
                {"arguments", filled(drop_again, moved, m_lanes[from].id)}
            };
            const std::string undone = "Undone: " + card.title + " is in " + m_lanes[from].title + " again";
            console.desk.did(card.title + " moved to " + m_lanes[to].title, [&console, back, undone] {
                console.link
                    .call(
                        "commands.call",
                        back,
                        [&console, undone](const Result<boost::json::value>& taken_back) {
                            if (!taken_back) return console.desk.tell(taken_back.error());
                            console.desk.toast(Tone::positive, undone);
                        }
                    )
                    .detach();
            });
        }
    );
    m_moves.push_back(std::move(move));
    if (Lane& lane = m_lanes[from]; lane.count > 0) --lane.count;
    if (Lane& lane = m_lanes[to]; lane.count >= 0) ++lane.count;
}

void BoardScreen::finish_drag(Console& console)
{
    if (!m_dragged) return;
    Ui& ui = console.ui;
    const ImVec2 mouse = ImGui::GetIO().MousePos;
    ImDrawList& list = *ImGui::GetForegroundDrawList();
    const Box box{{mouse.x + ui.px(8), mouse.y + ui.px(4)}, {mouse.x + ui.px(220), mouse.y + ui.px(36)}};
    list.AddRectFilled(box.min, box.max, ui.colors().raised, ui.px(6));
    list.AddRect(box.min, box.max, ui.colors().accent, ui.px(6), 0, ui.px(2));
    ui.put_text(
        list,
        ui.theme().fonts().strong,
        {{box.min.x + ui.px(10), box.min.y}, {box.max.x - ui.px(8), box.max.y}},
        m_dragged->title,
        ui.colors().text
    );
    if (is_pressed(Key::escape)) {
        m_dragged.reset();
    } else if (!ImGui::IsMouseDown(0)) {
        const Card card = *m_dragged;
        m_dragged.reset();
        if (!m_drag_over) return;
        move(console, card, m_drag_from, *m_drag_over);
        m_lane = *m_drag_over;
        m_card = 0;
    }
}

std::optional<BoardScreen::Card> BoardScreen::cursor_card(Console& console) const
{
    if (m_lane >= m_lanes.size()) return std::nullopt;
    const auto cards = cards_of(console, m_lane);
    if (m_card >= cards.size()) return std::nullopt;
    return cards[m_card];
}

void BoardScreen::read_keys(Console& console)
{
    const ImGuiIO& io = ImGui::GetIO();
    if (console.ui.is_blocked() || console.ui.is_typing() || console.ui.hints().are_shown() || io.KeyCtrl
        || io.KeyAlt || m_lanes.empty())
        return;
    const bool right = is_pressed(Key::right, Repeat::yes) || is_pressed(Key::l, Repeat::yes);
    const bool left = is_pressed(Key::left, Repeat::yes) || is_pressed(Key::h, Repeat::yes);
    if (right || left) {
        const std::size_t to
            = right ? std::min(m_lane + 1, m_lanes.size() - 1) : m_lane - std::min<std::size_t>(m_lane, 1);
        const auto card = cursor_card(console);
        if (io.KeyShift && card && to != m_lane) {
            move(console, *card, m_lane, to);
            m_card = 0; // where the card stands now
        }
        m_lane = to;
    }
    const std::size_t count = cards_of(console, m_lane).size();
    if ((is_pressed(Key::down, Repeat::yes) || is_pressed(Key::j, Repeat::yes)) && m_card + 1 < count)
        ++m_card;
    if ((is_pressed(Key::up, Repeat::yes) || is_pressed(Key::k, Repeat::yes)) && m_card > 0) --m_card;
    m_card = std::min(m_card, count == 0 ? 0 : count - 1);
    if (is_pressed(Key::enter))
        if (const auto card = cursor_card(console)) console.desk.open("record/" + m_type + '/' + card->id);
}

std::vector<Action> BoardScreen::card_actions(Console& console, const Card& card)
{
    std::vector<Action> actions;
    const boost::json::value record(boost::json::object{{"id", card.id}, {"status", lower(card.status)}});
    int number = 1;
    for (const auto& action : array_at(m_view, "actions")) {
        bool is_of_card = false;
        for (const auto& [name, value] : object_at(action, "arguments"))
            is_of_card = is_of_card || text_of(value) == "{id}";
        if (!is_of_card || !action_applies(action, record)) continue;
        const std::string name = text_at(action, "command");
        const auto* command = console.store.command(name);
        const std::string label = command ? text_at(boost::json::value(*command), "title") : name;
        actions.push_back(
            {.id = "card." + name,
             .title = label + ": " + card.title,
             .group = title(),
             .keys = std::to_string(number++),
             .icon = Icon::bolt,
             .run =
                 [this, &console, name, arguments = filled(action, record)] {
                     console.desk.run_command(name, arguments, [this, &console] {
                         for (const Lane& lane : m_lanes)
                             lane.rows->refresh();
                         ask_sums(console);
                     });
                 },
             .why_not = command ? "" : "the plugin is off"}
        );
    }
    return actions;
}

std::vector<Action> BoardScreen::actions(Console& console)
{
    std::vector<Action> actions{
        {.id = "board.search",
         .title = "Search this board",
         .group = title(),
         .keys = "/",
         .icon = Icon::search,
         .run = [this] { m_takes_search = true; }},
        {.id = "board.refresh",
         .title = "Refresh",
         .group = title(),
         .keys = "F5",
         .icon = Icon::refresh,
         .run =
             [this, &console] {
                 for (const Lane& lane : m_lanes)
                     lane.rows->refresh();
                 ask_sums(console);
             }},
    };
    for (const auto& action : array_at(m_view, "actions"))
        if (at(action, "arguments").is_null()) {
            const std::string name = text_at(action, "command");
            actions.push_back(
                {.id = "board." + name,
                 .title = words_of(name),
                 .group = title(),
                 .keys = "n",
                 .icon = Icon::plus,
                 .run = [&console, name] { console.desk.run_command(name, {}, {}); }}
            );
            break;
        }
    if (const auto card = cursor_card(console))
        for (Action& action : card_actions(console, *card))
            actions.push_back(std::move(action));
    return actions;
}

} // namespace mortise::ui
