#include "tests/demo_world.hpp"
#include "tests/test_console.hpp"

#include <boost/json/parse.hpp>

namespace mortise::ui::testing {
namespace {

using boost::json::object;

class ShellTest : public ::testing::Test {
protected:
    void SetUp() override
    {
        make_world(script);
        console.emplace([this] { return script.connect(); });
        console->settle();
    }

    Script script;
    std::optional<TestConsole> console;
};

TEST_F(ShellTest, GoesPlacesByTwoKeys)
{
    console->press(Key::g);
    console->press(Key::p);
    console->settle();
    EXPECT_EQ(console->shell().place(), "plugins");
    console->press(Key::g);
    console->press(Key::c);
    EXPECT_EQ(console->shell().place(), "list/contact");
}

TEST_F(ShellTest, FiresNoSingleLettersWhileSomebodyTypes)
{
    console->open("list/contact");
    console->press(Key::slash);
    console->type("g");
    console->press(Key::g);
    console->press(Key::p);
    EXPECT_EQ(console->shell().place(), "list/contact");
}

TEST_F(ShellTest, ShowsTheKeysAndClosesThemByEscape)
{
    console->press(Key::slash, false, true);
    EXPECT_TRUE(console->sees("Ctrl+Z"));
    console->press(Key::escape);
    EXPECT_FALSE(console->sees("Alt shows letters"));
}

TEST_F(ShellTest, ReachesEveryControlByLettersUponAlt)
{
    ImGuiIO& io = ImGui::GetIO();
    put_key(io, Key::left_alt, true);
    console->frame();
    put_key(io, Key::left_alt, false);
    console->frames(2);
    EXPECT_TRUE(console->shell().ui().hints().are_shown());
    // The first control that is drawn is the first of the rail: Home; the second Contacts.
    console->press(Key::a);
    console->press(Key::s);
    console->settle();
    EXPECT_FALSE(console->shell().ui().hints().are_shown());
    EXPECT_EQ(console->shell().place(), "list/contact");
}

TEST_F(ShellTest, GoesFromControlToControlByTab)
{
    console->press(Key::tab);
    console->press(Key::tab);
    console->press(Key::enter);
    console->settle();
    EXPECT_EQ(console->shell().place(), "list/contact");
}

TEST_F(ShellTest, DisablesAPluginAfterSayingWhatHangsOnIt)
{
    console->open("plugins/mortise.pipelines");
    EXPECT_TRUE(console->sees("running"));
    console->click("Disable");
    EXPECT_TRUE(console->sees("Disable Sales pipelines?"));
    EXPECT_TRUE(console->sees("2 commands"));
    console->click("Disable Sales pipelines");
    console->settle();
    EXPECT_EQ(script.calls("plugins.disable"), 1);
}

TEST_F(ShellTest, SaysAPluginsStateInWordsWithItsLastError)
{
    console->open("plugins/acme.broken");
    EXPECT_TRUE(console->sees("failed"));
    EXPECT_TRUE(console->sees("its library is for another machine"));
    EXPECT_TRUE(console->sees("ask the vendor"));
}

TEST_F(ShellTest, ChangesARightInThreeClicks)
{
    console->open("plugins");
    console->count_anew();
    console->click("Sales pipelines");
    console->click("Rights");
    EXPECT_TRUE(console->sees("See contacts"));
    console->click("See contacts");
    console->settle();
    EXPECT_LE(console->clicks(), 5);
    EXPECT_EQ(
        script.last_params("plugins.revoke").at("permissions"), boost::json::parse(R"(["contacts.read"])")
    );
}

TEST_F(ShellTest, RetriesADeadLetterAndAsksBeforeItGivesOneUp)
{
    console->open("dead-letters");
    EXPECT_TRUE(console->sees("there is no stage 9"));
    console->click("Retry 1 event");
    console->settle();
    EXPECT_EQ(script.calls("dead_letters.retry"), 1);
    console->click("Discard 1 event");
    EXPECT_TRUE(console->sees("Discard 1 event?"));
    EXPECT_EQ(script.calls("dead_letters.discard"), 0);
    console->click("Leave it");
    EXPECT_EQ(script.calls("dead_letters.discard"), 0);
}

TEST_F(ShellTest, HoldsTenThousandEventsWithoutGrowing)
{
    console->open("events");
    boost::json::array events;
    for (int i = 0; i < 1'000; ++i)
        events.push_back(object{
            {"id", std::to_string(i)},
            {"type", "contact.updated"},
            {"time", "2026-11-25T10:00:00Z"},
            {"subject", "7"},
            {"subjecttype", "contact"},
            {"actor", "user:ada"},
            {"data", object{}}
        });
    for (int batch = 0; batch < 10; ++batch)
        script.notify(
            "events.batch",
            {{"feed", "feed-1"}, {"events", events}, {"seen_to", "9"}, {"skipped", batch == 9 ? 5 : 0}}
        );
    console->frames(3);
    EXPECT_EQ(console->shell().store().feed().total(), 10'000);
    EXPECT_LE(console->shell().store().feed().events().size(), Feed::most);
    EXPECT_TRUE(console->sees("5 came too fast"));
}

TEST_F(ShellTest, SubscribesAgainFromWhereItWasWhenTheHostReturns)
{
    script.notify(
        "events.batch",
        {{"feed", "feed-1"}, {"events", boost::json::array{}}, {"seen_to", "4711"}, {"skipped", 0}}
    );
    console->frames(2);
    script.go_away();
    ASSERT_TRUE(console->wait([&] { return console->link().state() == LinkState::lost; }));
    EXPECT_TRUE(console->sees("Host away"));
    script.come_back();
    console->link().retry();
    ASSERT_TRUE(console->wait([&] { return console->link().state() == LinkState::open; }));
    console->settle();
    EXPECT_EQ(script.last_params("events.subscribe").at("since"), boost::json::value(4711));
}

TEST_F(ShellTest, UndoesTheLastChangeByOneKeyAndOnlyThat)
{
    console->open("record/contact/7");
    console->click("E-mail");
    console->press(Key::a, true);
    console->type("new@acme.example");
    console->press(Key::enter);
    console->settle();
    EXPECT_EQ(script.last_params("records.update").at("version").as_int64(), 3);
    EXPECT_TRUE(console->sees("E-mail changed"));
    console->press(Key::z, true);
    console->settle();
    EXPECT_EQ(script.calls("undo"), 1);
    console->press(Key::z, true);
    console->settle();
    EXPECT_EQ(script.calls("undo"), 1);
}

TEST_F(ShellTest, ShowsARefusedChangeAtItsField)
{
    script.fail(
        "records.update",
        {ErrorCode::invalid, "nobody is no e-mail address", "records.email", "/email", "name@house.example"}
    );
    console->open("record/contact/7");
    console->click("E-mail");
    console->type("nobody");
    console->press(Key::enter);
    console->settle();
    EXPECT_TRUE(console->sees("nobody is no e-mail address"));
}

TEST_F(ShellTest, LogsANoteWithoutAClickTooMany)
{
    console->open("record/contact/7");
    console->count_anew();
    console->click("Log a note");
    console->type("Called back");
    console->press(Key::enter);
    console->settle();
    EXPECT_EQ(console->clicks(), 1);
    EXPECT_EQ(script.last_params("events.publish").at("type").as_string(), "note.logged");
}

TEST_F(ShellTest, SavesSettingsAndPutsThemBack)
{
    console->open("settings/mortise.pipelines");
    console->click("Days until it rots");
    console->press(Key::a, true);
    console->type("45");
    EXPECT_TRUE(console->sees("45"));
    console->click("Save");
    console->settle();
    EXPECT_EQ(script.last_params("settings.set").at("value"), boost::json::value(45)) << console->all_seen();
    console->press(Key::z, true);
    console->settle();
    EXPECT_EQ(script.last_params("settings.set").at("value"), boost::json::value(30));
}

TEST_F(ShellTest, RunsACommandFromItsForm)
{
    console->open("commands");
    console->click("Won sum");
    EXPECT_TRUE(console->sees("What was won."));
    console->click("Run");
    console->settle();
    EXPECT_EQ(script.last_params("commands.call").at("name").as_string(), "pipelines.won_sum");
    EXPECT_TRUE(console->sees("Hanna")) << console->all_seen();
}

TEST_F(ShellTest, LabelsAViewThatItDoesNotKnow)
{
    console->open("view/acme.hologram");
    EXPECT_TRUE(console->sees("[hologram]"));
}

TEST(Rail, HasNoNameTwice)
{
    Script script;
    make_world(script);
    script.answer(
        "views.list",
        boost::json::object{
            {"views",
             boost::json::array{boost::json::object{
                 {"name", "reporting.reports"},
                 {"kind", "table"},
                 {"title", "Reports"},
                 {"source", {{"type", "contact"}}},
                 {"plugin", "mortise.reporting"}
             }}}
        }
    );
    TestConsole console{[&] { return script.connect(); }};
    console.open("home");
    const std::string seen = console.all_seen();
    const std::size_t first = seen.find(" [Reports]");
    ASSERT_NE(first, std::string::npos) << seen;
    EXPECT_EQ(seen.find(" [Reports]", first + 1), std::string::npos) << seen;
    EXPECT_TRUE(console.has_control("Plugins' reports"));
}

TEST(Home, CountsWhatItShowsHoweverManyTypesThereAre)
{
    Script script;
    make_world(script);
    boost::json::array types;
    for (int i = 0; i < 80; ++i)
        types.push_back(boost::json::object{{"name", i == 0 ? "contact" : "type" + std::to_string(i)}});
    script.answer("types.list", boost::json::object{{"types", std::move(types)}});
    TestConsole console{[&] { return script.connect(); }};
    console.open("home");
    for (const auto& params : script.all_params("query.run"))
        EXPECT_EQ(std::string_view{params.at("sql").as_string()}.find("\"type7\""), std::string_view::npos);
}

} // namespace
} // namespace mortise::ui::testing
