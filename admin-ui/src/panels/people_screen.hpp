#pragma once

/// \file
/// Who may come in, and what each may do: users, roles, and why something is allowed or not.

#include "model/role_draft.hpp"
#include "model/table_rows.hpp"
#include "shell/console.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace mortise::ui {

/// The users: their roles, the account that each comes as. Thread-safety: the UI thread.
class UsersPanel {
public:
    UsersPanel();
    void draw(Console& console);
    void begin() { m_adds = m_begins = true; }

private:
    void draw_new(Console& console);
    void draw_user(Console& console, const boost::json::value& user);
    void draw_question(Console& console, const std::string& name);
    void draw_answer(Ui& ui) const;
    void choose(const boost::json::value& user, int version);
    void save(Console& console);
    void ask_to_remove(Console& console, const std::string& name);

    Grid m_grid;
    ObjectRows m_rows;
    bool m_adds{false};
    bool m_begins{false};
    // the new one
    std::string m_name;
    std::string m_os_user;
    std::set<std::string, std::less<>> m_roles;
    std::optional<Error> m_error;
    // the chosen one, as it is edited
    boost::json::value m_saved;
    int m_saved_version{-1};
    std::string m_account;
    std::set<std::string, std::less<>> m_given;
    bool m_enabled{true};
    std::optional<Error> m_save_error;
    // may it?
    std::size_t m_action{0};
    std::string m_target{"contact"};
    boost::json::value m_answer;
    std::optional<Error> m_answer_error;
    std::vector<Ticket> m_calls;
};

/// The roles, and one of them as it is edited. Thread-safety: the UI thread.
class RolesPanel {
public:
    RolesPanel();
    void draw(Console& console);
    void begin(Console& console);

private:
    void choose(Console& console, const boost::json::value& role);
    void draw_head(Console& console);
    void draw_draft(Console& console);
    static void draw_row(Ui& ui, RoleRow& row);
    void draw_capabilities(Ui& ui);
    void draw_ends(Console& console);
    void save(Console& console);
    void ask_to_remove(Console& console, const std::string& name);

    Grid m_grid;
    ObjectRows m_rows;
    std::string m_chosen;
    bool m_is_new{false};
    bool m_begins{false};
    bool m_is_built_in{false};
    bool m_is_administrator{false};
    RoleDraft m_draft;
    boost::json::object m_saved;
    std::optional<Error> m_error;
    std::vector<Ticket> m_calls;
};

/// Thread-safety: the UI thread.
class PeopleScreen final : public Screen {
public:
    explicit PeopleScreen(const std::string& tab) : m_tab{tab == "roles" ? 1U : 0U} { }
    std::string title() const override { return "People"; }
    Icon icon() const override { return Icon::users; }
    void draw(Console& console) override;
    std::vector<Action> actions(Console& console) override;

private:
    std::size_t m_tab{0};
    UsersPanel m_users;
    RolesPanel m_roles;
};

/// Why this user cannot change who may do what; empty: it can.
std::string why_no_people(const Console& console);

} // namespace mortise::ui
