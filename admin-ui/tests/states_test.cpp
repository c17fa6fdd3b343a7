#include "tests/demo_world.hpp"
#include "tests/test_console.hpp"

namespace mortise::ui::testing {
namespace {

struct Case {
    const char* place;
    const char* method; ///< that it cannot do without
};

constexpr Case cases[] = {
    {"status", "status"},
    {"record/contact/7", "records.get"},
    {"plugins", "plugins.list"},
    {"startup", "plugins.stats"},
    {"backup", "status"},
    {"segment/7", "records.get"},
    {"bisect", "plugins.list"},
    {"events", "events.list"},
    {"dead-letters", "dead_letters.list"},
    {"subscriptions", "subscriptions.list"},
    {"jobs", "jobs.list"},
    {"users", "users.list"},
    {"settings/mortise.pipelines", "settings.get"},
};

std::vector<std::string> all_places()
{
    return {
        "home",
        "status",
        "list/contact",
        "record/contact/7",
        "view/pipelines.board",
        "view/acme.hologram",
        "view/nothing",
        "report/new",
        "report/7",
        "reports",
        "reports/pipelines.funnel",
        "dashboards",
        "plugins",
        "plugins/mortise.pipelines",
        "plugins/acme.broken",
        "install",
        "backup",
        "segment/new",
        "segment/7",
        "startup",
        "bisect",
        "events",
        "events/2277",
        "dead-letters",
        "subscriptions",
        "jobs",
        "commands",
        "settings",
        "users",
        "types",
        "sql",
        "import"
    };
}

class States : public ::testing::TestWithParam<Case> {
protected:
    void SetUp() override { make_world(script); }
    Script script;
};

TEST_P(States, WaitsWithoutStandingStill)
{
    script.hold(GetParam().method);
    TestConsole console{[this] { return script.connect(); }};
    console.wait([&] { return console.link().state() == LinkState::open; });
    console.shell().open(GetParam().place);
    console.frames(30);
    EXPECT_TRUE(console.sees("Loading")) << console.all_seen();
    script.release(GetParam().method);
    console.settle();
    EXPECT_FALSE(console.sees("Loading")) << console.all_seen();
}

TEST_P(States, TellsAnErrorWithPlaceAndRemedyAndTriesAgain)
{
    script.fail(GetParam().method, {ErrorCode::internal, "the disk is full", "x", "/here", "make room"});
    TestConsole console{[this] { return script.connect(); }};
    console.open(GetParam().place);
    EXPECT_TRUE(console.sees("the disk is full")) << console.all_seen();
    EXPECT_TRUE(console.sees("make room"));
    make_world(script);
    console.click("Try again");
    console.settle();
    EXPECT_FALSE(console.sees("the disk is full")) << console.all_seen();
}

TEST_P(States, TellsOfAMissingRight)
{
    script.fail(
        GetParam().method, {ErrorCode::denied, "eve may not do this", "access.admin", {}, "ask an admin"}
    );
    TestConsole console{[this] { return script.connect(); }};
    console.open(GetParam().place);
    EXPECT_TRUE(console.sees("No right to see")) << console.all_seen();
    EXPECT_TRUE(console.sees("ask an admin"));
}

TEST_P(States, KeepsWhatItHadWhenTheHostGoesAndSaysHowOldItIs)
{
    TestConsole console{[this] { return script.connect(); }};
    console.open(GetParam().place);
    console.pass(std::chrono::seconds{12});
    script.go_away();
    ASSERT_TRUE(console.wait([&] { return console.link().state() == LinkState::lost; }));
    console.frames(3);
    EXPECT_TRUE(console.sees("As it was 12 s ago")) << console.all_seen();
    script.come_back();
    console.link().retry();
    ASSERT_TRUE(console.wait([&] { return console.link().state() == LinkState::open; }));
    console.settle();
    EXPECT_FALSE(console.sees("As it was")) << console.all_seen();
}

INSTANTIATE_TEST_SUITE_P(Screens, States, ::testing::ValuesIn(cases), [](const auto& which) {
    std::string name;
    for (const char c : std::string_view{which.param.place})
        if (std::isalnum(static_cast<unsigned char>(c))) name += c;
    return name;
});

TEST(EveryScreen, IsDrawnInEachTheme)
{
    for (const ThemeName theme : {ThemeName::light, ThemeName::dark, ThemeName::contrast}) {
        Script script;
        make_world(script);
        TestConsole console{[&] { return script.connect(); }, theme};
        for (const std::string& place : all_places()) {
            console.open(place);
            EXPECT_FALSE(console.sees("There is no screen")) << place;
        }
    }
}

TEST(EveryScreen, TakesAnyTextAsData)
{
    const std::string long_text(10'000, 'W');
    for (const std::string& text :
         {std::string{"##x"},
          std::string{"###"},
          std::string{"%s%n%d"},
          std::string{"\u202E\u2066evil\u2069"},
          std::string{"a\x01\x02\x1B[2J\x7F"},
          std::string{"\xFF\xFE\xC3"},
          std::string{},
          long_text}) {
        Script script;
        make_hostile_world(script, text);
        TestConsole console{[&] { return script.connect(); }};
        for (const std::string& place : all_places()) {
            console.open(place);
            console.frames(2);
        }
        EXPECT_FALSE(console.sees("\u202E"));
        EXPECT_FALSE(console.sees("\x1B"));
    }
}

TEST(EveryScreen, BearsAHostThatAnswersNonsense)
{
    const std::vector<boost::json::value> nonsense{
        nullptr,
        7,
        "x",
        boost::json::array{},
        boost::json::array{1, "a", nullptr},
        boost::json::object{},
        boost::json::object{
            {"types", 3},
            {"plugins", "x"},
            {"views", boost::json::array{1, nullptr}},
            {"commands", boost::json::object{}},
            {"events", -1},
            {"rows", "many"}
        }
    };
    const std::vector<std::string> methods{
        "host.hello",
        "status",
        "types.list",
        "commands.list",
        "plugins.list",
        "plugins.stats",
        "plugins.logs",
        "views.list",
        "subscriptions.list",
        "dead_letters.list",
        "jobs.list",
        "users.list",
        "settings.get",
        "query.views",
        "events.list",
        "records.get",
        "records.history",
        "query.run"
    };
    for (const boost::json::value& answer : nonsense) {
        Script script;
        make_world(script);
        TestConsole console{[&] { return script.connect(); }};
        console.settle();
        for (const std::string& method : methods)
            script.answer(method, answer);
        script.send_parts("query.run", [&answer](const boost::json::object&) {
            return std::vector<boost::json::value>{answer};
        });
        console.pass(std::chrono::hours{2});
        for (const std::string& place : all_places())
            console.open(place);
    }
}

TEST(EveryScreen, CanBeReachedWhileTheHostIsAway)
{
    Script script;
    make_world(script);
    script.go_away();
    TestConsole console{[&] { return script.connect(); }};
    ASSERT_TRUE(console.wait([&] { return console.link().state() == LinkState::lost; }));
    for (const std::string& place : all_places()) {
        console.shell().open(place);
        console.frames(3);
    }
    EXPECT_TRUE(console.sees("Host away"));
}

} // namespace
} // namespace mortise::ui::testing
