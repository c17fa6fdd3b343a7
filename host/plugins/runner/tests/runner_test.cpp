#include "plugins/tests/plugins_fixture.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <thread>
#include <unistd.h>

namespace mortise::host {
namespace {

/// A plugin in a process of its own that crashes and hangs: the host lives on and says which and why.
class RunnerTest : public PluginsTest {
protected:
    void SetUp() override
    {
        leave_signals_alone();
        PluginsTest::SetUp();
        install("fragile");
        isolate("fragile");
        const auto enabled = m_plugins->enable("com.test.fragile");
        ASSERT_TRUE(enabled) << enabled.error().message;
    }
    /// A sanitizer would take the child's crash and exit, with a status of its own; here it is to die of it.
    static void leave_signals_alone()
    {
        for (const char* name : {"ASAN_OPTIONS", "TSAN_OPTIONS"}) {
            const char* given = std::getenv(name);
            const std::string before = given != nullptr ? std::string{given} + ':' : "";
            ::setenv(name, (before + "handle_segv=0").c_str(), 1);
        }
    }
    Result<Value> act(std::string_view what) { return call("fragile.do", {{"what", what}}); }
    std::int64_t process()
    {
        const auto number = act("number");
        EXPECT_TRUE(number) << number.error().message;
        return number ? number->get_or(std::int64_t{0}) : 0;
    }
    bool is_told(std::string_view key, std::string_view words)
    {
        const auto lines = m_plugins->logs("com.test.fragile", 100);
        return lines && std::ranges::any_of(*lines, [&](const LogLine& line) {
                   return line.from_host && line.key == key && line.message.find(words) != std::string::npos;
               });
    }
};

TEST_F(RunnerTest, RunsInAnotherProcess)
{
    const std::int64_t number = process();
    EXPECT_NE(number, ::getpid());
    EXPECT_EQ(status("fragile").process, number);
    EXPECT_TRUE(status("fragile").isolated);
    EXPECT_EQ(status("fragile").state, PluginState::active);
}

TEST_F(RunnerTest, TheSwitchMovesRunningCodeAndBack)
{
    EXPECT_NE(process(), ::getpid());
    ASSERT_TRUE(m_plugins->isolate("com.test.fragile", false));
    EXPECT_EQ(process(), ::getpid());
    EXPECT_EQ(status("fragile").process, 0);
    ASSERT_TRUE(m_plugins->set_setting("com.test.fragile", "host.isolation", "process"));
    EXPECT_NE(process(), ::getpid());
    const auto wrong = m_plugins->set_setting("com.test.fragile", "host.isolation", "a box");
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().key, "plugins.isolation");
}

TEST_F(RunnerTest, TheSwitchIsKept)
{
    close();
    open();
    EXPECT_TRUE(status("fragile").isolated);
    EXPECT_NE(process(), ::getpid());
}

TEST_F(RunnerTest, ACrashIsToldAndTheNextCallFindsAFreshProcess)
{
    const std::int64_t before = process();
    const auto crashed = act("crash");
    ASSERT_FALSE(crashed);
    EXPECT_EQ(crashed.error().code, ErrorCode::crashed);
    EXPECT_NE(crashed.error().message.find("com.test.fragile"), std::string::npos) << crashed.error().message;
    EXPECT_NE(crashed.error().message.find("signal 11"), std::string::npos) << crashed.error().message;
    EXPECT_NE(crashed.error().message.find("command fragile.do"), std::string::npos)
        << crashed.error().message;
    EXPECT_TRUE(is_told("plugin.crashed", "signal 11"));
    EXPECT_NE(process(), before);
}

TEST_F(RunnerTest, AnExitIsACrash)
{
    process();
    const auto left = act("exit");
    ASSERT_FALSE(left);
    EXPECT_EQ(left.error().code, ErrorCode::crashed);
    EXPECT_NE(left.error().message.find("status 3"), std::string::npos) << left.error().message;
}

TEST_F(RunnerTest, AnEndlessLoopIsEnded)
{
    ASSERT_TRUE(m_plugins->set_setting("com.test.fragile", "quota.call_ms", std::int64_t{200}));
    const std::int64_t before = process();
    const auto looped = act("loop");
    ASSERT_FALSE(looped);
    EXPECT_EQ(looped.error().code, ErrorCode::timeout) << looped.error().message;
    EXPECT_TRUE(eventually([&] { return ::kill(static_cast<pid_t>(before), 0) != 0; }));
    EXPECT_TRUE(eventually([&] { return is_told("plugin.crashed", "ended"); }));
    EXPECT_NE(process(), before);
}

TEST_F(RunnerTest, WhoCallsBeforeTheNextProcessIsStartedIsNotToldOfTheHang)
{
    ASSERT_TRUE(m_plugins->set_setting("com.test.fragile", "quota.call_ms", std::int64_t{200}));
    process();
    ASSERT_FALSE(act("loop"));
    const auto first = act("number");
    ASSERT_TRUE(first) << first.error().message;
    ASSERT_FALSE(act("loop"));
    const auto paused = act("number"); // after a second hang the next process waits for a second
    ASSERT_FALSE(paused);
    EXPECT_EQ(paused.error().key, "plugins.restarting");
    EXPECT_EQ(paused.error().code, ErrorCode::busy);
    EXPECT_EQ(paused.error().message.find("did not answer"), std::string::npos) << paused.error().message;
    EXPECT_EQ(paused.error().message.find("running for"), std::string::npos) << paused.error().message;
    EXPECT_NE(paused.error().message.find("started again in 1 s"), std::string::npos)
        << paused.error().message;
    EXPECT_TRUE(eventually([&] { return act("number").has_value(); }));
}

TEST_F(RunnerTest, ACallIsNotToldTheWordsOfAHookThatHangsBesideIt)
{
    ASSERT_TRUE(m_plugins->set_setting("com.test.fragile", "quota.call_ms", std::int64_t{200}));
    process();
    std::atomic<bool> is_over{false};
    std::thread hanging{[&] {
        static_cast<void>(create_contact("loop in hook"));
        is_over = true;
    }};
    while (!is_over)
        if (const auto number = act("number"); !number) {
            EXPECT_EQ(number.error().message.find("did not answer"), std::string::npos)
                << number.error().message;
            EXPECT_NE(number.error().message.find("because of another call"), std::string::npos)
                << number.error().message;
        }
    hanging.join();
    EXPECT_TRUE(act("number"));
}

TEST_F(RunnerTest, CallsOfTheHostDoNotLengthenACall)
{
    ASSERT_TRUE(m_plugins->set_setting("com.test.fragile", "quota.call_ms", std::int64_t{200}));
    const auto asked = act("keep asking");
    ASSERT_FALSE(asked);
    EXPECT_EQ(asked.error().code, ErrorCode::timeout) << asked.error().message;
}

TEST_F(RunnerTest, AfterThreeCrashesItIsLeftAloneUntilAnAdminSaysSo)
{
    for (int i = 0; i < 3; ++i) {
        Result<Value> crashed{Value{}};
        // The second process comes after a pause: until then the answer says why.
        ASSERT_TRUE(eventually([&] {
            crashed = act("crash");
            return !crashed && crashed.error().message.find("while it ran") != std::string::npos;
        }));
    }
    const auto refused = act("number");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().key, "plugins.quarantined");
    EXPECT_NE(refused.error().hint.find("plugins reload com.test.fragile"), std::string::npos);
    EXPECT_EQ(status("fragile").state, PluginState::quarantined);
    ASSERT_TRUE(m_plugins->reload("com.test.fragile"));
    EXPECT_NE(process(), 0);
    EXPECT_EQ(status("fragile").state, PluginState::active);
}

