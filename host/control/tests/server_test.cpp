#include "control/server.hpp"
#include "control/tests/test_api.hpp"

#include <mortise/control/client.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include <fstream>
#include <future>
#include <sys/stat.h>

namespace mortise::host {
namespace {

namespace asio = boost::asio;

class SocketServer : public ::testing::Test {
protected:
    void SetUp() override { start({.socket = folder.path() / "sock"}); }
    void TearDown() override
    {
        test.gate.open();
        server.reset();
    }

    void start(ServerSettings settings)
    {
        server.reset();
        auto started = Server::start(test.api, std::move(settings));
        ASSERT_TRUE(started) << started.error().message;
        server = *std::move(started);
    }

    testing::TemporaryFolder folder;
    testing::TestApi test;
    std::unique_ptr<Server> server;
};

/// A client that may misbehave: it sends what it is told.
class RawClient {
public:
    explicit RawClient(const std::filesystem::path& socket) { m_socket.connect({socket.native()}); }

    void send(std::string_view text)
    {
        boost::system::error_code
            ignored; // the server may have closed: what it answered is read all the same
        asio::write(m_socket, asio::buffer(text), ignored);
    }
    boost::json::object read()
    {
        boost::system::error_code failed;
        const std::size_t size = asio::read_until(m_socket, asio::dynamic_buffer(m_input), '\n', failed);
        if (failed) return {{"closed", true}};
        auto message = boost::json::parse(boost::json::string_view{m_input.data(), size});
        m_input.erase(0, size);
        return message.get_object();
    }
    void end_sending() { m_socket.shutdown(asio::socket_base::shutdown_send); }
    void close() { m_socket.close(); }

private:
    asio::io_context m_context;
    asio::local::stream_protocol::socket m_socket{m_context};
    std::string m_input;
};

std::int64_t error_code_in(const boost::json::object& answer)
{
    return answer.at("error").at("code").as_int64();
}

TEST_F(SocketServer, SpeaksJsonRpcLineByLine)
{
    RawClient client{server ? folder.path() / "sock" : ""};
    client.send(R"({"jsonrpc":"2.0","id":"a","method":"echo","params":{"text":"x"}})"
                "\n");
    EXPECT_EQ(boost::json::serialize(client.read()), R"({"jsonrpc":"2.0","id":"a","result":{"text":"x"}})");
}

TEST_F(SocketServer, AnswersBrokenMessagesAndGoesOn)
{
    RawClient client{folder.path() / "sock"};
    const std::pair<std::string_view, std::int64_t> cases[]{
        {"{\"jsonrpc\":", -32700},
        {"\xff\xfe", -32700},
        {R"({"jsonrpc":"2.0","id":1,"method":"echo","method":"echo"})", -32700},
        {"[]", -32600},
        {"7", -32600},
        {R"({"id":1,"method":"echo"})", -32600},
        {R"({"jsonrpc":"2.0","id":1.5,"method":"echo"})", -32600},
        {R"({"jsonrpc":"2.0","id":{},"method":"echo"})", -32600},
        {R"({"jsonrpc":"2.0","id":1,"method":7})", -32600},
        {R"({"jsonrpc":"2.0","id":1,"method":"echo","params":["x"]})", -32600},
        {R"({"jsonrpc":"2.0","id":1,"method":"nothing"})", -32601},
        {R"({"jsonrpc":"2.0","id":1,"method":"echo"})", -32602},
        {R"({"jsonrpc":"2.0","id":1,"method":"fail"})", -32006},
    };
    for (const auto& [line, code] : cases) {
        client.send(std::string{line} + "\n");
        const auto answer = client.read();
        ASSERT_TRUE(answer.contains("error")) << line;
        EXPECT_EQ(error_code_in(answer), code) << line;
        EXPECT_TRUE(answer.at("error").at("data").as_object().contains("code")) << line;
    }
    client.send(R"({"jsonrpc":"2.0","id":9,"method":"who"})"
                "\n");
    EXPECT_EQ(client.read().at("id"), 9);
}

TEST_F(SocketServer, ClosesOnAMessageThatIsTooLong)
{
    RawClient client{folder.path() / "sock"};
    client.send(
        R"({"jsonrpc":"2.0","id":1,"method":"echo","params":{"text":")"
        + std::string(std::size_t{17} << 20, 'x')
    );
    const auto answer = client.read();
    EXPECT_EQ(answer.at("error").at("data").at("code"), "limit");
    EXPECT_TRUE(client.read().contains("closed"));
    EXPECT_TRUE((*control::connect(folder.path() / "sock"))->call("who"));
}

TEST_F(SocketServer, TakesAMessageOfJustUnderTheLimit)
{
    const auto connection = *control::connect(folder.path() / "sock");
    const std::string text((std::size_t{16} << 20) - 100, 'x');
    const auto answer = connection->call("echo", {{"text", text}});
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->at("text").as_string().size(), text.size());
    const auto longer = connection->call("echo", {{"text", text + text}});
    ASSERT_FALSE(longer);
    EXPECT_EQ(longer.error().code, ErrorCode::limit);
    EXPECT_TRUE(connection->call("who"));
}

