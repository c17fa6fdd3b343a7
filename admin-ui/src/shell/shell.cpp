#include "shell/shell.hpp"

#include "base/json_read.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace mortise::ui {

using namespace std::chrono_literals;

Shell::Shell(Link& link, const Clock& clock, const ShellOptions& options)
    : m_theme{options.theme, options.scale},
      m_ui{m_theme},
      m_link{link},
      m_clock{clock},
      m_store{link, clock},
      m_preferences{options.preferences},
      m_console{m_ui, m_link, m_store, m_clock, *this, m_preferences}
{
    m_theme.apply();
    m_to_open.emplace_back("home");
}

Shell::~Shell() = default;

std::string Shell::place() const
{
    return m_active < m_tabs.size() ? m_tabs[m_active].place : std::string{};
}

bool Shell::is_over() const
{
    return m_palette.is_open() || m_dialogs.is_open();
}

bool Shell::wants_frames() const
{
    return !m_toasts.empty();
}

void Shell::open(std::string_view place)
{
    m_to_open.emplace_back(place);
}
void Shell::close(std::string_view place)
{
    m_to_close.emplace_back(place);
}

void Shell::toast(Tone tone, std::string text, std::string place)
{
    m_toasts.push_back(
        {tone, std::move(text), std::move(place), 0, m_clock.steady() + (tone == Tone::danger ? 12s : 6s)}
    );
    if (m_toasts.size() > 4) m_toasts.pop_front();
}

void Shell::tell(const Error& error)
{
    std::string text = error.message;
    if (!error.where.empty()) text += " (" + error.where + ")";
    if (!error.hint.empty()) text += ": " + error.hint;
    toast(Tone::danger, std::move(text), {});
}

void Shell::ask(Question question)
{
    m_ui.hints().forget_focus();
    m_dialogs.ask(std::move(question));
}

void Shell::run_command(std::string_view name, boost::json::object arguments, std::function<void()> then)
{
    // Conditions and reports are written in rows, not as JSON.
    if (name == "segmentation.create_segment" && arguments.empty()) return open("segment/new");
    if (name == "segmentation.define_segment" && arguments.contains("segment")
        && !arguments.contains("definition"))
        return open("segment/" + text_of(arguments.at("segment")));
    if (name == "reporting.show_dashboard" && arguments.contains("dashboard"))
        return open("dashboards/" + text_of(arguments.at("dashboard")));
    if (name == "reporting.create_report" && arguments.empty()) return open("report/new");
    if (name == "reporting.define_report" && arguments.contains("report")
        && !arguments.contains("definition"))
        return open("report/" + text_of(arguments.at("report")));
    m_ui.hints().forget_focus();
    m_dialogs.open_command(m_console, std::string{name}, std::move(arguments), std::move(then));
}

void Shell::create_record(std::string_view type, boost::json::object values)
{
    const TypeInfo* known = m_store.type(type);
    if (!known) return toast(Tone::warning, "There is no record type " + std::string{type}, {});
    m_ui.hints().forget_focus();
    m_dialogs.open_record(m_console, *known, std::move(values));
}

void Shell::remember(Done done)
{
    done.number = ++m_done_count;
    m_toasts.push_back({Tone::positive, done.what, {}, done.number, m_clock.steady() + 6s});
    if (m_toasts.size() > 4) m_toasts.pop_front();
    m_done.push_back(std::move(done));
    if (m_done.size() > 200) m_done.erase(m_done.begin());
}

void Shell::did(std::string what, const boost::json::value& answer)
{
    std::string transaction = text_at(answer, "transaction");
    if (transaction.empty()) return toast(Tone::positive, std::move(what), {});
    remember({0, std::move(what), std::move(transaction)});
}

void Shell::did(std::string what, std::function<void()> take_back)
{
    remember({0, std::move(what), {}, std::move(take_back)});
}

void Shell::undo()
{
    if (m_done.empty()) return toast(Tone::info, "There is nothing of this session to undo.", {});
    undo(m_done.back().number);
}

void Shell::undo(std::uint64_t number)
{
    const auto found = std::ranges::find(m_done, number, &Done::number);
    if (found == m_done.end()) return;
    const Done done = std::move(*found);
    m_done.erase(found);
    std::erase_if(m_toasts, [number](const Toast& toast) { return toast.done == number; });
    if (done.take_back) return done.take_back();
    m_calls.push_back(m_link.call(
        "undo",
        {{"target", done.transaction}, {"kind", "transaction"}},
        [this, what = done.what](const Result<boost::json::value>& answer) {
            if (!answer) return tell(answer.error());
            const auto& conflicts = array_at(*answer, "conflicts");
            if (conflicts.empty()) return toast(Tone::positive, "Undone: " + what, {});
            if (!at(*answer, "merge").is_null()) { // it was taken back; what people did since stays
                const auto stay = std::ranges::count_if(conflicts, [](const boost::json::value& one) {
                    return text_at(one, "type") != "duplicate_pair";
                });
                return toast(
                    Tone::positive,
                    "Undone: " + what
                        + (stay == 0 ? "" : ". " + counted(stay, "later change stays", "later changes stay")),
                    {}
                );
            }
            toast(
                Tone::warning,
                "Not undone: " + what + ". " + text_at(conflicts[0], "field") + ' '
                    + text_at(conflicts[0], "reason"),
                {}
            );
        }
    ));
}

