// A plugin's code linked into its test, as one does to step through it in a debugger: it does what the
// library does that a host loads.
#include <mortise/testkit.hpp>

#include <gtest/gtest.h>

#include <string>

namespace {

using mortise::testkit::Kit;
using mortise::testkit::Subject;

Subject linked()
{
    return Subject::linked(MORTISE_PLUGIN_SOURCE_DIR, mortise_plugin_open_v1);
}

/// What a handler, a command and a hook of the plugin do, and what it called for it.
std::string life_of(Kit& kit)
{
    const mortise::Id contact = *kit.create("contact", {{"name", "Marie Curie"}});
    const auto recorded
        = kit.call("leadscore.record", {{"contact", contact}, {"activity", "demo_requested"}});
    const auto removed = kit.remove("contact", contact);
    std::string told = recorded.story() + "\n" + removed.story() + "\n";
    told += std::to_string(kit.field("contact", contact, "leadscore_points").get_or<std::int64_t>(0));
    for (const auto& call : kit.trace())
        told += "\n" + call.function + " " + call.label;
    return told;
}

TEST(Linked, DoesWhatTheLoadedLibraryDoes)
{
    Kit loaded{MORTISE_PLUGIN_FOLDER};
    Kit here{linked()};
    ASSERT_TRUE(loaded.set("hot_from", 40));
    ASSERT_TRUE(here.set("hot_from", 40));
    const std::string told = life_of(here);
    EXPECT_EQ(told, life_of(loaded));
    EXPECT_NE(told.find("leadscore.hot"), std::string::npos) << told;
}

TEST(Linked, StartsAgainInTheSameProcess)
{
    {
        const Kit first{linked()};
    }
    Kit second{linked()};
    EXPECT_EQ(second.status().state, "active");
    EXPECT_TRUE(second.create("contact", {{"name", "Ann"}}));
}

} // namespace
