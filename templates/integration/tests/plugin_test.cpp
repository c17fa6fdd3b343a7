#include <mortise/testkit.hpp>

#include <gtest/gtest.h>

// The built plugin in a host in memory: what passes here passes there. "mortise-sdk docs testing-plugins"
// tells more.

using mortise::testkit::Kit;

TEST(Plugin, StartsOneJobHoweverOftenItIsAsked)
{
    Kit kit{MORTISE_PLUGIN_FOLDER};
    ASSERT_TRUE(kit.call("my_plugin.push"));
    ASSERT_TRUE(kit.call("my_plugin.push"));
    ASSERT_EQ(kit.jobs().size(), 1U);
    EXPECT_EQ(kit.jobs()[0].state, "waiting");
}

TEST(Plugin, SendsNothingWhileItHasNoAddress)
{
    Kit kit{MORTISE_PLUGIN_FOLDER};
    ASSERT_TRUE(kit.create("contact", {{"name", "Marie Curie"}}));
    const auto jobs = kit.run_schedule("hourly");
    ASSERT_EQ(jobs.size(), 1U);
    EXPECT_EQ(jobs[0].state, "done") << jobs[0].error;
    EXPECT_TRUE(kit.events("my_plugin.pushed").empty());
}

TEST(Plugin, KeepsItsTokenToItself)
{
    Kit kit{MORTISE_PLUGIN_FOLDER};
    ASSERT_TRUE(kit.set("token", "not for others"));
    EXPECT_FALSE(kit.settings().contains("token")) << "a secret is not among the settings";
}

TEST(Plugin, TriesAgainWhenNobodyAnswers)
{
    Kit kit{MORTISE_PLUGIN_FOLDER};
    ASSERT_TRUE(kit.set("server", "127.0.0.1:1")); // nobody listens there
    ASSERT_TRUE(kit.set("encrypted", false));
    ASSERT_TRUE(kit.set("token", "a token"));
    ASSERT_TRUE(kit.create("contact", {{"name", "Marie Curie"}}));
    ASSERT_TRUE(kit.call("my_plugin.push"));
    const auto jobs = kit.run_jobs();
    ASSERT_EQ(jobs.size(), 1U);
    EXPECT_EQ(jobs[0].state, "waiting") << jobs[0].error; // it failed, and comes again
    EXPECT_EQ(jobs[0].tries, 1);
}

TEST(Plugin, SendsNothingWhenItsTokenCannotBeRead)
{
    Kit kit{MORTISE_PLUGIN_FOLDER};
    ASSERT_TRUE(kit.set("server", "127.0.0.1:1"));
    ASSERT_TRUE(kit.set("encrypted", false));
    ASSERT_TRUE(kit.set("token", "a token"));
    ASSERT_TRUE(kit.create("contact", {{"name", "Marie Curie"}}));
    kit.fail_next("mortise.secrets/1.reveal", {.code = mortise::ErrorCode::io});
    ASSERT_TRUE(kit.call("my_plugin.push"));
    const auto jobs = kit.run_jobs();
    ASSERT_EQ(jobs.size(), 1U);
    EXPECT_EQ(jobs[0].state, "waiting");
    EXPECT_EQ(jobs[0].error.find("not ready"), std::string::npos) << jobs[0].error; // it did not get as far
}
