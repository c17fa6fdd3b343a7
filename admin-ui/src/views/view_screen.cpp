#include "views/view_screen.hpp"

#include "base/json_read.hpp"
#include "panels/list_screen.hpp"
#include "views/board_screen.hpp"
#include "views/tab_view.hpp"

#include <memory>
#include <utility>

namespace mortise::ui {
namespace {

/// A table, a timeline or a chart over a query or a command.
class DataScreen final : public Screen {
public:
    DataScreen(Console& console, const boost::json::value& view) : m_tab{console, view, boost::json::object{}}
    {
    }
    std::string title() const override { return m_tab.title(); }
    Icon icon() const override { return Icon::chart; }
    void draw(Console& console) override { m_tab.draw(console); }
    std::vector<Action> actions(Console& console) override
    {
        std::vector<Action> actions = m_tab.actions(console);
        actions.push_back(
            {.id = "view.refresh",
             .title = "Refresh",
             .group = title(),
             .keys = "F5",
             .icon = Icon::refresh,
             .run = [this] { m_tab.refresh(); }}
        );
        return actions;
    }

private:
    TabView m_tab;
};

ListLook look_of(const boost::json::value& view)
{
    ListLook look{.title = text_at(view, "title"), .empty = text_at(view, "empty")};
    for (const auto& column : array_at(view, "columns"))
        if (std::string field = text_at(column, "field"); !field.empty())
            look.columns.push_back(std::move(field));
    for (const auto& group : array_at(view, "fields"))
        for (const auto& field : array_at(group, "fields"))
            look.columns.push_back(text_of(field));
    for (const auto& by : array_at(at(view, "source"), "sort")) {
        const std::string name = text_of(by);
        look.sort = {name.starts_with('-') ? name.substr(1) : name, name.starts_with('-')};
        break;
    }
    return look;
}

} // namespace

std::unique_ptr<Screen> make_view(Console& console, const boost::json::value& view)
{
    const std::string kind = text_at(view, "kind");
    const std::string type = text_at(at(view, "source"), "type");
    if (kind == "board") return std::make_unique<BoardScreen>(console, view);
    const bool is_list = kind == "table" || kind == "timeline" || kind == "record" || kind == "form";
    if (is_list && !type.empty()) return std::make_unique<ListScreen>(console, type, look_of(view));
    if (is_list || kind == "chart" || kind == "tab") return std::make_unique<DataScreen>(console, view);
    return nullptr;
}

ViewScreen::~ViewScreen() = default;

std::string ViewScreen::title() const
{
    return m_title.empty() ? words_of(m_name) : m_title;
}

void ViewScreen::draw(Console& console)
{
    if (!draw_state(console, console.store.views, "the view")) return;
    if (m_version != console.store.views.version()) {
        m_version = console.store.views.version();
        const boost::json::value* view = console.store.view(m_name);
        const boost::json::value now = view ? *view : boost::json::value();
        if (now != m_view) { // what is drawn goes on when the declaration is as it was
            m_view = now;
            m_title = text_at(m_view, "title");
            m_inner = view ? make_view(console, m_view) : nullptr;
        }
    }
    if (m_inner) return m_inner->draw(console);
    if (m_view.is_null())
        console.ui.message(
            Icon::plug, "There is no view " + m_name, "The plugin that brings it is off, or was taken away."
        );
    else
        console.ui.message(
            Icon::table,
            "[" + text_at(m_view, "kind") + "]",
            "Views of this kind are not known to this console. A newer one draws it; the data is there by "
            "SQL and commands."
        );
}

std::vector<Action> ViewScreen::actions(Console& console)
{
    return m_inner ? m_inner->actions(console) : std::vector<Action>{};
}

} // namespace mortise::ui
