// Invitations and answers to them, as calendars write them.
#include "mail_kit.hpp"
#include "mime/meeting.hpp"

#include <gtest/gtest.h>

#include <string>

namespace mortise::plugins::email {
namespace {

using namespace std::chrono_literals;

std::string calendar(const std::string& method, const std::string& lines)
{
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:" + method
        + "\r\nBEGIN:VEVENT\r\nUID:1@example.com\r\nDTSTART:20261201T090000Z\r\nSUMMARY:A talk\\, at l\r\n "
          "ast\r\n"
        + lines + "END:VEVENT\r\nEND:VCALENDAR\r\n";
}

/// As Outlook, Google and Apple send it: beside the text, in alternative parts.
std::string mail(const std::string& ics, const std::string& more = {}, const char* from = "ann@example.com")
{
    return std::string{"From: Ann <"} + from
        + ">\nTo: sales@example.org\nSubject: Accepted: A talk\nMessage-ID: <m"
        + std::to_string(std::hash<std::string>{}(ics + from)) + "@example.com>\n" + more
        + "MIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: "
          "text/plain\n\nAnn has accepted.\n--b\nContent-Type: text/calendar; charset=UTF-8; "
          "method=REPLY\nContent-Transfer-Encoding: 8bit\n\n"
        + ics + "\n--b--\n";
}

std::string kind_of(const std::string& ics)
{
    const auto meeting = find_meeting(read_message(mail(ics)), "ann@example.com");
    return meeting ? meeting->kind : "none";
}

TEST(Meetings, AreReadOutOfCalendars)
{
    const std::string ann = "ATTENDEE;CN=\"Lee; Ann\";PARTSTAT=ACCEPTED:mailto:Ann@Example.com\r\n";
    const auto meeting = find_meeting(read_message(mail(calendar("REPLY", ann))), "ann@example.com");
    ASSERT_TRUE(meeting);
    EXPECT_EQ(meeting->kind, "accepted");
    EXPECT_EQ(meeting->uid, "1@example.com");
    EXPECT_EQ(meeting->summary, "A talk, at last");
    EXPECT_EQ(meeting->starts, "20261201T090000Z");
    EXPECT_TRUE(meeting->is_on());
}

TEST(Meetings, AreOfTheSender)
{
    const std::string others = "ATTENDEE;PARTSTAT=ACCEPTED:mailto:bob@example.com\r\n"
                               "ATTENDEE;PARTSTAT=DECLINED:mailto:ann@example.com\r\n"
                               "ATTENDEE;PARTSTAT=TENTATIVE:mailto:cleo@example.com\r\n";
    EXPECT_EQ(kind_of(calendar("REPLY", others)), "declined");
    EXPECT_EQ(
        kind_of(calendar("reply", "attendee;partstat=tentative:MAILTO:a.lee@example.net\r\n")), "tentative"
    );
    EXPECT_EQ(kind_of(calendar("REQUEST", others)), "invited");
    EXPECT_EQ(kind_of(calendar("COUNTER", others)), "countered");
    EXPECT_EQ(kind_of(calendar("CANCEL", others)), "cancelled");
    EXPECT_EQ(kind_of(calendar("PUBLISH", others)), "none");
    EXPECT_EQ(
        kind_of(calendar("REPLY", "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:ann@example.com\r\n")), "none"
    );
}

TEST(Meetings, OfBrokenCalendarsAreNone)
{
    EXPECT_EQ(kind_of(""), "none");
    EXPECT_EQ(kind_of("METHOD:REQUEST\r\n"), "none") << "there is no entry in it";
    EXPECT_EQ(kind_of(" \r\n;;;:::\r\nBEGIN\r\nATTENDEE;\r\nATTENDEE;=;\"\r\n"), "none");
    EXPECT_EQ(kind_of(std::string(100'000, ';')), "none");
}

} // namespace
} // namespace mortise::plugins::email

namespace mortise::testkit {
namespace {

using namespace std::chrono_literals;
using plugins::email::calendar;
using plugins::email::mail;

class MeetingsStop : public MailTest {
protected:
    void SetUp() override
    {
        sequence();
        ann = person("Ann", "ann@example.com");
        ASSERT_TRUE(kit.call("email.enrol", {{"sequence", "welcome"}, {"contact", ann}}));
    }
    void arrives(const std::string& method, const std::string& said)
    {
        const std::string raw
            = mail(calendar(method, "ATTENDEE;PARTSTAT=" + said + ":mailto:ann@example.com\r\n"));
        ASSERT_TRUE(kit.call("email.ingest", {{"text", raw}}));
    }
    Value state() const { return kit.list("email_enrolment").at(0)["state"]; }

    Id ann;
};

/// The invitation went out from a calendar: its answer refers to no message that we know.
TEST_F(MeetingsStop, AFollowUp)
{
    arrives("REPLY", "DECLINED");
    EXPECT_EQ(state(), Value{"active"}) << "they have no meeting";
    arrives("REPLY", "ACCEPTED");
    EXPECT_EQ(state(), Value{"stopped"});
    EXPECT_EQ(kit.list("email_enrolment").at(0)["stopped_because"], Value{"a meeting: they accepted"});
    const auto told = kit.events("email.meeting", ann);
    ASSERT_EQ(told.size(), 2U);
    EXPECT_EQ(told.back().data["summary"], Value{"A talk, at last"});
    EXPECT_FALSE(told.back().links["message"].is_null());
    kit.advance(80h);
    ASSERT_TRUE(kit.call("email.advance_enrolments"));
    EXPECT_EQ(kit.list("email_message", {{"direction", "out"}}).size(), 1U) << "nothing more is written";
}

TEST_F(MeetingsStop, AFollowUpWhenTheyInvite)
{
    arrives("REQUEST", "NEEDS-ACTION");
    EXPECT_EQ(state(), Value{"stopped"});
}

} // namespace
} // namespace mortise::testkit
