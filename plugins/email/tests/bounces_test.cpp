// Reports of non-delivery as mail systems write them: whom they are about, and what they mean.
#include "bounces/bounce.hpp"

#include <gtest/gtest.h>

#include <string>

namespace mortise::plugins::email {
namespace {

BounceReport read(const std::string& raw)
{
    Entity entity;
    const Message message = read_message(raw, {}, &entity);
    return find_bounce(message, entity);
}

struct Sample {
    const char* from; ///< which system writes so
    const char* raw;
    const char* address; ///< empty: no bounce
    const char* kind;
    const char* category;
    const char* status;
};

void PrintTo(const Sample& sample, std::ostream* out)
{
    *out << sample.from;
}

const Sample samples[] = {
    {"Postfix",
     R"(Return-Path: <>
From: MAILER-DAEMON@mx.example.org (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: ann@example.org
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B1"

--B1
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.org.

<bob@example.com>: host mail.example.com[192.0.2.7] said: 550 5.1.1
    <bob@example.com>: Recipient address rejected: User unknown (in reply to
    RCPT TO command)
--B1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; bob@example.com
Original-Recipient: rfc822;bob@example.com
Action: failed
Status: 5.1.1
Remote-MTA: dns; mail.example.com
Diagnostic-Code: smtp; 550 5.1.1 <bob@example.com>: Recipient address rejected:
    User unknown

--B1
Content-Type: message/rfc822

From: ann@example.org
To: bob@example.com
Message-ID: <orig-1@example.org>
Subject: Offer

Hello
--B1--
)",
     "bob@example.com",
     "hard",
     "unknown_user",
     "5.1.1"},
    {"a full mailbox with a vague status",
     R"(From: <MAILER-DAEMON@example.org>
Subject: Delivery Status Notification (Failure)
Content-Type: multipart/report; report-type=delivery-status; boundary=x

--x
Content-Type: message/delivery-status

Reporting-MTA: dns; example.org

Final-Recipient: rfc822;bob@example.com
Action: failed
Status: 5.0.0
Diagnostic-Code: smtp; 552 Requested mail action aborted: exceeded storage allocation, mailbox full
--x--
)",
     "bob@example.com",
     "soft",
     "mailbox_full",
     "5.0.0"},
    {"a blocked sender, which is not the address's fault",
     R"(From: <MAILER-DAEMON@example.org>
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary=x

--x
Content-Type: message/delivery-status

Final-Recipient: rfc822; carol@example.net
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 Your IP 192.0.2.1 is listed by Spamhaus, user carol@example.net
--x--
)",
     "carol@example.net",
     "soft",
     "blocked",
     "5.1.1"},
    {"a delay",
     R"(From: MAILER-DAEMON@mx.example.org
Subject: Delayed Mail (still being retried)
Content-Type: multipart/report; report-type=delivery-status; boundary=x

--x
Content-Type: message/delivery-status

Final-Recipient: rfc822; bob@example.com
Action: delayed
Status: 4.4.1
Diagnostic-Code: X-Postfix; connect to mail.example.com[192.0.2.7]:25: Connection timed out
--x--
)",
     "bob@example.com",
     "delayed",
     "unreachable",
     "4.4.1"},
    {"a delivery that succeeded",
     R"(From: MAILER-DAEMON@mx.example.org
Subject: Successful Mail Delivery Report
Content-Type: multipart/report; report-type=delivery-status; boundary=x

--x
Content-Type: text/plain

Your message was successfully delivered to <bob@example.com>
--x
Content-Type: message/delivery-status

Final-Recipient: rfc822; bob@example.com
Action: delivered
Status: 2.0.0
--x--
)",
     "",
     "",
     "",
     ""},
    {"Exim",
     R"(Return-path: <>
X-Failed-Recipients: bob@example.com
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@host.example.org>
To: ann@example.org
Subject: Mail delivery failed: returning message to sender

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  bob@example.com
    SMTP error from remote mail server after RCPT TO:<bob@example.com>:
    host mail.example.com [192.0.2.7]: 550 5.2.1 The email account that you tried to reach is disabled

------ This is a copy of the message, including all the headers. ------

Return-path: <ann@example.org>
Message-ID: <orig-2@example.org>
From: ann@example.org
To: bob@example.com
Subject: Offer

Hello
)",
     "bob@example.com",
     "hard",
     "mailbox_inactive",
     "5.2.1"},
    {"qmail",
     R"(Return-Path: <>
From: MAILER-DAEMON@mail.example.org
To: ann@example.org
Subject: failure notice

Hi. This is the qmail-send program at mail.example.org.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<bob@example.com>:
192.0.2.7 does not like recipient.
Remote host said: 550 No such user here
Giving up on 192.0.2.7.

--- Below this line is a copy of the message.

Return-Path: <ann@example.org>
Message-ID: <orig-3@example.org>
To: bob@example.com
From: ann@example.org

Hello, also to carol@example.net
)",
     "bob@example.com",
     "hard",
     "unknown_user",
     ""},
    {"Sendmail of old",
     R"(From: Mail Delivery Subsystem <MAILER-DAEMON@example.org>
To: ann@example.org
Subject: Returned mail: Host unknown (Name server: nowhere.example: host not found)

   ----- The following addresses had permanent fatal errors -----
<bob@nowhere.example>

   ----- Transcript of session follows -----
550 <bob@nowhere.example>... Host unknown (Name server: nowhere.example: host not found)

   ----- Original message follows -----
From: ann@example.org
To: bob@nowhere.example
Message-Id: <orig-4@example.org>

Hi
)",
     "bob@nowhere.example",
     "hard",
     "unknown_host",
     ""},
    {"Exchange",
     R"(From: postmaster@example.com
To: ann@example.org
Subject: Undeliverable: Offer
Content-Type: text/plain

Delivery has failed to these recipients or distribution lists:

bob@example.com
The e-mail address you entered couldn't be found. Please check the recipient's e-mail address and try to resend the message.

Diagnostic information for administrators:

Generating server: ex1.example.com

bob@example.com
#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##

Original message headers:

Received: from mail.example.org by ex1.example.com
Message-ID: <orig-5@example.org>
From: Ann <ann@example.org>
To: bob@example.com
Subject: Offer
)",
     "bob@example.com",
     "hard",
     "unknown_user",
     "5.1.1"},
    {"Gmail's words without a report",
     R"(From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>
To: ann@example.org
Subject: Delivery Status Notification (Failure)

Delivery to the following recipient failed permanently:

     bob@example.com

Technical details of permanent failure:
Google tried to deliver your message, but it was rejected by the server for the recipient domain example.com.

The error that the other server returned was:
552 5.2.2 The email account that you tried to reach is over quota.

----- Original message -----

MIME-Version: 1.0
Message-ID: <orig-6@example.org>
From: Ann <ann@example.org>
To: bob@example.com
)",
     "bob@example.com",
     "soft",
     "mailbox_full",
     "5.2.2"},
    {"Yahoo",
     R"(From: MAILER-DAEMON@yahoo.com
To: ann@example.org
Subject: Failure Notice

Sorry, we were unable to deliver your message to the following address.

<bob@example.com>:
554: delivery error: dd This user doesn't have a example.com account (bob@example.com) [0] - mta1.mail.example.com

--- Below this line is a copy of the message.

From: ann@example.org
To: bob@example.com
)",
     "bob@example.com",
     "hard",
     "unknown_user",
     ""},
    {"a forwarded copy whose own text is in an attachment",
     R"(From: postmaster@mail.example.com
To: ann@example.org
Subject: Delivery failure (bob@example.com)

Your message has encountered delivery problems
to the following recipient(s):

bob@example.com
Delivery failed
Mailbox quota exceeded
)",
     "bob@example.com",
     "soft",
     "mailbox_full",
     ""},
    {"a feedback loop",
     R"(From: feedback@isp.example
To: abuse@example.org
Subject: FW: Offer
Content-Type: multipart/report; report-type=feedback-report; boundary=x

--x
Content-Type: text/plain

This is an abuse report.
--x
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Loop/1.0
Version: 1
Original-Rcpt-To: <bob@isp.example>

--x
Content-Type: message/rfc822

From: ann@example.org
To: bob@isp.example
Message-ID: <orig-7@example.org>

Hi
--x--
)",
     "bob@isp.example",
     "complaint",
     "abuse",
     ""},
    {"a person who writes of a failed delivery",
     R"(From: Bob <bob@example.com>
To: ann@example.org
Subject: Re: failed delivery of the chairs

Hello Ann, the chairs came to carol@example.net and not to us. Could not be delivered to our door, says DHL.
)",
     "",
     "",
     "",
     ""},
    {"somebody who is out of office",
     R"(From: Bob <bob@example.com>
To: ann@example.org
Subject: Out of Office: Offer
Auto-Submitted: auto-replied

I am away. Please write to carol@example.com.
)",
     "",
     "",
     "",
     ""},
};