TEST_F(SocketServer, GivesUpTheCallsOfAClientThatGoes)
{
    {
        RawClient client{folder.path() / "sock"};
        client.send(R"({"jsonrpc":"2.0","id":1,"method":"gate"})"
                    "\n");
        test.gate.wait_for(1);
        client.send(R"({"jsonrpc":"2.0","id":2,"met)"); // and dies in the middle of a message
    }
    test.gate.wait_for(0);
    EXPECT_TRUE((*control::connect(folder.path() / "sock"))->call("who"));
}

TEST_F(SocketServer, GivesUpTheCallsOfAClientThatGoesAfterItsLastRequest)
{
    RawClient client{folder.path() / "sock"};
    client.send(R"({"jsonrpc":"2.0","id":1,"method":"gate"})"
                "\n");
    test.gate.wait_for(1);
    client.end_sending();
    client.close();
    test.gate.wait_for(0);
}

TEST_F(SocketServer, AnswersAClientThatHasSentItsLastRequest)
{
    RawClient client{folder.path() / "sock"};
    client.send(R"({"jsonrpc":"2.0","id":1,"method":"gate"})"
                "\n");
    client.end_sending();
    test.gate.wait_for(1);
    test.gate.open();
    EXPECT_EQ(client.read().at("result"), "opened");
    EXPECT_TRUE(client.read().contains("closed"));
}

TEST_F(SocketServer, ReadsNoFurtherThanItsLimitOfCalls)
{
    start({.socket = folder.path() / "sock", .most_calls = 2, .most_threads = 8});
    RawClient client{folder.path() / "sock"};
    for (int i = 0; i < 4; ++i)
        client.send(
            R"({"jsonrpc":"2.0","id":)" + std::to_string(i)
            + R"(,"method":"gate"})"
              "\n"
        );
    RawClient other{folder.path() / "sock"};
    other.send(R"({"jsonrpc":"2.0","id":9,"method":"gate"})"
               "\n");
    test.gate.wait_for(3);
    test.gate.open();
    for (int i = 0; i < 4; ++i)
        EXPECT_EQ(client.read().at("result"), "opened");
}

TEST_F(SocketServer, RefusesMoreClientsThanItServes)
{
    start({.socket = folder.path() / "sock", .most_sessions = 1});
    const auto first = *control::connect(folder.path() / "sock");
    ASSERT_TRUE(first->call("who"));
    RawClient second{folder.path() / "sock"};
    EXPECT_EQ(second.read().at("error").at("data").at("code"), "busy");
    EXPECT_TRUE(second.read().contains("closed"));
    EXPECT_TRUE(first->call("who"));
}

