#include "base/json_read.hpp"
#include "tests/demo_world.hpp"
#include "tests/test_console.hpp"

#include <fstream>
#include <sstream>

namespace mortise::ui::testing {
namespace {

namespace fs = std::filesystem;

class BundlePlans : public ::testing::Test {
protected:
    void SetUp() override
    {
        file = fs::path{::testing::TempDir()}
            / (std::string{"mortise-"} + ::testing::UnitTest::GetInstance()->current_test_info()->name()
               + ".json");
        fs::remove(file);
        make_world(script);
        console.emplace([this] { return script.connect(); });
        console->open("bundles");
    }
    void TearDown() override { fs::remove(file); }

    fs::path file;
    Script script;
    std::optional<TestConsole> console;
};

TEST_F(BundlePlans, TellsInWordsAllThatWouldHappen)
{
    EXPECT_TRUE(console->sees("What it does, in 3 steps")) << console->all_seen();
    EXPECT_TRUE(console->sees("add the field buying_role"));
    EXPECT_TRUE(console->sees("mortise.reporting: see contacts; see opportunities"));
    EXPECT_TRUE(console->sees("12 records of the type stage are migrated"));
    EXPECT_TRUE(console->sees("2 record types, 4 reports"));
    EXPECT_TRUE(console->sees("runs already"));
    EXPECT_TRUE(console->sees("applied, 1.0.0")); // the other one
    EXPECT_EQ(script.calls("bundles.apply"), 0);
}

TEST_F(BundlePlans, AppliesExactlyThePlanThatWasSeen)
{
    script.hold("bundles.apply");
    console->press(Key::a);
    console->frames(2);
    EXPECT_TRUE(console->sees("0 of 3 steps")) << console->all_seen();
    EXPECT_FALSE(console->has_control("Apply"));
    script.release("bundles.apply");
    console->settle();
    const auto params = script.last_params("bundles.apply");
    EXPECT_EQ(text_at(params, "name"), "sales");
    EXPECT_EQ(text_at(params, "plan"), "sha256:85e5");
    EXPECT_TRUE(console->sees("The bundle sales is applied")) << console->all_seen();
    EXPECT_EQ(console->clicks(), 0);
}

TEST_F(BundlePlans, PlansAnewWithTheSampleData)
{
    console->press(Key::d);
    console->settle();
    EXPECT_TRUE(flag_at(script.last_params("bundles.plan"), "sample_data"));
    console->press(Key::a);
    console->settle();
    EXPECT_TRUE(flag_at(script.last_params("bundles.apply"), "sample_data"));
}

TEST_F(BundlePlans, NamesWhatStandsInTheWayAndAppliesNothing)
{
    script.answer(
        "bundles.plan",
        boost::json::object{
            {"bundle", "sales"},
            {"possible", false},
            {"steps", boost::json::array{boost::json::object{{"text", "enable Score"}}}},
            {"conflicts",
             boost::json::array{boost::json::object{
                 {"message", "the bundle sales needs com.acme.score ^2; there is 1.4.0 on disk"},
                 {"hint", "add a catalog that has it"}
             }}}
        }
    );
    console->press(Key::d);
    console->settle();
    EXPECT_TRUE(console->sees("needs com.acme.score ^2")) << console->all_seen();
    EXPECT_TRUE(console->sees("add a catalog that has it"));
    EXPECT_FALSE(console->has_control("Apply sales"));
    console->press(Key::a);
    console->settle();
    EXPECT_EQ(script.calls("bundles.apply"), 0);
}

TEST_F(BundlePlans, SaysWhichStepFailedAndThatAllWasTakenBack)
{
    script.fail(
        "bundles.apply",
        {ErrorCode::state,
         "the step \"enable Reporting\" failed: it does not start",
         {},
         "step 1",
         "all that was done before it was taken back"}
    );
    console->press(Key::a);
    console->settle();
    EXPECT_TRUE(console->sees("the step \"enable Reporting\" failed")) << console->all_seen();
    EXPECT_TRUE(console->sees("taken back"));
}

TEST_F(BundlePlans, TakesTheLastOneBackAfterTellingWhatGoesAndWhatStays)
{
    console->press(Key::b);
    console->settle();
    EXPECT_TRUE(flag_at(script.last_params("bundles.rollback"), "look"));
    EXPECT_TRUE(console->sees("Take the bundle starter back?")) << console->all_seen();
    EXPECT_TRUE(console->sees("enable Sales pipelines"));
    EXPECT_TRUE(console->sees("Stays: the setting currency"));
    console->click("Take starter back");
    console->settle();
    EXPECT_FALSE(script.last_params("bundles.rollback").contains("look"));
    EXPECT_TRUE(console->sees("The bundle starter is taken back")) << console->all_seen();
}

TEST_F(BundlePlans, TellsWhatWasAppliedAndWhyItWasTakenBack)
{
    console->press(Key::h);
    EXPECT_TRUE(console->sees("taken back")) << console->all_seen();
    EXPECT_TRUE(console->sees("it does not start"));
    EXPECT_TRUE(console->sees("user:ada"));
}

TEST_F(BundlePlans, PlansABundleOfAFile)
{
    std::ofstream{file} << R"({"name": "ours", "version": "1.0.0"})";
    console->click("From a file");
    console->type(file.native());
    console->press(Key::enter);
    console->settle();
    EXPECT_EQ(text_at(at(script.last_params("bundles.plan"), "bundle"), "name"), "ours");
    std::ofstream{file} << "no json";
    console->click("From a file");
    console->press(Key::enter);
    console->settle();
    EXPECT_TRUE(console->sees("is no JSON object")) << console->all_seen();
}

TEST_F(BundlePlans, WritesABundleOfWhatRunsAndTellsWhatItLeftOut)
{
    console->click("Export what runs");
    console->type("ours");
    console->click("Types whose records go along");
    console->type("report, dashboard");
    console->click("File to write");
    console->type(file.native());
    console->press(Key::enter);
    console->settle();
    const auto params = script.last_params("bundles.export");
    EXPECT_EQ(text_at(params, "name"), "ours");
    EXPECT_EQ(array_at(params, "types").size(), 2);
    EXPECT_TRUE(console->sees("Left out: a secret of mortise.email")) << console->all_seen();
    std::stringstream text;
    text << std::ifstream{file}.rdbuf();
    EXPECT_NE(text.str().find("\"name\": \"ours\""), std::string::npos) << text.str();
    console->click("Write it");
    console->settle();
    EXPECT_TRUE(console->sees("is there already")) << console->all_seen();
    EXPECT_TRUE(console->has_control("Replace it"));
}

TEST(FirstRun, SuggestsBundlesAndShowsTheirPlanBeforeAnything)
{
    Script script;
    make_world(script, 0);
    script.send_parts("query.run", [](const boost::json::object& params) {
        std::vector<boost::json::value> parts;
        if (text_at(params, "sql").find("'contact', count(*)") == std::string::npos) return parts;
        parts.emplace_back(boost::json::object{
            {"rows",
             boost::json::array{boost::json::array{boost::json::value("contact"), boost::json::value(0)}}}
        });
        return parts;
    });
    TestConsole console{[&] { return script.connect(); }};
    console.open("home");
    EXPECT_TRUE(console.sees("This house is empty")) << console.all_seen();
    EXPECT_TRUE(console.sees("For a team that sells"));
    EXPECT_FALSE(console.sees("A bit of everything")); // is applied
    console.click("Sales");
    console.settle();
    EXPECT_EQ(console.shell().place(), "bundles/sales");
    EXPECT_TRUE(console.sees("What it does, in 3 steps")) << console.all_seen();
    console.shell().open("home");
    console.frames(3);
    console.click("Starter with its examples");
    console.settle();
    EXPECT_TRUE(flag_at(script.last_params("bundles.plan"), "sample_data"));
    EXPECT_EQ(script.calls("bundles.apply"), 0);
}

} // namespace
} // namespace mortise::ui::testing
