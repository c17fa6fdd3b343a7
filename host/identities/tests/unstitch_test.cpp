#include "identities/tests/identities_fixture.hpp"

namespace mortise::host {

namespace {

class Unstitch : public testing::Test, public IdentitiesWorld {
protected:
    UnstitchOutcome unstitch(Id identity)
    {
        auto outcome = identities.unstitch(ScratchHost::system(), identity);
        EXPECT_TRUE(outcome) << outcome.error().where << ": " << outcome.error().message;
        return outcome ? *std::move(outcome) : UnstitchOutcome{};
    }
};

TEST_F(Unstitch, GivesBackExactlyWhatWasStitched)
{
    ingest(message(
        "web",
        1,
        known_as({{"cookie=c", "asserted"}, {"device=d", "inferred"}})
            + R"(, "fields": {"locale": "de", "tags": ["seen"]}, "event": {"type": "page.viewed"})"
    ));
    ingest(message(
        "crm",
        2,
        known_as({{"crm=1", "verified"}}
        ) + R"(, "fields": {"name": "Ada", "locale": "fr", "tags": ["vip"]}, "event": {"type": "page.left"})"
    ));
    const auto before = dump();
    const auto both = ingest(message("web", 9, known_as({{"cookie=c", "asserted"}, {"crm=1", "verified"}})));
    ASSERT_EQ(both.merges.size(), 1U);
    ASSERT_EQ(all("contact").size(), 1U);
    const auto outcome = unstitch(identity("cookie", "c"));
    EXPECT_EQ(outcome.merge, both.merges.front());
    EXPECT_EQ(outcome.from, both.contact);
    EXPECT_EQ(outcome.contact, contact_of("cookie", "c"));
    auto after = dump();
    // The times at which an identity was seen are those of what came meanwhile.
    const auto without_times = [](const std::multiset<std::string>& texts) {
        std::multiset<std::string> all;
        for (std::string text : texts) {
            for (std::size_t at = 0; (at = text.find(R"(_seen":")", at)) != std::string::npos;)
                text.replace(at, text.find('"', at + 8) - at + 1, "");
            all.insert(text);
        }
        return all;
    };
    EXPECT_EQ(without_times(after), without_times(before));
}

TEST_F(Unstitch, WhatCameByTheIdentityMeanwhileGoesWithIt)
{
    const Id visitor = ingest(message("web", 1, known_as({{"cookie=c", "asserted"}}))).contact;
    const Id ada
        = ingest(message("crm", 2, known_as({{"crm=1", "verified"}}) + R"(, "fields": {"name": "Ada"})"))
              .contact;
    ingest(message("web", 3, known_as({{"cookie=c", "asserted"}, {"crm=1", "verified"}})));
    ingest(message(
        "web",
        4,
        known_as({{"cookie=c", "asserted"}})
            + R"(, "fields": {"locale": "de", "name": "Bob"}, "event": {"type": "page.viewed"})"
    ));
    EXPECT_EQ(text(ada, "name"), "Bob");
    update(ada, {{"job_title", "head"}});
    const auto outcome = unstitch(identity("cookie", "c"));
    EXPECT_EQ(outcome.contact, visitor);
    EXPECT_EQ(outcome.profiles, 1U);
    EXPECT_EQ(outcome.events, 1);
    EXPECT_EQ(text(ada, "name"), "Ada");
    EXPECT_EQ(text(ada, "locale"), "");
    EXPECT_EQ(text(ada, "job_title"), "head");
    EXPECT_EQ(text(visitor, "name"), "Bob");
    EXPECT_EQ(text(visitor, "locale"), "de");
    EXPECT_EQ(events(visitor), std::multiset<std::string>{"page.viewed"});
}

TEST_F(Unstitch, AnIdentityThatWasNeverAloneBecomesAContactOfItsOwn)
{
    const Id ada = ingest(message(
                              "crm",
                              1,
                              known_as({{"crm=1", "verified"}, {"cookie=c", "asserted"}})
                                  + R"(, "fields": {"name": "Ada", "locale": "fr"})"
                          ))
                       .contact;
    ingest(message(
        "web",
        2,
        known_as({{"cookie=c", "asserted"}})
            + R"(, "fields": {"locale": "de", "website": "https://b.example"})"
    ));
    EXPECT_EQ(text(ada, "locale"), "de");
    const auto outcome = unstitch(identity("cookie", "c"));
    EXPECT_FALSE(outcome.merge);
    ASSERT_NE(outcome.contact, ada);
    EXPECT_EQ(contact_of("cookie", "c"), outcome.contact);
    EXPECT_EQ(text(ada, "locale"), "fr");
    EXPECT_EQ(text(ada, "website"), "");
    EXPECT_EQ(text(ada, "name"), "Ada");
    EXPECT_EQ(text(outcome.contact, "locale"), "de");
    EXPECT_EQ(text(outcome.contact, "website"), "https://b.example");
    EXPECT_EQ(text(outcome.contact, "name"), "Anonymous");
    EXPECT_EQ(text(outcome.contact, "lifecycle"), "anonymous");
}

TEST_F(Unstitch, TheTwoStayApart)
{
    const Id ada
        = ingest(message("crm", 1, known_as({{"crm=1", "verified"}, {"cookie=c", "asserted"}}))).contact;
    const auto outcome = unstitch(identity("cookie", "c"));
    const auto again = ingest(message("web", 3, known_as({{"crm=1", "verified"}, {"cookie=c", "asserted"}})));
    EXPECT_EQ(again.contact, ada);
    EXPECT_TRUE(again.merges.empty());
    EXPECT_EQ(again.apart, std::vector<Id>{outcome.contact});
    EXPECT_EQ(contact_of("cookie", "c"), outcome.contact);
}

TEST_F(Unstitch, RefusesWhatCannotBeParted)
{
    ingest(message("crm", 1, known_as({{"crm=1", "verified"}})));
    const auto only = identities.unstitch(ScratchHost::system(), identity("crm", "1"));
    ASSERT_FALSE(only);
    EXPECT_EQ(only.error().key, "identities.only_one");
    const auto unknown = identities.unstitch(ScratchHost::system(), Id{99'999});
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().code, ErrorCode::not_found);
}

TEST_F(Unstitch, ALaterMergeHasToBeTakenBackFirst)
{
    ingest(message("web", 1, known_as({{"cookie=a", "asserted"}})));
    ingest(message("web", 2, known_as({{"cookie=b", "asserted"}})));
    ingest(message("crm", 3, known_as({{"crm=1", "verified"}})));
    const auto first = ingest(message("web", 4, known_as({{"cookie=a", "asserted"}, {"crm=1", "verified"}})));
    const auto second
        = ingest(message("web", 5, known_as({{"cookie=b", "asserted"}, {"crm=1", "verified"}})));
    ASSERT_EQ(second.merges.size(), 1U);
    unstitch(identity("cookie", "b"));
    const auto outcome = unstitch(identity("cookie", "a"));
    EXPECT_EQ(outcome.merge, first.merges.front());
    EXPECT_EQ(all("contact").size(), 3U);
}

} // namespace

} // namespace mortise::host
