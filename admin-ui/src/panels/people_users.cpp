#include "base/json_read.hpp"
#include "panels/people_screen.hpp"
#include "shell/problem.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace mortise::ui {

using namespace std::chrono_literals;

namespace {

/// What can be asked of a user; behind these come the capabilities.
constexpr std::array<std::string_view, 5> record_actions{"read", "create", "write", "delete", "call"};

std::set<std::string, std::less<>> texts_at(const boost::json::value& json, std::string_view name)
{
    std::set<std::string, std::less<>> texts;
    for (const auto& text : array_at(json, name))
        texts.insert(text_of(text));
    return texts;
}

boost::json::array array_of_texts(const std::set<std::string, std::less<>>& texts)
{
    boost::json::array array;
    for (const std::string& text : texts)
        array.emplace_back(text);
    return array;
}

std::string joined(const std::set<std::string, std::less<>>& texts)
{
    std::string text;
    for (const std::string& each : texts)
        text.append(text.empty() ? "" : ", ").append(each);
    return text;
}

/// A check for each role, over as many lines as it takes.
void draw_role_checks(Console& console, std::set<std::string, std::less<>>& roles, bool enabled)
{
    Ui& ui = console.ui;
    Resource& list = console.store.roles;
    list.keep_fresh(30s);
    if (!list.value()) return ui.muted("Roles are being asked for");
    bool is_first = true;
    float left = ui.room();
    for (const auto& role : array_at(*list.value(), "roles")) {
        const std::string name = text_at(role, "name");
        const float width = ui.button_width(name, Icon::check) + ui.px(20);
        if (!is_first && left > width) ui.beside(12);
        left = (is_first || left <= width ? ui.room() : left) - width;
        is_first = false;
        bool has = roles.contains(name);
        if (!ui.check(name, has, enabled)) continue;
        if (has)
            roles.insert(name);
        else
            roles.erase(name);
    }
}

GridCell user_cell(const boost::json::value& row, const GridColumn& column)
{
    if (column.key == "name") return {.text = text_at(row, "name"), .look = CellLook::strong};
    if (column.key == "roles")
        return {
            .text = joined(texts_at(row, "roles")),
            .look = CellLook::badge,
            .tone = text_at(row, "scope") == "all" ? Tone::accent : Tone::neutral
        };
    if (column.key == "enabled") {
        const bool is_in = at(row, "enabled").is_null() || flag_at(row, "enabled");
        const bool has_account = !text_at(row, "os_user").empty();
        return {
            .text = !is_in    ? "shut out"
                : has_account ? "may come in"
                              : "cannot come in",
            .look = CellLook::status,
            .tone = is_in && has_account ? Tone::positive : Tone::warning
        };
    }
    if (column.key == "os_user" && text_at(row, "os_user").empty())
        return {.text = "no account", .look = CellLook::muted};
    if (column.key == "created_at")
        return {.text = time_text(text_at(row, "created_at")), .look = CellLook::muted};
    return {text_at(row, column.key)};
}

} // namespace

UsersPanel::UsersPanel()
    : m_grid{{{"name", "Name", 200}, {"roles", "Roles", 260}, {"os_user", "Comes as", 150}, {"enabled", "State", 120}, {"created_at", "Since", 150}, {"id", "Id", 70, Align::right}}
      },
      m_rows{user_cell}
{
}

void UsersPanel::draw(Console& console)
{
    Ui& ui = console.ui;
    std::erase_if(m_calls, [](const Ticket& call) { return !call.is_under_way(); });
    Resource& users = console.store.users;
    users.keep_fresh(30s);
    if (!draw_state(console, users, "users")) return;
    const std::string why = why_no_people(console);
    const auto& list = array_at(*users.value(), "users");
    ui.muted(
        counted(std::ssize(list), "user", "users")
        + ". The operating system says who comes; this table says who that is here."
    );
    ui.to_right(ui.button_width("New user", Icon::plus));
    if (ui.button(
            "New user",
            {.icon = Icon::plus, .weight = Weight::primary, .enabled = why.empty(), .tip = why, .keys = "n"}
        ))
        begin();
    if (m_adds && why.empty()) draw_new(console);
    m_rows.show(list, users.version(), m_grid.sort());
    m_grid.draw(ui, "users", m_rows, ImGui::GetContentRegionAvail().y - ui.px(262));
    const auto& user = m_rows.row(m_grid.cursor());
    if (user.is_null()) return;
    choose(user, users.version());
    draw_user(console, user);
}

