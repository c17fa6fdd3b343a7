#include "plugins/tests/install_fixture.hpp"

namespace mortise::host {
namespace {

class UpgradeTest : public InstallTest { };

/// The command `steps.reveal` fails as long as there is no password.
std::vector<std::pair<std::string, std::string>>
with_health_check(const std::string& command = "steps.reveal")
{
    return {{R"("summary":)", R"("health_check": ")" + command + R"(", "summary":)"}};
}

TEST_F(UpgradeTest, GoesBackWhenTheNewVersionSaysThatItIsNotWell)
{
    install_and_enable();
    const auto before = on_disk();
    const auto refused = upgrade(package("1.1.0", with_health_check()));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().key, "plugins.unhealthy");
    EXPECT_EQ(status("steps").version, "1.0.0");
    EXPECT_EQ(on_disk(), before);
    EXPECT_TRUE(call("steps.add", {{"text", "still there"}}));

    ASSERT_TRUE(m_plugins->set_setting("com.test.steps", "password", "open sesame"));
    auto changes = with_health_check();
    std::ranges::copy(with_length(), std::back_inserter(changes));
    const auto upgraded = upgrade(package("1.1.0", changes));
    ASSERT_TRUE(upgraded) << upgraded.error().message;
    EXPECT_EQ(status("steps").version, "1.1.0");
}

TEST_F(UpgradeTest, AHealthCheckIsACommandThatReads)
{
    const auto refusal = [&](const std::string& command) {
        return install_package(package("1.0.0", with_health_check(command))).error().where;
    };
    EXPECT_EQ(refusal("steps.nothing"), "/health_check");
    EXPECT_EQ(refusal("steps.add"), "/health_check");
}

TEST_F(UpgradeTest, RemovesWithAllThatWasKept)
{
    install_and_enable();
    ASSERT_TRUE(m_plugins->set_setting("com.test.steps", "greeting", "good day"));
    ASSERT_TRUE(m_plugins->set_setting("com.test.steps", "password", "open sesame"));
    ASSERT_TRUE(call("steps.add", {{"text", "one"}}));
    ASSERT_TRUE(call("steps.add", {{"text", "two"}}));
    const auto would = m_plugins->remove("com.test.steps", {.purge = true, .dry_run = true});
    ASSERT_TRUE(would) << would.error().message;
    ASSERT_EQ(would->purged.types.size(), 1U);
    EXPECT_EQ(would->purged.types[0].records, 2);
    EXPECT_EQ(would->settings, 2U);
    EXPECT_EQ(would->grants, 2U);
    EXPECT_EQ(would->subscriptions, 1U);
    EXPECT_TRUE(call("steps.add", {{"text", "three"}})); // nothing has happened

    const auto removed = m_plugins->remove("com.test.steps", {.purge = true});
    ASSERT_TRUE(removed) << removed.error().message;
    EXPECT_EQ(removed->purged.types[0].records, 3);
    EXPECT_FALSE(m_records->schema()->find("steps_item"));
    EXPECT_TRUE(on_disk().empty());
    EXPECT_TRUE(m_dispatcher->status().empty());
    close();
    open();
    install_and_enable();
    EXPECT_TRUE(items().empty());
    EXPECT_TRUE(m_plugins->given_secrets("com.test.steps")->empty());
}

} // namespace
} // namespace mortise::host
