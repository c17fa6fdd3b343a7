#include "plugins/event_rights.hpp"
#include "plugins/tests/plugins_fixture.hpp"

#include <algorithm>

namespace mortise::host {
namespace {

using Texts = std::vector<std::string>;

/// `aware` listens to records of the sample, which may be missing.
class EventRightsTest : public PluginsTest {
protected:
    void without_asking()
    {
        rewrite("aware", {{"\"contacts.read\", \"sample_notes.read\"", "\"contacts.read\""}});
    }
    void restart()
    {
        close();
        open();
    }
    /// What it was told of, from a contact of that name that is made now.
    Texts told_of(std::string_view name)
    {
        const std::size_t before = seen().size();
        EXPECT_TRUE(create_contact(name));
        EXPECT_TRUE(settle()); // the contact
        EXPECT_TRUE(settle()); // and the note that the sample makes of it
        Texts all = seen();
        all.erase(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(before));
        return all;
    }
    Texts seen()
    {
        Texts texts;
        for (const auto& row : rows("SELECT text FROM aware_seen ORDER BY id"))
            texts.emplace_back(row[0].text());
        return texts;
    }
    std::string problem()
    {
        const PluginStatus now = status("aware");
        EXPECT_TRUE(now.state == PluginState::active || now.state == PluginState::resolved)
            << name_of(now.state);
        return now.problems.empty() ? "" : now.problems.front().message + " | " + now.problems.front().hint;
    }
    void expect_withheld(std::string_view name, std::string_view hint)
    {
        EXPECT_EQ(told_of(name), Texts{"contact " + std::string{name}});
        EXPECT_EQ(
            problem(),
            "events \"sample_note.created\" are not delivered to it: it has no permission "
            "\"sample_notes.read\" | "
                + std::string{hint}
        );
        EXPECT_FALSE(call("aware.count")) << "it cannot read them either";
        const auto all = m_dispatcher->status();
        const auto own = std::ranges::find(all, "com.test.aware", &SubscriptionStatus::plugin);
        ASSERT_NE(own, all.end());
        EXPECT_EQ(own->lag, 0) << "they are passed over, not kept";
        EXPECT_EQ(own->retrying + own->dead, 0);
    }
    void expect_told(const std::string& name)
    {
        EXPECT_EQ(told_of(name), (Texts{"contact " + name, "note " + name}));
        EXPECT_EQ(problem(), "");
        EXPECT_GT(must("aware.count").get_or(std::int64_t{0}), 0);
    }

    static constexpr std::string_view ask
        = "ask for it under \"permissions\" in plugin.json and let an admin grant it";
};

TEST_F(EventRightsTest, APluginWorksWithoutAnotherAndWithItOnceItIsThere)
{
    enable("aware");
    EXPECT_EQ(told_of("alone"), Texts{"contact alone"});
    EXPECT_EQ(problem(), "");
    EXPECT_EQ(status("aware").granted, (Texts{"contacts.read", "sample_notes.read"}))
        << "granted before the type is there";
    restart();
    EXPECT_EQ(told_of("still alone"), Texts{"contact still alone"});
    enable("sample");
    expect_told("with it");
    restart();
    expect_told("after a restart");
    ASSERT_TRUE(m_plugins->disable("com.test.sample"));
    EXPECT_EQ(told_of("left"), Texts{"contact left"});
    ASSERT_TRUE(m_plugins->enable("com.test.sample"));
    EXPECT_TRUE(eventually([&] { return settle() && seen().back() == "note left"; })) << "made up for";
    expect_told("come back");
}

TEST_F(EventRightsTest, APluginWorksWithAnotherThatWasThereBefore)
{
    enable("sample");
    enable("aware");
    expect_told("with it");
    restart();
    expect_told("after a restart");
}

TEST_F(EventRightsTest, WhoHasNoRightToATypeThatComesLaterGetsNoEventsOfIt)
{
    install("aware");
    without_asking();
    enable_installed("aware");
    EXPECT_EQ(problem(), "");
    enable("sample");
    expect_withheld("Ada", ask);
    restart();
    expect_withheld("Grace", ask);
}

TEST_F(EventRightsTest, NorWhoComesLaterThanTheType)
{
    enable("sample");
    install("aware");
    without_asking();
    enable_installed("aware");
    expect_withheld("Ada", ask);
    restart();
    expect_withheld("Grace", ask);
}

TEST_F(EventRightsTest, ARightThatIsTakenAwayAndGivenBackCounts)
{
    enable("aware");
    enable("sample");
    expect_told("before");
    const auto revoked = m_plugins->revoke("com.test.aware", {"sample_notes.read"});
    ASSERT_TRUE(revoked) << "it can do without: " << revoked.error().message;
    expect_withheld("between", "run \"mortise plugins grant com.test.aware sample_notes.read\"");
    ASSERT_TRUE(m_plugins->grant("com.test.aware", {"sample_notes.read"}));
    expect_told("after");
}

TEST_F(EventRightsTest, AReplayGivesNoMoreThanDelivery)
{
    install("aware");
    without_asking();
    enable_installed("aware");
    enable("sample");
    expect_withheld("Ada", ask);
    const auto all = m_dispatcher->status();
    const auto own = std::ranges::find(all, "com.test.aware", &SubscriptionStatus::plugin);
    ASSERT_TRUE(m_dispatcher->replay(own->id, 0));
    ASSERT_TRUE(settle());
    EXPECT_TRUE(eventually([&] { return settle() && seen().size() == 2; }));
    EXPECT_EQ(seen(), (Texts{"contact Ada", "contact Ada"}));
}

TEST_F(EventRightsTest, EventsOfTheHostMustBeAllowed)
{
    install("aware");
    rewrite("aware", {{"\"contacts.read\", ", ""}});
    const auto refused = m_plugins->enable("com.test.aware");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::denied);
    EXPECT_EQ(refused.error().hint, ask);
}

/// What a handler had of a batch, and what it made of it.
struct HandOver : testing::Test {
    static Event event(std::int64_t number, std::string type)
    {
        Event made;
        made.number = number;
        made.type = std::move(type);
        return made;
    }
    DeliveryOutcome hand_over_all(std::size_t handled)
    {
        auto note = std::make_shared<RecordType>();
        note->name = "note";
        note->plural = "notes";
        note->owner = "com.acme.notes";
        const Schema schema{{note}, 1};
        const PluginGrants grants{"com.acme.watch", {}};
        const std::vector<Event> events{
            event(1, "note.created"),
            event(2, "watch.one"),
            event(3, "note.created"),
            event(4, "note.updated"),
            event(5, "watch.two"),
            event(6, "note.created")
        };
        return hand_over(
            events,
            {},
            schema,
            grants,
            [&](std::span<const Event> got, const CallContext&) -> DeliveryOutcome {
                for (const Event& each : got)
                    m_got.push_back(each.number);
                DeliveryOutcome outcome;
                outcome.handled = handled;
                if (handled < got.size()) outcome.error = Error{.message = "no"};
                return outcome;
            }
        );
    }
    std::vector<std::int64_t> m_got;
};

TEST_F(HandOver, CountsWhatIsWithheldAsHandledInItsPlace)
{
    EXPECT_EQ(hand_over_all(2).handled, 6U);
    EXPECT_EQ(m_got, (std::vector<std::int64_t>{2, 5}));
    EXPECT_EQ(hand_over_all(1).handled, 4U) << "what failed is the next";
    const DeliveryOutcome none = hand_over_all(0);
    EXPECT_EQ(none.handled, 1U);
    EXPECT_TRUE(none.error);
}

} // namespace
} // namespace mortise::host