class Bounces : public testing::TestWithParam<Sample> { };

TEST_P(Bounces, AreReadAsTheSystemMeansThem)
{
    const Sample& sample = GetParam();
    const BounceReport report = read(sample.raw);
    if (*sample.address == '\0') {
        EXPECT_TRUE(report.addresses.empty()) << report.addresses.front().address;
        return;
    }
    ASSERT_EQ(report.addresses.size(), 1U);
    const BouncedAddress& found = report.addresses.front();
    EXPECT_EQ(found.address, sample.address);
    EXPECT_EQ(name(found.reason.kind), sample.kind) << found.reason.because;
    EXPECT_EQ(found.reason.category, sample.category) << found.reason.because;
    EXPECT_EQ(found.reason.status, sample.status);
    EXPECT_FALSE(found.evidence.empty());
}

INSTANTIATE_TEST_SUITE_P(OfMailSystems, Bounces, testing::ValuesIn(samples));

TEST(BounceReports, NameWhatBounced)
{
    for (const Sample& sample : samples) {
        const std::string raw = sample.raw;
        const auto at = raw.find("orig-");
        if (at == std::string::npos || *sample.address == '\0') continue;
        const auto begin = raw.rfind('<', at) + 1;
        EXPECT_EQ(read(raw).original_message_id, raw.substr(begin, raw.find('>', begin) - begin))
            << sample.from;
    }
}