TEST_F(RunnerTest, AHookThatCrashesIsSkippedWhenTheManifestSaysSo)
{
    const auto made = create_contact("crash in hook");
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_TRUE(is_told("hooks.skipped", "signal 11"));
    const auto next = create_contact("number in hook");
    ASSERT_TRUE(next) << next.error().message;
    EXPECT_FALSE(field(next->ids[0], "nickname").text().empty());
}

TEST_F(RunnerTest, AHookThatHangsIsEnded)
{
    ASSERT_TRUE(m_plugins->set_setting("com.test.fragile", "quota.call_ms", std::int64_t{200}));
    const auto made = create_contact("loop in hook");
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_TRUE(is_told("hooks.skipped", "did not answer within 200 ms"));
}

TEST_F(RunnerTest, EventsOfACrashedHandlerWaitAndOthersAreHandled)
{
    ASSERT_TRUE(create_contact("first"));
    ASSERT_TRUE(settle());
    const auto made = create_contact("crash in handler");
    ASSERT_TRUE(made) << made.error().message; // the change itself stands
    EXPECT_TRUE(eventually([&] { return is_told("plugin.crashed", "signal 6"); }));
    EXPECT_EQ(field(made->ids[0], "nickname").text(), "");
}

TEST_F(RunnerTest, AHookInsideOfTheOwnCallRunsInTheSameProcess)
{
    const std::int64_t number = process();
    const auto nested = act("nested");
    ASSERT_TRUE(nested) << nested.error().message;
    const auto page = m_records->list(Principal::system(), "contact", {.sort = {}, .limit = 10, .after = {}});
    ASSERT_TRUE(page);
    ASSERT_EQ(page->rows.size(), 1U);
    EXPECT_EQ(field(page->rows[0].id, "nickname").text(), std::to_string(number));
}

TEST_F(RunnerTest, ManyOperationsAndRowsCross)
{
    const auto made = act("create");
    ASSERT_TRUE(made) << made.error().message;
    const auto rows = act("rows");
    ASSERT_TRUE(rows) << rows.error().message;
    EXPECT_EQ(*rows, Value{std::int64_t{2000}});
}

TEST_F(RunnerTest, AJobThatNeverEndsDoesNotKeepThePlugin)
{
    ASSERT_TRUE(act("spin"));
    const auto is_running = [&] {
        const auto jobs = m_jobs->list("com.test.fragile", 1);
        return jobs && !jobs->empty() && jobs->front().state == JobState::running;
    };
    ASSERT_TRUE(eventually(is_running));
    const std::int64_t before = process();
    static_cast<void>(m_plugins->disable("com.test.fragile", std::chrono::milliseconds{300}));
    EXPECT_TRUE(eventually([&] { return ::kill(static_cast<pid_t>(before), 0) != 0; }));
    EXPECT_EQ(status("fragile").state, PluginState::verified);
}

TEST_F(RunnerTest, ClosingLeavesNoProcessAndNoFile)
{
    const std::int64_t number = process();
    ASSERT_TRUE(m_plugins->disable("com.test.fragile"));
    EXPECT_NE(::kill(static_cast<pid_t>(number), 0), 0);
    EXPECT_TRUE(std::filesystem::is_empty(m_folder / "run"));
}

TEST_F(RunnerTest, AMissingProgramIsToldWhenTheCodeStarts)
{
    close();
    m_runner = m_folder / "no-runner";
    open();
    const auto refused = act("number");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().key, "runner.start");
    EXPECT_NE(refused.error().message.find("No such file"), std::string::npos) << refused.error().message;
}

} // namespace
} // namespace mortise::host
