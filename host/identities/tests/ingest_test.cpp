#include "identities/tests/identities_fixture.hpp"

#include <thread>

namespace mortise::host {

namespace {

class Ingest : public testing::Test, public IdentitiesWorld { };

TEST_F(Ingest, MakesAnAnonymousContactAndFindsItAgain)
{
    const auto first = ingest(message(
        "web",
        1,
        known_as({{"Cookie= x1", "asserted"}}) + R"(, "event": {"type": "page.viewed", "data": {"n": 1}})"
    ));
    EXPECT_TRUE(first.is_new);
    EXPECT_EQ(text(first.contact, "lifecycle"), "anonymous");
    EXPECT_EQ(text(first.contact, "name"), "Anonymous");
    const auto second = ingest(
        message("web", 2, known_as({{"cookie=x1", "asserted"}}) + R"(, "event": {"type": "page.left"})")
    );
    EXPECT_FALSE(second.is_new);
    EXPECT_EQ(second.contact, first.contact);
    EXPECT_EQ(events(first.contact), (std::multiset<std::string>{"page.left", "page.viewed"}));
    EXPECT_EQ(all("identity").size(), 1U);
}

TEST_F(Ingest, TheSameMessageAgainDoesNothing)
{
    const Map given = message(
        "shop",
        5,
        known_as({{"shop=7", "verified"}})
            + R"(, "fields": {"name": "Ada", "tags": ["vip"]}, "event": {"type": "page.viewed"})"
    );
    const auto first = ingest(given);
    const auto before = dump();
    const std::int64_t last = host.writer->last_event();
    const auto again = ingest(given);
    EXPECT_TRUE(again.repeated);
    EXPECT_EQ(again.contact, first.contact);
    EXPECT_EQ(host.writer->last_event(), last);
    EXPECT_EQ(dump(), before);
    Map others = given;
    others.set("source", "desk");
    EXPECT_FALSE(ingest(others).repeated) << "ids are of a source";
}

TEST_F(Ingest, AnEventComesOnceThoughItsMessageIsSentAnew)
{
    const std::string event
        = known_as({{"cookie=x", "asserted"}}) + R"(, "event": {"type": "page.viewed", "id": "e1"})";
    EXPECT_TRUE(ingest(message("web", 1, event)).has_event);
    const auto again = ingest(message("web", 2, event));
    EXPECT_FALSE(again.repeated);
    EXPECT_FALSE(again.has_event);
    EXPECT_EQ(events(again.contact).size(), 1U);
}

TEST_F(Ingest, OlderWordsDoNotOverwriteNewerOnes)
{
    const auto name = known_as({{"crm=1", "verified"}});
    const Id ada
        = ingest(message("crm", 9, name + R"(, "fields": {"name": "Ada L", "job_title": null})")).contact;
    ingest(message(
        "crm",
        3,
        name + R"(, "fields": {"name": "Ada B", "job_title": "clerk", "website": "https://a.example"})"
    ));
    EXPECT_EQ(text(ada, "name"), "Ada L");
    EXPECT_TRUE(value(ada, "job_title").is_null());
    EXPECT_EQ(text(ada, "website"), "https://a.example") << "nobody said anything later";
}

TEST_F(Ingest, AddressesAreKnownInWhateverFormTheyCome)
{
    const Id ada = ingest(message("crm", 1, known_as({{"email=Ada@Example.ORG", "asserted"}}))).contact;
    EXPECT_EQ(contact_of("email", " ada@example.org"), ada);
    EXPECT_EQ(ingest(message("web", 2, known_as({{"EMAIL=ada@EXAMPLE.org", "asserted"}}))).contact, ada);
    const Id grace = ingest(message("crm", 3, R"("fields": {"phone": "+43 1 5551234"})")).contact;
    EXPECT_EQ(ingest(message("web", 4, known_as({{"phone=+43 (1) 555-12-34", "asserted"}}))).contact, grace);
}

TEST_F(Ingest, FindsByIdentitiesThatAnOlderHostWrote)
{
    const Id ada = ingest(message("crm", 1, known_as({{"email=ada@example.org", "asserted"}}))).contact;
    ingest(message("crm", 2, known_as({{"email=bob@example.org", "asserted"}, {"crm=2", "verified"}})));
    ASSERT_TRUE(host.writer->run([](Connection& connection) {
        return connection.execute(
            R"(UPDATE "mt$identity" SET value = 'Ada@Example.ORG' WHERE value = 'ada@example.org';
            UPDATE "mt$identity" SET value = 'nobody' WHERE value = 'bob@example.org';
            UPDATE "mt$identity" SET namespace = 'CRM' WHERE namespace = 'crm';
            DELETE FROM "mt$meta" WHERE name = 'identities_normal')"
        );
    }));
    ASSERT_TRUE(identities.open());
    EXPECT_EQ(contact_of("email", "ada@example.org"), ada);
    EXPECT_TRUE(contact_of("crm", "2"));
    const std::int64_t last = host.writer->last_event();
    ASSERT_TRUE(identities.open());
    EXPECT_EQ(host.writer->last_event(), last);
}

TEST_F(Ingest, FindsWhomPeopleWroteIn)
{
    const auto made = host.create("contact", {{"name", "Ada"}, {"email", "ada@example.org"}});
    ASSERT_TRUE(made);
    const auto found = ingest(
        message("web", 1, known_as({{"email=ada@example.org", "asserted"}, {"cookie=c", "inferred"}}))
    );
    EXPECT_EQ(found.contact, made->ids.front());
    EXPECT_EQ(text(found.contact, "lifecycle"), "");
    ASSERT_TRUE(host.create("contact", {{"name", "One"}, {"email", "info@example.org"}}));
    ASSERT_TRUE(host.create("contact", {{"name", "Two"}, {"email", "info@example.org"}}));
    const auto nobody = ingest(message("web", 2, known_as({{"email=info@example.org", "asserted"}})));
    EXPECT_TRUE(nobody.is_new);
    EXPECT_EQ(nobody.ambiguous, std::vector<std::string>{"email info@example.org"});
}

TEST_F(Ingest, WhatPeopleWroteIsNewerThanOlderWords)
{
    const Id ada
        = ingest(
              message("crm", 1, known_as({{"crm=1", "verified"}}) + R"(, "fields": {"job_title": "clerk"})")
        )
              .contact;
    update(ada, {{"job_title", "head"}, {"industry", "mills"}});
    ingest(message(
        "crm",
        2,
        known_as({{"crm=1", "verified"}}) + R"(, "fields": {"job_title": "boss", "industry": "steel"})"
    ));
    EXPECT_EQ(text(ada, "job_title"), "head") << "it was written in 2026, and the messages are of 2025";
    EXPECT_EQ(text(ada, "industry"), "mills");
    const auto known = identities.provenance(Principal::system(), ada);
    ASSERT_TRUE(known);
    for (const FieldDecision& field : known->fields)
        EXPECT_EQ(field.claims[*field.decision.winner].source, by_hand);
}

TEST_F(Ingest, AnAnonymousHistoryIsStitchedToWhomItTurnsOutToBe)
{
    const Id visitor = ingest(message(
                                  "web",
                                  1,
                                  known_as({{"cookie=c", "asserted"}})
                                      + R"(, "event": {"type": "page.viewed"}, "fields": {"locale": "de"})"
                              ))
                           .contact;
    const Id ada
        = ingest(message("crm", 2, known_as({{"crm=1", "verified"}}) + R"(, "fields": {"name": "Ada"})"))
              .contact;
    ASSERT_NE(visitor, ada);
    const auto both = ingest(message("web", 3, known_as({{"cookie=c", "asserted"}, {"crm=1", "verified"}})));
    EXPECT_EQ(both.contact, ada);
    ASSERT_EQ(both.merges.size(), 1U);
    EXPECT_TRUE(both.pairs.empty());
    EXPECT_EQ(events(ada), std::multiset<std::string>{"page.viewed"});
    EXPECT_EQ(text(ada, "locale"), "de");
    EXPECT_EQ(text(ada, "lifecycle"), "") << "anonymous no more";
    EXPECT_EQ(contact_of("cookie", "c"), ada);
    const auto undone = merging.unmerge(ScratchHost::system(), both.merges.front());
    ASSERT_TRUE(undone) << undone.error().message;
    EXPECT_EQ(contact_of("cookie", "c"), visitor);
    EXPECT_EQ(text(visitor, "lifecycle"), "anonymous");
    EXPECT_EQ(text(visitor, "locale"), "de");
    EXPECT_EQ(text(ada, "locale"), "");
}

TEST_F(Ingest, TwoWhoAreKnownAreNeverMergedByThemselves)
{
    const Id ada = ingest(message("crm", 1, known_as({{"crm=1", "verified"}}))).contact;
    const Id other = ingest(message("shop", 2, known_as({{"shop=7", "verified"}}))).contact;
    const auto both = ingest(message("desk", 3, known_as({{"crm=1", "verified"}, {"shop=7", "verified"}})));
    EXPECT_EQ(both.contact, ada);
    EXPECT_EQ(both.pairs, std::vector<Id>{other});
    EXPECT_TRUE(both.merges.empty());
    EXPECT_FALSE(row(other).is_deleted());
    auto pair = duplicates.book().between(ada, other);
    ASSERT_TRUE(pair && *pair);
    EXPECT_EQ((*pair)->state, PairState::open);
    EXPECT_EQ((*pair)->evidence, "desk names both in its message m3");
    EXPECT_FALSE(
        ingest(message("desk", 4, known_as({{"crm=1", "verified"}, {"shop=7", "verified"}}))).pairs.empty()
    );
    EXPECT_EQ(all("duplicate_pair").size(), 1U);
    ASSERT_TRUE(duplicates.book().decide(
        ScratchHost::system(), std::vector{**pair}, PairState::not_a_duplicate, "twins"
    ));
    const auto apart = ingest(message("desk", 5, known_as({{"crm=1", "verified"}, {"shop=7", "verified"}})));
    EXPECT_TRUE(apart.pairs.empty());
    EXPECT_EQ(apart.apart, std::vector<Id>{other});
}

TEST_F(Ingest, NoScanTakesAwayAPairThatASourceSpeaksFor)
{
    duplicates.attach(jobs);
    const Id ada = ingest(message(
                              "crm",
                              1,
                              known_as({{"crm=1", "verified"}})
                                  + R"(, "fields": {"name": "Ada Lovelace", "birthday": "1815-12-10"})"
                          ))
                       .contact;
    const Id bob = ingest(message(
                              "shop",
                              2,
                              known_as({{"shop=7", "verified"}})
                                  + R"(, "fields": {"name": "Robert Zuse", "birthday": "1910-06-22"})"
                          ))
                       .contact;
    ingest(message("desk", 3, known_as({{"crm=1", "verified"}, {"shop=7", "verified"}})));
    ASSERT_TRUE(duplicates.scan(ScratchHost::system()));
    ASSERT_TRUE(jobs.run_due(std::chrono::seconds{60}));
    const auto pair = duplicates.book().between(ada, bob);
    ASSERT_TRUE(pair && *pair);
    EXPECT_FALSE((*pair)->is_deleted);
    EXPECT_EQ((*pair)->state, PairState::open);
}

TEST_F(Ingest, WhoSharesAComputerIsNotTheSame)
{
    const Id ada
        = ingest(
              message("web", 1, known_as({{"cookie=c", "asserted"}, {"email=ada@example.org", "verified"}}))
        )
              .contact;
    const auto bob = ingest(
        message("web", 2, known_as({{"cookie=c", "asserted"}, {"email=bob@example.org", "verified"}}))
    );
    EXPECT_TRUE(bob.is_new);
    EXPECT_EQ(bob.pairs, std::vector<Id>{ada});
    EXPECT_EQ(contact_of("cookie", "c"), ada);
    EXPECT_EQ(contact_of("email", "bob@example.org"), bob.contact);
    const auto moved = ingest(message(
        "crm", 3, known_as({{"email=ada@example.org", "verified"}, {"email=ada@new.example", "verified"}})
    ));
    EXPECT_EQ(moved.contact, ada) << "by a verified identity a second address is hers";
}

TEST_F(Ingest, RefusesWhatItCannotTake)
{
    const auto refused = [this](const std::string& rest, const char* where) {
        const auto outcome = identities.ingest(ScratchHost::system(), message("web", 1, rest));
        ASSERT_FALSE(outcome) << rest;
        EXPECT_EQ(outcome.error().where, where) << outcome.error().message;
    };
    const std::string named = known_as({{"cookie=c", "asserted"}});
    refused(R"("fields": {})", "/identities");
    refused(known_as({{"email=nonsense", "asserted"}}), "/identities/0/value");
    refused(known_as({{"cookie=c", "sure"}}), "/identities/0/strength");
    refused(named + R"(, "fields": {"shoe_size": 4})", "/fields/shoe_size");
    refused(named + R"(, "fields": {"organisation": "17"})", "/fields/organisation");
    refused(named + R"(, "fields": {"kind": "ghost"})", "/fields/kind");
    refused(named + R"(, "event": {"type": "contact.merged"})", "/event/type");
    refused(named + R"(, "event": {"type": "viewed"})", "/event/type");
    Map ahead = message("web", 1, named);
    ahead.set("at", "2026-01-03T00:00:00Z");
    const auto outcome = identities.ingest(ScratchHost::system(), ahead);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().where, "/at");
    Map ours = message("by_hand", 1, named);
    EXPECT_FALSE(identities.ingest(ScratchHost::system(), ours));
    EXPECT_TRUE(all("contact").empty());
}

