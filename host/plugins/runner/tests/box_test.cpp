#include "plugins/tests/plugins_fixture.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

namespace mortise::host {
namespace {

constexpr std::string_view id = "com.test.fragile";

/// In how strong a box plugins run, who runs in one, and what an administrator says about it.
class BoxTest : public PluginsTest {
protected:
    /// As an administrator installs it, beside what the system brought.
    void install_from_elsewhere()
    {
        std::filesystem::create_directories(m_folder / "data" / id);
        std::filesystem::copy(std::filesystem::path{MORTISE_FIXTURES} / id, m_folder / "data" / id / "1.0.0");
        ASSERT_TRUE(m_plugins->rescan());
    }
    void enable_here()
    {
        const auto enabled = m_plugins->enable(id);
        ASSERT_TRUE(enabled) << enabled.error().message;
    }
    void set_policy(std::string_view name, std::string_view value)
    {
        const auto set = m_plugins->set_setting("host", name, Value{value});
        ASSERT_TRUE(set) << set.error().message;
    }
    Result<Value> act(std::string_view what) { return call("fragile.do", {{"what", what}}); }
    PluginStatus now() { return status("fragile"); }
};

TEST(Box, TiersHoldWhatThoseBeforeThemHold)
{
    BoxReport report;
    EXPECT_EQ(report.tier(), BoxTier::process);
    report.add(BoxPart::namespaces);
    report.add(BoxPart::files);
    EXPECT_EQ(report.tier(), BoxTier::process)
        << "without the list of system calls the rest is worth nothing";
    report.add(BoxPart::limits);
    report.add(BoxPart::filter);
    EXPECT_EQ(report.tier(), BoxTier::sealed);
    BoxReport without = report;
    without.parts &= ~static_cast<std::uint32_t>(BoxPart::files);
    EXPECT_EQ(without.tier(), BoxTier::filtered);
    without = report;
    without.parts &= ~static_cast<std::uint32_t>(BoxPart::namespaces);
    EXPECT_EQ(without.tier(), BoxTier::boxed);
    EXPECT_NE(without.words().find("without TCP"), std::string::npos) << without.words();
    EXPECT_EQ(tier_named("boxed"), BoxTier::boxed);
    EXPECT_FALSE(tier_named("a box"));
}

TEST_F(BoxTest, TheBoxIsTold)
{
    install("fragile");
    isolate("fragile");
    enable_here();
    const auto before = now().box;
    ASSERT_TRUE(before) << "nothing has run: what this machine would give";
    ASSERT_TRUE(act("number"));
    ASSERT_TRUE(now().box);
    EXPECT_EQ(now().box->words(), before->words());
    if (now().box->tier() < BoxTier::boxed) {
        EXPECT_FALSE(now().warnings.empty());
        GTEST_SKIP() << "this machine closes no more than " << now().box->words();
    }
    EXPECT_NE(now().box->words().find("Landlock"), std::string::npos);
}

TEST_F(BoxTest, AWeakerBoxThanWantedLoadsNothing)
{
    close();
    m_runner = MORTISE_RUNNER_WITHOUT_BOX;
    open();
    install("fragile");
    isolate("fragile");
    enable_here();
    ASSERT_TRUE(act("number"));
    EXPECT_EQ(now().box->tier(), BoxTier::process);
    EXPECT_FALSE(now().warnings.empty());
    set_policy("plugins.min_tier", "filtered");
    EXPECT_EQ(now().process, 0) << "what runs in a weaker one is closed";
    const auto refused = act("number");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().key, "runner.tier");
    EXPECT_NE(refused.error().message.find("\"process\""), std::string::npos) << refused.error().message;
    set_policy("plugins.min_tier", "process");
    EXPECT_TRUE(eventually([&] { return act("number").has_value(); }));
}

TEST_F(BoxTest, WhatCameFromElsewhereIsIsolatedAndWhatTheSystemBroughtIsNot)
{
    install_from_elsewhere();
    EXPECT_TRUE(now().isolated) << "told before it is enabled";
    enable_here();
    ASSERT_TRUE(act("number"));
    EXPECT_NE(now().process, 0);
    set_policy("plugins.default_mode", "in-process");
    ASSERT_TRUE(act("number"));
    EXPECT_EQ(now().process, 0);
    close();
    open();
    EXPECT_FALSE(now().isolated) << "it is kept";
    install("sample");
    EXPECT_FALSE(status("sample").isolated);
    set_policy("plugins.default_mode", "isolated");
    EXPECT_FALSE(status("sample").isolated);
    EXPECT_TRUE(now().isolated);
}

TEST_F(BoxTest, CodeOfOthersInTheHostIsInNoBox)
{
    install_from_elsewhere();
    ASSERT_TRUE(m_plugins->isolate(id, false));
    set_policy("plugins.min_tier", "process");
    enable_here();
    const auto refused = act("number");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().key, "plugins.tier");
    EXPECT_NE(refused.error().hint.find("plugins isolate"), std::string::npos);
    ASSERT_TRUE(m_plugins->isolate(id, true));
    EXPECT_TRUE(act("number"));
}

TEST_F(BoxTest, ThePolicySaysWhatItTakes)
{
    EXPECT_FALSE(m_plugins->set_setting("host", "plugins.min_tier", Value{"high"}));
    EXPECT_FALSE(m_plugins->set_setting("host", "plugins.default_mode", Value{"boxed"}));
    EXPECT_EQ(
        m_plugins->set_setting("host", "plugins.colour", Value{"red"}).error().code, ErrorCode::not_found
    );
    set_policy("plugins.min_tier", "boxed");
    const auto settings = m_plugins->settings("host");
    ASSERT_TRUE(settings);
    EXPECT_EQ(settings->as<Map>()->find("plugins.min_tier")->text(), "boxed");
    EXPECT_EQ(settings->as<Map>()->find("plugins.default_mode")->text(), "isolated");
}

TEST_F(BoxTest, QuarantineOutlivesTheHost)
{
    install("fragile");
    isolate("fragile");
    enable_here();
    for (int i = 0; i < 3; ++i)
        ASSERT_TRUE(eventually([&] {
            const auto crashed = act("crash");
            return !crashed && crashed.error().message.find("while it ran") != std::string::npos;
        }));
    const auto before = act("number");
    ASSERT_FALSE(before);
    ASSERT_EQ(before.error().key, "plugins.quarantined");
    EXPECT_NE(before.error().message.find("its process"), std::string::npos) << before.error().message;
    close();
    open();
    EXPECT_EQ(now().state, PluginState::quarantined);
    const auto refused = act("number");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().key, "plugins.quarantined");
    EXPECT_EQ(refused.error().message, before.error().message) << "why it was left alone is kept";
    ASSERT_TRUE(m_plugins->reload(id));
    EXPECT_TRUE(act("number"));
    close();
    open();
    EXPECT_TRUE(act("number")) << "what was lifted stays lifted";
}

TEST_F(BoxTest, WhatCrashesWhenItStartsIsQuarantinedToo)
{
    close();
    m_runner = "/bin/false"; // a process that ends at once
    open();
    install("fragile");
    isolate("fragile");
    enable_here();
    EXPECT_TRUE(eventually([&] {
        const auto refused = act("number");
        return !refused && refused.error().key == "plugins.quarantined";
    }));
}

} // namespace
} // namespace mortise::host
