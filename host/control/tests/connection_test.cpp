#include "control/embedded_connection.hpp"
#include "control/os_user.hpp"
#include "control/server.hpp"
#include "control/tests/test_api.hpp"

#include <mortise/control/client.hpp>

#include <gtest/gtest.h>

#include <future>
#include <optional>

namespace mortise::host {
namespace {

using boost::json::object;
using boost::json::value;
using control::Connection;

/// The same promises, whatever lies between: one host, reached over a socket or inside the process.
class AnyConnection : public ::testing::TestWithParam<bool> {
protected:
    void SetUp() override
    {
        if (GetParam()) {
            auto started = Server::start(test.api, {.socket = folder.path() / "sock"});
            ASSERT_TRUE(started) << started.error().message;
            server = *std::move(started);
        } else {
            service.emplace(test.api);
        }
    }

    void TearDown() override
    {
        test.gate.open();
        if (server) server->stop();
        if (service) service->stop();
    }

    std::unique_ptr<Connection> connect()
    {
        if (service) return connect_embedded(*service, own_os_user());
        auto connection = control::connect(folder.path() / "sock");
        EXPECT_TRUE(connection);
        return connection ? *std::move(connection) : nullptr;
    }

    testing::TemporaryFolder folder;
    testing::TestApi test;
    std::optional<Service> service;
    std::unique_ptr<Server> server;
};

TEST_P(AnyConnection, AnswersACall)
{
    const auto connection = connect();
    const auto answer = connection->call("echo", {{"text", "Grüße\n\"x\""}});
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(*answer, value(object{{"text", "Grüße\n\"x\""}}));
}

TEST_P(AnyConnection, KnowsWhoCalls)
{
    EXPECT_EQ(*connect()->call("who"), value(own_os_user()));
}

TEST_P(AnyConnection, CarriesEveryPartOfAnError)
{
    const auto answer = connect()->call("fail");
    ASSERT_FALSE(answer);
    EXPECT_EQ(
        answer.error(), (Error{ErrorCode::refused, "not today", "test.refused", "/there", "try tomorrow"})
    );
}

TEST_P(AnyConnection, TurnsAnExceptionIntoAnError)
{
    const auto connection = connect();
    const auto answer = connection->call("crash");
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::internal);
    EXPECT_TRUE(connection->call("who"));
}

TEST_P(AnyConnection, RefusesUnknownMethodsAndWrongParams)
{
    const auto connection = connect();
    const auto unknown = connection->call("ehco");
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().code, ErrorCode::not_found);
    EXPECT_EQ(unknown.error().hint, "did you mean echo?");
    const auto wrong = connection->call("echo", {{"text", 1}});
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().where, "/text");
    const auto context = connection->call("echo", {{"text", "x"}, {"context", {{"dry_run", "yes"}}}});
    ASSERT_FALSE(context);
    EXPECT_EQ(context.error().where, "/context/dry_run");
}

TEST_P(AnyConnection, AnswersOutOfOrder)
{
    const auto connection = connect();
    std::promise<Result<value>> slow;
    connection->start("gate", {}, [&slow](Result<value> result) { slow.set_value(std::move(result)); });
    test.gate.wait_for(1);
    EXPECT_TRUE(connection->call("who"));
    test.gate.open();
    const auto answer = slow.get_future().get();
    ASSERT_TRUE(answer);
    EXPECT_EQ(*answer, value("opened"));
}

TEST_P(AnyConnection, ServesTwoClientsAtOnce)
{
    const auto one = connect();
    const auto two = connect();
    std::promise<void> slow;
    one->start("gate", {}, [&slow](const Result<value>&) { slow.set_value(); });
    test.gate.wait_for(1);
    for (int i = 0; i < 100; ++i)
        ASSERT_TRUE(two->call("who"));
    test.gate.open();
    slow.get_future().wait();
}

TEST_P(AnyConnection, CancelsACall)
{
    const auto connection = connect();
    std::promise<Result<value>> answered;
    const auto number = connection->start("gate", {}, [&answered](Result<value> result) {
        answered.set_value(std::move(result));
    });
    test.gate.wait_for(1);
    connection->cancel(number);
    const auto answer = answered.get_future().get();
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::cancelled);
}

TEST_P(AnyConnection, BringsChunksInOrderBeforeTheAnswer)
{
    const auto connection = connect();
    std::vector<std::int64_t> chunks;
    std::size_t progress = 0;
    const auto answer = connection->call(
        "chunks",
        {{"count", 300}, {"bytes", 10'000}},
        {[&](const value& chunk) { chunks.push_back(chunk.as_array()[0].as_int64()); },
         [&](const object&) { ++progress; }}
    );
    ASSERT_TRUE(answer) << answer.error().message;
    ASSERT_EQ(chunks.size(), 300U);
    EXPECT_TRUE(std::ranges::is_sorted(chunks));
    EXPECT_LE(progress, 1U);
}

TEST_P(AnyConnection, HoldsAHostBackThatIsFasterThanItsClient)
{
    const auto connection = connect();
    std::promise<void> first;
    std::promise<void> go_on;
    auto may_go_on = go_on.get_future();
    bool is_first = true;
    std::promise<Result<value>> answered;
    connection->start(
        "chunks",
        {{"count", 1000}, {"bytes", 100'000}},
        [&](Result<value> result) { answered.set_value(std::move(result)); },
        {[&](const value&) {
            if (!std::exchange(is_first, false)) return;
            first.set_value();
            may_go_on.wait();
        }}
    );
    first.get_future().wait();
    EXPECT_LT(test.chunks_sent, 1000); // 100 MB cannot be on their way
    go_on.set_value();
    ASSERT_TRUE(answered.get_future().get());
}

TEST_P(AnyConnection, RefusesToWaitInACallback)
{
    const auto connection = connect();
    std::promise<Result<value>> inner;
    connection->start("who", {}, [&](const Result<value>&) { inner.set_value(connection->call("who")); });
    const auto answer = inner.get_future().get();
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::deadlock);
}

TEST_P(AnyConnection, AnswersWhatIsUnderWayWhenItEnds)
{
    auto connection = connect();
    std::promise<Result<value>> answered;
    connection->start("gate", {}, [&](Result<value> result) { answered.set_value(std::move(result)); });
    test.gate.wait_for(1);
    connection.reset();
    const auto answer = answered.get_future().get();
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::outcome_unknown);
    test.gate.wait_for(0); // the host was told to give it up
}

INSTANTIATE_TEST_SUITE_P(Transports, AnyConnection, ::testing::Bool(), [](const auto& transport) {
    return transport.param ? "Socket" : "Embedded";
});

TEST(EmbeddedConnection, RefusesAUserWhoIsNotKnown)
{
    testing::TestApi test;
    Service service{test.api};
    const auto answer = connect_embedded(service, "stranger")->call("who");
    service.stop();
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::denied);
}

} // namespace
} // namespace mortise::host