TEST_F(SocketServer, TakesNoActionThatNobodyWouldHearOf)
{
    RawClient client{folder.path() / "sock"};
    client.send(R"({"jsonrpc":"2.0","method":"chunks","params":{"count":3}})"
                "\n");
    client.send(R"({"jsonrpc":"2.0","id":1,"method":"who"})"
                "\n");
    EXPECT_EQ(client.read().at("id"), 1);
    EXPECT_EQ(test.chunks_sent, 0);
}

TEST_F(SocketServer, IsForItsOwnUserOnly)
{
    struct stat status{};
    ASSERT_EQ(::stat((folder.path() / "sock").c_str(), &status), 0);
    EXPECT_TRUE(S_ISSOCK(status.st_mode));
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(SocketServer, StopsWhileCallsAreUnderWay)
{
    const auto connection = *control::connect(folder.path() / "sock");
    std::promise<Result<boost::json::value>> answered;
    std::promise<Error> closed;
    connection->set_on_closed([&](const Error& error) { closed.set_value(error); });
    connection->start("gate", {}, [&](Result<boost::json::value> result) {
        answered.set_value(std::move(result));
    });
    test.gate.wait_for(1);
    server->stop();
    const auto answer = answered.get_future().get();
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::cancelled);
    EXPECT_EQ(closed.get_future().get().key, "control.closed");
    EXPECT_FALSE(connection->is_open());
    const auto later = connection->call("who");
    ASSERT_FALSE(later);
    EXPECT_EQ(later.error().key, "control.closed");
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "sock"));
}

TEST_F(SocketServer, StopsAlthoughAClientReadsNothing)
{
    start({.socket = folder.path() / "sock", .stop_grace = std::chrono::milliseconds{1}});
    RawClient client{folder.path() / "sock"};
    client.send(R"({"jsonrpc":"2.0","id":1,"method":"chunks","params":{"count":10000,"bytes":100000}})"
                "\n");
    client.send(R"({"jsonrpc":"2.0","id":2,"method":"gate"})"
                "\n");
    test.gate.wait_for(1);
    server->stop();
    EXPECT_LT(test.chunks_sent, 10000);
}

TEST_F(SocketServer, ReplacesASocketThatWasLeftBehind)
{
    const auto path = folder.path() / "left";
    {
        asio::io_context context;
        asio::local::stream_protocol::acceptor left{context, {path.native()}};
    }
    ASSERT_TRUE(std::filesystem::exists(path));
    start({.socket = path});
    EXPECT_TRUE((*control::connect(path))->call("who"));
}

TEST_F(SocketServer, LeavesASocketInUseAlone)
{
    const auto second = Server::start(test.api, {.socket = folder.path() / "sock"});
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::exists);
    EXPECT_TRUE((*control::connect(folder.path() / "sock"))->call("who"));
}

TEST_F(SocketServer, LeavesAFileAlone)
{
    const auto path = folder.path() / "file";
    std::ofstream{path} << "precious";
    const auto second = Server::start(test.api, {.socket = path});
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::exists);
    EXPECT_EQ(std::filesystem::file_size(path), 8U);
}

TEST_F(SocketServer, ListensAtAPathOfAnyLength)
{
    const auto deep = folder.path() / std::string(100, 'a') / std::string(100, 'b');
    std::filesystem::create_directories(deep);
    start({.socket = deep / "sock"});
    const auto connection = control::connect(deep / "sock");
    ASSERT_TRUE(connection) << connection.error().message;
    EXPECT_TRUE((*connection)->call("who"));
}

TEST(Connect, SaysThatNobodyListens)
{
    const auto connection = control::connect("/nonexistent/mortise/sock");
    ASSERT_FALSE(connection);
    EXPECT_EQ(connection.error().key, "control.unreachable");
    EXPECT_EQ(connection.error().code, ErrorCode::io);
}

} // namespace
} // namespace mortise::host
