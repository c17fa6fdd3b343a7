#include "base/json_read.hpp"
#include "tests/demo_world.hpp"
#include "tests/test_console.hpp"

namespace mortise::ui::testing {
namespace {

class Duplicates : public ::testing::Test {
protected:
    void SetUp() override
    {
        make_world(script);
        console.emplace([this] { return script.connect(); });
        console->open("duplicates");
    }

    /// The arguments of each call of that command, in their order.
    std::vector<boost::json::value> asked(std::string_view name)
    {
        std::vector<boost::json::value> found;
        for (const auto& params : script.all_params("commands.call"))
            if (text_at(params, "name") == name) found.emplace_back(params);
        return found;
    }

    /// The band whose pairs a person decides about.
    void review()
    {
        console->press(static_cast<Key>('2'));
        console->settle();
    }

    Script script;
    std::optional<TestConsole> console;
};

TEST_F(Duplicates, ShowsPairsByBandWithWhatAgreesAndWhatDiffers)
{
    EXPECT_TRUE(console->sees("As good as certain  1")) << console->all_seen();
    EXPECT_TRUE(console->sees("To be looked at  2"));
    EXPECT_TRUE(console->sees("99.99 %"));
    EXPECT_TRUE(console->sees("given name: the same, family name: the same but for a slip"));
    EXPECT_TRUE(console->sees("organisation: different"));
    EXPECT_TRUE(console->sees("+16.7"));
    EXPECT_TRUE(console->sees("only one has it")); // the phone
    EXPECT_FALSE(console->sees("Karim Silva"));
    review();
    EXPECT_TRUE(console->sees("Karim Silva"));
    EXPECT_TRUE(console->sees("Look closely: too little beside the names agrees"));
}

TEST_F(Duplicates, MergesByKeysAfterShowingWhatItWouldDoWithAChoiceForEachField)
{
    console->press(Key::m);
    console->settle();
    ASSERT_EQ(asked("contacts.merge").size(), 1);
    EXPECT_TRUE(flag_at(at(asked("contacts.merge")[0], "context"), "dry_run"));
    EXPECT_TRUE(console->sees("Jonas Becker (12) stays")) << console->all_seen();
    EXPECT_TRUE(console->sees("2 opportunities"));
    console->press(Key::right); // the name of the other
    console->settle();
    console->press(Key::down);
    console->press(Key::left); // the address of the one that stays
    console->settle();
    console->press(Key::enter);
    console->settle();
    const boost::json::value params(asked("contacts.merge").back());
    EXPECT_TRUE(at(params, "context").is_null());
    const auto& arguments = at(params, "arguments");
    EXPECT_EQ(text_at(arguments, "survivor"), "12");
    EXPECT_EQ(text_of(array_at(arguments, "merge")[0]), "19");
    EXPECT_EQ(text_at(at(at(arguments, "take"), "name"), "from"), "19");
    EXPECT_EQ(text_at(at(at(arguments, "take"), "email"), "from"), "12");
    EXPECT_TRUE(console->sees("merged into Jonas Becker")) << console->all_seen();
    EXPECT_EQ(console->clicks(), 0);
    console->press(Key::z, true);
    console->settle();
    EXPECT_EQ(text_at(script.last_params("undo"), "target"), "96");
}

TEST_F(Duplicates, LetsTheOtherOneStay)
{
    console->press(Key::m);
    console->settle();
    console->press(Key::w);
    console->settle();
    EXPECT_EQ(text_at(at(asked("contacts.merge").back(), "arguments"), "survivor"), "19");
    console->press(Key::escape);
    EXPECT_FALSE(console->sees("Two become one"));
    EXPECT_EQ(script.calls("undo"), 0);
}

TEST_F(Duplicates, DismissesWithOneKeyAndTakesItBackWithAnother)
{
    review();
    console->press(Key::d);
    EXPECT_FALSE(console->has_control("Karim")) << "gone before the host answered";
    console->settle();
    ASSERT_EQ(asked("duplicates.dismiss").size(), 1);
    EXPECT_EQ(text_of(array_at(at(asked("duplicates.dismiss")[0], "arguments"), "pairs")[0]), "42");
    EXPECT_TRUE(console->sees("Karim Silva and Karim Silva are no duplicates")) << console->all_seen();
    console->press(Key::z, true);
    console->settle();
    ASSERT_EQ(asked("duplicates.reopen").size(), 1);
    EXPECT_EQ(text_of(array_at(at(asked("duplicates.reopen")[0], "arguments"), "pairs")[0]), "42");
}

TEST_F(Duplicates, BringsAPairBackThatCouldNotBeDismissed)
{
    review();
    script.fail(
        "commands.call", {ErrorCode::conflict, "pair 42 is merged", {}, {}, "take the merge back first"}
    );
    console->press(Key::d);
    console->settle();
    EXPECT_TRUE(console->sees("pair 42 is merged")) << console->all_seen();
}

TEST_F(Duplicates, SkipsToTheNextAndSaysSo)
{
    review();
    console->press(Key::s);
    console->frames(2);
    EXPECT_TRUE(console->sees("skipped")) << console->all_seen();
    EXPECT_TRUE(console->sees("emma.kay@cedar.example"));
    EXPECT_EQ(asked("duplicates.dismiss").size(), 0);
}

TEST_F(Duplicates, DismissesAllThatIsMarked)
{
    review();
    console->press(Key::x);
    console->press(Key::down);
    console->press(Key::x);
    EXPECT_TRUE(console->sees("2 pairs marked")) << console->all_seen();
    console->press(Key::d, false, true);
    console->settle();
    ASSERT_EQ(asked("duplicates.dismiss").size(), 1);
    EXPECT_EQ(array_at(at(asked("duplicates.dismiss")[0], "arguments"), "pairs").size(), 2);
}

TEST_F(Duplicates, MergesABandOnlyAfterItsPreview)
{
    console->press(Key::m, false, true);
    console->settle();
    ASSERT_EQ(asked("duplicates.merge").size(), 1);
    EXPECT_TRUE(flag_at(at(asked("duplicates.merge")[0], "context"), "dry_run"));
    EXPECT_TRUE(console->sees("Jonas Becker (12) + Jonas B\xC3\xA4"
                              "cker (19)")
    ) << console->all_seen();
    EXPECT_TRUE(console->sees("it is in the band same no more"));
    console->click("Merge 1 group");
    console->settle();
    ASSERT_EQ(asked("duplicates.merge").size(), 2);
    EXPECT_EQ(text_at(at(asked("duplicates.merge")[1], "arguments"), "band"), "same");
    EXPECT_TRUE(console->sees("1 group was merged, 1 left")) << console->all_seen();
    console->press(Key::z, true);
    console->settle();
    EXPECT_EQ(text_at(script.last_params("undo"), "target"), "501");
    EXPECT_EQ(text_at(script.last_params("undo"), "kind"), "merge");
}

TEST_F(Duplicates, ShowsAScanThatRunsWhoeverBeganIt)
{
    script.answer(
        "jobs.list",
        boost::json::object{
            {"jobs",
             boost::json::array{boost::json::object{
                 {"id", "77"},
                 {"plugin", "mortise.duplicates"},
                 {"state", "running"},
                 {"done", 400},
                 {"total", 1200},
                 {"doing", "comparing"},
                 {"finished", nullptr}
             }}}
        }
    );
    console->press(Key::s, false, true);
    console->settle();
    console->pass(std::chrono::seconds{1});
    console->settle();
    EXPECT_EQ(asked("duplicates.scan").size(), 1);
    EXPECT_TRUE(console->sees("400 of 1,200, comparing")) << console->all_seen();
    console->click("Stop");
    console->click("Stop the scan");
    console->settle();
    EXPECT_EQ(text_at(script.last_params("jobs.cancel"), "id"), "77");
}

TEST_F(Duplicates, SaysHowOldItIsWhileTheHostIsAway)
{
    script.go_away();
    console->wait([&] { return console->link().state() == LinkState::lost; });
    console->pass(std::chrono::seconds{90});
    console->frames(2);
    EXPECT_TRUE(console->sees("As it was 90 s ago") || console->sees("As it was 1 min ago"))
        << console->all_seen();
    EXPECT_FALSE(console->has_control("Not a duplicate"));
}

TEST(DuplicatesStates, SaysWhoMaySeeThem)
{
    Script script;
    make_world(script);
    script.answer("host.hello", boost::json::object{{"protocol", 1}, {"user", "eve"}, {"scope", "own"}});
    TestConsole console{[&] { return script.connect(); }};
    console.open("duplicates");
    EXPECT_TRUE(console.sees("No right to see pairs of duplicates")) << console.all_seen();
}

TEST(DuplicatesStates, TellsWhyItCannotShowThem)
{
    Script script;
    make_world(script);
    script.fail("commands.call", {ErrorCode::io, "the disk is gone", {}, {}, "mend it"});
    TestConsole console{[&] { return script.connect(); }};
    console.open("duplicates");
    EXPECT_TRUE(console.sees("Could not get pairs of duplicates")) << console.all_seen();
    EXPECT_TRUE(console.sees("mend it"));
}

TEST(DuplicatesStates, OffersAScanWhereNobodyLookedYet)
{
    Script script;
    make_world(script);
    script.answer("commands.call", boost::json::object{{"pairs", boost::json::array{}}});
    script.send_parts("query.run", [](const boost::json::object&) {
        return std::vector<boost::json::value>{};
    });
    script.answer("jobs.list", boost::json::object{{"jobs", boost::json::array{}}});
    TestConsole console{[&] { return script.connect(); }};
    console.open("duplicates");
    EXPECT_TRUE(console.sees("Nobody looked for duplicates yet")) << console.all_seen();
    console.click("Look for duplicates");
    console.settle();
    EXPECT_EQ(script.last_params("commands.call").at("name"), "duplicates.scan");
}

} // namespace
} // namespace mortise::ui::testing
