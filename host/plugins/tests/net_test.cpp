#include "net/tests/test_server.hpp"
#include "plugins/tests/plugins_fixture.hpp"

namespace mortise::host {
namespace {

constexpr const char* wire = "com.test.wire";

class NetTest : public PluginsTest {
protected:
    void SetUp() override
    {
        PluginsTest::SetUp();
        m_authority.write(m_folder / "ca.pem");
        enable("wire");
    }
    static CallContext anna()
    {
        CallContext context = system();
        context.principal
            = Principal{.user = Id{7}, .user_name = "anna", .scope = RowScope::all, .plugin = {}};
        return context;
    }
    Result<Value> talk(const TestServer& server, Map more = {})
    {
        more.set("port", static_cast<std::int64_t>(server.port()));
        if (!more.contains("host")) more.set("host", "localhost");
        return call("wire.talk", more);
    }
    void name_server(const Value& value)
    {
        const auto set = m_plugins->set_setting(wire, "server", value);
        ASSERT_TRUE(set) << set.error().message;
    }
    std::int64_t start(const std::string& job, const TestServer& server)
    {
        return call(
                   "wire.start", {{"job", job}, {"port", static_cast<std::int64_t>(server.port())}}
               )->as<std::int64_t>()
            ? 1
            : 0;
    }

