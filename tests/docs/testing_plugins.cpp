// What docs/guides/testing-plugins.md shows, compiled and run.
#include <mortise/testkit.hpp>

#include <gtest/gtest.h>

#include <chrono>

namespace {

using mortise::testkit::expect_refused;

// [first]
TEST(Notes, AreWrittenForEveryContact)
{
    mortise::testkit::Kit kit{MORTISE_PLUGIN_FOLDER};
    const auto contact = kit.create("contact", {{"name", "Ann"}});
    ASSERT_TRUE(contact);
    EXPECT_EQ(kit.list("sample_note").at(0)["text"], mortise::Value{"Ann"});
}
// [/first]

// [refusal]
TEST(Notes, SomeNamesAreRefused)
{
    mortise::testkit::Kit kit{MORTISE_PLUGIN_FOLDER};
    EXPECT_TRUE(expect_refused(
        kit.create("contact", {{"name", "refuse me"}}),
        {.plugin = "com.test.sample", .hook = "contact.create", .key = "sample.no_such_name", .field = "name"}
    ));
}
// [/refusal]

// [time]
TEST(Notes, AreCountedByAJob)
{
    using namespace std::chrono_literals;
    mortise::testkit::Kit kit{MORTISE_PLUGIN_FOLDER};
    ASSERT_TRUE(kit.call("sample.do", {{"what", "job"}}));
    EXPECT_EQ(kit.jobs().at(0).state, "waiting");
    kit.fail_next("mortise.jobs/1.progress", {.code = mortise::ErrorCode::io});
    EXPECT_EQ(kit.run_jobs().at(0).state, "waiting"); // it failed, and will be tried again
    kit.advance(1min);
    EXPECT_EQ(kit.run_jobs().at(0).state, "done");
}
// [/time]

// [view]
TEST(Board, ShowsCardsAndMovesThem)
{
    mortise::testkit::Kit kit{MORTISE_PIPELINES_FOLDER};
    ASSERT_TRUE(kit.create("opportunity", {{"name", "500 seats"}, {"amount", "1200 USD"}}));
    const auto board = kit.view("pipelines.board");
    ASSERT_TRUE(board);
    EXPECT_NE(board->text.find("- 500 seats"), std::string::npos) << board->text;
    ASSERT_TRUE(kit.drop("pipelines.board", "500 seats", "Negotiation"));
    ASSERT_TRUE(kit.click("pipelines.board", "Win opportunity", {.row = "500 seats"}));
    EXPECT_EQ(kit.view("pipelines.board")->rows.at(0).group, "Won");
}
// [/view]

} // namespace