TEST_F(Ingest, IsForThoseWhoSeeAll)
{
    CallContext own;
    own.principal = {.user = Id{7}, .user_name = "seven", .scope = RowScope::own, .plugin = nullptr};
    const auto outcome = identities.ingest(own, message("web", 1, known_as({{"cookie=c", "asserted"}})));
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().key, "access.ingest");
    CallContext plugin;
    plugin.principal.scope = RowScope::all;
    plugin.principal.plugin
        = std::make_shared<const PluginGrants>("acme.web", std::vector<std::string>{"contacts.merge"});
    const auto taken = identities.ingest(
        plugin,
        message("web", 2, known_as({{"cookie=c", "asserted"}}) + R"(, "fields": {"email": "c@example.org"})")
    );
    EXPECT_TRUE(taken) << taken.error().message;
}

TEST_F(Ingest, ManyAtOnceMakeOneContact)
{
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([this, t] {
            for (int i = 0; i < 25; ++i)
                ingest(message(
                    "web" + std::to_string(t),
                    i,
                    known_as({{"crm=1", "verified"}}) + R"(, "fields": {"job_title": ")" + std::to_string(i)
                        + R"(", "tags": ["t)" + std::to_string(t * 25 + i)
                        + R"("]}, "event": {"type": "page.viewed"})"
                ));
        });
    for (std::thread& thread : threads)
        thread.join();
    ASSERT_EQ(all("contact").size(), 1U);
    const Id only = all("contact").front().id;
    EXPECT_EQ(text(only, "job_title"), "24");
    EXPECT_EQ(value(only, "tags").get_or(List{}).size(), 100U);
    EXPECT_EQ(events(only).size(), 100U);
}

