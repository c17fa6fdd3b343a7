// What sources tell of contacts whose processing is restricted.
#include "access/role.hpp"
#include "identities/tests/identities_fixture.hpp"
#include "records/restrictions.hpp"

namespace mortise::host {

namespace {

class Restricted : public testing::Test, public IdentitiesWorld {
protected:
    void restrict(Id contact)
    {
        ASSERT_TRUE(host.writer->run([&](Connection& connection) {
            return add_restriction(connection, {contact, "disputed", "user:anna", host.clock.now()});
        }));
    }

    /// Who may do everything, erase persons too.
    static CallContext administrator()
    {
        CallContext context;
        context.principal.user = Id{4};
        context.principal.user_name = "anna";
        context.principal.scope = RowScope::all;
        return context;
    }
    /// Who may take in what sources tell, and erase nobody.
    static CallContext desk()
    {
        constexpr const char* role = R"({"name": "desk", "types": {"*": {"read": "all", "write": "all",
            "delete": "all", "create": true}}, "capabilities": ["merge"], "commands": ["contacts.*"]})";
        CallContext context;
        context.principal.user = Id{5};
        context.principal.user_name = "max";
        context.principal.rights
            = std::make_shared<const Rights>(std::vector<Role>{*parse_role(*parse_json(role, "role"))});
        return context;
    }

    std::string refusal(const CallContext& context, const Map& given)
    {
        const auto outcome = identities.ingest(context, given);
        return outcome ? "" : outcome.error().key;
    }

    /// Every record of the types that ingesting writes, with its version.
    std::map<std::string, std::int64_t> versions() const
    {
        std::map<std::string, std::int64_t> all_of_them;
        for (const char* type : {"contact", "contact_point", "identity", "source_profile", "merge"})
            for (const Row& row : all(type))
                all_of_them[type + std::to_string(row.id.number)] = row.version;
        return all_of_them;
    }
};

TEST_F(Restricted, AMessageAboutOneIsRefusedAndTheOthersAreTaken)
{
    const std::string ada = known_as({{"crm=1", "verified"}});
    const std::string bob = known_as({{"crm=2", "verified"}});
    const Id contact = ingest(message("crm", 1, ada + R"(, "fields": {"name": "Ada"})")).contact;
    const Id other = ingest(message("crm", 2, bob + R"(, "fields": {"name": "Bob"})")).contact;
    update(contact, {{"nickname", "A."}});
    restrict(contact);
    int minute = 10;
    for (const CallContext& context : {administrator(), desk(), ScratchHost::system()}) {
        const std::string who = context.principal.name();
        const Map about_ada = message("crm", ++minute, ada + R"(, "fields": {"name": ")" + who + R"("})");
        const Map about_bob = message("crm", ++minute, bob + R"(, "fields": {"name": ")" + who + R"("})");
        const auto answer
            = commands.call("contacts.ingest", context, {{"messages", List{about_ada, about_bob}}});
        ASSERT_TRUE(answer) << answer.error().message;
        EXPECT_EQ((*answer)["refused"], Value{1}) << who;
        EXPECT_EQ((*answer)["taken"], Value{1}) << who;
        const List results = (*answer)["results"].get_or(List{});
        ASSERT_EQ(results.size(), 2U);
        EXPECT_EQ(results.front()["error"]["key"], Value{"records.restricted"});
        EXPECT_EQ(text(contact, "name"), "Ada");
        EXPECT_EQ(text(other, "name"), who);
        CallContext dry = context;
        dry.dry_run = true;
        EXPECT_EQ(refusal(dry, message("crm", ++minute, ada)), "records.restricted") << who;
    }
}

TEST_F(Restricted, IsRefusedBeforeAnythingIsStitchedOrKept)
{
    const Id visitor = ingest(message("web", 1, known_as({{"cookie=c", "asserted"}}))).contact;
    const std::string fields = R"(, "fields": {"name": "Ada"})";
    const Id ada = ingest(message("crm", 2, known_as({{"crm=1", "verified"}}) + fields)).contact;
    update(ada, {{"name", "Ada L."}}); // would be kept as written by hand
    restrict(ada);
    const auto before = versions();
    const Map both = message("web", 3, known_as({{"cookie=c", "asserted"}, {"crm=1", "verified"}}));
    for (const CallContext& context : {administrator(), desk(), ScratchHost::system()})
        EXPECT_EQ(refusal(context, both), "records.restricted");
    EXPECT_EQ(versions(), before);
    EXPECT_EQ(contact_of("cookie", "c"), visitor);
}

