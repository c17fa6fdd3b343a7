#include "scripted_plugin.hpp"

#include <gtest/gtest.h>

namespace mortise {
namespace {

// A hook with a capture is refused when it is compiled; so is one with other parameters.
static_assert(std::is_convertible_v<decltype([](const Settings&, Reader&, Draft&) { }), HookFunction>);
static_assert(!std::is_convertible_v<
              decltype([x = 1](const Settings&, Reader&, Draft&) { (void)x; }),
              HookFunction>);
static_assert(!std::is_convertible_v<decltype([](Draft&) { }), HookFunction>);

TEST_F(PluginLayer, LetsAHookAmendAndSeeItsOwnAmendments)
{
    ASSERT_TRUE(open([](Scripted& plugin) {
        plugin.before("contact.update", [](const Settings& settings, Reader& reader, Draft& contact) {
            if (contact.operation() != Operation::update || contact.id() != Id{9}
                || contact.type() != "contact")
                refuse("scripted.wrong_draft");
            if (!contact.changes("name") || contact.changes("city")) refuse("scripted.wrong_changes");
            contact.set("name", "Dr " + std::string{contact["name"].text()});
            contact.set("name", std::string{contact["name"].text()} + " jr");
            contact.set("limit", settings["limit"].integer());
            const Record owner = require(reader.get("user", Id{1}));
            contact.set("owner_name", owner["name"].value());
            contact.set("organisation", contact.related("organisation")["name"].value());
            contact.set("decided_at", contact.time());
        });
    }));
    fake.stored[{"user", 1}] = {{"name", "Olga"}};
    const auto before = *encode_map({{"name", "A"}, {"city", "B"}});
    const auto after = *encode_map({{"name", "C"}, {"city", "B"}});
    const auto related = *encode_map({{"organisation", Map{{"name", "Acme"}}}});
    mortise_draft draft = sample_draft(MORTISE_OPERATION_UPDATE, before, after);
    draft.related = related.tree();
    draft.time = 5'000;
    const auto verdicts = fake.run_hook("contact.update", {draft});
    ASSERT_TRUE(verdicts) << verdicts.error().key;
    ASSERT_EQ(verdicts->size(), 1U);
    EXPECT_EQ(
        verdicts->front()["set"],
        (Value{
            Map{{"name", "Dr C jr"},
                {"limit", 3},
                {"owner_name", "Olga"},
                {"organisation", "Acme"},
                {"decided_at", Instant{5'000}}}
        })
    );
}

TEST_F(PluginLayer, LetsAHookPassWithoutAWord)
{
    ASSERT_TRUE(open([](Scripted& plugin) {
        plugin.before("contact.delete", [](const Settings&, Reader&, Draft& contact) {
            if (contact["hot"].boolean()) {
                contact.refuse("", "scripted.hot", "hot leads stay");
                contact.refuse("", "scripted.other");
            }
        });
    }));
    const auto none = ValueBlock{};
    const auto cold = *encode_map({{"hot", false}});
    const auto hot = *encode_map({{"hot", true}});
    std::vector<mortise_draft> drafts(4, sample_draft(MORTISE_OPERATION_DELETE, none, cold));
    EXPECT_TRUE(fake.run_hook("contact.delete", drafts)->empty());
    drafts[2].after = hot.tree();
    const auto verdicts = fake.run_hook("contact.delete", drafts);
    ASSERT_EQ(verdicts->size(), 1U);
    EXPECT_EQ((*verdicts)[0]["index"], Value{2});
    EXPECT_EQ((*verdicts)[0]["refuse"]["key"].text(), "scripted.hot") << "the first refusal counts";
}

TEST_F(PluginLayer, MayNotWriteInAHook)
{
    ASSERT_TRUE(open([](Scripted& plugin) {
        plugin.before("contact.update", [](const Settings&, Reader&, Draft&) {
            require(Scripted::last->host().transact([](Work& work) { work.create("task", {}); }));
        });
    }));
    const auto map = *encode_map({{"a", 1}});
    const auto verdicts = fake.run_hook("contact.update", {sample_draft(MORTISE_OPERATION_UPDATE, map, map)});
    ASSERT_FALSE(verdicts);
    EXPECT_EQ(verdicts.error().where, "thread");
}

} // namespace
} // namespace mortise