TEST_F(Ingest, AContactThatIsDeletedIsNotFoundAgain)
{
    const Id first = ingest(message("crm", 1, known_as({{"crm=1", "verified"}}))).contact;
    ASSERT_TRUE(host.commit(
        {.operation = Operation::remove, .type = "contact", .id = first, .version = {}, .values = {}}
    ));
    const auto second = ingest(message("crm", 2, known_as({{"crm=1", "verified"}})));
    EXPECT_TRUE(second.is_new);
    EXPECT_EQ(contact_of("crm", "1"), second.contact);
}

TEST_F(Ingest, RulesDecideAndChangedRulesReachContactsByAJob)
{
    const auto name = known_as({{"crm=1", "verified"}});
    const Id ada
        = ingest(message("crm", 1, name + R"(, "fields": {"phone": "+4315551234", "tags": ["a"]})")).contact;
    ingest(message("shop", 2, name + R"(, "fields": {"phone": "+4315559999", "tags": ["b"]})"));
    EXPECT_EQ(text(ada, "phone"), "+4315559999");
    EXPECT_EQ(value(ada, "tags"), (Value{List{"a", "b"}})) << "what holds several is added to";
    const Value answer = call(
        "contacts.set_rule", {{"field", "phone"}, {"rule", "source_priority"}, {"sources", List{"crm"}}}
    );
    EXPECT_FALSE(answer["job"].is_null());
    EXPECT_TRUE(jobs.run_due(std::chrono::seconds{20}));
    EXPECT_EQ(text(ada, "phone"), "+4315551234");
    ingest(message("shop", 3, name + R"(, "fields": {"phone": "+4315550000"})"));
    EXPECT_EQ(text(ada, "phone"), "+4315551234");
    call("contacts.set_rule", {{"field", "tags"}, {"rule", "most_recent"}});
    call("contacts.set_rule", {{"field", "phone"}});
    EXPECT_TRUE(jobs.run_due(std::chrono::seconds{20}));
    EXPECT_EQ(text(ada, "phone"), "+4315550000");
    EXPECT_EQ(value(ada, "tags"), (Value{List{"b"}}));
    for (const Map& wrong : std::vector<Map>{
             {{"field", "phone"}, {"rule", "add"}},
             {{"field", "phone"}, {"rule", "source_priority"}},
             {{"field", "phone"}, {"rule", "non_empty"}, {"sources", List{"crm"}}},
             {{"field", "organisation"}, {"rule", "non_empty"}},
             {{"field", "shoe_size"}, {"rule", "non_empty"}}
         })
        EXPECT_FALSE(commands.call("contacts.set_rule", ScratchHost::system(), wrong))
            << json_text(Value{wrong});
}