TEST_F(Restricted, ItsCookieInAMessageAboutAnotherChangesNothingOfIt)
{
    const Id ada = ingest(message(
                              "crm",
                              1,
                              known_as({{"crm=1", "verified"}, {"cookie=c", "asserted"}})
                                  + R"(, "fields": {"email": "ada@example.org"})"
                          ))
                       .contact;
    const Id bob = ingest(message("crm", 2, known_as({{"crm=2", "verified"}}))).contact;
    restrict(ada);
    const auto before = versions();
    int minute = 10;
    for (const CallContext& context : {administrator(), desk(), ScratchHost::system()}) {
        const auto outcome = identities.ingest(
            context,
            message(
                "web",
                ++minute,
                known_as(
                    {{"crm=2", "verified"}, {"cookie=c", "asserted"}, {"email=ada@example.org", "asserted"}}
                ) + R"(, "fields": {"nickname": ")"
                    + context.principal.name() + R"("})"
            )
        );
        ASSERT_TRUE(outcome) << outcome.error().message;
        EXPECT_EQ(outcome->contact, bob);
        EXPECT_EQ(outcome->pairs, std::vector<Id>{ada}) << "a person decides";
        EXPECT_EQ(text(bob, "nickname"), context.principal.name());
    }
    auto after = versions();
    const std::set<std::string> of_bob{
        "contact" + std::to_string(bob.number), "identity" + std::to_string(identity("crm", "2").number)
    };
    for (const auto& [record, version] : before) {
        const bool is_bobs = of_bob.contains(record);
        EXPECT_TRUE(is_bobs || after[record] == version) << record;
    }
    EXPECT_EQ(contact_of("cookie", "c"), ada);
}

TEST_F(Restricted, AnAnonymousOneIsNotStitchedAndOthersAre)
{
    const Id free = ingest(message("web", 1, known_as({{"cookie=a", "asserted"}}))).contact;
    const Id left = ingest(message("web", 2, known_as({{"cookie=b", "asserted"}}))).contact;
    const Id ada = ingest(message("crm", 3, known_as({{"crm=1", "verified"}}))).contact;
    restrict(left);
    const Map given = message(
        "web", 4, known_as({{"cookie=a", "asserted"}, {"cookie=b", "asserted"}, {"crm=1", "verified"}})
    );
    CallContext dry = administrator();
    dry.dry_run = true;
    const auto told = identities.ingest(dry, given);
    ASSERT_TRUE(told) << told.error().message;
    EXPECT_EQ(told->merges, std::vector<Id>{free});
    EXPECT_EQ(told->pairs, std::vector<Id>{left});
    const auto outcome = identities.ingest(administrator(), given);
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(outcome->contact, ada);
    EXPECT_EQ(outcome->merges.size(), 1U);
    EXPECT_EQ(outcome->pairs, std::vector<Id>{left});
    EXPECT_EQ(contact_of("cookie", "a"), ada);
    EXPECT_EQ(contact_of("cookie", "b"), left);
    const auto pair = duplicates.book().between(ada, left);
    ASSERT_TRUE(pair && *pair);
    EXPECT_EQ((*pair)->state, PairState::open);
}

