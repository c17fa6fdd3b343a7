#pragma once

/// \file
/// A plugin's board: a lane for each group, cards that are moved by mouse and by key.

#include "model/record_rows.hpp"
#include "shell/console.hpp"

namespace mortise::ui {

/// What ImGui knows a card by.
int card_number(std::string_view id);

/// Thread-safety: the UI thread.
class BoardScreen final : public Screen {
public:
    BoardScreen(Console& console, boost::json::value view);

    std::string title() const override;
    Icon icon() const override { return Icon::board; }
    void draw(Console& console) override;
    std::vector<Action> actions(Console& console) override;

private:
    struct Lane {
        std::string id;
        std::string title;
        std::string kind; ///< of the group, if it has one
        std::unique_ptr<RecordRows> rows;
        std::string sums;
        std::int64_t count{-1};
        float scroll{0};
    };
    struct Card {
        std::string id;
        std::string title;
        std::vector<std::string> lines;
        double share{-1};
        std::string status;
    };
    struct Move {
        std::string id;
        std::size_t from;
        std::size_t to;
        bool saved{false};
        Clock::Steady until{}; ///< the mark is shown
        Card card;
        Ticket call{};
    };

    void ask_lanes(Console& console);
    void ask_sums(Console& console);
    void follow(Console& console);
    std::vector<Card> cards_of(Console& console, std::size_t lane) const;
    Card card_at(Console& console, const Lane& lane, std::int64_t row) const;
    void draw_bar(Console& console);
    void draw_lane(Console& console, std::size_t lane, const Box& box);
    void draw_card(Console& console, std::size_t lane, const Card& card, const Box& box);
    void read_keys(Console& console);
    void move(Console& console, const Card& card, std::size_t from, std::size_t to);
    void finish_drag(Console& console);
    std::vector<Action> card_actions(Console& console, const Card& card);
    std::optional<Card> cursor_card(Console& console) const;

    boost::json::value m_view;
    std::string m_type;
    std::string m_group_field;
    std::string m_group_type;
    std::string m_title_field;
    std::string m_total_field;
    std::vector<std::string> m_fields;
    std::vector<Lane> m_lanes;
    std::vector<Move> m_moves;
    std::optional<Error> m_error;
    bool m_asked{false};
    bool m_has_lanes{false};
    std::size_t m_lane{0};
    std::size_t m_card{0};
    std::string m_search;
    bool m_takes_search{false};
    std::optional<Card> m_dragged;
    std::size_t m_drag_from{0};
    std::optional<std::size_t> m_drag_over;
    std::int64_t m_changes{0};
    Clock::Steady m_refreshed{};
    Ticket m_lanes_call;
    Ticket m_sums_call;
};

} // namespace mortise::ui
