// Handing messages to a server, over real sockets: what is said, and what becomes of a message wherever it
// breaks.
#include "smtp/smtp_client.hpp"
#include "smtp/wire_form.hpp"
#include "socket_wire.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace mortise::plugins::email {
namespace {

constexpr const char* greeting = "220 mx.example.com ESMTP\r\n";

/// A server that takes everything, but for the commands that begin as a rule says.
struct Rule {
    std::string begins;
    std::string reply; ///< empty: the connection ends
};

std::string usual(const std::string& line)
{
    if (line.starts_with("EHLO"))
        return "250-mx.example.com\r\n250-SIZE 1000000\r\n250-AUTH PLAIN LOGIN XOAUTH2\r\n250 8BITMIME\r\n";
    if (line == "DATA") return "354 go ahead\r\n";
    if (line == "AUTH LOGIN") return "334 VXNlcm5hbWU6\r\n";
    if (line.starts_with("AUTH")) return "235 2.7.0 ok\r\n";
    if (line == ".") return "250 2.0.0 Ok: queued as 4F2A1\r\n";
    return "250 2.1.0 ok\r\n";
}

class Smtp : public testing::Test {
protected:
    SendResult
    run(const std::vector<Rule>& rules,
        SmtpOptions options = plain(),
        std::string message = "Subject: x\n\nHello\n")
    {
        ScriptedServer server{first, [&](const std::string& line) {
                                  said.push_back(line);
                                  for (const Rule& rule : rules)
                                      if (line.starts_with(rule.begins)) return rule.reply;
                                  return usual(line);
                              }};
        SendResult result;
        {
            SocketWire wire{server.port};
            options.timeout_ms = 5'000;
            SmtpClient client{wire, options};
            result = client.open();
            if (result.state == SendState::sent)
                result = client.send({"ann@example.org", "bob@example.com", false}, message, [&] {
                    ++announced;
                });
            client.quit();
            encrypted = wire.is_encrypted;
        }
        server.join();
        data = server.data;
        return result;
    }
    static SmtpOptions plain()
    {
        SmtpOptions options;
        options.security = Security::none;
        options.own_name = "example.org";
        return options;
    }
    static SmtpOptions with_password()
    {
        SmtpOptions options;
        options.security = Security::tls;
        options.login = {Login::Kind::password, "ann", "secret"};
        return options;
    }

