// The audit trail through the control API: what administrators do, what is given out, who is refused.
#include "people_world.hpp"

namespace mortise::host {
namespace {

class AuditTrail : public PeopleWorld {
protected:
    array entries(object params = {})
    {
        return ask(*admin, "audit.list", std::move(params)).answer.at("entries").as_array();
    }

    value verify(array heads = {})
    {
        return ask(*admin, "audit.verify", {{"heads", std::move(heads)}}).answer;
    }
};

TEST_F(AuditTrail, TellsWhoChangedWhatAndHow)
{
    create("deal", {{"title", "amber"}});
    const object entry = entries({{"limit", 1}})[0].as_object();
    EXPECT_EQ(entry.at("kind"), "deal.created");
    EXPECT_EQ(entry.at("way"), "records.create");
    EXPECT_EQ(entry.at("account").as_string(), own_os_user());
    EXPECT_TRUE(entry.at("actor").as_string().starts_with("user:"));
    EXPECT_EQ(entry.at("records"), 1);
    let_anna(R"("types": {"*": {"read": "all", "create": true}})");
    ASSERT_FALSE(ask(*anna, "records.create", {{"type", "deal"}, {"values", {{"title", "birch"}}}}).failed);
    const array of_anna = entries({{"person", "anna"}});
    ASSERT_EQ(of_anna.size(), 1U);
    EXPECT_EQ(of_anna[0].at("account").as_string(), own_os_user())
        << "the account shows who acts as somebody else";
    EXPECT_EQ(verify().at("ok"), true);
}

TEST_F(AuditTrail, TellsOfAdministrativeActs)
{
    let_anna(R"("types": {"*": {"read": "all"}})");
    EXPECT_EQ(entries({{"kind", "role.added"}}).size(), 1U);
    ASSERT_FALSE(ask(*admin, "trust.policy", {{"signatures", 2}}).failed);
    const array trust = entries({{"kind", "trust.*"}});
    ASSERT_EQ(trust.size(), 1U);
    EXPECT_EQ(trust[0].at("way"), "trust.policy");
    EXPECT_EQ(verify().at("ok"), true);
}

TEST_F(AuditTrail, TellsOfAnExportBeforeItGivesAnythingOut)
{
    create("deal", {{"title", "amber"}});
    ASSERT_FALSE(ask(*admin, "export.run", {{"type", "deal"}, {"where", "title = 'amber'"}}).failed);
    const object entry = entries({{"limit", 1}})[0].as_object();
    EXPECT_EQ(entry.at("kind"), "export.run");
    EXPECT_EQ(entry.at("detail").at("type"), "deal");
    EXPECT_EQ(entry.at("detail").at("filtered"), true);
    EXPECT_EQ(boost::json::serialize(entry).find("amber"), std::string::npos);
}

TEST_F(AuditTrail, TellsOfARefusalOnceAWhile)
{
    let_anna(R"("types": {"*": {"read": "all"}})");
    for (int i = 0; i < 5; ++i)
        EXPECT_TRUE(ask(*anna, "trust.get").failed);
    EXPECT_TRUE(ask(*anna, "roles.list").failed);
    const array refused = entries({{"kind", "refused"}, {"person", "anna"}});
    ASSERT_EQ(refused.size(), 2U);
    EXPECT_EQ(refused[1].at("way"), "trust.get");
    EXPECT_EQ(refused[1].at("detail").at("reason"), "access.method");
}

TEST_F(AuditTrail, IsForThoseWithTheCapability)
{
    let_anna(R"("types": {"*": {"read": "all"}})");
    for (const char* method : {"audit.list", "audit.head", "audit.verify"})
        EXPECT_EQ(refusal(*anna, method).key, "access.method") << method;
    role(R"({"name": "probe", "capabilities": ["audit"]})", false);
    for (const char* method : {"audit.list", "audit.head", "audit.verify"})
        EXPECT_FALSE(ask(*anna, method).failed) << method;
}

TEST_F(AuditTrail, IsCheckedAgainstAHeadThatWasKept)
{
    const value head = ask(*admin, "audit.head").answer.at("head");
    create("deal", {{"title", "amber"}});
    EXPECT_EQ(verify({head}).at("ok"), true);
    const value answer = verify({"3:" + std::string(64, 'a')});
    EXPECT_EQ(answer.at("ok"), false);
    EXPECT_EQ(answer.at("findings").as_array().at(0).at("entry"), "3");
    EXPECT_EQ(refusal(*admin, "audit.verify", {{"heads", array{"nonsense"}}}).key, "audit.head");
}

} // namespace
} // namespace mortise::host
