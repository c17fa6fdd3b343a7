#include "net/net_connection.hpp"
#include "net/tests/test_server.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <thread>

namespace mortise::host {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

class NetConnectionTest : public testing::Test {
protected:
    void SetUp() override
    {
        std::string pattern = (std::filesystem::temp_directory_path() / "mortise-net-XXXXXX").string();
        m_folder = ::mkdtemp(pattern.data());
        m_authority.write(m_folder / "ca.pem");
        m_trust = *TlsContext::make(m_folder / "ca.pem");
    }
    void TearDown() override { std::filesystem::remove_all(m_folder); }

    NetPatience patience(milliseconds time = seconds{20})
    {
        return {.halt = m_halt, .until = Clock::now() + time};
    }
    Result<std::unique_ptr<NetConnection>> open(const TestServer& server, std::string host = "127.0.0.1")
    {
        return NetConnection::open({std::move(host), server.port()}, patience());
    }
    Result<std::unique_ptr<NetConnection>>
    open_tls(const TestServer& server, const std::string& host, const std::string& name = {})
    {
        MORTISE_TRY(auto connection, open(server, host));
        MORTISE_CHECK(connection->start_tls(m_trust, name, patience()));
        return connection;
    }
    static Result<void> write(NetConnection& connection, std::string_view text, const NetPatience& patience)
    {
        return connection.write(std::as_bytes(std::span{text}), patience);
    }
    std::string read(NetConnection& connection)
    {
        Bytes bytes(65'536);
        const auto size = connection.read(bytes, patience());
        return size ? std::string{reinterpret_cast<const char*>(bytes.data()), *size}
                    : "error " + size.error().key;
    }

    std::filesystem::path m_folder;
    TestAuthority m_authority;
    std::shared_ptr<const TlsContext> m_trust;
    NetHalt m_halt;
};

void echo(TestPeer& peer)
{
    for (std::string said = peer.read(); !said.empty(); said = peer.read())
        peer.write(said);
}

TEST_F(NetConnectionTest, SaysAndHearsInPlainText)
{
    const TestServer server{echo};
    const auto connection = open(server, "localhost");
    ASSERT_TRUE(connection) << connection.error().message;
    ASSERT_TRUE(write(**connection, "hello", patience()));
    EXPECT_EQ(read(**connection), "hello");
    EXPECT_EQ((*connection)->bytes_read(), 5U);
    EXPECT_EQ((*connection)->bytes_written(), 5U);
    EXPECT_TRUE(Value{(*connection)->facts()}["tls"].is_null());
}

TEST_F(NetConnectionTest, EncryptsWithACertificateThatIsGood)
{
    const auto identity = m_authority.issue("DNS:localhost,IP:127.0.0.1");
    const TestServer server{[&](TestPeer& peer) {
        if (peer.start_tls(identity)) echo(peer);
    }};
    for (const char* host : {"localhost", "127.0.0.1"}) {
        const auto connection = open_tls(server, host);
        ASSERT_TRUE(connection) << connection.error().message;
        ASSERT_TRUE(write(**connection, "hello", patience()));
        EXPECT_EQ(read(**connection), "hello");
        const Value facts{(*connection)->facts()};
        EXPECT_EQ(facts["tls"]["subject"].text(), "CN=Test server");
        EXPECT_EQ(facts["tls"]["sha256"].text().size(), 64U);
    }
}

TEST_F(NetConnectionTest, RefusesCertificatesThatAreNot)
{
    const auto refuse = [&](const std::string& names,
                            long time,
                            const std::shared_ptr<const TlsContext>& trust) {
        const auto identity = m_authority.issue(names, time);
        const TestServer server{[&](TestPeer& peer) { peer.start_tls(identity); }};
        const auto connection = open(server, "localhost");
        EXPECT_TRUE(connection);
        const auto done = (*connection)->start_tls(trust, {}, patience());
        EXPECT_FALSE(done);
        EXPECT_EQ(done.error().key, "net.certificate");
        EXPECT_EQ(write(**connection, "password", patience()).error().key, "net.lost"); // never in plain text
        return done.error().message;
    };
    EXPECT_NE(refuse("DNS:other.example", 3600, m_trust).find("hostname mismatch"), std::string::npos);
    EXPECT_NE(refuse("DNS:localhost", -3600, m_trust).find("expired"), std::string::npos);
    EXPECT_NE(refuse("DNS:localhost", 3600, *TlsContext::make({})).find("issuer"), std::string::npos);
}

TEST_F(NetConnectionTest, TheNameOfTheCertificateMayBeAnother)
{
    const auto identity = m_authority.issue("DNS:mail.example.com");
    const TestServer server{[&](TestPeer& peer) { peer.start_tls(identity); }};
    EXPECT_TRUE(open_tls(server, "127.0.0.1", "mail.example.com"));
    EXPECT_FALSE(open_tls(server, "127.0.0.1"));
}

TEST_F(NetConnectionTest, UpgradesAnOpenConnection)
{
    const auto identity = m_authority.issue("DNS:localhost");
    const TestServer server{[&](TestPeer& peer) {
        peer.write("220 ready\r\n");
        peer.read();
        peer.write("220 go ahead\r\n");
        if (peer.start_tls(identity)) echo(peer);
    }};
    const auto connection = open(server, "localhost");
    ASSERT_TRUE(connection);
    EXPECT_EQ(read(**connection), "220 ready\r\n");
    ASSERT_TRUE(write(**connection, "STARTTLS\r\n", patience()));
    EXPECT_EQ(read(**connection), "220 go ahead\r\n");
    ASSERT_TRUE((*connection)->start_tls(m_trust, {}, patience()));
    ASSERT_TRUE(write(**connection, "secret", patience()));
    EXPECT_EQ(read(**connection), "secret");
    EXPECT_EQ((*connection)->start_tls(m_trust, {}, patience()).error().code, ErrorCode::state);
}

TEST_F(NetConnectionTest, TellsWhatIsNoTls)
{
    const TestServer server{[](TestPeer& peer) { peer.write("220 plain text here, and more of it\r\n"); }};
    EXPECT_EQ(open_tls(server, "localhost").error().key, "net.tls");
}

TEST_F(NetConnectionTest, AnEndWithFarewellIsAnEndAndOneWithoutIsALoss)
{
    const auto identity = m_authority.issue("DNS:localhost");
    bool says_farewell = true;
    const TestServer server{[&](TestPeer& peer) {
        if (!peer.start_tls(identity)) return;
        peer.write("bye");
        if (says_farewell) peer.end_tls();
    }};
    {
        const auto polite = open_tls(server, "localhost");
        EXPECT_EQ(read(**polite), "bye");
        EXPECT_EQ(read(**polite), "");
    }
    says_farewell = false;
    const auto cut = open_tls(server, "localhost");
    EXPECT_EQ(read(**cut), "bye");
    EXPECT_EQ(read(**cut), "error net.lost");
}

TEST_F(NetConnectionTest, WritingToAPeerThatIsGoneIsAnError)
{
    std::signal(SIGPIPE, SIG_DFL); // the process would end if it were raised
    const auto identity = m_authority.issue("DNS:localhost");
    const TestServer server{[&](TestPeer& peer) { peer.start_tls(identity); }};
    const auto connection = open_tls(server, "localhost");
    ASSERT_TRUE(connection);
    EXPECT_EQ(read(**connection), "error net.lost");
    const std::string text(100'000, 'x');
    auto written = write(**connection, text, patience());
    for (int i = 0; written && i < 100; ++i)
        written = write(**connection, text, patience());
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().key, "net.lost");
}

TEST_F(NetConnectionTest, SaysWhoRefused)
{
    std::uint16_t closed_port = 0;
    {
        const TestServer gone{echo};
        closed_port = gone.port();
    }
    const auto refused = NetConnection::open({"127.0.0.1", closed_port}, patience());
    EXPECT_EQ(refused.error().key, "net.connect");
    EXPECT_NE(refused.error().message.find("Connection refused"), std::string::npos);
    const auto nameless = NetConnection::open({"nothing-here.invalid", 25}, patience());
    EXPECT_EQ(nameless.error().key, "net.resolve");
    const auto inside = NetConnection::open({"localhost", closed_port, true}, patience());
    EXPECT_EQ(inside.error().key, "net.private");
}

TEST_F(NetConnectionTest, EndsWhenTheTimeIsOverOrItIsHalted)
{
    const TestServer server{[](TestPeer& peer) { peer.read(); }};
    const auto connection = open(server);
    ASSERT_TRUE(connection);
    Bytes bytes(10);
    EXPECT_EQ((*connection)->read(bytes, patience(milliseconds{20})).error().key, "net.timeout");
    std::thread halting{[this] { m_halt.halt(Clock::now()); }};
    EXPECT_EQ((*connection)->read(bytes, patience()).error().key, "net.cancelled");
    halting.join();
}

TEST_F(NetConnectionTest, WhatIsUnderWayMayEndAndWhoIsIdleIsLetGo)
{
    const TestServer server{[](TestPeer& peer) {
        peer.read();
        peer.write("answer");
        peer.read();
    }};
    const auto connection = open(server);
    m_halt.halt(Clock::now() + seconds{20});
    ASSERT_TRUE(write(**connection, "question", patience()));
    EXPECT_EQ(read(**connection), "answer");
    NetPatience idle = patience();
    idle.is_idle = true;
    const int descriptor = (*connection)->socket();
    std::size_t which = 0;
    EXPECT_EQ(wait_readable({&descriptor, 1}, idle, which), NetReady::cancelled);
}

TEST_F(NetConnectionTest, RefusesAFileThatHoldsNoAuthorities)
{
    EXPECT_EQ(TlsContext::make(m_folder / "missing.pem").error().key, "net.authorities");
}

} // namespace
} // namespace mortise::host
