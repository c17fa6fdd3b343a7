#include "panels/people_screen.hpp"

#include <array>

namespace mortise::ui {

std::string why_no_people(const Console& console)
{
    return console.store.is_admin() ? "" : "for administrators";
}

void PeopleScreen::draw(Console& console)
{
    static const std::array<std::string, 2> tabs{"Users", "Roles"};
    console.ui.tabs("people", tabs, m_tab);
    if (m_tab == 0)
        m_users.draw(console);
    else
        m_roles.draw(console);
}

std::vector<Action> PeopleScreen::actions(Console& console)
{
    const std::string why = why_no_people(console);
    const bool is_users = m_tab == 0;
    return {
        {.id = "people.add",
         .title = is_users ? "New user" : "New role",
         .group = "People",
         .keys = "n",
         .icon = Icon::plus,
         .run =
             [this, &console, is_users] {
                 if (is_users)
                     m_users.begin();
                 else
                     m_roles.begin(console);
             },
         .why_not = why},
        {.id = "people.other",
         .title = is_users ? "Roles" : "Users",
         .group = "People",
         .icon = Icon::users,
         .run = [this] { m_tab = 1 - m_tab; }},
    };
}

} // namespace mortise::ui