TEST_F(Restricted, WhoIsRelatedToOneIsNotStitched)
{
    const Id visitor = ingest(message("web", 1, known_as({{"cookie=c", "asserted"}}))).contact;
    const Id ada = ingest(message("crm", 2, known_as({{"crm=1", "verified"}}))).contact;
    const auto restricted = host.create("contact", {{"name", "Eve"}});
    ASSERT_TRUE(restricted);
    ASSERT_TRUE(host.create(
        "relation", {{"source", visitor}, {"target", restricted->ids.front()}, {"kind", "reports_to"}}
    ));
    restrict(restricted->ids.front());
    const auto outcome = identities.ingest(
        administrator(), message("web", 3, known_as({{"cookie=c", "asserted"}, {"crm=1", "verified"}}))
    );
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(outcome->contact, ada);
    EXPECT_TRUE(outcome->merges.empty());
    EXPECT_EQ(outcome->pairs, std::vector<Id>{visitor});
    EXPECT_EQ(contact_of("cookie", "c"), visitor);
}

TEST_F(Restricted, NoIdentityIsTakenOffIt)
{
    const Id ada
        = ingest(message("crm", 1, known_as({{"crm=1", "verified"}, {"cookie=own", "asserted"}}))).contact;
    ingest(message("web", 2, known_as({{"cookie=c", "asserted"}})));
    const auto both = ingest(message("web", 3, known_as({{"cookie=c", "asserted"}, {"crm=1", "verified"}})));
    ASSERT_EQ(both.merges.size(), 1U);
    update(ada, {{"nickname", "A."}});
    restrict(ada);
    const auto before = versions();
    for (const CallContext& context : {administrator(), desk(), ScratchHost::system()})
        for (const char* cookie : {"own", "c"}) {
            const auto outcome = identities.unstitch(context, identity("cookie", cookie));
            ASSERT_FALSE(outcome) << cookie;
            EXPECT_EQ(outcome.error().key, "records.restricted");
        }
    EXPECT_EQ(versions(), before);
    EXPECT_EQ(contact_of("cookie", "c"), ada);
    EXPECT_EQ(contact_of("cookie", "own"), ada);
}

TEST_F(Restricted, ChangedRulesPassItOver)
{
    const auto tell = [this](const std::string& name, int minute) {
        const std::string known = known_as({{"crm=" + name, "verified"}});
        const auto phone
            = [](const std::string& number) { return R"(, "fields": {"phone": ")" + number + R"("})"; };
        const Id contact = ingest(message("crm", minute, known + phone("+431555123" + name))).contact;
        ingest(message("shop", minute + 1, known + phone("+431555999" + name)));
        return contact;
    };
    const Id ada = tell("1", 1);
    const Id bob = tell("2", 11);
    restrict(ada);
    const auto before = versions();
    call("contacts.set_rule", {{"field", "phone"}, {"rule", "source_priority"}, {"sources", List{"crm"}}});
    EXPECT_TRUE(jobs.run_due(std::chrono::seconds{20}));
    EXPECT_EQ(text(ada, "phone"), "+4315559991");
    EXPECT_EQ(row(ada).version, before.at("contact" + std::to_string(ada.number)));
    EXPECT_EQ(text(bob, "phone"), "+4315551232") << "others follow the rule";
}

TEST_F(Restricted, WhatSourcesSaidOfItIsItsData)
{
    const Id ada
        = ingest(message("crm", 1, known_as({{"crm=1", "verified"}}) + R"(, "fields": {"name": "Ada"})"))
              .contact;
    restrict(ada);
    UnitOfWork unit;
    unit.imported = true;
    unit.changes.push_back(
        {.operation = Operation::update,
         .type = "source_profile",
         .id = all("source_profile").front().id,
         .version = {},
         .values = {{"source", "other"}}}
    );
    const auto done = host.records->commit(administrator(), unit);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().key, "records.restricted");
}

TEST_F(Restricted, ItsIdentitiesOfAnOlderHostGetTheirForm)
{
    const Id ada = ingest(message("crm", 1, known_as({{"email=ada@example.org", "asserted"}}))).contact;
    restrict(ada);
    ASSERT_TRUE(host.writer->run([](Connection& connection) {
        return connection.execute(
            R"(UPDATE "mt$identity" SET value = 'Ada@Example.ORG' WHERE value = 'ada@example.org';
            DELETE FROM "mt$meta" WHERE name = 'identities_normal')"
        );
    }));
    const auto opened = identities.open();
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(contact_of("email", "ada@example.org"), ada);
}

} // namespace

} // namespace mortise::host
