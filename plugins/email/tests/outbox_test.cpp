// What waits to be sent: cancelled, sent again, recovered after a crash; and follow-ups that are stopped by
// hand.
#include "mail_kit.hpp"

#include <algorithm>
#include <vector>

namespace mortise::testkit {
namespace {

using namespace std::chrono_literals;

class Outbox : public MailTest { };

TEST_F(Outbox, StopsAFollowUpByHandWithAllThatWaits)
{
    sequence();
    const Id ann = person("Ann", "ann@example.com");
    const auto enrolled = kit.call("email.enrol", {{"sequence", "welcome"}, {"contact", ann}});
    const Value which = enrolled.value()["enrolment"];
    kit.advance(73h);
    ASSERT_TRUE(kit.call("email.advance_enrolments"));
    ASSERT_EQ(kit.list("email_delivery", {{"state", "queued"}}).size(), 2U)
        << "the first waits for its server still";
    EXPECT_EQ(kit.call("email.stop_enrolment", {{"enrolment", which}}).value()["state"], Value{"stopped"});
    const Map stopped = kit.list("email_enrolment").at(0);
    EXPECT_EQ(stopped["stopped_because"], Value{"by hand"});
    EXPECT_EQ(stopped["stopped_at"], Value{kit.now()});
    EXPECT_TRUE(stopped["next_at"].is_null());
    EXPECT_EQ(kit.list("email_delivery", {{"state", "cancelled"}}).size(), 2U);
    kit.advance(1h);
    EXPECT_TRUE(kit.call("email.stop_enrolment", {{"enrolment", which}})) << "twice is no harm";
    EXPECT_EQ(kit.list("email_enrolment").at(0)["stopped_at"], stopped["stopped_at"]);
    EXPECT_FALSE(kit.call("email.stop_enrolment", {{"enrolment", ann}}));
}

TEST_F(Outbox, CancelsWhatWaitsAndNothingElse)
{
    mailbox();
    const Value sent = send({{"address", "ann@example.com"}, {"subject", "x"}, {"text", "y"}});
    const Map which{{"delivery", sent["delivery"]}};
    const Id id = sent["delivery"].get_or(Id{});
    EXPECT_EQ(kit.call("email.cancel_delivery", which).value()["state"], Value{"cancelled"});
    EXPECT_TRUE(kit.call("email.cancel_delivery", which)) << "twice is no harm";
    kit.run_jobs();
    EXPECT_EQ(kit.field("email_delivery", id, "state"), Value{"cancelled"});
    EXPECT_EQ(kit.field("email_delivery", id, "attempts"), Value{0});
    for (const char* state : {"sending", "in_transit", "sent", "ambiguous"}) {
        ASSERT_TRUE(kit.update("email_delivery", id, {{"state", state}}));
        const auto late = kit.call("email.cancel_delivery", which);
        ASSERT_FALSE(late) << state;
        EXPECT_EQ(late.error().key, "email.too_late");
    }
}

TEST_F(Outbox, SendsOnWhatCameWithAMessage)
{
    mailbox();
    const Value taken = ingest(
        "From: ann@example.com\nTo: sales@example.org\nSubject: Plans\nMessage-ID: <1@example.com>\n"
        "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b",
        "--b\n\nSee there\n--b\nContent-Type: application/pdf; name=\"../plan.pdf\"\n"
        "Content-Disposition: attachment\nContent-Transfer-Encoding: base64\n\nJVBERiBwbGFu\n--b--\n"
    );
    const auto files = kit.list("email_attachment");
    ASSERT_EQ(files.size(), 1U);
    EXPECT_EQ(files[0]["content"]["size"], Value{9});
    EXPECT_EQ(files[0]["content"]["type"], Value{"application/pdf"});
    EXPECT_EQ(files[0]["content"]["digest"], files[0]["digest"]);
    EXPECT_EQ(kit.read_file("email_attachment", files[0]["id"].get_or(Id{}), "content").value(), "%PDF plan");
    const std::string name{files[0]["content"]["name"].text()};
    EXPECT_EQ(name.find('/'), std::string::npos) << name;
    const Map file{{"type", "email_attachment"}, {"record", files[0]["id"]}, {"field", "content"}};
    const Value sent = send(
        {{"address", "bob@example.com"},
         {"subject", "Plans"},
         {"text", "As agreed"},
         {"attachments", List{file}}}
    );
    ASSERT_FALSE(sent["message"].is_null());
    const std::string source{kit.field("email_delivery", sent["delivery"].get_or(Id{}), "source").text()};
    EXPECT_NE(source.find("JVBERiBwbGFu"), std::string::npos);
    EXPECT_NE(source.find("multipart/mixed"), std::string::npos);
    EXPECT_EQ(kit.list("email_attachment", {{"message", sent["message"]}}).size(), 1U);
    Map gone = file;
    gone.set("record", Id{1});
    EXPECT_EQ(
        key_of({{"address", "bob@example.com"}, {"subject", "x"}, {"text", "y"}, {"attachments", List{gone}}}
        ),
        "records.not_found"
    );
    Map none = file;
    none.set("field", "name");
    EXPECT_EQ(
        key_of({{"address", "bob@example.com"}, {"subject", "x"}, {"text", "y"}, {"attachments", List{none}}}
        ),
        "records.no_file_field"
    );
}

TEST_F(Outbox, KeepsMessagesAsTheyCameIfToldTo)
{
    mailbox();
    ingest("From: ann@example.com\nTo: sales@example.org\nSubject: One\nMessage-ID: <1@example.com>");
    EXPECT_TRUE(kit.list("email_message").at(0)["raw"].is_null());
    ASSERT_TRUE(kit.set("keep_raw", true));
    ingest("From: ann@example.com\nTo: sales@example.org\nSubject: Two\nMessage-ID: <2@example.com>");
    const auto messages = kit.list("email_message", {{"subject", "Two"}});
    ASSERT_EQ(messages.size(), 1U);
    EXPECT_EQ(messages[0]["raw"]["type"], Value{"message/rfc822"});
    EXPECT_EQ(messages[0]["raw"]["digest"], messages[0]["digest"]);
}

TEST_F(Outbox, SendsAgainWhatAPersonDecidesAbout)
{
    mailbox();
    const Value sent = send({{"address", "ann@example.com"}, {"subject", "x"}, {"text", "y"}});
    const Map which{{"delivery", sent["delivery"]}};
    const Id id = sent["delivery"].get_or(Id{});
    for (const char* state : {"queued", "deferred", "sending", "in_transit", "sent"}) {
        ASSERT_TRUE(kit.update("email_delivery", id, {{"state", state}}));
        const auto refused = kit.call("email.send_again", which);
        ASSERT_FALSE(refused) << state;
        EXPECT_EQ(refused.error().key, "email.not_again");
    }
    kit.advance(1h);
    for (const char* state : {"failed", "ambiguous", "cancelled"}) {
        ASSERT_TRUE(kit.update("email_delivery", id, {{"state", state}, {"attempts", 20}}));
        EXPECT_EQ(kit.call("email.send_again", which).value()["state"], Value{"queued"});
        EXPECT_EQ(kit.field("email_delivery", id, "due_at"), Value{kit.now()});
        EXPECT_EQ(kit.field("email_delivery", id, "attempts"), Value{0}) << "its attempts begin anew";
    }
}

TEST_F(Outbox, KnowsAfterACrashWhatWasSentAndWhatNobodyKnows)
{
    mailbox();
    const Id sending
        = send({{"address", "ann@example.com"}, {"subject", "a"}, {"text", "y"}})["delivery"].get_or(Id{});
    const Value other = send({{"address", "bob@example.com"}, {"subject", "b"}, {"text", "y"}});
    const Id in_transit = other["delivery"].get_or(Id{});
    ASSERT_TRUE(kit.update("email_delivery", sending, {{"state", "sending"}, {"claimed_at", kit.now()}}));
    ASSERT_TRUE(kit.update("email_delivery", in_transit, {{"state", "in_transit"}, {"claimed_at", kit.now()}})
    );
    // This run has claimed them itself: they are under way, and nobody meddles.
    EXPECT_EQ(kit.call("email.recover_deliveries").value()["queued"], Value{0});
    kit.advance(1h);
    ASSERT_TRUE(kit.reload());
    EXPECT_EQ(kit.field("email_delivery", sending, "state"), Value{"queued"});
    EXPECT_EQ(kit.field("email_delivery", in_transit, "state"), Value{"ambiguous"});
    const auto told = kit.events("email.send_failed");
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told.front().data["state"], Value{"ambiguous"});
    EXPECT_EQ(told.front().links["message"], (Value{List{other["message"]}})) << "it says which message";
    EXPECT_EQ(kit.call("email.recover_deliveries").value()["ambiguous"], Value{0}) << "once is enough";
}

TEST_F(Outbox, SendsAtOnceThoughAnotherMessageWaitsForItsTime)
{
    mailbox();
    send(
        {{"address", "ann@example.com"},
         {"subject", "Tomorrow"},
         {"text", "y"},
         {"at", "2026-01-02T09:00:00Z"}}
    );
    const Id now
        = send({{"address", "bob@example.com"}, {"subject", "Now"}, {"text", "y"}})["delivery"].get_or(Id{});
    kit.run_jobs();
    // There is no server to send by, so it is tried and put off; what matters is that it was tried.
    EXPECT_EQ(kit.field("email_delivery", now, "attempts"), Value{1});
    EXPECT_EQ(kit.list("email_delivery", {{"attempts", 0}}).size(), 1U) << "and the other waits";
}

TEST_F(Outbox, MakesItsPurposesOnceAndLeavesTheHousesAlone)
{
    const auto keys = [this] {
        std::vector<std::string> found;
        for (const Map& purpose : kit.list("purpose"))
            found.emplace_back(purpose["name"].text());
        std::ranges::sort(found);
        return found;
    };
    const auto made = keys();
    EXPECT_EQ(made, (std::vector<std::string>{"correspondence", "follow-up"}));
    const Id mine = kit.list("purpose", {{"name", "follow-up"}}).at(0)["id"].get_or(Id{});
    ASSERT_TRUE(kit.update("purpose", mine, {{"in_use", false}}));
    EXPECT_EQ(kit.call("email.set_up_purposes").value()["made"], Value{0});
    EXPECT_EQ(kit.field("purpose", mine, "in_use"), Value{false}) << "somebody has switched it off";
    EXPECT_EQ(keys(), made);
}

/// A read that fails is no answer: whichever it is, the command says so and keeps nothing.
TEST_F(Outbox, TakesNoReadThatFailsForSomethingThatIsNotThere)
{
    sequence();
    const Id house = kit.create("contact", {{"name", "Acme"}, {"kind", "organisation"}}).value();
    const Id ann = person("Ann", "ann@example.com");
    ASSERT_TRUE(kit.update("contact", ann, {{"organisation", house}}));
    const Map letter{
        {"mailbox", "sales@example.org"},
        {"contact", ann},
        {"subject", "Hello"},
        {"text", "From {{contact.organisation|nowhere}}"},
        {"preview", true}
    };
    const Map mail{
        {"mailbox", "sales@example.org"},
        {"text", "From: Bob <bob@example.com>\nSubject: x\nMessage-ID: <x@example.com>\n\nHello\n"}
    };
    for (const auto& [command, arguments] : {std::pair{"email.send", letter}, {"email.ingest", mail}}) {
        for (std::uint64_t i = 0;; ++i) {
            ASSERT_LT(i, 30U) << command;
            kit.clear_trace();
            kit.fail_next("mortise.records/1.get", {.code = ErrorCode::io, .after = i});
            const auto answer = kit.call(command, arguments);
            const bool has_failed = reads() > i;
            kit.clear_faults();
            if (!has_failed) {
                EXPECT_TRUE(answer) << command;
                EXPECT_GT(i, 0U) << command << " reads something";
                break;
            }
            ASSERT_FALSE(answer) << command << " took read " << i << " for an answer";
            EXPECT_EQ(answer.error().code, ErrorCode::io) << command;
        }
    }
}

TEST_F(Outbox, DoesNotAdvancePastAReadThatFails)
{
    sequence();
    const Id ann = person("Ann", "ann@example.com");
    ASSERT_TRUE(kit.call("email.enrol", {{"sequence", "welcome"}, {"contact", ann}}));
    kit.advance(73h);
    kit.fail_next("mortise.records/1.get", {.code = ErrorCode::io});
    EXPECT_FALSE(kit.call("email.advance_enrolments"));
    kit.clear_faults();
    EXPECT_EQ(kit.call("email.advance_enrolments").value()["advanced"], Value{1});
}

/// Jobs that read mailboxes and send: whichever of their reads fails, the job or what it was about says so.
TEST_F(Outbox, JobsTellOfReadsThatFail)
{
    mailbox();
    const Id id
        = send({{"address", "ann@example.com"}, {"subject", "x"}, {"text", "y"}})["delivery"].get_or(Id{});
    const auto has_told = [this](const std::string& what) {
        const auto jobs = kit.jobs();
        return std::ranges::any_of(
                   jobs, [&](const SeenJob& job) { return job.error.find(what) != std::string::npos; }
               )
            || kit.list("mailbox").at(0)["send_detail"].text().find(what) != std::string_view::npos;
    };
    for (std::uint64_t i = 0; i < 3; ++i) { // its mailbox, itself, its message
        const std::string what = "hiccup " + std::to_string(i);
        kit.fail_next("mortise.records/1.get", {.code = ErrorCode::io, .message = what, .after = i});
        kit.run_schedule("outbox");
        kit.clear_faults();
        EXPECT_TRUE(has_told(what)) << "read " << i;
        EXPECT_NE(kit.field("email_delivery", id, "state"), Value{"cancelled"});
        kit.advance(10min);
    }
}

} // namespace
} // namespace mortise::testkit