TEST(BounceReports, TellOfSeveralAddressesEachByItself)
{
    const BounceReport report = read(R"(From: MAILER-DAEMON@example.org
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary=x

--x
Content-Type: message/delivery-status

Reporting-MTA: dns; example.org

Final-Recipient: rfc822; bob@example.com
Action: failed
Status: 5.1.1

Final-Recipient: rfc822; carol@example.com
Action: failed
Status: 4.2.2
Diagnostic-Code: smtp; 452 4.2.2 Mailbox full
--x--
)");
    ASSERT_EQ(report.addresses.size(), 2U);
    EXPECT_EQ(name(report.addresses[0].reason.kind), "hard");
    EXPECT_EQ(name(report.addresses[1].reason.kind), "soft");
    EXPECT_EQ(report.addresses[1].reason.category, "mailbox_full");
}

TEST(Statuses, AreNotTakenFromAddressesOfHosts)
{
    EXPECT_EQ(find_status("host 5.1.1.20 said 550 5.7.26 no"), "5.7.26");
    EXPECT_EQ(find_status("connect to 4.2.2.1"), "");
    EXPECT_EQ(find_status("#5.1.1#"), "5.1.1");
    EXPECT_EQ(find_reply_code("said: 550-5.1.1 unknown"), 550);
    EXPECT_EQ(find_reply_code("port 5500 and 1450 people"), 0);
}

} // namespace
} // namespace mortise::plugins::email
