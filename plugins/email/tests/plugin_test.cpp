// The built plugin in the test kit: what it does for whoever uses it, through the contract alone.
#include "mail_kit.hpp"

#include <algorithm>
#include <chrono>
#include <string>

namespace mortise::testkit {
namespace {

using namespace std::chrono_literals;

class EmailPlugin : public MailTest { };

TEST_F(EmailPlugin, MakesAContactOfAStrangerOnce)
{
    const Value first
        = ingest("From: Ann <ann@example.com>\nTo: us@example.org\nSubject: Hi\nMessage-ID: <1@x>");
    EXPECT_EQ(first["result"], Value{"stored"});
    const Value second
        = ingest("From: Ann <Ann@Example.com>\nTo: us@example.org\nSubject: Other\nMessage-ID: <2@x>");
    EXPECT_EQ(first["contact"], second["contact"]);
    EXPECT_EQ(kit.list("contact").size(), 1U);
    EXPECT_EQ(kit.events("email.received", first["contact"].get_or(Id{})).size(), 2U);
}

TEST_F(EmailPlugin, KeepsAMessageOnceAndNotesEachSighting)
{
    const std::string header = "From: ann@example.com\nSubject: Hi\nMessage-ID: <1@x>";
    const Value first = ingest(header);
    const Value again = ingest("Received: by another.example; Wed, 25 Nov 2026 18:00:00 +0000\n" + header);
    EXPECT_EQ(again["result"], Value{"duplicate"});
    EXPECT_EQ(again["message"], first["message"]);
    EXPECT_EQ(ingest("From: mallory@example.net\nSubject: Hi\nMessage-ID: <1@x>")["result"], Value{"stored"})
        << "an id is no proof";
    EXPECT_EQ(kit.list("email_message").size(), 2U);
    EXPECT_EQ(kit.list("email_sighting").size(), 3U);
}

TEST_F(EmailPlugin, FindsPeopleByEveryAddressThatTheyHave)
{
    const Id ann = person("Ann", "ann@example.com");
    ASSERT_TRUE(
        kit.create("contact_point", {{"contact", ann}, {"kind", "email"}, {"value", "ann@home.example"}})
    );
    EXPECT_EQ(ingest("From: x <ann+news@home.example>\nSubject: Hi")["contact"], Value{ann});
    EXPECT_EQ(kit.list("contact").size(), 1U);
}

TEST_F(EmailPlugin, LetsSomebodyDecideAboutStrangers)
{
    ASSERT_TRUE(kit.set("strangers", "ask"));
    const Value waiting = ingest("From: Ann <ann@example.com>\nSubject: Hi");
    EXPECT_EQ(waiting["result"], Value{"waiting"});
    EXPECT_EQ(kit.list("contact").size(), 0U);
    const auto adopted = kit.call("email.adopt_sender", {{"message", waiting["message"]}});
    ASSERT_TRUE(adopted);
    EXPECT_EQ(kit.field("email_message", waiting["message"].get_or(Id{}), "state"), Value{"received"});
    ASSERT_TRUE(kit.set("strangers", "ignore"));
    EXPECT_EQ(ingest("From: bob@example.com\nSubject: Hi")["result"], Value{"filtered"});
    EXPECT_EQ(ingest("From: ann@example.com\nSubject: Known")["result"], Value{"stored"});
}

TEST_F(EmailPlugin, RefusesToSendWhatShouldNotBeSent)
{
    mailbox();
    const Id ann = person("Ann", "ann@example.com");
    const Id nobody = person("Bob", nullptr);
    EXPECT_EQ(
        key_of({{"contact", ann}, {"subject", "x"}, {"text", "Hi {{contact.nickname}}"}}),
        "email.merge_missing"
    );
    EXPECT_EQ(key_of({{"contact", nobody}, {"subject", "x"}, {"text", "y"}}), "email.no_address");
    EXPECT_EQ(
        key_of({{"contact", ann}, {"subject", "x\nBcc: all@example.com"}, {"text", "y"}}),
        "email.header_injection"
    );
    EXPECT_EQ(key_of({{"contact", ann}, {"subject", "x"}, {"text", ""}}), "email.no_text");
    ASSERT_TRUE(kit.call("email.suppress", {{"address", "ann@example.com"}, {"because", "asked"}}));
    EXPECT_EQ(key_of({{"contact", ann}, {"subject", "x"}, {"text", "y"}}), "email.suppressed");
    ASSERT_TRUE(kit.call("email.allow", {{"address", "ann@example.com"}}));
    EXPECT_EQ(key_of({{"contact", ann}, {"subject", "x"}, {"text", "y"}}), "");
    EXPECT_EQ(kit.list("email_delivery").size(), 1U);
}

TEST_F(EmailPlugin, ShowsWhatWouldBeSentAndKeepsNothing)
{
    mailbox();
    const Id ann = person("Ann", "ann@example.com");
    const Value shown
        = send({{"contact", ann}, {"subject", "For {{contact.name}}"}, {"text", "y"}, {"preview", true}});
    EXPECT_EQ(shown["subject"], Value{"For Ann"});
    EXPECT_TRUE(kit.list("email_message").empty());
}

TEST_F(EmailPlugin, FollowsUpUntilTheyAnswer)
{
    sequence();
    const Value mail = ingest(
        "From: Ann <ann@example.com>\nTo: sales@example.org\nSubject: Question\nMessage-ID: <q@example.com>"
    );
    const Id ann = mail["contact"].get_or(Id{});
    ASSERT_TRUE(kit.call("email.enrol", {{"sequence", "welcome"}, {"contact", ann}}));
    auto sent = kit.list("email_message", {{"direction", "out"}});
    ASSERT_EQ(sent.size(), 1U);
    EXPECT_EQ(sent[0]["text"], Value{"Hi there\n"});
    kit.advance(73h);
    ASSERT_TRUE(kit.call("email.advance_enrolments"));
    ASSERT_EQ(kit.list("email_message", {{"direction", "out"}}).size(), 2U);
    EXPECT_EQ(kit.list("email_enrolment").at(0)["state"], Value{"finished"});
}

TEST_F(EmailPlugin, StopsAFollowUpWhenTheyAnswer)
{
    sequence();
    const Id ann = person("Ann", "ann@example.com");
    ASSERT_TRUE(kit.call("email.enrol", {{"sequence", "welcome"}, {"contact", ann}}));
    const auto sent = kit.list("email_message", {{"direction", "out"}});
    ASSERT_EQ(sent.size(), 1U);
    const std::string id = message_id_of(sent[0]["id"]);
    const std::string answer = "From: ann@example.com\nTo: sales@example.org\nIn-Reply-To: <" + id + ">\n";
    ingest(answer + "Subject: Automatic reply: Hello\nAuto-Submitted: auto-replied");
    EXPECT_EQ(kit.list("email_enrolment").at(0)["state"], Value{"active"}) << "nobody has read it yet";
    ingest(answer + "Subject: Re: Hello");
    EXPECT_EQ(kit.list("email_enrolment").at(0)["state"], Value{"stopped"});
    EXPECT_EQ(kit.list("email_enrolment").at(0)["stopped_because"], Value{"they answered"});
    kit.advance(73h);
    ASSERT_TRUE(kit.call("email.advance_enrolments"));
    EXPECT_EQ(kit.list("email_message", {{"direction", "out"}}).size(), 1U);
    EXPECT_EQ(kit.list("email_thread").size(), 1U);
}

TEST_F(EmailPlugin, StopsAFollowUpWhenTheAddressBouncesOrIsSuppressed)
{
    sequence();
    const Id ann = person("Ann", "ann@example.com");
    const Id bob = person("Bob", "bob@example.com");
    for (const Id contact : {ann, bob})
        ASSERT_TRUE(kit.call("email.enrol", {{"sequence", "welcome"}, {"contact", contact}}));
    ingest(
        "Return-Path: <>\nFrom: MAILER-DAEMON@example.com\nSubject: failure notice",
        "<ann@example.com>:\n550 5.1.1 no such user\n"
    );
    ASSERT_TRUE(kit.call("email.suppress", {{"address", "bob@example.com"}, {"because", "asked"}}));
    for (const Map& enrolment : kit.list("email_enrolment"))
        EXPECT_EQ(enrolment["state"], Value{"stopped"});
    for (const Map& delivery : kit.list("email_delivery"))
        EXPECT_EQ(delivery["state"], Value{"cancelled"});
}

TEST_F(EmailPlugin, BlocksAFollowUpThatHasABlank)
{
    sequence();
    const Id template_id = kit.list("email_template", {{"name", "first"}}).at(0)["id"].get_or(Id{});
    ASSERT_TRUE(kit.update("email_template", template_id, {{"body", "Hi {{contact.nickname}}"}}));
    ASSERT_TRUE(
        kit.call("email.enrol", {{"sequence", "welcome"}, {"contact", person("Ann", "ann@example.com")}})
    );
    EXPECT_EQ(kit.list("email_enrolment").at(0)["state"], Value{"blocked"});
    EXPECT_TRUE(kit.list("email_message").empty());
}

TEST_F(EmailPlugin, TellsHowReadingGoesFolderByFolder)
{
    const Id box
        = kit.call(
                 "email.add_mailbox",
                 {{"address", "sales@example.org"}, {"imap_host", "imap.example.org"}, {"imap_idle", false}}
        )
              .value()["mailbox"]
              .get_or(Id{});
    const auto folder = [&](const char* name, const char* state, std::int64_t validity) {
        EXPECT_TRUE(kit.create(
            "email_folder",
            {{"mailbox", box},
             {"name", name},
             {"state", state},
             {"detail", "no such folder"},
             {"uid_validity", validity}}
        ));
    };
    folder("INBOX", "good", 7);
    folder("Old", "failing", 0);
    const auto sighting = [&](const char* result, std::int64_t validity, std::int64_t uid) {
        EXPECT_TRUE(kit.create(
            "email_sighting",
            {{"mailbox", box},
             {"folder", "INBOX"},
             {"uid", uid},
             {"uid_validity", validity},
             {"result", result},
             {"seen_at", kit.now()}}
        ));
    };
    sighting("stored", 6, 1); // of numbers that are not valid any more
    sighting("stored", 7, 1);
    sighting("error", 7, 2);
    const auto health = kit.view("email.health").value();
    ASSERT_EQ(health.rows.size(), 2U) << health.text;
    EXPECT_EQ(health.rows[0].fields["stored"], Value{1});
    EXPECT_EQ(health.rows[0].fields["errors"], Value{1});
    EXPECT_EQ(health.rows[1].fields["state"], Value{"failing"});
    EXPECT_EQ(health.rows[1].fields["detail"], Value{"no such folder"});
    EXPECT_EQ(health.rows[0].fields["sending"], Value{"sends nothing"}); // no server to send by
}

TEST_F(EmailPlugin, ReadsOnlyMailboxesThatHaveAServer)
{
    mailbox();
    EXPECT_EQ(
        kit.call("email.sync_mailbox", {{"mailbox", "sales@example.org"}}).error().key, "email.not_read"
    );
    EXPECT_EQ(
        kit.call("email.sync_mailbox", {{"mailbox", "who@example.org"}}).error().key, "email.no_mailbox"
    );
    EXPECT_TRUE(kit.call("email.sync_mailbox"));
    for (const auto& job : kit.run_jobs())
        EXPECT_EQ(job.state, "done") << job;
}

TEST_F(EmailPlugin, TriesAgainLaterWhenAServerIsNotThere)
{
    ASSERT_TRUE(kit.set("passwords", "sales@example.org secret"));
    ASSERT_TRUE(kit.call(
        "email.add_mailbox",
        {{"address", "sales@example.org"}, {"imap_host", "127.0.0.1"}, {"imap_port", 1}, {"imap_idle", false}}
    ));
    kit.run_jobs();
    const Map first = kit.list("mailbox").at(0);
    EXPECT_EQ(first["sync_state"], Value{"failing"});
    EXPECT_NE(first["sync_detail"], Value{});
    EXPECT_EQ(first["sync_next_at"], (Value{Instant{kit.now().microseconds + 60'000'000}}));
    kit.advance(61s);
    kit.run_schedule("mailboxes");
    EXPECT_EQ(kit.list("mailbox").at(0)["sync_failures"], Value{2});
}

TEST_F(EmailPlugin, SendsOnlyWhatPeopleHaveNotObjectedTo)
{
    mailbox();
    const Id ann = person("Ann", "ann@example.com");
    ASSERT_TRUE(kit.create("purpose", {{"name", "newsletter"}, {"legal_basis", "consent"}}));
    EXPECT_EQ(
        key_of({{"contact", ann}, {"subject", "x"}, {"text", "y"}, {"purpose", "newsletter"}}), "consent.none"
    );
    EXPECT_EQ(
        key_of({{"contact", ann}, {"subject", "x"}, {"text", "y"}, {"purpose", "nothing"}}),
        "consent.no_purpose"
    );
    EXPECT_EQ(
        key_of({{"contact", ann}, {"address", "other@example.com"}, {"subject", "x"}, {"text", "y"}}),
        "consent.no_point"
    );
    ASSERT_TRUE(kit.call("consents.give", {{"contact", ann}, {"purpose", "newsletter"}}));
    EXPECT_EQ(key_of({{"contact", ann}, {"subject", "x"}, {"text", "y"}, {"purpose", "newsletter"}}), "");
    EXPECT_EQ(kit.list("email_delivery").at(0)["purpose"], Value{"newsletter"});
    ASSERT_TRUE(kit.call("consents.withdraw", {{"contact", ann}, {"purpose", "correspondence"}}));
    EXPECT_EQ(key_of({{"contact", ann}, {"subject", "x"}, {"text", "y"}}), "consent.withdrawn");
}

TEST_F(EmailPlugin, CancelsWhatWaitsWhenTheySayNoMeanwhile)
{
    mailbox();
    const Id ann = person("Ann", "ann@example.com");
    send({{"contact", ann}, {"subject", "x"}, {"text", "y"}});
    ASSERT_TRUE(kit.call("consents.withdraw", {{"contact", ann}, {"purpose", "correspondence"}}));
    kit.run_jobs();
    const Map delivery = kit.list("email_delivery").at(0);
    EXPECT_EQ(delivery["state"], Value{"cancelled"});
    EXPECT_TRUE(delivery["words"].text().starts_with("consent.withdrawn")) << delivery["words"];
}

TEST_F(EmailPlugin, PostponesWhatComesInQuietHoursOrTooOften)
{
    mailbox();
    const Id ann = person("Ann", "ann@example.com");
    const Id purpose = kit.list("purpose", {{"name", "correspondence"}}).at(0)["id"].get_or(Id{});
    // All day but for one minute, so that the hour of the test does not matter.
    const std::int64_t midnight = kit.now().microseconds / 86'400'000'000 * 86'400'000'000;
    const std::int64_t now = kit.now().microseconds - midnight;
    constexpr std::int64_t hour = 3'600'000'000;
    const TimeOfDay from{(now + 22 * hour) % (24 * hour)};
    const TimeOfDay to{(now + 2 * hour) % (24 * hour)};
    ASSERT_TRUE(kit.update("purpose", purpose, {{"quiet_from", from}, {"quiet_to", to}}));
    const Value sent = send({{"contact", ann}, {"subject", "x"}, {"text", "y"}});
    EXPECT_EQ(sent["waits"]["key"], Value{"consent.quiet_hours"});
    const Map delivery = kit.list("email_delivery").at(0);
    EXPECT_EQ(delivery["state"], Value{"queued"});
    EXPECT_GE(delivery["due_at"].get_or(Instant{}).microseconds, kit.now().microseconds + hour);
    EXPECT_TRUE(delivery["consent"].text().starts_with("consent.quiet_hours")) << delivery["consent"];
    kit.run_jobs();
    EXPECT_EQ(kit.list("email_delivery").at(0)["state"], Value{"queued"}) << "postponed, not dropped";
}

TEST_F(EmailPlugin, SharesWhatItKnowsOfAddressesWithAllWhoSend)
{
    mailbox();
    person("Ann", "ann@example.com");
    ingest(
        "Return-Path: <>\nFrom: MAILER-DAEMON@example.com\nSubject: failure notice",
        "<ann@example.com>:\n550 5.1.1 no such user\n"
    );
    const auto listed = kit.list("suppression");
    ASSERT_EQ(listed.size(), 1U);
    EXPECT_EQ(listed[0]["reason"], Value{"bounced"});
    ASSERT_TRUE(kit.call("email.allow", {{"address", "ann@example.com"}}));
    EXPECT_TRUE(kit.list("suppression").empty());
    // And it hears what others found out, of somebody who is no contact too.
    ASSERT_TRUE(kit.create(
        "suppression", {{"address", "bob@example.com"}, {"channel", "any"}, {"reason", "unsubscribed"}}
    ));
    EXPECT_EQ(key_of({{"address", "bob@example.com"}, {"subject", "x"}, {"text", "y"}}), "email.suppressed");
}

TEST_F(EmailPlugin, StopsAFollowUpWhenTheyOptOut)
{
    const Id made = sequence();
    const Id ann = person("Ann", "ann@example.com");
    ASSERT_TRUE(kit.call("email.enrol", {{"sequence", "welcome"}, {"contact", ann}}));
    EXPECT_EQ(kit.list("email_delivery").at(0)["purpose"], Value{"follow-up"});
    ASSERT_TRUE(kit.call("consents.withdraw", {{"contact", ann}, {"purpose", "correspondence"}}));
    EXPECT_EQ(kit.list("email_enrolment").at(0)["state"], Value{"active"}) << "that was about something else";
    ASSERT_TRUE(kit.call("consents.withdraw", {{"contact", ann}, {"purpose", "follow-up"}}));
    EXPECT_EQ(kit.list("email_enrolment").at(0)["state"], Value{"stopped"});
    EXPECT_EQ(kit.list("email_delivery").at(0)["state"], Value{"cancelled"});
    // Who never agreed to what needs consent is left alone.
    ASSERT_TRUE(kit.create("purpose", {{"name", "newsletter"}, {"legal_basis", "consent"}}));
    ASSERT_TRUE(kit.update("email_sequence", made, {{"purpose", "newsletter"}}));
    ASSERT_TRUE(
        kit.call("email.enrol", {{"sequence", "welcome"}, {"contact", person("Bob", "bob@example.com")}})
    );
    const auto enrolments = kit.list("email_enrolment");
    ASSERT_EQ(enrolments.size(), 2U);
    for (const Map& enrolment : enrolments)
        EXPECT_EQ(enrolment["state"], Value{"stopped"}) << enrolment["stopped_because"];
    EXPECT_EQ(kit.list("email_delivery").size(), 1U);
}

} // namespace
} // namespace mortise::testkit
