#include <mortise/testkit.hpp>

#include <gtest/gtest.h>

#include <chrono>

// The built plugin in a host in memory: what passes here passes there.

using mortise::Value;
using mortise::testkit::Kit;

namespace {

mortise::Id make_contact(Kit& kit)
{
    return *kit.create("contact", {{"name", "Marie Curie"}});
}

} // namespace

TEST(LeadScore, ScoresWhatAContactDoes)
{
    Kit kit{MORTISE_PLUGIN_FOLDER};
    const mortise::Id contact = make_contact(kit);
    ASSERT_TRUE(kit.call("leadscore.record", {{"contact", contact}, {"activity", "demo_requested"}}));
    EXPECT_EQ(kit.field("contact", contact, "leadscore_points"), Value{40});
    EXPECT_EQ(kit.field("contact", contact, "leadscore_temperature"), Value{"warm"});
}

// [faults]
TEST(LeadScore, LosesNoPointsWhenAContactCannotBeRead)
{
    using namespace std::chrono_literals;
    Kit kit{MORTISE_PLUGIN_FOLDER};
    const mortise::Id contact = make_contact(kit);
    kit.fail_next("mortise.records/1.get", {.code = mortise::ErrorCode::io});
    EXPECT_TRUE(expect_failed(
        kit.fire("leadscore.activity", contact, {{"activity", "demo_requested"}}), mortise::ErrorCode::io
    ));
    EXPECT_NE(kit.field("contact", contact, "leadscore_points"), Value{40});
    kit.advance(1min); // what failed comes again
    EXPECT_EQ(kit.field("contact", contact, "leadscore_points"), Value{40});
}
// [/faults]

TEST(LeadScore, GoesOnWhenAContactWasDeletedMeanwhile)
{
    using namespace std::chrono_literals;
    Kit kit{MORTISE_PLUGIN_FOLDER};
    const mortise::Id contact = make_contact(kit);
    kit.fail_next("mortise.records/1.get", {.code = mortise::ErrorCode::io});
    EXPECT_FALSE(kit.fire("leadscore.activity", contact, {{"activity", "demo_requested"}}));
    ASSERT_TRUE(kit.remove("contact", contact));
    kit.advance(1min);
    EXPECT_TRUE(kit.list("leadscore_entry").empty());
    for (const auto& subscription : kit.subscriptions())
        EXPECT_EQ(subscription.retrying + subscription.dead, 0) << subscription.last_error;
}

TEST(LeadScore, KeepsHotContacts)
{
    Kit kit{MORTISE_PLUGIN_FOLDER};
    ASSERT_TRUE(kit.set("hot_from", 40));
    const mortise::Id contact = make_contact(kit);
    ASSERT_TRUE(kit.fire("leadscore.activity", contact, {{"activity", "demo_requested"}}));
    EXPECT_TRUE(expect_refused(
        kit.remove("contact", contact),
        {.hook = "contact.delete", .key = "leadscore.hot", .field = "leadscore_points"}
    ));
}

// [view]
TEST(LeadScore, ShowsTheHottest)
{
    Kit kit{MORTISE_PLUGIN_FOLDER};
    const mortise::Id contact = make_contact(kit);
    ASSERT_TRUE(kit.fire("leadscore.activity", contact, {{"activity", "demo_requested"}}));
    const auto view = kit.view("leadscore.hottest");
    ASSERT_TRUE(view);
    ASSERT_EQ(view->rows.size(), 1U);
    EXPECT_EQ(view->rows[0].id, contact); // of the column with a reference
    EXPECT_EQ(view->rows[0].title, "Marie Curie"); // of the column that is a link
    EXPECT_EQ(view->rows[0].fields["points"], Value{40});
}
// [/view]