    std::string first{greeting};
    std::vector<std::string> said;
    std::string data;
    int announced{0};
    bool encrypted{false};
};

TEST_F(Smtp, HandsAMessageOver)
{
    const SendResult result = run({}, plain(), "Subject: x\n\n.hidden\r\nbare\rreturn\n..\n.");
    EXPECT_EQ(result.state, SendState::sent);
    EXPECT_EQ(result.queue_id, "4F2A1");
    EXPECT_EQ(result.code, 250);
    EXPECT_EQ(announced, 1);
    EXPECT_EQ(data, "Subject: x\r\n\r\n..hidden\r\nbare\r\nreturn\r\n...\r\n..\r\n");
    EXPECT_EQ(said.at(0), "EHLO example.org");
    EXPECT_EQ(said.at(1).substr(0, 33), "MAIL FROM:<ann@example.org> SIZE=");
    EXPECT_EQ(said.at(2), "RCPT TO:<bob@example.com>");
}

TEST_F(Smtp, TellsWhatTheServerSays)
{
    SendResult result = run({{"RCPT", "550 5.1.1 no such user\r\n"}});
    EXPECT_EQ(result.state, SendState::refused);
    EXPECT_EQ(result.stage, "rcpt");
    EXPECT_EQ(result.words, "550 5.1.1 no such user");
    result = run({{"RCPT", "451 4.7.1 greylisted, come again\r\n"}});
    EXPECT_EQ(result.state, SendState::deferred);
    result = run({{".", "552 5.2.2 mailbox full\r\n"}});
    EXPECT_EQ(result.state, SendState::refused);
    result = run({{".", "452 4.2.2 mailbox full\r\n"}});
    EXPECT_EQ(result.state, SendState::deferred);
    result = run({{"DATA", "250 what?\r\n"}});
    EXPECT_EQ(result.state, SendState::deferred) << "nothing was sent, whatever the server thinks";
    result = run({{"RCPT", "250-a\r\n550 b\r\n"}});
    EXPECT_EQ(result.state, SendState::deferred) << "two answers in one are none";
}

TEST_F(Smtp, KnowsWhatCannotHaveBeenSent)
{
    for (const char* step : {"EHLO", "MAIL", "RCPT", "DATA"}) {
        announced = 0;
        const SendResult result = run({{step, ""}});
        EXPECT_EQ(result.state, SendState::deferred) << step;
        EXPECT_EQ(announced, 0) << step;
    }
    first = "";
    EXPECT_EQ(run({}).state, SendState::deferred);
    first = "554 no service here\r\n";
    EXPECT_TRUE(run({}).is_account_problem);
}

TEST_F(Smtp, KnowsWhatNobodyKnows)
{
    const SendResult result = run({{".", ""}});
    EXPECT_EQ(result.state, SendState::ambiguous);
    EXPECT_EQ(result.stage, "message");
    EXPECT_EQ(announced, 1);
}

TEST_F(Smtp, SendsNothingIfItCannotBeMadeDurable)
{
    ScriptedServer server{greeting, usual};
    SocketWire wire{server.port};
    SmtpClient client{wire, plain()};
    ASSERT_EQ(client.open().state, SendState::sent);
    const SendResult result = client.send({"a@example.org", "b@example.com", false}, "x", [] {
        fail(ErrorCode::io, "store.full", "no room");
    });
    EXPECT_EQ(result.state, SendState::deferred);
}

TEST_F(Smtp, LogsIn)
{
    EXPECT_EQ(run({}, with_password()).state, SendState::sent);
    EXPECT_EQ(said.at(1), "AUTH PLAIN AGFubgBzZWNyZXQ=");
    said.clear();
    EXPECT_EQ(
        run({{"EHLO", "250-x\r\n250 AUTH LOGIN\r\n"}, {"YW5u", "334 UGFzc3dvcmQ6\r\n"}}, with_password())
            .state,
        SendState::sent
    );
    EXPECT_EQ(said.at(2), "YW5u");
    EXPECT_EQ(said.at(3), "c2VjcmV0");
    said.clear();
    SmtpOptions token = with_password();
    token.login.kind = Login::Kind::xoauth2;
    EXPECT_EQ(run({}, token).state, SendState::sent);
    EXPECT_EQ(said.at(1).substr(0, 13), "AUTH XOAUTH2 ");
    const SendResult refused = run({{"AUTH", "535 5.7.8 bad credentials\r\n"}}, with_password());
    EXPECT_TRUE(refused.is_account_problem);
    EXPECT_EQ(refused.transcript.find("c2VjcmV0"), std::string::npos);
    EXPECT_EQ(refused.transcript.find("AGFubgBz"), std::string::npos);
}

TEST_F(Smtp, SaysNothingInTheClear)
{
    SmtpOptions options = with_password();
    options.security = Security::none;
    EXPECT_EQ(run({}, options).stage, "auth") << "a password needs encryption";
    options.security = Security::starttls;
    said.clear();
    EXPECT_EQ(run({}, options).stage, "starttls") << "the server offers none";
    for (const std::string& line : said)
        EXPECT_FALSE(line.starts_with("AUTH") || line.starts_with("MAIL")) << line;
    EXPECT_EQ(
        run({{"EHLO", "250-x\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n"}, {"STARTTLS", "220 go\r\n"}}, options)
            .state,
        SendState::sent
    );
    EXPECT_TRUE(encrypted);
}

TEST_F(Smtp, WritesNoAddressThatEndsTheCommand)
{
    ScriptedServer server{greeting, usual};
    SocketWire wire{server.port};
    SmtpClient client{wire, plain()};
    ASSERT_EQ(client.open().state, SendState::sent);
    EXPECT_EQ(
        client.send({"a@example.org", "b@example.com>\r\nRCPT TO:<c@example.com", false}, "x").state,
        SendState::refused
    );
    EXPECT_EQ(client.send({"a@example.org", "b\xC3\xBC@example.com", true}, "x").state, SendState::refused)
        << "no SMTPUTF8 there";
}

TEST(WireForm, HasNoBareLineEndsAndNoEndInTheMiddle)
{
    const std::string wire = to_wire_form("a\n.\nb\r.\rc\r\n.\r\nd\n.\r\ne\r\n.\nf\r\r\n\n.");
    EXPECT_EQ(wire.find("\r\n.\r\n"), std::string::npos);
    for (std::size_t i = 0; i < wire.size(); ++i) {
        if (wire[i] == '\n') {
            EXPECT_TRUE(i > 0 && wire[i - 1] == '\r') << i;
        }
        if (wire[i] == '\r') {
            EXPECT_EQ(wire[i + 1], '\n') << i;
        }
    }
    EXPECT_EQ(to_wire_form(""), "");
    EXPECT_EQ(plain_lines(".a\r.\nb\n\n.."), ".a\r\n.\r\nb\r\n\r\n..\r\n") << "as a mailbox keeps it";
}

} // namespace
} // namespace mortise::plugins::email