void Shell::close_others()
{
    for (const Tab& tab : m_tabs)
        if (tab.place != place()) close(tab.place);
}

void Shell::cycle_theme()
{
    const ThemeName next = m_theme.name() == ThemeName::light ? ThemeName::dark
        : m_theme.name() == ThemeName::dark                   ? ThemeName::contrast
                                                              : ThemeName::light;
    m_theme.set_name(next);
}

bool Shell::wants_scale(float& scale)
{
    if (m_wanted_scale == 0) return false;
    scale = std::exchange(m_wanted_scale, 0.0F);
    return true;
}

void Shell::draw()
{
    m_store.tick();
    std::erase_if(m_calls, [](const Ticket& call) { return !call.is_under_way(); });
    const auto now = m_clock.steady();
    std::erase_if(m_toasts, [now](const Toast& toast) { return toast.until < now; });
    for (const std::string& place : std::exchange(m_to_close, {})) {
        const auto found = std::ranges::find(m_tabs, place, &Tab::place);
        if (found == m_tabs.end() || m_tabs.size() == 1) continue;
        const auto index = static_cast<std::size_t>(found - m_tabs.begin());
        m_tabs.erase(found);
        if (m_active > index || m_active == m_tabs.size()) --m_active;
    }
    for (const std::string& place : std::exchange(m_to_open, {})) {
        const auto found = std::ranges::find(m_tabs, place, &Tab::place);
        if (found != m_tabs.end()) {
            m_active = static_cast<std::size_t>(found - m_tabs.begin());
        } else if (auto screen = make_screen(m_console, place)) {
            m_tabs.push_back({place, std::move(screen)});
            m_active = m_tabs.size() - 1;
        } else {
            toast(Tone::warning, "There is no screen " + place, {});
            if (m_tabs.empty()) m_to_open.emplace_back("home");
        }
    }
    const ImVec2 size = ImGui::GetIO().DisplaySize;
    ImGui::SetNextWindowPos({0, 0});
    ImGui::SetNextWindowSize(size);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {0, 0});
    ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, 0);
    ImGui::Begin(
        "##mortise",
        nullptr,
        ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings
            | ImGuiWindowFlags_NoScrollWithMouse | ImGuiWindowFlags_NoBringToFrontOnFocus
    );
    ImGui::PopStyleVar(2);
    m_ui.begin_frame();
    const bool was_over = is_over();
    m_ui.set_blocked(was_over);
    read_keys();
    const float top = m_ui.px(46);
    const float status = m_ui.px(26);
    const float rail = m_rail_is_narrow || size.x < m_ui.px(900) ? m_ui.px(56) : m_ui.px(190);
    draw_rail({{0, top}, {rail, size.y - status}});
    draw_tabs({{rail, top}, {size.x, top + m_ui.px(36)}});
    draw_content({{rail, top + m_ui.px(36)}, {size.x, size.y - status}});
    draw_status({{0, size.y - status}, {size.x, size.y}});
    draw_top({{0, 0}, {size.x, top}});
    ImGui::End();
    draw_toasts();
    m_ui.set_blocked(false);
    if (was_over || is_over()) {
        ImGui::SetNextWindowPos({0, 0});
        ImGui::SetNextWindowSize(size);
        ImGui::SetNextWindowFocus();
        ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {0, 0});
        ImGui::Begin(
            "##over",
            nullptr,
            ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings
                | ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoScrollWithMouse
        );
        ImGui::PopStyleVar();
        if (m_palette.is_open())
            m_palette.draw(m_console);
        else
            m_dialogs.draw(m_console);
        ImGui::End();
    }
    m_ui.end_frame();
}

void Shell::draw_content(const Box& box)
{
    if (m_active >= m_tabs.size()) return;
    ImGui::SetCursorScreenPos(box.min);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {m_ui.px(14), m_ui.px(10)});
    ImGui::PushID(m_tabs[m_active].place.c_str());
    ImGui::BeginChild(
        "content",
        {box.width(), box.height()},
        false,
        ImGuiWindowFlags_AlwaysUseWindowPadding | ImGuiWindowFlags_NoScrollbar
            | ImGuiWindowFlags_NoScrollWithMouse
    );
    ImGui::PopStyleVar();
    m_tabs[m_active].screen->draw(m_console);
    ImGui::EndChild();
    ImGui::PopID();
}

} // namespace mortise::ui
