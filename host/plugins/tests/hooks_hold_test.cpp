// A hook that must run keeps changes out while its plugin is enabled and broken, in whatever state that is.
#include "plugins/tests/install_fixture.hpp"
#include "plugins/trust/trust_book.hpp"

namespace mortise::host {
namespace {

class HooksHoldTest : public InstallTest {
protected:
    void SetUp() override
    {
        InstallTest::SetUp();
        const auto made = create_contact("Ada");
        ASSERT_TRUE(made) << made.error().message;
        m_ada = made->ids[0];
    }
    void restart()
    {
        close();
        open();
    }
    Result<Commit> update()
    {
        return change(
            {.operation = Operation::update,
             .type = "contact",
             .id = m_ada,
             .version = {},
             .values = Map{{"note", "note " + std::to_string(++m_count)}}}
        );
    }
    /// Neither now nor after a restart; and the plugin says that it is in that state.
    void expect_kept_out(const std::string& name, std::string_view state, std::string_view reason)
    {
        for (const bool again : {false, true}) {
            if (again) restart();
            SCOPED_TRACE(again ? "after a restart" : "at once");
            const auto updated = update();
            ASSERT_FALSE(updated);
            EXPECT_EQ(updated.error().code, ErrorCode::refused);
            EXPECT_EQ(updated.error().key, "hooks.cannot_run");
            const std::string& message = updated.error().message;
            EXPECT_NE(
                message.find(
                    "plugin com.test." + name + ", which is " + std::string{state} + " and cannot run"
                ),
                std::string::npos
            ) << message;
            EXPECT_NE(message.find(reason), std::string::npos) << message;
            EXPECT_NE(
                updated.error().hint.find("mortise plugins disable com.test." + name), std::string::npos
            ) << updated.error().hint;
            EXPECT_EQ(name_of(status(name).state), state);
        }
    }
    void expect_let_through_when_disabled(const std::string& name)
    {
        static_cast<void>(m_plugins->disable("com.test." + name)); // one that hangs cannot be ended
        for (const bool again : {false, true}) {
            if (again) restart();
            const auto updated = update();
            EXPECT_TRUE(updated) << updated.error().message;
        }
    }

