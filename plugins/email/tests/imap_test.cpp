// What an IMAP server says, as it should be and as it should not, and a session with one over real sockets.
#include "imap/folder_name.hpp"
#include "imap/imap_client.hpp"
#include "socket_wire.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

namespace mortise::plugins::email {
namespace {

/// A server that has said all it will ever say, in pieces of a size; what is sent to it is kept.
class Saying : public Wire {
public:
    explicit Saying(std::string all, std::size_t piece = 7) : m_all{std::move(all)}, m_piece{piece} { }

    std::string read_line(std::size_t, std::uint32_t) override { return {}; }
    std::string read_exactly(std::size_t, std::uint32_t) override { return {}; }
    std::string read_some(std::size_t most, std::uint32_t) override
    {
        const std::string some = m_all.substr(0, std::min(most, m_piece));
        m_all.erase(0, some.size());
        return some;
    }
    void write(std::string_view bytes, std::uint32_t) override { said += bytes; }
    void start_tls(std::string_view) override { }

    std::string said;

private:
    std::string m_all;
    std::size_t m_piece;
};

ImapResponse read(const std::string& bytes, StreamLimits limits = {})
{
    Saying wire{bytes};
    return ImapStream{wire, limits}.read();
}

std::string key_of(const std::string& bytes, StreamLimits limits = {})
{
    try {
        read(bytes, limits);
        return {};
    } catch (const Failure& failure) {
        return failure.error().key;
    }
}

TEST(ImapResponse, ReadsStatusesWithTheirCodes)
{
    const ImapResponse ok = read("* OK [UIDVALIDITY 3857529045] UIDs valid\r\n");
    ASSERT_NE(ok.code("UIDVALIDITY"), nullptr);
    EXPECT_EQ((*ok.code("UIDVALIDITY"))[1].number(), 3'857'529'045);
    EXPECT_EQ(ok.words, "UIDs valid");
    const ImapResponse no = read("a17 no [PERMANENTFLAGS (\\Deleted \\*)] {5} Nein\r\n");
    EXPECT_EQ(no.kind, ImapResponse::Kind::tagged);
    EXPECT_EQ(no.tag, "a17");
    EXPECT_EQ(no.name, "NO");
    EXPECT_EQ(no.values.at(1).items.size(), 2U);
    EXPECT_EQ(read("* BYE [unfinished words\r\n").words, "[unfinished words") << "only the words are lost";
    EXPECT_EQ(read("* OK it is {5}\r\n").words, "it is {5}") << "no string follows";
    EXPECT_EQ(read("+ \r\n").kind, ImapResponse::Kind::go_on);
}

TEST(ImapResponse, ReadsMessagesWithTheirStrings)
{
    const ImapResponse fetch = read("* 12 FETCH (FLAGS (\\Seen $Forwarded) UID 4827313 INTERNALDATE "
                                    "\"17-Jul-1996 02:44:25 -0700\" RFC822.SIZE "
                                    "4286 BODY[HEADER.FIELDS (\"To\" DATE)] {9}\r\nTo: a\r\n\r\n X \"a "
                                    "\\\"b\\\" \\\\\" BODY[]<0> {3}\r\n(]\" Y NIL)\r\n");
    EXPECT_EQ(fetch.name, "FETCH");
    EXPECT_EQ(fetch.number, 12);
    const auto& items = fetch.values.at(0).items;
    ASSERT_EQ(items.size(), 16U);
    EXPECT_EQ(items[3].number(), 4'827'313);
    EXPECT_EQ(items[8].text, "BODY[HEADER.FIELDS (\"To\" DATE)]");
    EXPECT_EQ(items[9].text, "To: a\r\n\r\n");
    EXPECT_EQ(items[11].text, "a \"b\" \\");
    EXPECT_EQ(items[13].text, "(]\"");
    EXPECT_EQ(items[15].kind, ImapValue::Kind::nil);
}

TEST(ImapResponse, RefusesWhatIsNone)
{
    for (const char* wrong :
         {"",
          "\r\n",
          "* \r\n",
          "*\r\n",
          "220 mx.example.com ESMTP\r\n",
          "HTTP/1.1 400 Bad Request\r\n",
          "* 1 FETCH (FLAGS\r\n",
          "* 1 FETCH FLAGS)\r\n",
          "* 1 FETCH (BODY[ 3)\r\n",
          "* LIST () \"/\r\n",
          "* LIST () \"/\\\r\n",
          "* LIST () ]\r\n",
          "* SEARCH {3}\r\n",
          "* SEARCH {3}x\r\n",
          "* SEARCH a{1}\r\nb\r\n",
          "A1 MAYBE\r\n"})
        EXPECT_NE(key_of(wrong), "") << wrong;
    EXPECT_EQ(key_of("* SEARCH " + std::string(100'000, '(') + "\r\n"), "imap.syntax");
    EXPECT_EQ(key_of("* SEARCH " + std::string(100'000, ')') + "\r\n"), "imap.syntax");
    EXPECT_EQ(key_of(std::string{"* SEARCH \0 1\r\n", 14}), "");
    EXPECT_FALSE(ImapValue{}.number());
    EXPECT_FALSE((ImapValue{ImapValue::Kind::atom, "99999999999999999999", {}}.number()));
    EXPECT_FALSE((ImapValue{ImapValue::Kind::atom, "-1", {}}.number()));
}

TEST(ImapResponse, IsBoundedWhateverTheServerSends)
{
    StreamLimits limits;
    limits.line_bytes = 1'000;
    limits.literal_bytes = 1'000;
    limits.literals = 3;
    EXPECT_EQ(key_of("* SEARCH" + std::string(2'000, ' ') + "\r\n", limits), "imap.limit");
    EXPECT_EQ(key_of("* SEARCH {999999999999}\r\n", limits), "imap.limit");
    EXPECT_EQ(key_of("* SEARCH {99999999999999999999999}\r\n", limits), "imap.syntax");
    EXPECT_EQ(key_of("* SEARCH {600}\r\n" + std::string(600, 'x') + " {600}\r\n", limits), "imap.limit");
    EXPECT_EQ(key_of("* SEARCH {1}\r\nx {1}\r\nx {1}\r\nx {1}\r\nx\r\n", limits), "imap.limit");
    EXPECT_EQ(key_of("* SEARCH {0}\r\n {0}\r\n\r\n", limits), "");
    EXPECT_EQ(key_of("* SEARCH {60000000}\r\nabc"), "net.lost") << "what was only announced takes no memory";
    limits.response_time = std::chrono::milliseconds{0};
    EXPECT_EQ(key_of("* OK\r\n", limits), "net.timeout");
}

TEST(ImapNames, AreWrittenAsTheServerWritesThem)
{
    for (const auto& [utf8, imap] : std::vector<std::pair<std::string, std::string>>{
             {"INBOX", "INBOX"},
             {"Grüße", "Gr&APwA3w-e"},
             {"R&D", "R&-D"},
             {"台北/日本語", "&U,BTFw-/&ZeVnLIqe-"},
             {"🙂", "&2D3eQg-"},
         }) {
        EXPECT_EQ(to_imap_name(utf8), imap);
        EXPECT_EQ(from_imap_name(imap), utf8);
    }
    for (const char* wrong : {"&", "&!-", "&A-", "&2D0-", "&3kI-", "a&AAAB"})
        EXPECT_EQ(from_imap_name(wrong), wrong);
    EXPECT_EQ(to_imap_name("a\r\nA1 LOGOUT").find('\r'), std::string::npos);
}

TEST(ImapTimes, AreRead)
{
    EXPECT_EQ(imap_time("17-Jul-1996 02:44:25 -0700"), 837'596'665);
    EXPECT_EQ(imap_time(" 1-Jan-1970 01:00:00 +0100"), 0);
    EXPECT_EQ(imap_time("29-Feb-2024 00:00:00 +0000"), 1'709'164'800);
    for (const char* wrong :
         {"",
          "17-Jux-1996 02:44:25 -0700",
          "yesterday",
          "17-Jul-1996 02:44:25  0700x",
          "xx-Jul-1996 02:44:25 -0700"})
        EXPECT_FALSE(imap_time(wrong)) << wrong;
}

/// A server that answers each command, without its tag, as the test says, or as usual.
class ImapSession : public testing::Test {
protected:
    static std::string usual(const std::string& command)
    {
        if (command == "CAPABILITY")
            return "* CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN SASL-IR IDLE CONDSTORE\r\n";
        if (command.starts_with("EXAMINE"))
            return "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 12] x\r\n* OK [HIGHESTMODSEQ 99] "
                   "x\r\n";
        return {};
    }
    /// Runs a session: `replies` are for commands that begin so, in order of their use; each ends with a
    /// tagged line, `%` standing for the tag, or the connection ends.
    std::string
    run(const std::vector<std::pair<std::string, std::string>>& replies,
        const std::function<void(ImapClient&)>& body,
        ImapOptions options = with_password(),
        const std::string& greeting = "* OK hello\r\n")
    {
        std::deque<std::pair<std::string, std::string>> left{replies.begin(), replies.end()};
        std::string tag;
        ScriptedServer server{greeting, [&](const std::string& line) -> std::string {
                                  const auto space = line.find(' ');
                                  const std::string command
                                      = space == std::string::npos ? line : line.substr(space + 1);
                                  said.push_back(command);
                                  if (space != std::string::npos) tag = line.substr(0, space);
                                  if (!left.empty() && command.starts_with(left.front().first)) {
                                      std::string reply = left.front().second;
                                      left.pop_front();
                                      if (const auto at = reply.find('%'); at != std::string::npos)
                                          reply.replace(at, 1, tag);
                                      return reply;
                                  }
                                  return usual(command) + tag + " OK done\r\n";
                              }};
        std::string key;
        {
            SocketWire wire{server.port};
            options.limits.silence_ms = 5'000;
            try {
                ImapClient client{wire, options};
                client.open();
                body(client);
                client.log_out();
            } catch (const Failure& failure) {
                key = failure.error().key;
                words = failure.error().message;
            }
            encrypted = wire.is_encrypted;
        }
        server.join();
        return key;
    }
    static ImapOptions with_password()
    {
        ImapOptions options;
        options.security = Security::tls;
        options.login = {Login::Kind::password, "ann", "secret"};
        return options;
    }

    std::vector<std::string> said;
    std::string words;
    bool encrypted{false};
};

TEST_F(ImapSession, LogsInAndReadsMessages)
{
    std::vector<Listed> listed;
    std::optional<std::string> body;
    FolderState state;
    EXPECT_EQ(
        run({{"UID FETCH 5:11 (UID RFC822",
              "* 2 FETCH (UID 9 RFC822.SIZE 12 FLAGS (\\Seen))\r\n* 1 FETCH (FLAGS (\\Seen))\r\n* 1 FETCH "
              "(UID 5 RFC822.SIZE 12 "
              "FLAGS (\\Recent \\Seen \\Answered))\r\n* 2 FETCH (UID 9 RFC822.SIZE 12)\r\n* 4 FETCH (UID "
              "4)\r\n% OK done\r\n"},
             {"UID FETCH 9 ",
              "* 1 FETCH (FLAGS ())\r\n* 2 FETCH (UID 9 BODY[]<0> {4}\r\nbody)\r\n% OK done\r\n"}},
            [&](ImapClient& client) {
                state = client.examine("Grüße");
                listed = client.list(5, state.uid_next - 1);
                body = client.fetch(9, 100);
                EXPECT_FALSE(client.fetch(10, 100)) << "it is gone";
            }),
        ""
    ) << words;
    EXPECT_EQ(state.exists, 3);
    EXPECT_EQ(state.uid_validity, 7);
    EXPECT_EQ(state.highest_modseq, 99);
    ASSERT_EQ(listed.size(), 2U);
    EXPECT_EQ(listed[0].uid, 5);
    EXPECT_EQ(listed[0].flags, "answered seen");
    EXPECT_EQ(body, "body");
    EXPECT_EQ(said.at(1), "AUTHENTICATE PLAIN AGFubgBzZWNyZXQ=");
    EXPECT_EQ(said.at(3), "EXAMINE \"Gr&APwA3w-e\" (CONDSTORE)");
}

TEST_F(ImapSession, LogsInWithWhatTheServerOffers)
{
    const auto nothing = [](ImapClient&) { };
    EXPECT_EQ(
        run({{"CAPABILITY", "* CAPABILITY IMAP4rev1\r\n% OK\r\n"}, {"LOGIN \"ann\" \"secret\"", "% OK\r\n"}},
            nothing),
        ""
    );
    EXPECT_EQ(
        run({{"CAPABILITY", "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n% OK\r\n"},
             {"AUTHENTICATE PLAIN", "+ \r\n"},
             {"AGFubg", "% OK\r\n"}},
            nothing),
        ""
    );
    EXPECT_EQ(
        run({{"CAPABILITY", "* CAPABILITY IMAP4rev1 LOGINDISABLED\r\n% OK\r\n"}}, nothing), "imap.login"
    );
    EXPECT_EQ(
        run({{"AUTHENTICATE", "% NO [AUTHENTICATIONFAILED] wrong password\r\n"}}, nothing), "imap.login"
    );
    EXPECT_EQ(words, "the server does not let us in: wrong password");
    EXPECT_EQ(run({{"AUTHENTICATE", "* BYE too many\r\n"}}, nothing), "imap.bye");
    ImapOptions token = with_password();
    token.login.kind = Login::Kind::xoauth2;
    said.clear();
    EXPECT_EQ(
        run({{"AUTHENTICATE XOAUTH2", "+ eyJzdGF0dXMiOiI0MDAifQ==\r\n"}, {"", "% NO expired\r\n"}},
            nothing,
            token),
        "imap.login"
    );
    EXPECT_EQ(said.at(1), "AUTHENTICATE XOAUTH2 dXNlcj1hbm4BYXV0aD1CZWFyZXIgc2VjcmV0AQE=");
    EXPECT_EQ(said.at(2), "") << "the question that tells why is answered by nothing";
    EXPECT_EQ(run({}, nothing, with_password(), "* PREAUTH hello ann\r\n"), "");
    EXPECT_EQ(run({}, nothing, with_password(), "* BYE not now\r\n"), "imap.bye");
    EXPECT_EQ(run({}, nothing, with_password(), "220 mx ESMTP\r\n"), "imap.syntax");
}

TEST_F(ImapSession, SaysNothingThatMattersBeforeItIsEncrypted)
{
    const auto nothing = [](ImapClient&) { };
    ImapOptions options = with_password();
    options.security = Security::starttls;
    EXPECT_EQ(run({}, nothing, options), "");
    EXPECT_TRUE(encrypted);
    EXPECT_EQ(said.at(1), "STARTTLS");
    const auto expect_nothing_said = [&] {
        EXPECT_FALSE(encrypted);
        for (const std::string& command : said)
            EXPECT_FALSE(command.starts_with("AUTH") || command.starts_with("LOGIN"));
    };
    said.clear();
    EXPECT_EQ(
        run({{"CAPABILITY", "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n% OK\r\n"}}, nothing, options),
        "imap.no_tls"
    );
    expect_nothing_said();
    EXPECT_EQ(run({}, nothing, options, "* PREAUTH come in\r\n"), "imap.no_tls");
    expect_nothing_said();
    EXPECT_EQ(
        run({{"CAPABILITY", "* CAPABILITY IMAP4rev1 STARTTLS\r\n% OK\r\n"}, {"STARTTLS", "% NO not today\r\n"}
            },
            nothing,
            options),
        "imap.refused"
    );
    expect_nothing_said();
    EXPECT_EQ(
        run({{"CAPABILITY", "* CAPABILITY IMAP4rev1 STARTTLS\r\n% OK\r\n"},
             {"STARTTLS", "% OK go\r\n* CAPABILITY AUTH=PLAIN\r\n"}},
            nothing,
            options),
        "net.injected"
    );
    expect_nothing_said();
}

TEST_F(ImapSession, TellsWhatWentWrong)
{
    const auto look = [](ImapClient& client) { client.examine("INBOX"); };
    EXPECT_EQ(run({{"EXAMINE", "% NO [NONEXISTENT] no such folder\r\n"}}, look), "imap.refused");
    EXPECT_EQ(words, "the server answers NO to EXAMINE: no such folder");
    EXPECT_EQ(run({{"EXAMINE", "* 3 EXISTS\r\n% OK\r\n"}}, look), "imap.no_uids");
    EXPECT_EQ(run({{"EXAMINE", "* BYE shutting down\r\n"}}, look), "imap.bye");
    EXPECT_EQ(run({{"EXAMINE", "X99 OK\r\n"}}, look), "imap.syntax");
    EXPECT_EQ(run({{"EXAMINE", ""}}, look), "net.lost");
    EXPECT_EQ(
        run({{"EXAMINE", "* 3 EX"}}, [](ImapClient& client) { client.examine("INBOX"); }).substr(0, 4), "net."
    );
}

TEST_F(ImapSession, FilesAMessage)
{
    bool is_there = true;
    bool is_there_now = false;
    std::vector<bool> taken;
    std::optional<std::string> folder;
    EXPECT_EQ(
        run({{"CAPABILITY", "* CAPABILITY IMAP4rev1 AUTH=PLAIN SPECIAL-USE\r\n% OK\r\n"},
             {"AUTHENTICATE", "+ \r\n"},
             {"A", "% OK [CAPABILITY IMAP4rev1 SPECIAL-USE] in\r\n"},
             {"LIST (SPECIAL-USE)",
              "* LIST (\\Drafts) \"/\" Drafts\r\n* LIST (\\HasNoChildren \\Sent) \"/\" \"Gesendet\"\r\n% "
              "OK\r\n"},
             {"UID SEARCH HEADER Message-ID \"1@example.org\"", "* SEARCH\r\n% OK\r\n"},
             {"UID SEARCH", "* SEARCH 7\r\n% OK\r\n"},
             {"APPEND \"Sent\" (\\Seen) {7}", "% NO [TRYCREATE] no such folder\r\n"},
             {"APPEND", "+ go on\r\n"},
             {"Hello", "* 1 EXISTS\r\n% OK [APPENDUID 1 2] done\r\n"}},
            [&](ImapClient& client) {
                folder = client.sent_folder();
                is_there = client.has_message("1@example.org");
                is_there_now = client.has_message("1@example.org");
                taken.push_back(client.append("Sent", "Hello\r\n"));
                taken.push_back(client.append("Sent", "Hello\r\n"));
            }),
        ""
    ) << words;
    EXPECT_EQ(folder, "Gesendet");
    EXPECT_FALSE(is_there);
    EXPECT_TRUE(is_there_now);
    EXPECT_EQ(taken, (std::vector<bool>{false, true}));
    const auto append = [](ImapClient& client) { client.append("Sent", "x\r\n"); };
    EXPECT_EQ(run({{"APPEND", "% NO [OVERQUOTA] full\r\n"}}, append), "imap.refused");
    EXPECT_EQ(words, "the server does not take the message into Sent: full");
    EXPECT_EQ(run({{"APPEND", "* BYE\r\n"}}, append), "imap.bye");
}

TEST_F(ImapSession, IsToldOfWhatArrives)
{
    std::vector<bool> news;
    EXPECT_EQ(
        run({{"IDLE", "* 2 RECENT\r\n+ idling\r\n* OK still here\r\n* 4 EXISTS\r\n* 2 EXPUNGE\r\n"},
             {"DONE", "% OK\r\n"}},
            [&](ImapClient& client) {
                client.begin_idle();
                for (int i = 0; i < 3; ++i)
                    news.push_back(client.read_idle());
                client.end_idle();
            }),
        ""
    ) << words;
    EXPECT_EQ(news, (std::vector<bool>{false, true, false}));
}

} // namespace
} // namespace mortise::plugins::email
