#include "fake_host.hpp"
#include "sample_plugin.hpp"

#include <mortise/plugin.hpp>

#include <gtest/gtest.h>

// [welcome]
class Welcome : public mortise::Plugin {
public:
    explicit Welcome(mortise::Host host) : Plugin(std::move(host))
    {
        before("contact.create", [](const mortise::Settings&, mortise::Reader&, mortise::Draft& contact) {
            if (contact["email"].empty()) contact.refuse("email", "welcome.email_needed");
        });
        on("contact.created", [](const mortise::Event& event, mortise::Work& work) {
            work.create(
                "task", {{"title", "Say hello"}, {"contact", event.subject()}}
            ); // commits with the acknowledgement
        });
        command("welcome.greet", [this](const mortise::Arguments& arguments) { return greet(arguments); });
    }

private:
    mortise::Value greet(const mortise::Arguments& arguments) const
    {
        const auto contact = require(host().get("contact", arguments["contact"].id()));
        return "Hello, " + std::string{contact["name"].text()};
    }
};
MORTISE_PLUGIN(Welcome)
// [/welcome]

using mortise::encode_map;
using mortise::host::FakeHost;

TEST(Welcome, BindsWhatItsManifestDeclares)
{
    FakeHost host;
    ASSERT_TRUE(host.open(&mortise_plugin_open_v1));
    EXPECT_EQ(host.calls(mortise::host::AbiFunction::records_bind_hook), 1);
    EXPECT_EQ(host.calls(mortise::host::AbiFunction::events_bind), 1);
    EXPECT_EQ(host.calls(mortise::host::AbiFunction::commands_bind), 1);
}

TEST(Welcome, RefusesAContactWithoutEmail)
{
    FakeHost host;
    ASSERT_TRUE(host.open(&mortise_plugin_open_v1));
    const auto none = mortise::ValueBlock{};
    const auto with = *encode_map({{"email", "a@b.example"}});
    const auto without = *encode_map({{"email", ""}});
    const auto verdicts = host.run_hook(
        "contact.create",
        {sample_draft(MORTISE_OPERATION_CREATE, none, with),
         sample_draft(MORTISE_OPERATION_CREATE, none, without)}
    );
    ASSERT_TRUE(verdicts);
    ASSERT_EQ(verdicts->size(), 1U);
    EXPECT_EQ(*verdicts->front()["index"].as<std::int64_t>(), 1);
    EXPECT_EQ(verdicts->front()["refuse"]["field"].text(), "email");
    EXPECT_EQ(verdicts->front()["refuse"]["key"].text(), "welcome.email_needed");
}

TEST(Welcome, MakesATaskForEachNewContact)
{
    FakeHost host;
    ASSERT_TRUE(host.open(&mortise_plugin_open_v1));
    const auto data = *encode_map({{"name", "Ann"}});
    const auto delivery = host.deliver(
        "contact.created",
        {sample_event("contact.created", 11, data), sample_event("contact.created", 12, data)}
    );
    ASSERT_TRUE(delivery.result) << delivery.result.error().message;
    EXPECT_EQ(delivery.done, 2U);
    ASSERT_EQ(delivery.staged.size(), 2U);
    EXPECT_EQ(delivery.staged[1].kind, std::uint32_t{MORTISE_OPERATION_CREATE});
    EXPECT_EQ(delivery.staged[1].type, "task");
    EXPECT_EQ(delivery.staged[1].values["contact"], mortise::Value{mortise::Id{12}});
    EXPECT_NE(delivery.staged[0].id, delivery.staged[1].id);
    EXPECT_EQ(host.calls(mortise::host::AbiFunction::records_stage), 1) << "one call for the whole batch";
}

TEST(Welcome, AnswersACommand)
{
    FakeHost host;
    host.stored[{"contact", 5}] = {{"name", "Ann"}};
    ASSERT_TRUE(host.open(&mortise_plugin_open_v1));
    const auto answer = host.run_command("welcome.greet", {{"contact", mortise::Id{5}}});
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->text(), "Hello, Ann");

    const auto nobody = host.run_command("welcome.greet", {{"contact", mortise::Id{6}}});
    ASSERT_FALSE(nobody);
    EXPECT_EQ(nobody.error().code, mortise::ErrorCode::not_found);
    EXPECT_EQ(nobody.error().message, "no contact 6");
}
