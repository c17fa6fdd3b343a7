#include "tests/test_console.hpp"

#include <memory>
#include <utility>

namespace mortise::ui::testing {

using namespace std::chrono_literals;

TestConsole::TestConsole(Connect connect, ThemeName theme, float width, float height)
    : m_screen{width, height}
{
    // Time stands still but for what a test lets pass, so that ages are the same in every run.
    m_clock.steady = [this] { return Clock::Steady{} + 100h + m_passed; };
    m_link = std::make_unique<Link>(std::move(connect), [this] {
        const std::scoped_lock lock{m_mutex};
        m_is_news = true;
        m_came.notify_all();
    });
    m_shell = std::make_unique<Shell>(*m_link, m_clock, ShellOptions{theme, 1});
    m_shell->ui().set_probe(&m_probe);
    frame();
}

void TestConsole::frame()
{
    m_link->pump();
    m_screen.frame(*m_shell);
}

void TestConsole::frames(int count)
{
    for (int i = 0; i < count; ++i)
        frame();
}

bool TestConsole::wait(const std::function<bool()>& done)
{
    const auto give_up = std::chrono::steady_clock::now() + 10s;
    while (!done()) {
        if (std::chrono::steady_clock::now() > give_up) return false;
        {
            std::unique_lock lock{m_mutex};
            m_came.wait_for(lock, 5ms, [this] { return m_is_news; });
            m_is_news = false;
        }
        frame();
    }
    return true;
}

void TestConsole::settle()
{
    int quiet = 0;
    EXPECT_TRUE(wait([&] {
        quiet = m_link->under_way() == 0 && m_link->state() != LinkState::connecting ? quiet + 1 : 0;
        return quiet > 3;
    })) << "calls are still under way: "
        << m_link->under_way();
}

void TestConsole::open(std::string_view place)
{
    settle();
    m_shell->open(place);
    frames(2);
    settle();
}

bool TestConsole::sees(std::string_view text) const
{
    for (const Seen& one : m_probe.seen())
        if (one.text.find(text) != std::string::npos) return true;
    return false;
}

bool TestConsole::has_control(std::string_view name) const
{
    for (const Seen& one : m_probe.seen())
        if (one.is_control && one.is_enabled && one.text.starts_with(name)) return true;
    return false;
}

Box TestConsole::find(std::string_view name)
{
    for (const bool is_control : {true, false})
        for (const Seen& one : m_probe.seen())
            if (one.is_control == is_control && one.is_enabled && one.text.starts_with(name)) return one.box;
    ADD_FAILURE() << "nothing is called " << name << "; seen: " << all_seen();
    return {};
}

std::string TestConsole::all_seen() const
{
    std::string text;
    for (const Seen& one : m_probe.seen())
        text += (one.is_control ? " [" : " ") + one.text.substr(0, 80) + (one.is_control ? "]" : "") + '\n';
    return text;
}

void TestConsole::click_at(ImVec2 at)
{
    ++m_clicks;
    ImGuiIO& io = ImGui::GetIO();
    put_mouse(io, at);
    frames(2);
    put_button(io, 0, true);
    frame();
    put_button(io, 0, false);
    frames(2);
    put_mouse(io, {at.x, at.y});
    // The next click is none of a double click.
    for (int i = 0; i < 25; ++i)
        m_screen.frame(*m_shell, 0.02F);
    frame();
}

void TestConsole::click(std::string_view name)
{
    const Box box = find(name);
    click_at(box.middle());
}

void TestConsole::drag(ImVec2 from, ImVec2 to)
{
    ImGuiIO& io = ImGui::GetIO();
    put_mouse(io, from);
    frames(2);
    put_button(io, 0, true);
    frames(2);
    for (int step = 1; step <= 8; ++step) {
        const float share = static_cast<float>(step) / 8;
        put_mouse(io, {from.x + (to.x - from.x) * share, from.y + (to.y - from.y) * share});
        frame();
    }
    put_button(io, 0, false);
    frames(2);
}

void TestConsole::type(std::string_view text)
{
    ImGui::GetIO().AddInputCharactersUTF8(std::string{text}.c_str());
    frames(2);
}

void TestConsole::press(Key key, bool control, bool shift)
{
    ++m_keys;
    ImGuiIO& io = ImGui::GetIO();
    if (control) put_key(io, Key::left_control, true);
    if (shift) put_key(io, Key::left_shift, true);
    put_key(io, key, true);
    frame();
    put_key(io, key, false);
    put_key(io, Key::left_control, false);
    put_key(io, Key::left_shift, false);
    frames(2);
}

} // namespace mortise::ui::testing
