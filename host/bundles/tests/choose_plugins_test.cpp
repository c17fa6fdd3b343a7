#include "bundles/resolver.hpp"

#include <gtest/gtest.h>

namespace mortise::host {
namespace {

class ChoosePlugins : public testing::Test {
protected:
    PluginOffer& offer(
        const std::string& id,
        std::string_view version,
        const std::vector<std::pair<std::string, std::string_view>>& needs = {}
    )
    {
        PluginOffer offer{.id = id, .version = *Version::parse(version)};
        for (const auto& [needed, range] : needs)
            offer.needs.emplace(needed, *VersionRange::parse(range));
        offer.from = "on disk";
        return m_input.offers[id].emplace_back(std::move(offer));
    }
    void want(const std::string& id, std::string_view range)
    {
        m_input.wishes.push_back({id, *VersionRange::parse(range), "the bundle"});
    }
    /// "a 1.0.0, b 2.0.0" in their order, or the error.
    std::string chosen()
    {
        const auto selection = choose_plugins(m_input);
        if (!selection) return selection.error().message;
        std::string text;
        for (const Choice& choice : selection->order)
            text += (text.empty() ? "" : ", ") + choice.offer->id + ' ' + choice.offer->version.text();
        return text;
    }

    ResolverInput m_input;
};

TEST_F(ChoosePlugins, TakesTheFirstThatFitsAndWhatItNeedsBeforeIt)
{
    offer("a", "2.0.0", {{"b", "^1"}});
    offer("a", "1.0.0");
    offer("b", "1.4.0");
    want("a", "*");
    EXPECT_EQ(chosen(), "b 1.4.0, a 2.0.0");
}

TEST_F(ChoosePlugins, LeavesWhatRunsAlone)
{
    offer("a", "2.0.0");
    offer("a", "1.0.0").runs = true;
    want("a", ">=1");
    EXPECT_EQ(chosen(), "a 1.0.0");
}

TEST_F(ChoosePlugins, GoesBackToAnOlderVersionWhereTheNewestFitsNothing)
{
    offer("a", "2.0.0", {{"c", "^2"}});
    offer("a", "1.0.0", {{"c", "^1"}});
    offer("b", "1.0.0", {{"c", "^1"}});
    offer("c", "2.0.0");
    offer("c", "1.0.0");
    want("a", "*");
    want("b", "*");
    EXPECT_EQ(chosen(), "c 1.0.0, a 1.0.0, b 1.0.0");
}

TEST_F(ChoosePlugins, SaysWhoWantsWhatAndWhatThereIs)
{
    offer("a", "1.0.0", {{"c", "^2"}});
    offer("b", "1.0.0", {{"c", "^1"}});
    offer("c", "1.5.0");
    offer("c", "2.1.0");
    want("a", "*");
    want("b", "*");
    EXPECT_EQ(chosen(), "a 1.0.0 needs c ^2, and b 1.0.0 needs c ^1; there is 1.5.0 on disk, 2.1.0 on disk");
}

TEST_F(ChoosePlugins, SaysWhatIsNowhere)
{
    offer("a", "1.0.0", {{"mail", "^1"}});
    want("a", "^1");
    EXPECT_EQ(chosen(), "a 1.0.0 needs mail ^1, which is neither on disk nor in a catalog");
}

TEST_F(ChoosePlugins, SaysWhyAVersionCannotRunHere)
{
    offer("a", "1.0.0").unfit = "it needs the interface mortise.teleport/1, which this host does not have";
    want("a", "^1");
    EXPECT_EQ(
        chosen(),
        "the bundle needs a ^1; there is 1.0.0 on disk (which cannot run here: it needs the interface "
        "mortise.teleport/1, which this host does not have)"
    );
}

TEST_F(ChoosePlugins, BreaksNothingThatRuns)
{
    offer("old", "1.0.0", {{"c", "^1"}}).runs = true;
    offer("c", "2.0.0");
    offer("c", "1.0.0").runs = true;
    want("c", "^2");
    EXPECT_EQ(chosen(), "old 1.0.0, which runs, needs c ^1, and the bundle would bring c 2.0.0");
    want("old", "*");
    offer("old", "2.0.0", {{"c", "*"}});
    EXPECT_EQ(chosen(), "c 2.0.0, old 2.0.0"); // it comes along
}

TEST_F(ChoosePlugins, ShowsTheCircle)
{
    offer("a", "1.0.0", {{"b", "*"}});
    offer("b", "1.0.0", {{"a", "*"}});
    want("a", "*");
    EXPECT_EQ(chosen(), "requirements form a circle: a -> b -> a");
}

TEST_F(ChoosePlugins, FindsWhoProvidesACommand)
{
    offer("a", "1.0.0");
    offer("mail", "1.0.0").commands = {"mail.send"};
    want("a", "*");
    m_input.commands = {"mail.send"};
    EXPECT_EQ(chosen(), "a 1.0.0, mail 1.0.0");
    offer("post", "1.0.0").commands = {"mail.send"};
    EXPECT_EQ(chosen(), "the bundle needs the command mail.send, which several plugins provide: mail, post");
    want("post", "*");
    EXPECT_EQ(chosen(), "a 1.0.0, post 1.0.0");
    m_input.commands = {"mail.read"};
    EXPECT_EQ(chosen(), "the bundle needs the command mail.read, which no plugin that is here provides");
}

TEST_F(ChoosePlugins, GivesUpOnWhatCannotBeTriedOut)
{
    for (int i = 0; i < 12; ++i) {
        const std::string id(1, static_cast<char>('a' + i));
        for (int version = 1; version <= 12; ++version)
            offer(id, std::to_string(version) + ".0.0", {{"z", "=" + std::to_string(100 + i) + ".0.0"}});
        want(id, "*");
    }
    offer("z", "1.0.0");
    EXPECT_FALSE(choose_plugins(m_input));
}

} // namespace
} // namespace mortise::host
