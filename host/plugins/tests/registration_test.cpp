#include "plugins/registration.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace mortise::host {
namespace {

Manifest subscribed_to(const char* pattern)
{
    return read_manifest(
               R"({ "id": "com.acme.watch", "name": "Watch", "version": "1.0.0", "sdk": { "min": "0.1" },
        "library": { "linux-x86_64": "a.so", "linux-aarch64": "a.so" }, "subscribes": [ { "name": "all", "on": ")"
               + std::string{pattern} + R"(" } ] })"
    )
        .manifest;
}

std::string what_is_wrong(const char* pattern, const std::vector<std::string>& granted)
{
    auto contact = std::make_shared<RecordType>();
    contact->name = "contact";
    contact->plural = "contacts";
    contact->owner = "mortise";
    const Schema schema{{contact}, 1};
    const auto checked = check_against_schema(subscribed_to(pattern), schema, granted);
    return checked ? "" : checked.error().message;
}

TEST(Registration, GivesEventsOfATypeToThoseWhoMayReadIt)
{
    EXPECT_NE(what_is_wrong("contact.*", {}).find("contacts.read"), std::string::npos);
    EXPECT_EQ(what_is_wrong("contact.*", {"contacts.read"}), "");
    EXPECT_EQ(what_is_wrong("contact.*", {"records.read"}), "");
}

TEST(Registration, GivesEventsOfEveryTypeOnlyToThoseWhoMayReadEveryType)
{
    EXPECT_NE(what_is_wrong("*", {"contacts.read"}).find("records.read"), std::string::npos);
    EXPECT_EQ(what_is_wrong("*", {"records.read"}), "");
}

TEST(Registration, TakesPermissionsForTypesThatMayComeLater)
{
    Manifest manifest = subscribed_to("opportunity.won");
    manifest.permissions = {"opportunities.read", "opportunities.write"};
    EXPECT_TRUE(check_against_schema(manifest, Schema{{}, 1}, {}));
}

TEST(Registration, EventsOfAPluginThatIsRequiredMustBeAllowed)
{
    auto opportunity = std::make_shared<RecordType>();
    opportunity->name = "opportunity";
    opportunity->plural = "opportunities";
    opportunity->owner = "mortise.pipelines";
    const Schema schema{{opportunity}, 1};
    Manifest manifest = subscribed_to("opportunity.won");
    EXPECT_TRUE(check_against_schema(manifest, schema, {})) << "it may be missing, so they are withheld";
    manifest.requires_plugins.emplace("mortise.pipelines", VersionRange{});
    const auto refused = check_against_schema(manifest, schema, {});
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("opportunities.read"), std::string::npos);
    EXPECT_TRUE(check_against_schema(manifest, schema, {"opportunities.read"}));
}

} // namespace
} // namespace mortise::host
