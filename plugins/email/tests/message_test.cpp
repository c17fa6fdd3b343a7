// Messages that others send: as they should be, as they are, and as they are meant to do harm.
#include "html/html_text.hpp"
#include "html/sanitise.hpp"
#include "mime/mbox.hpp"
#include "mime/message.hpp"

#include <gtest/gtest.h>

#include <string>

namespace mortise::plugins::email {
namespace {

std::string repeat(std::string_view text, std::size_t count)
{
    std::string all;
    for (std::size_t i = 0; i < count; ++i)
        all += text;
    return all;
}

TEST(Messages, AreReadInFull)
{
    const Message message
        = read_message("From: =?iso-8859-1?Q?J=FCrgen?= <j@example.com>\r\n"
                       "To: \"Blow, Joe\" <joe@example.org>, team: ann@example.org, bob@example.org;\r\n"
                       "Subject: =?utf-8?B?R3LDvMOfZQ==?= from\r\n here\r\n"
                       "Date: Wed, 17 May 2000 19:35:05 -0400\r\n"
                       "Message-ID: <a@example.com>\r\n"
                       "In-Reply-To: <b@example.org>\r\n"
                       "References: <c@example.org>\r\n <b@example.org>\r\n"
                       "Content-Type: text/plain; charset=utf-8\r\n\r\n"
                       "Hello\r\nworld\r\n");
    ASSERT_EQ(message.from.size(), 1U);
    EXPECT_EQ(message.from[0], (Address{"J\xC3\xBCrgen", "j@example.com"}));
    ASSERT_EQ(message.to.size(), 3U);
    EXPECT_EQ(message.to[0], (Address{"Blow, Joe", "joe@example.org"}));
    EXPECT_EQ(message.to[2].address, "bob@example.org");
    EXPECT_EQ(
        message.subject,
        "Gr\xC3\xBC\xC3\x9F"
        "e from here"
    );
    EXPECT_EQ(message.date, 958606505);
    EXPECT_EQ(message.message_id, "a@example.com");
    EXPECT_EQ(message.in_reply_to, std::vector<std::string>{"b@example.org"});
    EXPECT_EQ(message.references, (std::vector<std::string>{"c@example.org", "b@example.org"}));
    EXPECT_EQ(message.text, "Hello\nworld\n");
    EXPECT_TRUE(message.problems.empty());
}

TEST(Messages, WithAlternativesGiveTextAndSafeHtml)
{
    const Message message
        = read_message("Content-Type: multipart/mixed; boundary=a\n\n"
                       "--a\nContent-Type: multipart/alternative; boundary=b\n\n"
                       "--b\nContent-Type: text/plain\n\nPlain\n"
                       "--b\nContent-Type: text/html\n\n<p onclick=x>Rich<script>bad()</script></p>\n--b--\n"
                       "--a\nContent-Type: application/pdf; name=\"../../etc/evil.pdf\"\n"
                       "Content-Transfer-Encoding: base64\n\nJVBERg==\n--a--\n");
    EXPECT_EQ(message.text, "Plain");
    EXPECT_EQ(message.html.find("script"), std::string::npos);
    EXPECT_EQ(message.html.find("onclick"), std::string::npos);
    EXPECT_NE(message.html.find("<p>Rich</p>"), std::string::npos) << message.html;
    ASSERT_EQ(message.attachments.size(), 1U);
    EXPECT_EQ(message.attachments[0].name, "evil.pdf");
    EXPECT_EQ(message.attachments[0].content, "%PDF");
}

TEST(Messages, InAnyCharsetBecomeText)
{
    const auto text = [](const std::string& charset, const std::string& body) {
        return read_message("Content-Type: text/plain; charset=" + charset + "\n\n" + body).text;
    };
    EXPECT_EQ(text("iso-8859-1", "M\xFCller \x93x\x94"), "M\xC3\xBCller \xE2\x80\x9Cx\xE2\x80\x9D");
    EXPECT_EQ(text("utf-7", "M+APw-ller"), "M\xC3\xBCller");
    EXPECT_EQ(text("shift_jis", "\x93\xFA\x96\x7B"), "\xE6\x97\xA5\xE6\x9C\xAC");
    EXPECT_EQ(text("iso-8859-1", "M\xC3\xBCller"), "M\xC3\xBCller") << "the label is not true";
    EXPECT_EQ(text("no-such-charset", "M\xFCller"), "M\xC3\xBCller");
    EXPECT_EQ(text("utf-8", "M\xFCller"), "M\xEF\xBF\xBDller");
    EXPECT_EQ(text("utf-8", std::string{"a\0b", 3}), "ab");
    EXPECT_EQ(text("utf-8", "u\xCC\x88"), "\xC3\xBC") << "normal form C";
    EXPECT_EQ(text("../../etc/passwd", "x"), "x");
}

TEST(Messages, ThatAreBrokenLoseNothing)
{
    EXPECT_EQ(read_message("").text, "");
    EXPECT_EQ(read_message("just words\nand more").text, "just words\nand more");
    EXPECT_EQ(read_message("Subject: x\nno field here\nbody").text, "no field here\nbody");
    EXPECT_EQ(read_message("Subject: x\r\rbody").text, "body");
    EXPECT_EQ(read_message("Content-Type: multipart/mixed; boundary=a\n\n--a\n\nopen").text, "open");
    EXPECT_EQ(read_message("Content-Type: multipart/mixed\n\n--guessed1\n\nx\n--guessed1--\n").text, "x");
    EXPECT_EQ(read_message("From: broken <a@example.com\n\n").from.at(0).address, "a@example.com");
    EXPECT_EQ(read_message("From: a@example.com; b@example.com\n\n").from.size(), 2U);
    EXPECT_EQ(read_message("To: undisclosed-recipients:;\n\n").to.size(), 0U);
    EXPECT_EQ(
        read_message("From: =?iso-8859-1?Q?J\xFCrgen?= <a@b.example>\n\n").from.at(0).name, "J\xC3\xBCrgen"
    );
}

TEST(Messages, ThatMeanHarmStayWithinLimits)
{
    Limits limits;
    std::string nested = "From: a@example.com\n";
    for (int i = 0; i < 500; ++i)
        nested += "Content-Type: multipart/mixed; boundary=b" + std::to_string(i) + "\n\n--b"
            + std::to_string(i) + "\n";
    EXPECT_FALSE(read_message(nested).problems.empty());
    const std::string many = "Content-Type: multipart/mixed; boundary=a\n\n" + repeat("--a\n\nx\n", 20'000);
    Entity entity;
    read_message(many, limits, &entity);
    EXPECT_LE(entity.parts.size(), limits.parts);
    EXPECT_FALSE(read_message(repeat("A: b\n", 500'000)).problems.empty());
    EXPECT_LE(read_message("To: " + repeat("a@example.com, ", 50'000) + "\n\n").to.size(), limits.addresses);
    const Message large = read_message("Content-Type: text/html\n\n" + repeat("<p>word</p>", 200'000));
    EXPECT_TRUE(large.is_cut);
    EXPECT_LE(large.text.size(), limits.text_bytes);
    read_message("Content-Type: text/html\n\n" + repeat("<div>", 200'000));
    read_message("Content-Type: text/html\n\n" + repeat("<b><i>", 100'000));
    read_message("Content-Type: message/rfc822\n\n" + repeat("Content-Type: message/rfc822\n\n", 5'000));
    read_message("Subject: " + repeat("=?utf-8?Q?a?= ", 50'000) + "\n\n");
}

TEST(Html, IsMadeSafe)
{
    const auto safe = [](std::string_view html) { return sanitise_html(html).html; };
    EXPECT_EQ(safe("<b>x</b>"), "<b>x</b>");
    EXPECT_EQ(safe("<script>x</script>y"), "y");
    EXPECT_EQ(safe("<a href='javascript:alert(1)'>x</a>"), "<a>x</a>");
    EXPECT_EQ(safe("<a href=' java\nscript:alert(1)'>x</a>"), "<a>x</a>");
    EXPECT_NE(
        safe("<a href='https://example.com/?a=1&amp;b=2'>x</a>")
            .find("href=\"https://example.com/?a=1&amp;b=2\""),
        std::string::npos
    );
    EXPECT_EQ(safe("<img src=x onerror=alert(1)>"), "<img>");
    EXPECT_EQ(safe("<svg><script>x</script></svg>z"), "z");
    EXPECT_EQ(
        safe("<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>").find("onerror"),
        std::string::npos
    );
    EXPECT_EQ(safe("<div style='background:url(https://t.example/x)'>x</div>"), "<div>x</div>");
    EXPECT_EQ(safe("<form action=https://evil.example><input name=p>x</form>"), "x");
    EXPECT_EQ(safe("&lt;script&gt;"), "&lt;script&gt;");
    EXPECT_EQ(safe("<p title='\"><script>x</script>'>y</p>").find("<script"), std::string::npos);
    const SafeHtml pictures
        = sanitise_html("<img src='https://t.example/p.gif'><img src='cid:a@b' alt=logo>");
    EXPECT_EQ(pictures.remote_images, 1U);
    EXPECT_EQ(pictures.html, "<img><img src=\"cid:a@b\" alt=\"logo\">");
}

TEST(Html, IsReadAsText)
{
    EXPECT_EQ(html_to_text("<p>One</p><p>Two<br>three</p><style>x</style>"), "One\n\nTwo\nthree\n");
    EXPECT_EQ(html_to_text("<ul><li>a<li>b</ul>"), "- a\n- b\n");
}

TEST(Answers, OfMachinesAreTold)
{
    const auto kind = [](const std::string& header) { return read_message(header + "\n\nx").automatic; };
    EXPECT_EQ(kind("Auto-Submitted: auto-replied"), AutomaticKind::reply);
    EXPECT_EQ(kind("Auto-Submitted: no"), AutomaticKind::none);
    EXPECT_EQ(kind("Subject: Automatic reply: Offer"), AutomaticKind::reply);
    EXPECT_EQ(kind("Subject: AW: Abwesenheitsnotiz"), AutomaticKind::reply);
    EXPECT_EQ(kind("X-Autoreply: yes"), AutomaticKind::reply);
    EXPECT_EQ(kind("List-Id: <x.example.com>"), AutomaticKind::list);
    EXPECT_EQ(kind("Auto-Submitted: auto-generated"), AutomaticKind::generated);
    EXPECT_EQ(kind("Subject: Re: Offer"), AutomaticKind::none);
}

TEST(Subjects, AreTheSameWithoutWhatProgramsAdd)
{
    EXPECT_EQ(base_subject("Re: RE[2]: Fwd: AW: Offer"), "offer");
    EXPECT_EQ(base_subject("[list] Re: Offer"), "offer");
    EXPECT_EQ(base_subject("Return: it"), "return: it");
    EXPECT_EQ(base_subject("Re:"), "");
}

TEST(Mbox, IsSplitWhereMessagesBegin)
{
    const std::string box = "From a@b Wed Nov 25 18:00:00 2026\nSubject: 1\n\nx\n>From here\n\n"
                            "From c@d Wed Nov 25 18:00:00 2026\nSubject: 2\n\nFrom me: 12:00:00 no break\n";
    ASSERT_TRUE(is_mbox(box));
    const auto messages = split_mbox(box);
    ASSERT_EQ(messages.size(), 2U);
    EXPECT_EQ(unquote_from(messages[0]), "Subject: 1\n\nx\nFrom here\n\n");
    EXPECT_FALSE(is_mbox("From: a@b\n\nx"));
}

} // namespace
} // namespace mortise::plugins::email
