#include "views/board_screen.hpp"

#include "base/json_read.hpp"
#include "views/view_action.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <utility>

namespace mortise::ui {

using namespace std::chrono_literals;

BoardScreen::BoardScreen(Console& console, boost::json::value view) : m_view(std::move(view))
{
    static_cast<void>(console);
    m_type = text_at(at(m_view, "source"), "type");
    m_group_field = text_at(m_view, "group_by");
    m_group_type = text_at(at(m_view, "groups"), "type");
    m_title_field = text_at(m_view, "card_title");
    m_total_field = text_at(m_view, "total");
    for (const auto& column : array_at(m_view, "columns"))
        m_fields.push_back(text_at(column, "field"));
}

std::string BoardScreen::title() const
{
    return text_at(m_view, "title");
}

void BoardScreen::ask_lanes(Console& console)
{
    m_asked = true;
    const TypeInfo* group = console.store.type(m_group_type);
    if (!group) { // the options of the field
        const TypeInfo* type = console.store.type(m_type);
        const FieldInfo* field = type ? type->find(m_group_field) : nullptr;
        if (!field || field->options.empty()) {
            m_error = Error{
                ErrorCode::not_found,
                "the board has no lanes: there is no record type " + m_group_type,
                {},
                {},
                "is the plugin on?"
            };
            return;
        }
        for (const std::string& option : field->options)
            m_lanes.push_back(
                {option, field->words_for(option), option, std::make_unique<RecordRows>(console.store), {}, -1
                }
            );
        m_has_lanes = true;
        return ask_sums(console);
    }
    std::string order;
    for (const auto& by : array_at(at(m_view, "groups"), "sort")) {
        std::string name = text_of(by);
        const bool descending = name.starts_with('-');
        if (descending) name.erase(0, 1);
        if (group->find(name)) order += sql_name(name) + (descending ? " DESC, " : ", ");
    }
    const std::string title = group->title_field.empty() ? "id" : sql_name(group->title_field);
    const std::string kind = group->find("kind") ? "kind" : "NULL";
    m_lanes_call = console.link.call(
        "query.run",
        {{"sql",
          "SELECT id, " + title + ", " + kind + " FROM " + sql_name(group->name) + " ORDER BY " + order
              + "id LIMIT 60"}},
        [this, &console](Result<boost::json::value> answer) {
            if (!answer) {
                m_error = std::move(answer).error();
                return;
            }
            m_has_lanes = true;
            ask_sums(console);
        },
        [this, &console](const boost::json::value& part) {
            for (const auto& row : array_at(part, "rows"))
                if (array_of(row).size() > 2)
                    m_lanes.push_back(
                        {text_of(array_of(row)[0]),
                         text_of(array_of(row)[1]),
                         text_of(array_of(row)[2]),
                         std::make_unique<RecordRows>(console.store),
                         {},
                         -1}
                    );
        }
    );
}

void BoardScreen::ask_sums(Console& console)
{
    const TypeInfo* type = console.store.type(m_type);
    if (!type) return;
    const FieldInfo* total = type->find(m_total_field);
    const bool is_money = total && total->is_money();
    const std::string lane = sql_name(m_group_field);
    const std::string currency = is_money ? sql_name(m_total_field + "_currency") : "NULL";
    const std::string sum = is_money  ? "sum(" + sql_name(m_total_field + "_minor") + ")"
        : total && total->is_number() ? "sum(" + sql_name(m_total_field) + ")"
                                      : "NULL";
    auto sums = std::make_shared<std::map<std::string, std::pair<std::int64_t, std::string>>>();
    m_sums_call = console.link.call(
        "query.run",
        {{"sql",
          "SELECT " + lane + ", " + currency + ", count(*), " + sum + " FROM " + sql_name(m_type)
              + " GROUP BY 1, 2 ORDER BY 3 DESC"}},
        [this, sums](const Result<boost::json::value>& answer) {
            if (!answer) return;
            for (Lane& one : m_lanes) {
                const auto& [count, text] = (*sums)[one.id];
                one.count = count;
                one.sums = text;
            }
        },
        [sums, is_money](const boost::json::value& part) {
            for (const auto& row : array_at(part, "rows")) {
                const auto& cells = array_of(row);
                if (cells.size() < 4) continue;
                auto& [count, text] = (*sums)[text_of(cells[0])];
                count += integer_of(cells[2]);
                if (cells[3].is_null()) continue;
                text += text.empty() ? "" : "  ";
                text += is_money ? short_money_text(integer_of(cells[3]), text_of(cells[1]))
                                 : with_separators(integer_of(cells[3]));
            }
        }
    );
}

void BoardScreen::follow(Console& console)
{
    const auto now = console.clock.steady();
    std::erase_if(m_moves, [now](const Move& move) { return move.saved && now > move.until; });
    const std::int64_t changes = console.store.changes_of(m_type);
    if (changes == m_changes || now - m_refreshed < 1s) return;
    m_changes = changes;
    m_refreshed = now;
    ask_sums(console);
}

BoardScreen::Card BoardScreen::card_at(Console& console, const Lane& lane, std::int64_t row) const
{
    static_cast<void>(console);
    Card card;
    card.id = std::to_string(lane.rows->key(row));
    if (const auto cell = lane.rows->cell(row, {.key = m_title_field})) card.title = cell->text;
    if (card.title.empty()) card.title = "#" + card.id;
    for (const std::string& field : m_fields) {
        const auto cell = lane.rows->cell(row, {.key = field});
        if (!cell) continue;
        if (cell->share >= 0)
            card.share = cell->share;
        else if (!cell->text.empty())
            card.lines.push_back(cell->text);
    }
    if (const auto cell = lane.rows->cell(row, {.key = "status"})) card.status = cell->text;
    return card;
}

std::vector<BoardScreen::Card> BoardScreen::cards_of(Console& console, std::size_t lane) const
{
    std::vector<Card> cards;
    const Lane& one = m_lanes[lane];
    for (const Move& move : m_moves) // what was moved here stands first until the host has it so
        if (move.to == lane
            && !std::ranges::any_of(cards, [&](const Card& card) { return card.id == move.id; }))
            cards.push_back(move.card);
    for (std::int64_t row = 0; row < one.rows->count() && row < 200; ++row) {
        if (one.rows->key(row) < 0) continue;
        const std::string id = std::to_string(one.rows->key(row));
        if (std::ranges::any_of(m_moves, [&](const Move& move) { return move.id == id; })) continue;
        cards.push_back(card_at(console, one, row));
    }
    return cards;
}

void BoardScreen::draw(Console& console)
{
    Ui& ui = console.ui;
    const TypeInfo* type = console.store.type(m_type);
    if (!type) {
        if (draw_state(console, console.store.types_list, "the board"))
            ui.message(
                Icon::plug,
                "The board has no records",
                "There is no record type " + m_type + ". Is its plugin on?"
            );
        return;
    }
    if (!m_asked && console.link.state() == LinkState::open) ask_lanes(console);
    if (m_error) {
        draw_error(console, *m_error, "the board", [this] {
            m_error.reset();
            m_asked = false;
            m_lanes.clear();
        });
        return;
    }
    if (!m_has_lanes) {
        ui.message(Icon::clock, "Loading the board", "");
        return;
    }
    follow(console);
    draw_bar(console);
    read_keys(console);
    if (console.link.state() != LinkState::open)
        ui.note(
            Icon::offline, "As it was: the host is away. Cards can be moved when it is back.", Tone::warning
        );
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const ImVec2 room = ImGui::GetContentRegionAvail();
    const float gap = ui.px(8);
    const float width = std::max(
        ui.px(150),
        (room.x - gap * static_cast<float>(m_lanes.size() - 1))
            / static_cast<float>(std::max<std::size_t>(m_lanes.size(), 1))
    );
    const bool fits = (width + gap) * static_cast<float>(m_lanes.size()) - gap <= room.x + 1;
    ImGui::BeginChild(
        "lanes",
        room,
        false,
        ImGuiWindowFlags_NoScrollWithMouse
            | (fits ? ImGuiWindowFlags_NoScrollbar : ImGuiWindowFlags_HorizontalScrollbar)
    );
    m_drag_over.reset();
    const float left = at.x - ImGui::GetScrollX();
    for (std::size_t i = 0; i < m_lanes.size(); ++i) {
        const float x = left + (width + gap) * static_cast<float>(i);
        draw_lane(console, i, {{x, at.y}, {x + width, at.y + room.y - ui.px(fits ? 0 : 14)}});
    }
    ImGui::SetCursorScreenPos({left + (width + gap) * static_cast<float>(m_lanes.size()) - gap, at.y});
    ImGui::Dummy({1, 1});
    ImGui::EndChild();
    finish_drag(console);
}

void BoardScreen::draw_bar(Console& console)
{
    Ui& ui = console.ui;
    const InputAnswer search = ui.input(
        "Search cards",
        m_search,
        {.hint = "Search   /", .width = ui.px(240), .take_keys = std::exchange(m_takes_search, false)}
    );
    if (search.active && is_pressed(Key::escape)) m_search.clear();
    ui.beside(14);
    std::int64_t total = 0;
    std::int64_t found = 0;
    for (const Lane& lane : m_lanes) {
        total += std::max<std::int64_t>(lane.count, 0);
        found += lane.rows->count();
    }
    ImGui::AlignTextToFramePadding();
    ui.muted(
        m_search.empty() ? with_separators(total) + " in all"
                         : with_separators(found) + " of " + with_separators(total) + ", "
                + with_separators(total - found) + " hidden by the search"
    );
    ui.beside(14);
    ui.small("arrows choose, Shift+arrows move, Enter opens");
    for (const auto& action : array_at(m_view, "actions")) {
        bool needs_card = !at(action, "when").is_null();
        for (const auto& [name, value] : object_at(action, "arguments"))
            needs_card = needs_card || text_of(value) == "{id}";
        if (needs_card) continue;
        const std::string name = text_at(action, "command");
        const auto* command = console.store.command(name);
        const std::string label = command ? text_at(boost::json::value(*command), "title") : name;
        ui.to_right(ui.button_width(label, Icon::plus));
        if (ui.button(
                label,
                {.icon = Icon::plus, .weight = Weight::primary, .enabled = command != nullptr, .keys = "n"}
            ))
            console.desk.run_command(name, {}, [this, &console] { ask_sums(console); });
    }
}

void BoardScreen::draw_lane(Console& console, std::size_t lane, const Box& box)
{
    Ui& ui = console.ui;
    Lane& one = m_lanes[lane];
    const Palette& c = ui.colors();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    RowQuery query{
        .type = m_type, .fields = m_fields, .filters = {{m_group_field, Test::is, one.id}}, .search = m_search
    };
    query.fields.push_back(m_title_field);
    if (const TypeInfo* type = console.store.type(m_type); type && type->find("status"))
        query.fields.emplace_back("status");
    for (const auto& by : array_at(at(m_view, "source"), "sort")) {
        const std::string name = text_of(by);
        query.sort = {name.starts_with('-') ? name.substr(1) : name, name.starts_with('-')};
        break;
    }
    one.rows->ask(std::move(query));
    one.rows->follow();
    one.rows->want(0, 100);
    const bool is_target = m_dragged && box.contains(ImGui::GetIO().MousePos);
    if (is_target) m_drag_over = lane;
    list.AddRectFilled(
        box.min, box.max, is_target ? c.selected : mixed(c.ground, c.surface, 0.45F), ui.px(8)
    );
    if (is_target) list.AddRect(box.min, box.max, c.accent, ui.px(8), 0, ui.px(2));
    const Tone tone = one.kind == "won" ? Tone::positive : one.kind == "lost" ? Tone::danger : Tone::accent;
    list.AddRectFilled(
        {box.min.x + ui.px(8), box.min.y + ui.px(4)},
        {box.max.x - ui.px(8), box.min.y + ui.px(7)},
        ui.theme().of(tone),
        ui.px(2)
    );
    const std::string count = one.count >= 0 ? with_separators(one.count) : "";
    ui.put_text(
        list,
        ui.theme().fonts().strong,
        {{box.min.x + ui.px(10), box.min.y + ui.px(10)}, {box.max.x - ui.px(44), box.min.y + ui.px(30)}},
        one.title,
        c.text
    );
    ui.put_text(
        list,
        ui.theme().fonts().small,
        {{box.max.x - ui.px(60), box.min.y + ui.px(10)}, {box.max.x - ui.px(10), box.min.y + ui.px(30)}},
        count,
        c.muted,
        Align::right
    );
    ui.put_text(
        list,
        ui.theme().fonts().small,
        {{box.min.x + ui.px(10), box.min.y + ui.px(30)}, {box.max.x - ui.px(10), box.min.y + ui.px(48)}},
        one.sums.empty() ? "\xE2\x80\x94" : one.sums,
        c.muted
    );
    if (one.rows->error()) {
        ui.put_text(
            list,
            ui.theme().fonts().small,
            {{box.min.x + ui.px(10), box.min.y + ui.px(56)}, {box.max.x - ui.px(6), box.min.y + ui.px(76)}},
            one.rows->error()->message,
            c.danger
        );
        return;
    }
    const auto cards = cards_of(console, lane);
    const float height
        = ui.px(30) + ui.px(17) * static_cast<float>(std::min<std::size_t>(m_fields.size(), 3));
    const float step = height + ui.px(6);
    const float top = box.min.y + ui.px(52);
    const float most = std::max(0.0F, step * static_cast<float>(cards.size()) - (box.max.y - top));
    if (box.contains(ImGui::GetIO().MousePos) && !ui.is_blocked())
        one.scroll -= ImGui::GetIO().MouseWheel * ui.px(50);
    if (lane == m_lane && ImGui::GetIO().MouseWheel == 0) { // the card of the cursor is kept in sight
        const float y = step * static_cast<float>(std::min(m_card, cards.size()));
        if (y < one.scroll) one.scroll = y;
        if (y + step > one.scroll + box.max.y - top) one.scroll = y + step - (box.max.y - top);
    }
    one.scroll = std::clamp(one.scroll, 0.0F, most);
    ImGui::PushClipRect({box.min.x, top}, box.max, true);
    ImGui::PushID(static_cast<int>(lane));
    for (std::size_t i = 0; i < cards.size(); ++i) {
        const float y = std::floor(top + ui.px(3) + step * static_cast<float>(i) - one.scroll);
        if (y + height < top || y > box.max.y) continue;
        const Box place{{box.min.x + ui.px(6), y}, {box.max.x - ui.px(6), y + height}};
        if (lane == m_lane && i == m_card)
            list.AddRect(
                {place.min.x - ui.px(2), y - ui.px(2)},
                {place.max.x + ui.px(2), place.max.y + ui.px(2)},
                c.accent,
                ui.px(7),
                0,
                ui.px(2)
            );
        ImGui::PushID(card_number(cards[i].id));
        if (ui.area(cards[i].title, place)) {
            if (lane == m_lane && i == m_card && !m_dragged)
                console.desk.open("record/" + m_type + '/' + cards[i].id);
            m_lane = lane;
            m_card = i;
        }
        if (ImGui::IsItemActive() && ImGui::IsMouseDragging(0, ui.px(6)) && !m_dragged && !ui.is_blocked()) {
            m_dragged = cards[i];
            m_drag_from = lane;
        }
        ImGui::PopID();
        draw_card(console, lane, cards[i], place);
    }
    ImGui::PopID();
    if (cards.empty()) {
        const std::string text = one.rows->is_loading() && !one.rows->is_counted() ? "Loading..."
            : m_search.empty()                                                     ? "None here"
                                                                                   : "The search hides all";
        ui.put_text(
            list,
            ui.theme().fonts().small,
            {{box.min.x, top}, {box.max.x, top + ui.px(40)}},
            text,
            c.faint,
            Align::middle
        );
    }
    ImGui::PopClipRect();
}

void BoardScreen::draw_card(Console& console, std::size_t lane, const Card& card, const Box& box)
{
    Ui& ui = console.ui;
    const Palette& c = ui.colors();
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const bool is_dragged = m_dragged && m_dragged->id == card.id;
    const float alpha = is_dragged ? 0.35F : 1;
    list.AddRectFilled(box.min, box.max, with_alpha(c.surface, alpha), ui.px(6));
    list.AddRect(box.min, box.max, ui.is_area_hovered() ? c.border_strong : c.border, ui.px(6));
    const auto move
        = std::ranges::find_if(m_moves, [&](const Move& one) { return one.id == card.id && one.to == lane; });
    float right = box.max.x - ui.px(8);
    if (move != m_moves.end()) {
        draw_icon(
            list,
            move->saved ? Icon::check : Icon::clock,
            {right - ui.px(14), box.min.y + ui.px(6)},
            ui.px(14),
            move->saved ? c.positive : c.muted
        );
        right -= ui.px(18);
    }
    ui.put_text(
        list,
        ui.theme().fonts().strong,
        {{box.min.x + ui.px(9), box.min.y + ui.px(3)}, {right, box.min.y + ui.px(23)}},
        card.title,
        with_alpha(c.text, alpha)
    );
    float y = box.min.y + ui.px(23);
    for (std::size_t i = 0; i < card.lines.size() && y + ui.px(16) < box.max.y; ++i) {
        ui.put_text(
            list,
            i == 0 ? ui.theme().fonts().body : ui.theme().fonts().small,
            {{box.min.x + ui.px(9), y}, {box.max.x - ui.px(8), y + ui.px(17)}},
            card.lines[i],
            with_alpha(i == 0 ? c.text : c.muted, alpha)
        );
        y += ui.px(17);
    }
    if (card.share < 0) return;
    const float width = box.width() - ui.px(18);
    list.AddRectFilled(
        {box.min.x + ui.px(9), box.max.y - ui.px(6)},
        {box.min.x + ui.px(9) + width, box.max.y - ui.px(4)},
        c.border,
        ui.px(1)
    );
    list.AddRectFilled(
        {box.min.x + ui.px(9), box.max.y - ui.px(6)},
        {box.min.x + ui.px(9) + width * static_cast<float>(std::clamp(card.share, 0.0, 1.0)),
         box.max.y - ui.px(4)},
        c.accent,
        ui.px(1)
    );
}

} // namespace mortise::ui