TEST_F(Ingest, ProvenanceTellsWhoSaidWhatAndWhy)
{
    const auto name = known_as({{"crm=1", "verified"}});
    const Id ada = ingest(message("crm", 1, name + R"(, "fields": {"job_title": "clerk"})")).contact;
    ingest(message("shop", 2, name + R"(, "fields": {"job_title": "head"})"));
    const Value told = call("contacts.provenance", {{"contact", ada}});
    const List fields = told["fields"].get_or(List{});
    ASSERT_EQ(fields.size(), 1U);
    EXPECT_EQ(fields[0]["value"], Value{"head"});
    EXPECT_EQ(fields[0]["source"], Value{"shop"});
    EXPECT_EQ(fields[0]["message"], Value{"m2"});
    EXPECT_EQ(fields[0]["why"].text(), "shop said so at 2025-12-01T00:02:00Z, later than all others");
    const List others = fields[0]["others"].get_or(List{});
    ASSERT_EQ(others.size(), 1U);
    EXPECT_EQ(others[0]["source"], Value{"crm"});
    EXPECT_EQ(others[0]["value"], Value{"clerk"});
    EXPECT_EQ(others[0]["namespace"], Value{"crm"});
}

/// Somebody with a role of that rule of types.
Principal with_role(const std::string& types)
{
    const auto json
        = parse_json(R"({"name": "reader", "commands": ["contacts.*"], "types": {)" + types + "}}", "a role");
    EXPECT_TRUE(json);
    auto role = parse_role(*json);
    EXPECT_TRUE(role) << role.error().message;
    Principal principal{.user = Id{7}, .user_name = "seven", .scope = RowScope::own, .plugin = nullptr};
    principal.rights = std::make_shared<const Rights>(std::vector{*std::move(role)});
    return principal;
}

