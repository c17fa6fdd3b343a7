#include "plugins_fixture.hpp"

namespace mortise::host {
namespace {

/// What the contract promises of every call, seen by a plugin.
class ContractTest : public PluginsTest {
protected:
    void SetUp() override
    {
        PluginsTest::SetUp();
        enable("contract");
    }
    Result<Value> act(std::string_view what, const CallContext& context = system())
    {
        return call("contract.do", {{"what", what}}, context);
    }
    Value number_of_contacts()
    {
        const auto count = act("count");
        return count ? *count : Value{};
    }
};

CallContext of_anna()
{
    CallContext context;
    context.principal.user = Id{7};
    context.principal.user_name = "anna";
    context.principal.scope = RowScope::all;
    context.request = "req-1";
    context.client = "cli";
    context.channel = "agent";
    context.locale = "de-CH";
    context.idempotency_key = "key-1";
    context.expected_version = 4;
    context.as_of = Instant{1'700'000'000'000'000};
    return context;
}

TEST_F(ContractTest, CommandsAreToldOnWhoseBehalfAndHow)
{
    const auto told = call("contract.context", {}, of_anna());
    ASSERT_TRUE(told) << told.error().message;
    const Map& map = *told->as<Map>();
    EXPECT_EQ(map["actor"].text(), "user:anna");
    EXPECT_EQ(map["user"], Value{Id{7}});
    EXPECT_EQ(map["key"].text(), "key-1");
    EXPECT_EQ(map["request"].text(), "req-1");
    EXPECT_EQ(map["client"].text(), "cli");
    EXPECT_EQ(map["channel"].text(), "agent");
    EXPECT_EQ(map["locale"].text(), "de-CH");
    EXPECT_EQ(map["version"], Value{std::int64_t{4}});
    EXPECT_EQ(map["as_of"], Value{of_anna().as_of});
    EXPECT_EQ(map["time"], Value{m_clock.now()});
    EXPECT_EQ(map["has_deadline"], Value{true});
}

TEST_F(ContractTest, HooksAreToldWhoMakesTheChange)
{
    UnitOfWork unit;
    unit.changes.push_back(
        {.operation = Operation::create,
         .type = "contact",
         .id = {},
         .version = {},
         .values = {{"name", "Ada"}}}
    );
    const auto made = m_records->commit(of_anna(), std::move(unit));
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(field(made->ids[0], "nickname").text(), "user:anna cli agent");
}

TEST_F(ContractTest, HandlersAreToldTheClassAndTheClientOfAnEvent)
{
    CallContext context = of_anna();
    context.idempotency_key.clear();
    ASSERT_TRUE(act("publish", context));
    ASSERT_TRUE(settle());
    const auto heard = act("heard");
    ASSERT_TRUE(heard) << heard.error().message;
    EXPECT_EQ(
        *heard, (Map{{"client", "cli"}, {"audit", true}, {"external", true}, {"version", std::int64_t{1}}})
    );
}

TEST_F(ContractTest, JobsAreToldWhoStartedThem)
{
    CallContext context = of_anna();
    context.idempotency_key.clear();
    const auto started = act("job", context);
    ASSERT_TRUE(started) << started.error().message;
    const auto number = *started->as<std::int64_t>();
    ASSERT_TRUE(eventually([&] { return m_jobs->find(number)->state == JobState::done; }));
    const Value result = m_jobs->find(number)->result;
    EXPECT_EQ(result.get_or(Map{})["actor"].text(), "user:anna+plugin:com.test.contract");
    EXPECT_EQ(result.get_or(Map{})["channel"].text(), "host");
}

TEST_F(ContractTest, ACommandThatOnlyReadsCannotChangeAnything)
{
    const auto answer = call("contract.peek");
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::state);
    EXPECT_EQ(answer.error().key, "plugins.read_only");
    EXPECT_EQ(number_of_contacts(), Value{std::int64_t{0}});
}

TEST_F(ContractTest, ASinkCannotCallTheHost)
{
    const auto said = act("call in sink");
    ASSERT_TRUE(said) << said.error().message;
    EXPECT_EQ(said->text(), "thread, then allowed");
}

TEST_F(ContractTest, ZonesAreThoseOfTheSystem)
{
    const auto told = act("time");
    ASSERT_TRUE(told) << told.error().message;
    EXPECT_EQ(
        *told,
        (Map{
            {"hour", std::int64_t{12}},
            {"refused", "time.twice"},
            {"hours of the day", std::int64_t{25}},
            {"next", Instant{1'790'231'400'000'000}}, // 2026-09-24T06:30:00Z
            {"unknown", "not_found"},
            {"zones", true},
        })
    );
}

TEST_F(ContractTest, AQueryWaitsForACommitAndSaysWhenThereIsNone)
{
    const auto answer = act("future");
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::not_found);
    EXPECT_EQ(answer.error().key, "query.no_commit");
}

} // namespace
} // namespace mortise::host