void UsersPanel::draw_new(Console& console)
{
    Ui& ui = console.ui;
    ui.card_begin("new user", std::min(ImGui::GetContentRegionAvail().x, ui.px(900)));
    ui.input(
        "User name",
        m_name,
        {.hint = "name",
         .width = ui.px(200),
         .take_keys = std::exchange(m_begins, false),
         .is_wrong = m_error && m_error->where.ends_with("name")}
    );
    ui.beside();
    ui.input("System user", m_os_user, {.hint = "account of the machine", .width = ui.px(220)});
    draw_role_checks(console, m_roles, true);
    if (m_error) draw_problem(ui, *m_error);
    const std::string why = m_name.empty() ? "give it a name" : m_roles.empty() ? "give it a role" : "";
    const bool sent = ui.button("Make user", {.weight = Weight::primary, .enabled = why.empty(), .tip = why});
    ui.beside();
    if (ui.button("Never mind", {.weight = Weight::quiet})) m_adds = false;
    ui.card_end();
    if (!sent) return;
    boost::json::object params{{"name", m_name}, {"roles", array_of_texts(m_roles)}};
    if (!m_os_user.empty()) params["os_user"] = m_os_user;
    m_calls.push_back(console.link.call(
        "users.add",
        std::move(params),
        [this, &console](const Result<boost::json::value>& answer) {
            console.store.users.refresh();
            if (!answer) {
                m_error = answer.error();
                return;
            }
            console.desk.toast(Tone::positive, "Made user " + text_at(*answer, "name"));
            m_adds = false;
            m_name.clear();
            m_os_user.clear();
            m_roles.clear();
            m_error.reset();
        }
    ));
}

/// What is being changed is kept while only the age of the list changes.
void UsersPanel::choose(const boost::json::value& user, int version)
{
    const bool is_other = text_at(user, "id") != text_at(m_saved, "id");
    if (!is_other && (version == m_saved_version || user == m_saved)) return;
    if (is_other) m_answer = nullptr;
    m_saved = user;
    m_saved_version = version;
    m_account = text_at(user, "os_user");
    m_given = texts_at(user, "roles");
    m_enabled = at(user, "enabled").is_null() || flag_at(user, "enabled");
    m_save_error.reset();
    m_answer_error.reset();
}

void UsersPanel::draw_user(Console& console, const boost::json::value& user)
{
    Ui& ui = console.ui;
    const std::string name = text_at(user, "name");
    const std::string why = why_no_people(console);
    ui.card_begin("user", ImGui::GetContentRegionAvail().x);
    ImGui::AlignTextToFramePadding();
    ui.strong(name);
    ui.beside(16);
    ui.input("Comes as", m_account, {.hint = "no account: it cannot come in", .width = ui.px(240)});
    ui.beside(12);
    ui.check("May come in", m_enabled, why.empty());
    draw_role_checks(console, m_given, why.empty());
    const bool is_changed = m_account != text_at(m_saved, "os_user") || m_given != texts_at(m_saved, "roles")
        || m_enabled != (at(m_saved, "enabled").is_null() || flag_at(m_saved, "enabled"));
    if (m_save_error) draw_problem(ui, *m_save_error);
    if (ui.button(
            "Save user",
            {.icon = Icon::check, .weight = Weight::primary, .enabled = is_changed && why.empty(), .tip = why}
        ))
        save(console);
    ui.beside();
    if (ui.button("Put back", {.weight = Weight::quiet, .enabled = is_changed}))
        m_saved_version = -1, m_saved = nullptr;
    ui.beside();
    if (ui.button(
            "Remove " + name,
            {.icon = Icon::trash, .weight = Weight::danger, .enabled = why.empty(), .tip = why}
        ))
        ask_to_remove(console, name);
    ui.line();
    draw_question(console, name);
    ui.card_end();
}

