#include "base/json_read.hpp"
#include "panels/startup_screen.hpp"
#include "tests/demo_world.hpp"
#include "tests/test_console.hpp"

#include <fstream>

namespace mortise::ui::testing {
namespace {

namespace fs = std::filesystem;

class Packages : public ::testing::Test {
protected:
    void SetUp() override
    {
        file = fs::path{::testing::TempDir()}
            / (std::string{"mortise-"} + ::testing::UnitTest::GetInstance()->current_test_info()->name()
               + ".mortise");
        std::ofstream{file} << "pack";
        make_world(script);
        console.emplace([this] { return script.connect(); });
        console->open("install");
    }
    void TearDown() override { fs::remove(file); }

    void look()
    {
        console->type(file.native());
        console->press(Key::enter);
        console->settle();
    }

    fs::path file;
    Script script;
    std::optional<TestConsole> console;
};

TEST_F(Packages, ShowsWhatAnUpgradeAsksForBeforeAnythingIsKept)
{
    look();
    EXPECT_TRUE(console->sees("Version 1.1.0 is installed")) << console->all_seen();
    EXPECT_TRUE(console->sees("It asks for more"));
    EXPECT_TRUE(console->sees("net:smtp.acme.example"));
    EXPECT_TRUE(console->sees("It asks no more to"));
    EXPECT_TRUE(console->sees("not signed"));
    EXPECT_EQ(script.calls("plugins.upgrade") + script.calls("plugins.install"), 0);
    EXPECT_TRUE(console->sees("Upgrade to 1.2.0"));
    EXPECT_FALSE(console->has_control("Upgrade to 1.2.0")); // nobody said yet that it is trusted
}

TEST_F(Packages, UpgradesWithTheRightsThatWereGranted)
{
    look();
    console->click("I know where it comes from");
    console->click("Grant what it asks for besides");
    console->click("Upgrade to 1.2.0");
    console->settle();
    const auto params = script.last_params("plugins.upgrade");
    EXPECT_TRUE(params.at("allow_unsigned").as_bool());
    EXPECT_TRUE(params.at("grant").as_bool());
    EXPECT_EQ(params.at("upload").as_string(), "u1");
    EXPECT_TRUE(console->sees("Mail went from 1.1.0 to 1.2.0")) << console->all_seen();
}

TEST_F(Packages, InstallsANewOneInTwoClicks)
{
    script.answer(
        "plugins.inspect",
        boost::json::object{
            {"id", "com.acme.mail"},
            {"name", "Mail"},
            {"version", "1.0.0"},
            {"signed", true},
            {"permissions", boost::json::array{"contacts.read"}},
            {"installed", nullptr},
            {"newer", true}
        }
    );
    look();
    EXPECT_TRUE(console->sees("See contacts")) << console->all_seen();
    console->count_anew();
    console->click("Install and enable");
    console->settle();
    EXPECT_LE(console->clicks(), 2);
    EXPECT_EQ(script.calls("plugins.install"), 1);
    EXPECT_EQ(text_at(boost::json::value(script.last_params("plugins.enable")), "plugin"), "com.acme.mail");
}

TEST_F(Packages, TellsWhatIsWrongWithAFile)
{
    script.fail(
        "plugins.inspect",
        {ErrorCode::invalid,
         "the file is not a package",
         "package.not_a_package",
         {},
         "make one with mortise-sdk pack"}
    );
    look();
    EXPECT_TRUE(console->sees("the file is not a package")) << console->all_seen();
    EXPECT_TRUE(console->sees("mortise-sdk pack"));
    EXPECT_FALSE(console->has_control("Install"));
    console->click("Package file");
    console->press(Key::a, true);
    console->type("/nowhere/at.all");
    console->press(Key::enter);
    console->settle();
    EXPECT_TRUE(console->sees("cannot read /nowhere/at.all"));
}

TEST_F(Packages, NeedsARight)
{
    script.answer("host.hello", boost::json::object{{"user", "eve"}, {"scope", "own"}});
    console.reset();
    console.emplace([this] { return script.connect(); });
    console->open("install");
    EXPECT_TRUE(console->sees("No right to install plugins")) << console->all_seen();
}

TEST_F(Packages, AsksBeforeAPluginIsRemovedAndNamesItsRecords)
{
    console->open("plugins/mortise.pipelines");
    console->click("Remove");
    EXPECT_TRUE(console->sees("stages, opportunities")) << console->all_seen();
    EXPECT_EQ(script.calls("plugins.remove"), 0);
    console->click("Remove Sales pipelines");
    console->settle();
    EXPECT_EQ(script.calls("plugins.remove"), 1);
    EXPECT_TRUE(console->sees("6 records are archived"));
}

TEST_F(Packages, ShowsWhatEachPluginTookToBeThere)
{
    console->open("startup");
    EXPECT_TRUE(console->sees("Sales pipelines")) << console->all_seen();
    EXPECT_TRUE(console->sees("12.00 ms at 40.00 ms") || console->sees("12 ms at 40 ms"))
        << console->all_seen();
    EXPECT_TRUE(console->sees("3 s after the host"));
    EXPECT_TRUE(console->sees("not needed yet"));
}

TEST(Times, AreReadToTheMicrosecond)
{
    EXPECT_EQ(microseconds_of("1970-01-02T00:00:00.5Z"), 86'400'500'000);
    EXPECT_EQ(
        microseconds_of("2026-11-25T09:00:00.040000Z") - microseconds_of("2026-11-25T09:00:00Z"), 40'000
    );
    EXPECT_EQ(microseconds_of("yesterday"), -1);
    EXPECT_EQ(microseconds_of("2026-13-45T09:00:00Z"), -1);
}

} // namespace
} // namespace mortise::ui::testing