TEST_F(Ingest, WhatIsHiddenIsNamedByNoProvenanceAndNoRule)
{
    const Id ada = ingest(message(
                              "crm",
                              1,
                              known_as({{"crm=1", "verified"}})
                                  + R"(, "fields": {"job_title": "clerk", "nickname": "Ady"})"
                          ))
                       .contact;
    const auto fields_told = [&](const std::string& types, const char* command, const char* list) {
        CallContext context;
        context.principal = with_role(types);
        const auto told = commands.call(command, context, {{"contact", ada}});
        EXPECT_TRUE(told) << told.error().message;
        std::set<std::string> names;
        if (told)
            for (const Value& field : (*told)[list].get_or(List{}))
                names.emplace(field["field"].text());
        return names;
    };
    const std::string contact = R"("contact": {"read": "all", "hidden": ["nickname"]})";
    const std::string all = R"(, "source_profile": {"read": "all"})";
    EXPECT_EQ(
        fields_told(contact + all, "contacts.provenance", "fields"), std::set<std::string>{"job_title"}
    );
    EXPECT_EQ(fields_told(contact, "contacts.provenance", "fields"), std::set<std::string>{})
        << "what sources say is of a type that the role does not read";
    CallContext context;
    context.principal = with_role(contact);
    const auto rules = commands.call("contacts.rules", context, {});
    ASSERT_TRUE(rules) << rules.error().message;
    bool names_visible = false;
    for (const Value& rule : (*rules)["rules"].get_or(List{})) {
        EXPECT_NE(rule["field"], Value{"nickname"});
        names_visible |= rule["field"] == Value{"job_title"};
    }
    EXPECT_TRUE(names_visible);
}

} // namespace

} // namespace mortise::host