void UsersPanel::save(Console& console)
{
    const std::string name = text_at(m_saved, "name");
    m_save_error.reset();
    m_calls.push_back(console.link.call(
        "users.change",
        {{"name", name}, {"roles", array_of_texts(m_given)}, {"os_user", m_account}, {"enabled", m_enabled}},
        [this, &console, name](const Result<boost::json::value>& answer) {
            console.store.users.refresh();
            if (answer) return console.desk.toast(Tone::positive, "Saved " + name);
            m_save_error = answer.error();
        }
    ));
}

void UsersPanel::ask_to_remove(Console& console, const std::string& name)
{
    console.desk.ask(
        {.title = "Remove " + name + "?",
         .text
         = "It cannot come in any more. Its records stay, and keep the number of their owner. To shut it "
           "out for a while, untick \"May come in\" instead.",
         .action = "Remove " + name,
         .is_dangerous = true,
         .run =
             [this, &console, name] {
                 m_calls.push_back(console.link.call(
                     "users.remove",
                     {{"name", name}},
                     [&console, name](const Result<boost::json::value>& answer) {
                         console.store.users.refresh();
                         if (!answer) return console.desk.tell(answer.error());
                         console.desk.toast(Tone::positive, "Removed " + name);
                     }
                 ));
             }}
    );
}

void UsersPanel::draw_question(Console& console, const std::string& name)
{
    Ui& ui = console.ui;
    std::vector<std::string> words{record_actions.begin(), record_actions.end()};
    for (const CapabilityWords& capability : capability_words)
        words.emplace_back(capability.name);
    ImGui::AlignTextToFramePadding();
    ui.text("May " + name);
    ui.beside();
    if (const auto chosen = ui.choice("What it may do", words, m_action, ui.px(110))) m_action = *chosen;
    const bool needs_target = m_action < record_actions.size();
    bool asked = false;
    if (needs_target) {
        ui.beside();
        const bool is_call = record_actions.at(m_action) == "call";
        asked = ui.input(
                      "On what",
                      m_target,
                      {.hint = is_call ? "pipelines.move_opportunity" : "contact, contact.email, contact/17",
                       .width = ui.px(260)}
        )
                    .entered;
    }
    ui.beside();
    const bool can_ask = !needs_target || !m_target.empty();
    if (ui.button("Ask", {.icon = Icon::lock, .enabled = can_ask})) asked = can_ask;
    draw_answer(ui);
    if (!asked) return;
    boost::json::object params{{"user", name}, {"action", words.at(m_action)}};
    if (needs_target) params["target"] = m_target;
    m_calls.push_back(console.link.call(
        "access.explain",
        std::move(params),
        [this](const Result<boost::json::value>& answer) {
            m_answer_error.reset();
            m_answer = nullptr;
            if (answer)
                m_answer = *answer;
            else
                m_answer_error = answer.error();
        }
    ));
}

void UsersPanel::draw_answer(Ui& ui) const
{
    if (m_answer_error) return draw_problem(ui, *m_answer_error);
    if (m_answer.is_null()) return;
    const bool is_allowed = flag_at(m_answer, "allowed");
    std::string text = (is_allowed ? "Yes: " : "No: ") + text_at(m_answer, "answer");
    for (const auto& reason : array_at(m_answer, "reasons"))
        text += "\n" + text_of(reason);
    ui.note(is_allowed ? Icon::check : Icon::lock, text, is_allowed ? Tone::positive : Tone::warning);
}

} // namespace mortise::ui
