// What is sent: that it reads back as it was meant, and that nothing gets into it that was not.
#include "compose/compose.hpp"
#include "compose/merge.hpp"
#include "html/sanitise.hpp"
#include "mime/message.hpp"
#include "outbox/passwords.hpp"
#include "outbox/send_window.hpp"
#include "store/addresses.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace mortise::plugins::email {
namespace {

Draft draft()
{
    Draft draft;
    draft.from = {"J\xC3\xBCrgen, Sales", "sales@example.org"};
    draft.to = {"Bob", "bob@example.com"};
    draft.subject = "Gr\xC3\xBC\xC3\x9F"
                    "e";
    draft.text = "Hello B\xC3\xB6"
                 "b\n.\nFrom here\n"
        + std::string(2'000, 'x') + "\n";
    draft.message_id = "1@example.org";
    draft.in_reply_to = "0@example.com";
    draft.references = {"a@example.com", "0@example.com"};
    draft.date = 1'764'000'000;
    return draft;
}

TEST(Compose, ReadsBackAsItWasMeant)
{
    Draft sent = draft();
    sent.html = "<p>Hello</p>";
    sent.unsubscribe_url = "https://example.org/u/1";
    const auto composed = compose(sent);
    ASSERT_TRUE(composed);
    const Message read = read_message(composed->message);
    EXPECT_EQ(read.from.at(0), sent.from);
    EXPECT_EQ(read.to.at(0), sent.to);
    EXPECT_EQ(read.subject, sent.subject);
    EXPECT_EQ(read.text, sent.text);
    EXPECT_EQ(read.html, "<p>Hello</p>");
    EXPECT_EQ(read.message_id, sent.message_id);
    EXPECT_EQ(read.in_reply_to, std::vector<std::string>{"0@example.com"});
    EXPECT_EQ(read.references, sent.references);
    EXPECT_EQ(read.date, sent.date);
    EXPECT_TRUE(read.problems.empty());
    EXPECT_NE(composed->message.find("List-Unsubscribe-Post: List-Unsubscribe=One-Click"), std::string::npos);
    EXPECT_FALSE(composed->needs_utf8);
    EXPECT_TRUE(std::ranges::all_of(composed->message, [](char c) {
        return static_cast<unsigned char>(c) < 0x80U;
    }));
    for (std::size_t at = 0; at < composed->message.size();) {
        const auto end = std::min(composed->message.find('\n', at), composed->message.size());
        EXPECT_LE(end - at, 998U);
        at = end + 1;
    }
}

TEST(Compose, RefusesWhatWouldAddAHeader)
{
    const auto refused = [](auto change) {
        Draft changed = draft();
        change(changed);
        const auto composed = compose(changed);
        return !composed && !composed.error().key.empty();
    };
    EXPECT_TRUE(refused([](Draft& it) { it.subject = "x\r\nBcc: all@example.com"; }));
    EXPECT_TRUE(refused([](Draft& it) { it.subject = "x\nBcc: all@example.com"; }));
    EXPECT_TRUE(refused([](Draft& it) { it.to.name = "Bob\r\nBcc: all@example.com"; }));
    EXPECT_TRUE(refused([](Draft& it) { it.from.name = "x\ny"; }));
    EXPECT_TRUE(refused([](Draft& it) { it.to.address = "bob@example.com\nX: y"; }));
    EXPECT_TRUE(refused([](Draft& it) { it.to.address = "bob@example.com, carol@example.com"; }));
    EXPECT_TRUE(refused([](Draft& it) { it.to.address = "bob"; }));
    EXPECT_TRUE(refused([](Draft& it) { it.in_reply_to = "a>\r\nX: y"; }));
    EXPECT_TRUE(refused([](Draft& it) { it.unsubscribe_url = "https://x>\r\nX: y"; }));
}

TEST(Compose, CarriesFilesAsTheyAre)
{
    std::string every_byte;
    for (int i = 0; i < 4 * 256; ++i)
        every_byte += static_cast<char>(i);
    Draft sent = draft();
    sent.html = "<p>Hello</p>";
    sent.attachments = {
        {.name = "Angebot \xC3\x84pfel; \"gro\xC3\x9F\".pdf",
         .type = "application/pdf",
         .content_id = {},
         .content = every_byte},
        {.name = "mail.eml", .type = "message/rfc822", .content_id = {}, .content = "From: a@b.c\n\nHello\n"},
        {.name = "empty", .type = "text/plain", .content_id = {}, .content = {}},
    };
    const auto composed = compose(sent);
    ASSERT_TRUE(composed);
    const Message read = read_message(composed->message);
    EXPECT_EQ(read.text, sent.text);
    EXPECT_EQ(read.html, "<p>Hello</p>");
    ASSERT_EQ(read.attachments.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i)
        EXPECT_EQ(read.attachments[i].content, sent.attachments[i].content) << i;
    EXPECT_EQ(read.attachments[0].type, "application/pdf");
    EXPECT_EQ(read.attachments[1].type, "application/octet-stream") << "no base64 in a message/rfc822";
    EXPECT_NE(read.attachments[0].name.find("\xC3\x84pfel"), std::string::npos);
    for (std::size_t at = 0; at < composed->message.size();) {
        const auto end = std::min(composed->message.find('\n', at), composed->message.size());
        EXPECT_LE(end - at, 998U);
        at = end + 1;
    }
    sent.attachments[0].name = "x\r\nBcc: all@example.com";
    EXPECT_FALSE(compose(sent));
}

TEST(Compose, WritesAddressesOfTheWorld)
{
    Draft sent = draft();
    sent.to.address = "bob@b\xC3\xBC"
                      "cher.example";
    auto composed = compose(sent);
    ASSERT_TRUE(composed);
    EXPECT_NE(composed->message.find("bob@xn--bcher-kva.example"), std::string::npos);
    EXPECT_FALSE(composed->needs_utf8);
    sent.to.address = "b\xC3\xB6"
                      "b@example.com";
    composed = compose(sent);
    ASSERT_TRUE(composed);
    EXPECT_TRUE(composed->needs_utf8);
}

TEST(Merge, BlocksWhatIsMissing)
{
    const std::map<std::string, std::string, std::less<>> values{{"contact.name", "Ann <b>"}, {"empty", " "}};
    const auto find = [&](std::string_view name) -> std::optional<std::string> {
        const auto found = values.find(name);
        return found == values.end() ? std::nullopt : std::optional{found->second};
    };
    EXPECT_EQ(merge("Hi {{contact.name}}!", find).text, "Hi Ann <b>!");
    EXPECT_EQ(merge("Hi {{ contact.name }}", find, escape_html).text, "Hi Ann &lt;b&gt;");
    EXPECT_EQ(merge("Hi {{contact.nickname|there}}", find).text, "Hi there");
    EXPECT_EQ(merge("Hi {{empty|there}}", find).text, "Hi there");
    EXPECT_EQ(merge("{{a}} {{empty}} {{a}}", find).missing, (std::vector<std::string>{"a", "empty"}));
    EXPECT_EQ(merge("x {{contact.name", find).broken.size(), 1U);
    EXPECT_EQ(merge("{{A-b}}", find).broken.size(), 1U);
    EXPECT_TRUE(merge("a } b { c", find).missing.empty());
}

TEST(Addresses, AreComparedAsTheyAreMeant)
{
    EXPECT_EQ(normal_address(" Ann@Example.COM. "), "ann@example.com");
    EXPECT_EQ(
        normal_address("ann@b\xC3\xBC"
                       "cher.example"),
        "ann@xn--bcher-kva.example"
    );
    EXPECT_EQ(normal_address("ann"), "");
    EXPECT_EQ(normal_address("a b@example.com"), "");
    EXPECT_EQ(without_tag("ann+shop@example.com"), "ann@example.com");
    EXPECT_EQ(without_tag("+1@example.com"), "+1@example.com");
    const AddressPolicy policy{{"sales@example.org"}, {"example.net"}, {"robot"}};
    EXPECT_TRUE(policy.is_internal("sales+x@example.org"));
    EXPECT_TRUE(policy.is_internal("a@mail.example.net"));
    EXPECT_FALSE(policy.is_internal("a@notexample.net"));
    EXPECT_TRUE(policy.is_nobody("no-reply@example.com"));
    EXPECT_TRUE(policy.is_nobody("robot-7@example.com"));
    EXPECT_FALSE(policy.is_nobody("bob@example.com"));
    EXPECT_FALSE(policy.is_nobody("notifyme@example.com"));
}

TEST(Passwords, HaveALineForEachMailbox)
{
    const std::string lines = "a@example.org one two\r\nB@Example.org three\n";
    EXPECT_EQ(find_password(lines, "a@example.org"), "one two");
    EXPECT_EQ(find_password(lines, "b@example.org"), "three");
    EXPECT_EQ(find_password(lines, "c@example.org"), std::nullopt);
    EXPECT_EQ(find_password("a@example.org \n", "a@example.org"), std::nullopt);
}

TEST(SendWindow, OpensOnItsDaysAndHours)
{
    constexpr std::int64_t hour = 3'600'000'000;
    SendWindow office{{0, 1, 2, 3, 4}, TimeOfDay{8 * hour}, TimeOfDay{18 * hour}};
    const Date thursday{0};
    EXPECT_TRUE(is_open(office, {thursday, TimeOfDay{8 * hour}}));
    EXPECT_FALSE(is_open(office, {thursday, TimeOfDay{18 * hour}}));
    EXPECT_FALSE(is_open(office, {Date{2}, TimeOfDay{9 * hour}})) << "a Saturday";
    const SendWindow night{{3}, TimeOfDay{22 * hour}, TimeOfDay{6 * hour}};
    EXPECT_TRUE(is_open(night, {thursday, TimeOfDay{23 * hour}}));
    EXPECT_TRUE(is_open(night, {Date{1}, TimeOfDay{5 * hour}})) << "Thursday's night goes into Friday";
    EXPECT_FALSE(is_open(night, {thursday, TimeOfDay{5 * hour}}));
    EXPECT_TRUE(is_open({}, {Date{2}, TimeOfDay{0}}));
}

} // namespace
} // namespace mortise::plugins::email
