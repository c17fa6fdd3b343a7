#include <mortise/testkit.hpp>

#include <gtest/gtest.h>

#include <chrono>

// The built plugin in a host in memory: what passes here passes there. "mortise-sdk docs testing-plugins"
// tells more.

using mortise::testkit::Kit;

namespace {

mortise::Id make_contact(Kit& kit)
{
    return *kit.create("contact", {{"name", "Marie Curie"}});
}

} // namespace

TEST(Plugin, CountsTheVisitsOfAContact)
{
    Kit kit{MORTISE_PLUGIN_FOLDER};
    const mortise::Id contact = make_contact(kit);
    ASSERT_TRUE(kit.call("my_plugin.log_visit", {{"contact", contact}, {"title", "Laboratory"}}));
    ASSERT_TRUE(kit.call("my_plugin.log_visit", {{"contact", contact}, {"title", "Lecture"}, {"minutes", 90}})
    );
    EXPECT_EQ(kit.field("contact", contact, "my_plugin_visits"), mortise::Value{2});
    const auto visits = kit.list("my_plugin_visit", {{"title", "Lecture"}});
    ASSERT_EQ(visits.size(), 1U);
    ASSERT_TRUE(kit.remove("my_plugin_visit", *visits[0]["id"].as<mortise::Id>()));
    EXPECT_EQ(kit.field("contact", contact, "my_plugin_visits"), mortise::Value{1});
}

TEST(Plugin, CountsEvenIfTheContactCannotBeReadAtOnce)
{
    using namespace std::chrono_literals;
    Kit kit{MORTISE_PLUGIN_FOLDER};
    const mortise::Id contact = make_contact(kit);
    // The command reads the contact first, then the handler does.
    kit.fail_next("mortise.records/1.get", {.code = mortise::ErrorCode::io, .after = 1});
    ASSERT_TRUE(kit.call("my_plugin.log_visit", {{"contact", contact}, {"title", "Laboratory"}}));
    EXPECT_NE(kit.field("contact", contact, "my_plugin_visits"), mortise::Value{1});
    kit.advance(1min); // what failed comes again
    EXPECT_EQ(kit.field("contact", contact, "my_plugin_visits"), mortise::Value{1});
}

TEST(Plugin, ShowsVisitsOnThePageOfTheContact)
{
    Kit kit{MORTISE_PLUGIN_FOLDER};
    const mortise::Id contact = make_contact(kit);
    EXPECT_EQ(kit.view("my_plugin.of_contact", contact)->rows.size(), 0U);
    ASSERT_TRUE(kit.call("my_plugin.log_visit", {{"contact", contact}, {"title", "Laboratory"}}));
    const auto view = kit.view("my_plugin.of_contact", contact);
    ASSERT_TRUE(view);
    EXPECT_NE(view->text.find("Laboratory"), std::string::npos) << view->text;
}

TEST(Plugin, RefusesAVisitInTheFuture)
{
    Kit kit{MORTISE_PLUGIN_FOLDER};
    const mortise::Id contact = make_contact(kit);
    EXPECT_TRUE(expect_refused(kit.call(
        "my_plugin.log_visit", {{"contact", contact}, {"title", "Too early"}, {"held_on", "2126-01-01"}}
    )));
}
