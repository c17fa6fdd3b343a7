#include "bundles/bundle.hpp"
#include "bundles/words.hpp"

#include <gtest/gtest.h>

namespace mortise::host {
namespace {

Error refusal(const std::string& more)
{
    const auto bundle = read_bundle(
        R"({"name": "sales", "version": "1.0.0", "plugins": {"mortise.pipelines": "^0.2"})" + more + '}',
        "test"
    );
    EXPECT_FALSE(bundle) << more;
    return bundle ? Error{} : bundle.error();
}

TEST(Bundle, ReadsWhatItSays)
{
    const auto bundle = read_bundle(
        R"({"name": "sales", "version": "1.2.0", "title": "Sales", "plugins": {"mortise.reporting": "^0.1",
            "mortise.pipelines": {"version": "^0.2", "settings": {"rot_days": 14}}}, "commands": ["pipelines.win_rate"],
            "fields": [{"type": "contact", "name": "vip", "kind": "bool"}],
            "records": [{"type": "report", "match": ["name"], "values": {"name": "Won"}}]})",
        "test"
    );
    ASSERT_TRUE(bundle) << bundle.error().message;
    EXPECT_EQ(bundle->version.text(), "1.2.0");
    ASSERT_EQ(bundle->plugins.size(), 2U);
    EXPECT_EQ(bundle->plugins[1].settings["rot_days"], Value{14});
    EXPECT_EQ(bundle->fields[0].type, "contact");
    EXPECT_EQ(bundle->records[0].where, "/records/0");
    EXPECT_EQ(bundle->digest().size(), 7U + 64U);
}

TEST(Bundle, RefusesRolesAndSaysWhy)
{
    const Error error = refusal(R"(, "roles": [])");
    EXPECT_EQ(error.key, "bundles.unknown_member");
    EXPECT_EQ(error.where, "/roles");
    EXPECT_NE(error.message.find("no part of a bundle"), std::string::npos) << error.message;
    EXPECT_NE(error.hint.find("mortise roles add"), std::string::npos) << error.hint;
    EXPECT_NE(error.hint.find("mortise users add"), std::string::npos) << error.hint;
}

TEST(Bundle, RefusesWhatItDoesNotKnow)
{
    EXPECT_EQ(refusal(R"(, "colour": "red")").where, "/colour");
    EXPECT_NE(refusal(R"(, "dashboards": [])").hint.find("\"records\""), std::string::npos);
    EXPECT_EQ(refusal(R"(, "records": [{"type": "report", "values": {}, "id": 3}])").where, "/records/0/id");
    EXPECT_EQ(
        refusal(R"(, "fields": [{"type": "contact", "name": "x", "kind": "colour"}])").code,
        ErrorCode::invalid
    );
}

TEST(Bundle, RefusesARangeThatIsNone)
{
    const auto bundle
        = read_bundle(R"({"name": "a", "version": "1.0.0", "plugins": {"b.c": "latest"}})", "test");
    ASSERT_FALSE(bundle);
    EXPECT_EQ(bundle.error().where, "/plugins/b.c");
}

TEST(BundleWords, TellPermissions)
{
    EXPECT_EQ(permission_words("contacts.read"), "see contacts");
    EXPECT_EQ(permission_words("contact_points.write"), "make, change and delete contact points");
    EXPECT_EQ(permission_words("send.email"), "send messages by email, each checked against consent");
    EXPECT_EQ(
        permission_words("net:{mailbox.smtp_host}"),
        "connect to hosts that the field smtp_host of mailbox records names"
    );
    EXPECT_EQ(permission_words("net:*.example.com"), "connect to all hosts of example.com");
}

TEST(BundleWords, CutLongLists)
{
    EXPECT_EQ(list_words({"a"}), "a");
    EXPECT_EQ(list_words({"a", "b", "c"}), "a, b and c");
    EXPECT_EQ(list_words({"a", "b", "c", "d"}, 2), "a, b and 2 more");
    EXPECT_EQ(size_words(12'345'678), "12.3 MB");
}

} // namespace
} // namespace mortise::host
