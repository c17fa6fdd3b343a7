#include "base/json_read.hpp"
#include "model/bisect.hpp"
#include "tests/demo_world.hpp"
#include "tests/test_console.hpp"

namespace mortise::ui::testing {
namespace {

std::vector<std::string> some(int count)
{
    std::vector<std::string> ids;
    for (int i = 0; i < count; ++i)
        ids.push_back("p" + std::to_string(i));
    return ids;
}

TEST(BisectSteps, FindsAnyCulpritInFewSteps)
{
    for (int count = 1; count <= 33; ++count)
        for (int guilty = 0; guilty < count; ++guilty) {
            Bisect bisect = Bisect::over(some(count));
            const int most = bisect.steps_left();
            int steps = 0;
            while (!bisect.is_over()) {
                bisect.answer(!bisect.off().contains("p" + std::to_string(guilty)));
                ASSERT_LE(++steps, most);
            }
            EXPECT_EQ(bisect.culprit(), "p" + std::to_string(guilty));
            EXPECT_EQ(bisect.off().size(), 1U); // all others are on again
        }
}

TEST(BisectSteps, SaysWhenNoPluginIsToBlame)
{
    Bisect bisect = Bisect::over(some(5));
    bisect.answer(true); // all are off
    EXPECT_TRUE(bisect.is_over());
    EXPECT_TRUE(bisect.culprit().empty());
    EXPECT_TRUE(bisect.off().empty());
}

TEST(BisectSteps, CountsOneThatWentDownWithAnother)
{
    Bisect bisect = Bisect::over(some(4));
    bisect.answer(false); // p0, p1 go off next
    bisect.note_off("p3"); // it needs p0
    bisect.answer(true);
    EXPECT_EQ(bisect.culprit(), "p2");
}

TEST(BisectSteps, GoesOnAfterTheConsoleEnded)
{
    Bisect bisect = Bisect::over(some(4));
    bisect.answer(false);
    Bisect again = Bisect::read(bisect.json());
    EXPECT_EQ(again.off(), bisect.off());
    EXPECT_EQ(again.suspects(), bisect.suspects());
    EXPECT_FALSE(Bisect::read(nullptr).is_begun());
}

/// A host whose plugins can be switched.
class BisectWindow : public ::testing::Test {
protected:
    void SetUp() override
    {
        make_world(script);
        for (const bool on : {true, false})
            script.answer(
                on ? "plugins.enable" : "plugins.disable",
                [this, on](const boost::json::object& params) -> Result<boost::json::value> {
                    const std::string id{params.at("plugin").as_string()};
                    if (on)
                        off.erase(id);
                    else
                        off.insert(id);
                    return boost::json::value(boost::json::object{});
                }
            );
        script.answer("plugins.list", [this](const boost::json::object&) -> Result<boost::json::value> {
            boost::json::array plugins;
            for (const char* const id : {"a", "b", "c"})
                plugins.emplace_back(boost::json::object{
                    {"id", id},
                    {"name", std::string{"Plugin "} + id},
                    {"state", "active"},
                    {"enabled", !off.contains(id)},
                    {"problems", boost::json::array{}}
                });
            return boost::json::value(boost::json::object{{"plugins", plugins}});
        });
        console.emplace([this] { return script.connect(); });
        console->open("bisect");
    }

    Script script;
    std::set<std::string> off;
    std::optional<TestConsole> console;
};

TEST_F(BisectWindow, FindsTheOneAndLeavesItOff)
{
    console->click("Begin: switch all off");
    console->settle();
    EXPECT_EQ(off.size(), 3U);
    for (int step = 0; step < 4 && !console->sees("It is Plugin"); ++step) {
        console->click(off.contains("b") ? "All right now" : "Still wrong");
        console->settle();
    }
    EXPECT_TRUE(console->sees("It is Plugin b")) << console->all_seen();
    EXPECT_EQ(off, std::set<std::string>{"b"});
    console->click("Leave it off");
    console->settle();
    EXPECT_EQ(off, std::set<std::string>{"b"});
    EXPECT_TRUE(console->shell().console().preferences.all("bisect").empty());
}

TEST_F(BisectWindow, StopsAndSwitchesAllOnAgain)
{
    console->click("Begin: switch all off");
    console->settle();
    console->click("All right now");
    console->settle();
    EXPECT_EQ(off.size(), 2U);
    console->click("Stop, all on again");
    console->settle();
    EXPECT_TRUE(off.empty());
    EXPECT_TRUE(console->sees("All plugins are on again"));
}

TEST_F(BisectWindow, TellsWhenAPluginCannotBeSwitchedAndTriesAgain)
{
    script.fail("plugins.disable", {ErrorCode::busy, "it is being reloaded", "x", {}, "try again soon"});
    console->click("Begin: switch all off");
    console->settle();
    EXPECT_TRUE(console->sees("it is being reloaded")) << console->all_seen();
    script.answer("plugins.disable", [this](const boost::json::object& params) -> Result<boost::json::value> {
        off.insert(std::string{params.at("plugin").as_string()});
        return boost::json::value(boost::json::object{});
    });
    console->click("Try again");
    console->settle();
    EXPECT_EQ(off.size(), 3U);
}

} // namespace
} // namespace mortise::ui::testing
