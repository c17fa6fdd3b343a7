#include "plugins/catalogue.hpp"

#include <gtest/gtest.h>

namespace mortise::host {
namespace {

class Resolver : public testing::Test {
protected:
    void
    add(std::string id,
        std::string_view version,
        std::vector<std::pair<std::string, std::string_view>> needs = {})
    {
        auto manifest = std::make_shared<Manifest>();
        manifest->id = id;
        manifest->version = *Version::parse(version);
        for (const auto& [needed, range] : needs)
            manifest->requires_plugins.emplace(needed, *VersionRange::parse(range));
        m_last = manifest.get();
        m_enabled.emplace(std::move(id), std::move(manifest));
    }
    std::string refusal(const std::string& id)
    {
        const auto resolution = resolve(m_enabled, m_installed);
        const auto found = resolution.refused.find(id);
        return found == resolution.refused.end() ? "" : found->second.message;
    }

    std::map<std::string, std::shared_ptr<const Manifest>> m_enabled;
    std::map<std::string, Version> m_installed;
    Manifest* m_last{nullptr};
};

TEST_F(Resolver, PutsWhatIsRequiredFirst)
{
    add("a", "1.0.0", {{"c", "^1"}, {"b", "*"}});
    add("b", "1.0.0", {{"c", "^1"}});
    add("c", "1.4.0");
    const auto resolution = resolve(m_enabled, m_installed);
    EXPECT_EQ(resolution.order, (std::vector<std::string>{"c", "b", "a"}));
    EXPECT_TRUE(resolution.refused.empty());
}

TEST_F(Resolver, SaysWhatIsMissing)
{
    add("a", "1.0.0", {{"mortise.email", "^1"}});
    EXPECT_EQ(refusal("a"), "needs plugin mortise.email ^1, which is not installed");
    m_installed.emplace("mortise.email", Version{1, 0, 0});
    EXPECT_EQ(refusal("a"), "needs plugin mortise.email ^1, which is not enabled");
    add("mortise.email", "2.0.0");
    EXPECT_EQ(refusal("a"), "needs plugin mortise.email ^1, and version 2.0.0 is installed");
}

TEST_F(Resolver, RefusesWhatDependsOnARefusedOne)
{
    add("a", "1.0.0", {{"b", "*"}});
    add("b", "1.0.0", {{"c", "*"}});
    add("d", "1.0.0");
    EXPECT_EQ(refusal("a"), "needs plugin b, which cannot run: needs plugin c *, which is not installed");
    EXPECT_EQ(resolve(m_enabled, m_installed).order, std::vector<std::string>{"d"});
}

TEST_F(Resolver, ShowsTheCircle)
{
    add("a", "1.0.0", {{"b", "*"}});
    add("b", "1.0.0", {{"c", "*"}});
    add("c", "1.0.0", {{"b", "*"}});
    EXPECT_EQ(refusal("b"), "requirements form a circle: b -> c -> b");
    EXPECT_EQ(refusal("c"), "requirements form a circle: b -> c -> b");
    EXPECT_EQ(refusal("a"), "needs plugin b, which cannot run: requirements form a circle: b -> c -> b");
}

TEST_F(Resolver, ChecksInterfaces)
{
    add("a", "1.0.0");
    m_last->requires_interfaces = {"mortise.log/1"};
    EXPECT_EQ(refusal("a"), "");
    m_last->requires_interfaces = {"mortise.teleport/1"};
    EXPECT_EQ(refusal("a"), "needs the interface mortise.teleport/1, which this host does not have");
    m_last->requires_interfaces = {"mortise.records/1"};
    EXPECT_EQ(refusal("a"), "needs the experimental interface mortise.records/1 and does not say so");
    m_last->experimental = {"mortise.records/1"};
    EXPECT_EQ(refusal("a"), "");
}

} // namespace
} // namespace mortise::host
