// The kit on a plugin that does a little of everything: the fixture "sample" of the host's tests.
#include <mortise/testkit.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

namespace mortise::testkit {
namespace {

using namespace std::chrono_literals;

class KitTest : public testing::Test {
protected:
    Kit kit{std::string{MORTISE_FIXTURES} + "/com.test.sample"};

    std::vector<std::string> notes()
    {
        std::vector<std::string> texts;
        for (const Map& note : kit.list("sample_note"))
            texts.emplace_back(note["text"].text());
        return texts;
    }
};

using Texts = std::vector<std::string>;

TEST_F(KitTest, AHandlerHasRunWhenCreateReturns)
{
    const auto contact = kit.create("contact", {{"name", "Ann"}});
    ASSERT_TRUE(contact);
    EXPECT_EQ(notes(), Texts{"Ann"});
    EXPECT_EQ(
        kit.field("sample_note", kit.list("sample_note")[0]["id"].get_or(Id{}), "contact"), Value{*contact}
    );
}

TEST_F(KitTest, TellsWhoRefusedAndWhy)
{
    const auto refused = kit.create("contact", {{"name", "refuse me"}});
    EXPECT_FALSE(refused);
    EXPECT_TRUE(
        expect_refused(refused, {.plugin = "com.test.sample", .key = "sample.no_such_name", .field = "name"})
    );
    EXPECT_EQ(refused.refusal().hook, "contact.create");
    EXPECT_EQ(refused.refusal().reason, "this name is refused");

    const Check other = expect_refused(refused, {.key = "sample.kept"});
    EXPECT_FALSE(other);
    EXPECT_NE(
        other.why().find("the key is \"sample.no_such_name\", expected \"sample.kept\""), std::string::npos
    );
    EXPECT_FALSE(expect_refused(kit.create("contact", {{"name", "fine"}})));
}

TEST_F(KitTest, AStorySaysWhatThePluginDidWhatTheContractSaysAndWhere)
{
    const auto refused = kit.create("contact", {{"name", "refuse me"}});
    for (const char* part :
         {"records.create {\"type\":\"contact\"",
          "com.test.sample refused in its hook \"contact.create\"",
          "what the contract says: mortise.plugin/1.on_hook",
          "docs/reference/interfaces/plugin.md#on_hook"})
        EXPECT_NE(refused.story().find(part), std::string::npos)
            << "missing: " << part << "\nin: " << refused.story();

    const auto thrown = kit.call("sample.do", {{"what", "throw"}});
    EXPECT_TRUE(expect_failed(thrown, ErrorCode::exception));
    EXPECT_NE(thrown.story().find("out of range on purpose"), std::string::npos) << thrown.story();
    EXPECT_NE(thrown.story().find("docs/reference/interfaces/plugin.md#on_command"), std::string::npos)
        << thrown.story();
}

TEST_F(KitTest, PagesThatStoriesNameExist)
{
    const auto thrown = kit.call("sample.do", {{"what", "throw"}});
    const std::string mark = "written in: ";
    const std::size_t at = thrown.story().find(mark);
    ASSERT_NE(at, std::string::npos);
    std::string page = thrown.story().substr(at + mark.size());
    page = page.substr(0, page.find_first_of("#\n"));
    EXPECT_TRUE(std::filesystem::exists(std::filesystem::path{MORTISE_SOURCE_DIR} / page)) << page;
}

TEST_F(KitTest, HooksAmendAndPreviewWritesNothing)
{
    ASSERT_TRUE(kit.set("greeting", "dear"));
    const auto preview = kit.preview("contact", {{"name", "amend me"}});
    ASSERT_TRUE(preview);
    EXPECT_EQ((*preview)["nickname"], Value{"dear"});
    EXPECT_TRUE(kit.list("contact").empty());
    EXPECT_EQ(kit.call("sample.do", {{"what", "greeting"}}).value(), Value{"dear"});
    EXPECT_FALSE(kit.set("greeting", 7));
}

TEST_F(KitTest, FiresEventsAndSaysWhenAHandlerFails)
{
    EXPECT_TRUE(kit.fire("sample.happened", {}, {{"n", 3}}));
    EXPECT_EQ(notes(), Texts{"happened 3"});
    const auto wrong = kit.fire("sample.happened", {}, {{"n", "three"}});
    EXPECT_TRUE(expect_failed(wrong, ErrorCode::invalid));
    ASSERT_EQ(kit.events("sample.*").size(), 1U);
    EXPECT_EQ(kit.events("sample.*")[0].data["n"], Value{3});
}

TEST_F(KitTest, AFailedEventIsTriedAgainWhenTheClockMovesOn)
{
    kit.fail_next("mortise.records/1.stage", {.code = ErrorCode::io});
    const auto fired = kit.fire("sample.happened", {}, {{"n", 5}});
    EXPECT_TRUE(expect_failed(fired, ErrorCode::io));
    EXPECT_NE(fired.story().find("(on purpose)"), std::string::npos) << fired.story();
    EXPECT_TRUE(notes().empty());
    kit.advance(2s);
    EXPECT_EQ(notes(), Texts{"happened 5"});
}

TEST_F(KitTest, FaultsAreNotCarriedOutAndAreCounted)
{
    kit.fail_next("mortise.events/1.publish", {.code = ErrorCode::busy, .key = "too.much", .times = 2});
    for (int i = 0; i < 2; ++i)
        EXPECT_TRUE(expect_failed(kit.call("sample.do", {{"what", "publish"}}), ErrorCode::busy, "too.much"));
    EXPECT_TRUE(kit.events("sample.happened").empty());
    EXPECT_TRUE(kit.call("sample.do", {{"what", "publish"}}));
    EXPECT_EQ(kit.events("sample.happened").size(), 1U);
    EXPECT_THROW(kit.fail_next("mortise.records/1.comit"), Unexpected);
}

TEST_F(KitTest, JobsWaitUntilTheTestRunsThem)
{
    ASSERT_TRUE(kit.call("sample.do", {{"what", "job"}})) << "a command may start a job";
    ASSERT_EQ(kit.jobs().size(), 1U);
    EXPECT_EQ(kit.jobs()[0].state, "waiting");
    const auto after = kit.run_jobs();
    EXPECT_EQ(after[0].state, "done");
    EXPECT_EQ(after[0].result, Value{10});
}

TEST_F(KitTest, AFailedJobWaitsForItsTime)
{
    ASSERT_TRUE(kit.call("sample.do", {{"what", "job"}}));
    kit.fail_next("mortise.jobs/1.progress", {.code = ErrorCode::io});
    EXPECT_EQ(kit.run_jobs()[0].state, "waiting");
    EXPECT_EQ(kit.run_jobs()[0].tries, 1) << "no time has passed";
    ASSERT_FALSE(kit.log().empty());
    EXPECT_EQ(kit.log().back().key, "jobs.failed");
    kit.advance(1min);
    EXPECT_EQ(kit.run_jobs()[0].state, "done");
}

TEST_F(KitTest, DenyTakesARightAway)
{
    ASSERT_TRUE(kit.deny("contacts.write"));
    EXPECT_FALSE(kit.deny("opportunities.read")) << "it does not ask for that";
    const auto granted = kit.status().granted;
    EXPECT_EQ(std::ranges::count(granted, "contacts.write"), 0);
    ASSERT_TRUE(kit.grant("contacts.write"));
    EXPECT_FALSE(kit.deny("contacts.read")) << "it subscribes to events of contacts";
}

TEST_F(KitTest, CapturesLogAndTrace)
{
    kit.clear_trace();
    ASSERT_TRUE(kit.call("sample.do", {{"what", "log"}}));
    const auto log = kit.log();
    ASSERT_FALSE(log.empty());
    EXPECT_EQ(log.back().key, "sample.odd");
    EXPECT_EQ(log.back().level, "warning");
    const auto trace = kit.trace();
    ASSERT_EQ(trace.size(), 2U);
    EXPECT_EQ(trace[0].function, "mortise.log/1.write");
    EXPECT_EQ(trace[1].function, "mortise.plugin/1.on_command");
    EXPECT_EQ(trace[1].label, "command sample.do");
}

TEST_F(KitTest, QueriesAreSqlWithRights)
{
    ASSERT_TRUE(kit.create("contact", {{"name", "Ann"}}));
    kit.add_user("bob", false);
    EXPECT_EQ(kit.query("SELECT count(*) FROM contact").value().cell(), Value{1});
    EXPECT_EQ(kit.query("SELECT count(*) FROM contact", {}, {.user = "bob"}).value().cell(), Value{0});
    EXPECT_EQ(kit.named_query("sample.notes").value()[0]["text"], Value{"Ann"});
    EXPECT_FALSE(kit.query("SELECT * FROM nothing"));
}

TEST_F(KitTest, AReloadUnmapsTheCodeAndStartsClean)
{
    ASSERT_TRUE(kit.call("sample.echo", {{"text", "x"}}));
    const auto closing = kit.reload();
    ASSERT_TRUE(closing);
    EXPECT_TRUE(closing->unmapped) << closing->pinned_because;
    EXPECT_EQ(kit.status().state, "active");
    EXPECT_TRUE(kit.call("sample.echo", {{"text", "x"}}));
}

TEST_F(KitTest, IdempotencyKeysGiveTheFirstAnswer)
{
    const auto first = kit.call("sample.note", {{"text", "once"}}, {.key = "k1"});
    const auto again = kit.call("sample.note", {{"text", "once"}}, {.key = "k1"});
    EXPECT_TRUE(first);
    EXPECT_TRUE(again);
    EXPECT_EQ(notes(), Texts{"once"});
}

TEST(Kit, SaysWhyAPluginDoesNotStart)
{
    try {
        Kit kit{std::string{MORTISE_FIXTURES} + "/com.test.undeclared"};
        FAIL() << "it binds what its manifest does not declare";
    } catch (const Unexpected& told) {
        EXPECT_NE(std::string{told.what()}.find("does not declare"), std::string::npos) << told.what();
    }
    EXPECT_THROW(Kit{"/nowhere"}, Unexpected);
}

TEST(Kit, FaultsAreForThePluginUnderTestAlone)
{
    Kit kit{
        std::string{MORTISE_FIXTURES} + "/com.test.sample",
        {.with = {Subject::loaded(MORTISE_PIPELINES_FOLDER)}}
    };
    kit.fail_next("mortise.query/1.run", {.times = 0}); // which pipelines calls in a handler
    ASSERT_TRUE(kit.create("opportunity", {{"name", "500 seats"}, {"amount", "1200 USD"}}));
    const auto trace = kit.trace();
    EXPECT_TRUE(std::ranges::any_of(trace, [](const SeenCall& call) {
        return call.plugin == "mortise.pipelines" && call.function == "mortise.query/1.run";
    })) << "else this test shows nothing";
    for (const SeenSubscription& each : kit.subscriptions())
        EXPECT_EQ(each.retrying + each.dead, 0) << each.plugin << ' ' << each.name << ": " << each.last_error;
}

TEST(Kit, LivesBesideOthers)
{
    Kit one{std::string{MORTISE_FIXTURES} + "/com.test.sample"};
    Kit two{std::string{MORTISE_FIXTURES} + "/com.test.sample", {.now = {1'800'000'000'000'000}}};
    ASSERT_TRUE(one.create("contact", {{"name", "Ann"}}));
    EXPECT_TRUE(two.list("contact").empty());
    EXPECT_NE(one.now(), two.now());
    EXPECT_THROW(two.set_now({1}), Unexpected);
}

} // namespace
} // namespace mortise::testkit
