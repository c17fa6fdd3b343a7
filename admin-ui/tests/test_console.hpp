#pragma once

/// \file
/// The console without a window, for tests: input goes in through ImGui's io as a window would put it, and
/// what was shown is read from the probe.

#include "app/offscreen.hpp"
#include "tests/scripted_connection.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise::ui::testing {

class TestConsole {
public:
    explicit TestConsole(
        Connect connect, ThemeName theme = ThemeName::light, float width = 1440, float height = 900
    );

    Shell& shell() noexcept { return *m_shell; }
    Link& link() noexcept { return *m_link; }
    Offscreen& screen() noexcept { return m_screen; }

    void frame();
    void frames(int count);
    /// Frames until `done`, at most for 10 seconds. Tells whether it came.
    bool wait(const std::function<bool()>& done);
    /// Frames until every answer is there.
    void settle();
    void open(std::string_view place);

    bool sees(std::string_view text) const;
    /// The first control whose name begins so, or the first text; fails the test if there is none.
    Box find(std::string_view name);
    bool has_control(std::string_view name) const;
    void click(std::string_view name);
    void click_at(ImVec2 at);
    void drag(ImVec2 from, ImVec2 to);
    void type(std::string_view text);
    void press(Key key, bool control = false, bool shift = false);
    /// Everything that was seen, for messages of failed tests.
    std::string all_seen() const;
    int clicks() const noexcept { return m_clicks; }
    int keys() const noexcept { return m_keys; }
    void count_anew() noexcept { m_clicks = m_keys = 0; }
    /// Moves the clock on.
    void pass(std::chrono::milliseconds span) { m_passed += span; }

private:
    Offscreen m_screen;
    Probe m_probe;
    std::chrono::milliseconds m_passed{0};
    Clock m_clock;
    std::mutex m_mutex;
    std::condition_variable m_came;
    bool m_is_news{false};
    std::unique_ptr<Link> m_link;
    std::unique_ptr<Shell> m_shell;
    int m_clicks{0};
    int m_keys{0};
};

} // namespace mortise::ui::testing