    Id m_ada{};

private:
    int m_count{0};
};

TEST_F(HooksHoldTest, OfAPluginThatLacksAnother)
{
    enable("plain");
    install("broken");
    rewrite(
        "broken", {{"\"hooks\"", "\"requires\": { \"plugins\": { \"com.test.plain\": \"^1\" } }, \"hooks\""}}
    );
    enable_installed("broken");
    fs::remove_all(m_folder / "installed/com.test.plain");
    restart();
    expect_kept_out("broken", "unresolved", "needs plugin com.test.plain");
    const auto restored
        = change({.operation = Operation::remove, .type = "contact", .id = m_ada, .version = {}, .values = {}}
        );
    ASSERT_TRUE(restored) << "it has no hook there";
    EXPECT_TRUE(
        change({.operation = Operation::restore, .type = "contact", .id = m_ada, .version = {}, .values = {}})
    ) << "a hook that may be skipped is";
    expect_let_through_when_disabled("broken");
}

TEST_F(HooksHoldTest, OfAPluginThatWasDeniedWhatItNeeds)
{
    install("steps");
    enable_installed("steps");
    ASSERT_TRUE(update());
    ASSERT_FALSE(m_plugins->revoke("com.test.steps", {"contacts.read"}));
    expect_kept_out("steps", "unresolved", "contacts.read");
    ASSERT_TRUE(m_plugins->grant("com.test.steps", {"contacts.read"}));
    const auto mended = update();
    EXPECT_TRUE(mended) << mended.error().message;
    ASSERT_FALSE(m_plugins->revoke("com.test.steps", {"contacts.read"}));
    expect_let_through_when_disabled("steps");
}

TEST_F(HooksHoldTest, OfAPluginWhoseLibraryIsGone)
{
    enable("steps");
    fs::remove(m_folder / "installed/com.test.steps/steps.so");
    restart();
    expect_kept_out("steps", "discovered", "steps.so");
    fs::copy_file(
        fs::path{MORTISE_FIXTURES} / "com.test.steps/steps.so", m_folder / "installed/com.test.steps/steps.so"
    );
    ASSERT_TRUE(m_plugins->rescan());
    const auto mended = update();
    EXPECT_TRUE(mended) << mended.error().message;
    fs::remove(m_folder / "installed/com.test.steps/steps.so");
    restart();
    ASSERT_FALSE(update());
    expect_let_through_when_disabled("steps");
}

TEST_F(HooksHoldTest, OfAPluginThatDoesNotStart)
{
    enable("broken");
    expect_kept_out("broken", "failed", "no licence was found");
    expect_let_through_when_disabled("broken");
}

TEST_F(HooksHoldTest, OfAPluginOfWhichNoVersionStarts)
{
    install_and_enable();
    ASSERT_TRUE(update());
    ASSERT_TRUE(m_plugins->disable("com.test.steps"));
    ASSERT_TRUE(m_plugins->enable("com.test.steps")); // nothing of it runs yet
    std::ofstream{m_folder / "data/com.test.steps/1.0.0/steps.so"} << "not a library";
    const fs::path folder = folder_of("bad", {{"\"1.0.0\"", "\"2.0.0\""}});
    fs::copy_file(
        fs::path{MORTISE_FIXTURES} / "com.test.broken/broken.so",
        folder / "steps.so",
        fs::copy_options::overwrite_existing
    );
    ASSERT_FALSE(upgrade(pack(folder)));
    EXPECT_EQ(status("steps").state, PluginState::failed);
    const auto updated = update();
    ASSERT_FALSE(updated);
    EXPECT_EQ(updated.error().key, "hooks.cannot_run");
    EXPECT_NE(updated.error().message.find("which is failed"), std::string::npos) << updated.error().message;
    restart();
    EXPECT_EQ(update().error().key, "hooks.cannot_run");
    expect_let_through_when_disabled("steps");
}

TEST_F(HooksHoldTest, OfAPluginThatCrashedTooOften)
{
    install("fragile");
    rewrite(
        "fragile", {{"\"on\": \"contact.create\", \"on_failure\": \"skip\"", "\"on\": \"contact.create\""}}
    );
    isolate("fragile");
    enable_installed("fragile");
    ASSERT_TRUE(eventually([&] {
        static_cast<void>(call("fragile.do", {{"what", "crash"}}));
        return status("fragile").state == PluginState::quarantined;
    }));
    for (const bool again : {false, true}) {
        if (again) restart();
        const auto created = create_contact("Grace");
        ASSERT_FALSE(created);
        EXPECT_NE(created.error().message.find("which is quarantined and cannot run"), std::string::npos)
            << created.error().message;
    }
    ASSERT_TRUE(m_plugins->disable("com.test.fragile"));
    EXPECT_TRUE(create_contact("Grace"));
}

TEST_F(HooksHoldTest, OfAPluginThatWasRevoked)
{
    install_and_enable();
    ASSERT_TRUE(update());
    ASSERT_TRUE(m_plugins->trust().revoke("com.test.steps@<2.0.0"));
    ASSERT_FALSE(m_plugins->trust_changed().empty());
    expect_kept_out("steps", "unresolved", "revoked");
    expect_let_through_when_disabled("steps");
}

TEST_F(HooksHoldTest, OfNoPluginThatWasNeverEnabled)
{
    install("broken");
    rewrite(
        "broken", {{"\"hooks\"", "\"requires\": { \"plugins\": { \"com.test.none\": \"^1\" } }, \"hooks\""}}
    );
    ASSERT_FALSE(m_plugins->enable("com.test.broken"));
    EXPECT_TRUE(update());
    install("sample");
    rewrite("sample", {{"\"contacts.read\", ", ""}});
    ASSERT_FALSE(m_plugins->enable("com.test.sample")) << "its subscription needs that";
    EXPECT_TRUE(create_contact("Grace"));
    restart();
    EXPECT_TRUE(update());
    EXPECT_TRUE(create_contact("Grace"));
}

} // namespace
} // namespace mortise::host
