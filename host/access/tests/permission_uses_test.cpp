#include "access/principal.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace mortise::host {
namespace {

std::uint64_t count_of(const PermissionUses& uses, std::string_view permission)
{
    for (const PermissionUse& use : uses.all())
        if (use.permission == permission) return use.count;
    return 0;
}

TEST(PermissionUses, CountWhatIsJudgedAndNotWhatIsOnlyLookedAt)
{
    const auto uses = std::make_shared<PermissionUses>();
    Principal principal;
    principal.plugin = std::make_shared<const PluginGrants>(
        "acme.x", std::vector<std::string>{"contacts.read", "contacts.write"}, uses
    );
    EXPECT_EQ(uses->all().size(), 2U);
    EXPECT_EQ(uses->all().front().last.microseconds, 0) << "never used";
    EXPECT_TRUE(principal.plugin_allows("contacts.read"));
    EXPECT_EQ(count_of(*uses, "contacts.read"), 0U);
    EXPECT_TRUE(principal.require("contacts.read"));
    EXPECT_TRUE(principal.require("contacts.read"));
    EXPECT_FALSE(principal.require("relations.read"));
    EXPECT_EQ(count_of(*uses, "contacts.read"), 2U);
    EXPECT_EQ(count_of(*uses, "contacts.write"), 0U);
    EXPECT_EQ(count_of(*uses, "relations.read"), 0U) << "it was refused";
    EXPECT_GT(uses->all().front().last.microseconds, 1'700'000'000'000'000);
}

TEST(PermissionUses, CountThePermissionThatIncludesAnother)
{
    const auto uses = std::make_shared<PermissionUses>();
    const PluginGrants grants{"acme.x", {"records.read"}, uses};
    EXPECT_TRUE(grants.use("contacts.read", 5));
    EXPECT_FALSE(grants.use("events.read"));
    EXPECT_FALSE(grants.use("contacts.write"));
    EXPECT_EQ(count_of(*uses, "records.read"), 5U);
}

TEST(PermissionUses, GoOnWhenTheGrantsChange)
{
    const auto uses = std::make_shared<PermissionUses>();
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&uses] {
            const PluginGrants grants{"acme.x", {"contacts.read"}, uses};
            for (int k = 0; k < 1000; ++k)
                EXPECT_TRUE(grants.use("contacts.read"));
        });
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(count_of(*uses, "contacts.read"), 4000U);
}

} // namespace
} // namespace mortise::host
