#include <mortise/testkit.hpp>

#include <gtest/gtest.h>

#include <chrono>

// The built plugin in a host in memory: what passes here passes there. "mortise-sdk docs testing-plugins"
// tells more.

using mortise::testkit::Kit;

TEST(Plugin, GreetsNewContacts)
{
    Kit kit{MORTISE_PLUGIN_FOLDER};
    const auto contact = kit.create("contact", {{"name", "Marie Curie"}});
    ASSERT_TRUE(contact);
    const auto greeted = kit.events("my_plugin.greeted", *contact);
    ASSERT_EQ(greeted.size(), 1U);
    EXPECT_EQ(greeted[0].data["text"], mortise::Value{"Hello, Marie Curie"});
}

TEST(Plugin, GreetsEvenIfTheContactCannotBeReadAtOnce)
{
    using namespace std::chrono_literals;
    Kit kit{MORTISE_PLUGIN_FOLDER};
    kit.fail_next("mortise.records/1.get", {.code = mortise::ErrorCode::io});
    const auto contact = kit.create("contact", {{"name", "Marie Curie"}});
    ASSERT_TRUE(contact);
    EXPECT_TRUE(kit.events("my_plugin.greeted", *contact).empty());
    kit.advance(1min); // what failed comes again
    EXPECT_EQ(kit.events("my_plugin.greeted", *contact).size(), 1U);
}

TEST(Plugin, RefusesPeopleWithoutAnEmailAddressIfItIsToldTo)
{
    Kit kit{MORTISE_PLUGIN_FOLDER};
    EXPECT_TRUE(kit.create("contact", {{"name", "Marie Curie"}}));
    ASSERT_TRUE(kit.set("email_required", true));
    EXPECT_TRUE(expect_refused(
        kit.create("contact", {{"name", "Pierre Curie"}}),
        {.hook = "contact.create", .key = "my_plugin.email_needed", .field = "email"}
    ));
    EXPECT_TRUE(kit.create("contact", {{"name", "Pierre Curie"}, {"email", "pierre@example.org"}}));
}

TEST(Plugin, GreetsWhenItIsAsked)
{
    Kit kit{MORTISE_PLUGIN_FOLDER};
    const auto contact = kit.create("contact", {{"name", "Marie Curie"}});
    ASSERT_TRUE(contact);
    ASSERT_TRUE(kit.set("greeting", "Good morning"));
    const auto answer = kit.call("my_plugin.greet", {{"contact", *contact}});
    ASSERT_TRUE(answer);
    EXPECT_EQ(*answer, (mortise::Value{mortise::Map{{"text", "Good morning, Marie Curie"}}}));
}