    TestAuthority m_authority;
};

void answer_lines(TestPeer& peer)
{
    for (std::string said = peer.read(); !said.empty(); said = peer.read())
        peer.write("you said " + said);
}

TEST_F(NetTest, ReachesWhatASettingNames)
{
    const TestServer server{answer_lines};
    const auto inside = talk(server);
    ASSERT_FALSE(inside);
    EXPECT_EQ(inside.error().key, "net.private"); // net:* covers the public internet only
    name_server("localhost:" + std::to_string(server.port()));
    EXPECT_EQ((*talk(server, {{"say", "hello"}}))["answer"], "you said hello");
    name_server(List{"mail.example.com", "localhost"});
    EXPECT_EQ((*talk(server, {{"say", "hello"}}))["answer"], "you said hello");
    name_server("localhost:1");
    EXPECT_EQ(talk(server).error().key, "net.private");
    ASSERT_TRUE(m_plugins->set_setting(wire, "net.private", true));
    EXPECT_TRUE(talk(server));
    ASSERT_TRUE(m_plugins->set_setting(wire, "net.private", Value{}));
    EXPECT_EQ(talk(server).error().key, "net.private");
}

TEST_F(NetTest, ReachesWhatAPersonNamesInARecord)
{
    const TestServer server{answer_lines};
    const auto by_itself = call("wire.mailbox", {{"host", "LocalHost"}});
    ASSERT_FALSE(by_itself);
    EXPECT_EQ(by_itself.error().key, "net.names_itself");
    EXPECT_FALSE(talk(server, {{"host", "LocalHost"}}));
    const auto mailbox = call("wire.mailbox", {{"host", "LocalHost"}}, anna());
    ASSERT_TRUE(mailbox) << mailbox.error().message;
    const auto answer = talk(server, {{"host", "LocalHost"}, {"say", "hello"}});
    ASSERT_TRUE(answer) << answer.error().message;
    ASSERT_TRUE(change(
        {.operation = Operation::remove,
         .type = "wire_mailbox",
         .id = *mailbox->as<Id>(),
         .version = {},
         .values = {}}
    ));
    EXPECT_FALSE(talk(server, {{"host", "LocalHost"}}));
}

TEST_F(NetTest, NothingIsReachedWithoutAPermission)
{
    const TestServer server{answer_lines};
    name_server("localhost");
    ASSERT_TRUE(m_plugins->revoke(wire, {"net:*", "net:{server}", "net:{wire_mailbox.host}"}));
    const auto denied = talk(server);
    ASSERT_FALSE(denied);
    EXPECT_EQ(denied.error().code, ErrorCode::denied);
    EXPECT_EQ(denied.error().key, "net.denied");
    EXPECT_EQ(denied.error().where, "net:localhost:" + std::to_string(server.port()));
}

TEST_F(NetTest, SpeaksTlsUnderTheAuthoritiesOfASetting)
{
    const auto identity = m_authority.issue("DNS:localhost");
    const TestServer direct{[&](TestPeer& peer) {
        if (peer.start_tls(identity)) answer_lines(peer);
    }};
    const TestServer upgrade{[&](TestPeer& peer) {
        peer.read();
        peer.write("220 go ahead\r\n");
        if (peer.start_tls(identity)) answer_lines(peer);
    }};
    name_server("localhost");
    EXPECT_EQ(talk(direct, {{"tls", "direct"}}).error().key, "net.certificate");
    EXPECT_FALSE(m_plugins->set_setting(wire, "net.authorities", "ca.pem"));
    ASSERT_TRUE(m_plugins->set_setting(wire, "net.authorities", (m_folder / "ca.pem").native()));
    for (const auto& [server, tls] : {std::pair{&direct, "direct"}, std::pair{&upgrade, "upgrade"}}) {
        const auto answer = talk(*server, {{"tls", tls}, {"say", "secret"}});
        ASSERT_TRUE(answer) << answer.error().message;
        EXPECT_EQ((*answer)["answer"], "you said secret");
        EXPECT_EQ((*answer)["encrypted"], true);
    }
    EXPECT_EQ(m_plugins->settings(wire)->as<Map>()->size(), 1U); // the host's settings are not the plugin's
    EXPECT_EQ(Value{*m_plugins->net_options(wire)}["authorities"], (m_folder / "ca.pem").native());
}

TEST_F(NetTest, WhatWasSentBeforeEncryptionIsNotBelieved)
{
    const TestServer server{[](TestPeer& peer) {
        peer.read();
        peer.write("220 go ahead\r\n250 injected\r\n");
        peer.read();
    }};
    name_server("localhost");
    EXPECT_EQ(talk(server, {{"tls", "upgrade"}}).error().key, "net.injected");
}

TEST_F(NetTest, EverythingIsCountedAndLimited)
{
    const TestServer server{answer_lines};
    name_server("localhost");
    ASSERT_TRUE(talk(server, {{"say", "hello"}}));
    const auto cost = m_plugins->cost(wire);
    EXPECT_EQ(cost->connections, 1U);
    EXPECT_EQ(cost->net_written, 7U);
    EXPECT_EQ(cost->net_read, 16U);

    ASSERT_TRUE(m_plugins->set_setting(wire, "quota.net_open", 3));
    const Map held{{"host", "localhost"}, {"port", static_cast<std::int64_t>(server.port())}, {"count", 4}};
    const auto refused = call("wire.hold", held);
    EXPECT_EQ(refused.error().code, ErrorCode::limit);
    EXPECT_EQ(refused.error().key, "net.open");
    ASSERT_TRUE(m_plugins->reload(wire)); // which closes them
    ASSERT_TRUE(m_plugins->set_setting(wire, "quota.net_connects", 1));
    ASSERT_TRUE(talk(server));
    EXPECT_EQ(talk(server).error().code, ErrorCode::busy);
}

TEST_F(NetTest, ASilentServerIsATimeout)
{
    const TestServer server{[](TestPeer& peer) {
        while (!peer.read().empty()) { }
    }};
    name_server("localhost");
    const auto late = talk(server, {{"timeout_ms", 30}});
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().key, "net.timeout");
}

TEST_F(NetTest, DisablingLetsGoOfWhoIsIdle)
{
    std::atomic<bool> is_idle{false};
    const TestServer server{[&](TestPeer& peer) {
        is_idle = !peer.read().empty();
        peer.read();
    }};
    name_server("127.0.0.1");
    ASSERT_EQ(start("idle", server), 1);
    ASSERT_TRUE(eventually([&] { return is_idle.load(); }));
    const auto before = std::chrono::steady_clock::now();
    ASSERT_TRUE(m_plugins->disable(wire));
    EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds{2}); // of 5 that it may take
    EXPECT_EQ(status("wire").state, PluginState::verified);
}

TEST_F(NetTest, DisablingLetsWhatIsUnderWayEnd)
{
    std::atomic<bool> has_message{false};
    std::atomic<bool> may_answer{false};
    const TestServer server{[&](TestPeer& peer) {
        has_message = !peer.read().empty();
        while (!may_answer)
            std::this_thread::yield();
        peer.write("250 accepted\r\n");
        peer.read();
    }};
    name_server("127.0.0.1");
    ASSERT_EQ(start("send", server), 1);
    ASSERT_TRUE(eventually([&] { return has_message.load(); }));
    std::thread disabling{[&] { EXPECT_TRUE(m_plugins->disable(wire)); }};
    may_answer = true;
    disabling.join();
    const auto jobs = m_jobs->list(wire, 1);
    ASSERT_TRUE(jobs);
    EXPECT_EQ(jobs->front().state, JobState::done);
    EXPECT_EQ(jobs->front().result, "250 accepted");
}

} // namespace
} // namespace mortise::host
