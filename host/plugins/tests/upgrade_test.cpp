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

TEST_F(UpgradeTest, MigratesTheTypesThatItExtends)
{
    install_and_enable();
    std::vector<Id> marked;
    for (const char* name : {"Ada", "Eve", "Ida"}) {
        const auto made = create_contact(name, {{"nickname", "mark me"}});
        ASSERT_TRUE(made) << made.error().message;
        marked.push_back(made->ids[0]);
    }
    const auto other = create_contact("Bob");
    ASSERT_TRUE(other);
    ASSERT_TRUE(settle());
    const auto upgraded = upgrade(package("1.1.0", with_length()));
    ASSERT_TRUE(upgraded) << upgraded.error().message;
    for (const Id id : marked)
        EXPECT_EQ(field(id, "steps_mark").text(), "from 1.0.0");
    EXPECT_TRUE(field(other->ids[0], "steps_mark").is_null());
    EXPECT_EQ(status("steps").migrating_from, "");
}

TEST_F(UpgradeTest, AFailedMigrationSaysHowFarItCameAndWhatToDo)
{
    install_and_enable();
    for (const char* text : {"a", "b", "c", "poison"})
        ASSERT_TRUE(call("steps.add", {{"text", text}}));
    const auto failed = upgrade(package("1.1.0", with_length()));
    ASSERT_FALSE(failed);
    const std::string& message = failed.error().message;
    EXPECT_NE(
        message.find("could not migrate its records of steps_item from 1.0.0 to 1.1.0; done up to "),
        message.npos
    ) << message;
    EXPECT_NE(message.find("cannot migrate poison"), message.npos) << message;
    for (const char* remedy :
         {"mortise plugins logs com.test.steps", "--rehearse", "version 1.0.0 runs again"})
        EXPECT_NE(failed.error().hint.find(remedy), std::string::npos) << failed.error().hint;
    const auto lines = m_plugins->logs("com.test.steps", 10, 0);
    ASSERT_TRUE(lines);
    const auto told = std::ranges::find(*lines, "plugin.not_migrated", &LogLine::key);
    ASSERT_NE(told, lines->end());
    EXPECT_EQ(told->fields["type"].text(), "steps_item");
    EXPECT_EQ(told->fields["to"].text(), "1.1.0");
}

/// Items have the state "old", which a later version may take away; `migrate` leaves it.
class UnfitTest : public UpgradeTest {
protected:
    static std::vector<std::pair<std::string, std::string>> with_states(const std::string& options)
    {
        return {
            {R"("fields": [
        { "name": "text")",
             R"("fields": [ { "name": "length", "kind": "int" }, { "name": "state", "kind": "enum", )"
                 + options + R"( },
        { "name": "text")"}
        };
    }
    static constexpr const char* both = R"("options": ["new", "old"], "default": "old")";
    static constexpr const char* one = R"("options": ["new"])";

    void start(const std::string& version = "1.0.0")
    {
        const auto installed = install_package(package(version, with_states(both)));
        ASSERT_TRUE(installed) << installed.error().message;
        const auto enabled = m_plugins->enable("com.test.steps");
        ASSERT_TRUE(enabled) << enabled.error().message;
        ASSERT_TRUE(call("steps.add", {{"text", "one"}}));
    }
    template <class Outcome>
    void expect_unfit(const Outcome& outcome, const std::string& remedy)
    {
        ASSERT_FALSE(outcome);
        EXPECT_EQ(outcome.error().key, "plugins.records_unfit") << outcome.error().message;
        EXPECT_NE(outcome.error().message.find("1 of steps_items has the option \"old\""), std::string::npos)
            << outcome.error().message;
        EXPECT_NE(outcome.error().hint.find(remedy), std::string::npos) << outcome.error().hint;
        const auto type = m_records->schema()->find("steps_item");
        EXPECT_EQ(type->fields[*type->slot("state")].options, (std::vector<std::string>{"new", "old"}));
    }
};

TEST_F(UnfitTest, AnUpgradeGoesBack)
{
    start();
    const auto before = on_disk();
    expect_unfit(upgrade(package("1.1.0", with_states(one))), "version 1.0.0 runs again");
    EXPECT_EQ(status("steps").version, "1.0.0");
    EXPECT_EQ(on_disk(), before);
    EXPECT_TRUE(call("steps.add", {{"text", "two"}}));
    ASSERT_TRUE(upgrade(package("1.1.0", with_states(both))));
}

TEST_F(UnfitTest, AReloadGoesBack)
{
    start();
    // As somebody puts it there by hand: without a package nothing says that 1.0.0 is to stay.
    fs::copy(
        folder_of(
            "new",
            [] {
                auto changes = with_states(one);
                changes.emplace_back("\"1.0.0\"", "\"1.1.0\"");
                return changes;
            }()
        ),
        m_folder / "data" / "com.test.steps" / "1.1.0"
    );
    expect_unfit(m_plugins->reload("com.test.steps"), "version 1.0.0 runs again");
    EXPECT_EQ(status("steps").version, "1.0.0");
    EXPECT_TRUE(call("steps.add", {{"text", "two"}}));
}

TEST_F(UnfitTest, AVersionOfABundleGoesBack)
{
    start();
    ASSERT_TRUE(install_package(package("1.1.0", with_states(one))));
    expect_unfit(m_plugins->run_version("com.test.steps", "1.1.0", {}), "version 1.0.0 runs again");
    EXPECT_EQ(status("steps").version, "1.0.0");
    EXPECT_TRUE(call("steps.add", {{"text", "two"}}));
}

TEST_F(UnfitTest, WhatIsEnabledAnewIsNot)
{
    start();
    ASSERT_TRUE(m_plugins->disable("com.test.steps"));
    ASSERT_TRUE(upgrade(package("1.1.0", with_states(one))));
    for (int time = 0; time < 2; ++time) {
        expect_unfit(m_plugins->enable("com.test.steps"), "keep the option");
        EXPECT_FALSE(status("steps").enabled);
    }
    close();
    open();
    EXPECT_FALSE(status("steps").enabled) << "nor after the host's next start";
    expect_unfit(m_plugins->enable("com.test.steps"), "until then it stays as it was");
    ASSERT_TRUE(m_plugins->rollback("com.test.steps"));
    const auto enabled = m_plugins->enable("com.test.steps");
    ASSERT_TRUE(enabled) << enabled.error().message;
    EXPECT_TRUE(call("steps.add", {{"text", "two"}}));
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
