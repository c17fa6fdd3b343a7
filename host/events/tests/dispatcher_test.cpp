#include "events/dispatcher.hpp"
#include "records/tests/scratch_host.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

namespace mortise::host {
namespace {

using namespace std::chrono_literals;

/// A host with a log and a dispatcher.
class EventHost : public ScratchHost {
public:
    EventHost()
    {
        log = std::make_unique<EventLog>(*database);
        EXPECT_TRUE(log->open());
        start_dispatcher();
    }

    ~EventHost() { dispatcher->stop(); }

    void start_dispatcher()
    {
        dispatcher = std::make_unique<Dispatcher>(*database, *writer, *records, *log, clock);
        writer->on_commit([this](std::int64_t last) { dispatcher->notify(last); });
    }

    Id contact(const std::string& name)
    {
        const auto commit = create("contact", {{"name", name}});
        EXPECT_TRUE(commit);
        return commit ? commit->ids[0] : Id{};
    }

    SubscriptionSpec spec(std::string name, std::vector<std::string> patterns = {"contact.*"}) const
    {
        return {
            .plugin = "test",
            .name = std::move(name),
            .patterns = std::move(patterns),
            .principal = Principal::system(),
            .batch = 64,
            .from_start = false
        };
    }

    /// Moves the clock until every retry has been due.
    bool settle(std::int64_t number)
    {
        const auto end = std::chrono::steady_clock::now() + 20s;
        while (std::chrono::steady_clock::now() < end) {
            clock.advance(Duration{61'000'000});
            dispatcher->notify(log->last()); // so that nobody waits for the real clock
            std::this_thread::yield();
            if (dispatcher->wait_until(number, 20ms)) {
                const auto status = dispatcher->status();
                if (std::ranges::all_of(status, [](const auto& each) { return each.retrying == 0; }))
                    return true;
            }
        }
        return false;
    }

    std::unique_ptr<EventLog> log;
    std::unique_ptr<Dispatcher> dispatcher;
};

DeliveryOutcome all(std::span<const Event> batch)
{
    return {.handled = batch.size(), .work = {}, .error = {}};
}

TEST(Dispatcher, BringsEveryMatchingEventInOrder)
{
    EventHost host;
    std::mutex mutex;
    std::vector<std::int64_t> seen;
    ASSERT_TRUE(host.dispatcher
                    ->attach(host.spec("order", {"contact.created"}), [&](auto batch, const CallContext&) {
                        const std::scoped_lock lock{mutex};
                        for (const Event& event : batch)
                            seen.push_back(event.number);
                        return all(batch);
                    }));
    for (int i = 0; i < 200; ++i)
        host.contact("c" + std::to_string(i));
    ASSERT_TRUE(host.dispatcher->wait_until(host.log->last(), 10s));
    const std::scoped_lock lock{mutex};
    EXPECT_EQ(seen.size(), 200U);
    EXPECT_TRUE(std::ranges::is_sorted(seen));
}

TEST(Dispatcher, CommitsAHandlersWritesWithItsPlace)
{
    EventHost host;
    ASSERT_TRUE(host.dispatcher->attach(
        host.spec("points", {"contact.created"}),
        [&](auto batch, const CallContext&) {
            DeliveryOutcome outcome = all(batch);
            for (const Event& event : batch)
                outcome.work.changes.push_back(
                    {.operation = Operation::create,
                     .type = "relation",
                     .id = {},
                     .version = {},
                     .values = {{"source", event.subject}, {"target", event.subject}, {"kind", "knows"}}}
                );
            return outcome;
        }
    ));
    for (int i = 0; i < 50; ++i)
        host.contact("c" + std::to_string(i));
    ASSERT_TRUE(host.settle(host.log->last()));
    const auto page = host.records->list(
        Principal::system(), "relation", {.sort = "", .limit = 100, .after = {}, .deleted = false}
    );
    ASSERT_TRUE(page);
    EXPECT_EQ(page->rows.size(), 50U);
    const auto events = host.log->list(
        Principal::system(),
        {.subject = {}, .type = "relation.created", .since = 0, .until = 0, .limit = 1, .newest_first = false}
    );
    ASSERT_TRUE(events && !events->empty());
    EXPECT_GT(events->front().cause, 0) << "the cause is told";
    EXPECT_EQ(events->front().depth, 1U);
}

/// Every batch has something fresh beside what the batch before caused: no circle, however long it goes on.
TEST(Dispatcher, TakesABusyLogForNoCircle)
{
    EventHost host;
    std::atomic<int> left{60};
    std::atomic<std::uint32_t> deepest{0};
    ASSERT_TRUE(host.dispatcher->attach(
        host.spec("busy", {"contact.created", "relation.created"}),
        [&](auto batch, const CallContext& context) {
            DeliveryOutcome outcome = all(batch);
            deepest = std::max(deepest.load(), context.depth);
            for (const Event& event : batch)
                if (event.type == "contact.created")
                    outcome.work.changes.push_back(
                        {.operation = Operation::create,
                         .type = "relation",
                         .id = {},
                         .version = {},
                         .values = {{"source", event.subject}, {"target", event.subject}, {"kind", "knows"}}}
                    );
            if (left > 0) host.contact("fresh " + std::to_string(left--));
            return outcome;
        }
    ));
    host.contact("first");
    ASSERT_TRUE(host.settle(host.log->last()));
    while (left > 0)
        ASSERT_TRUE(host.settle(host.log->last()));
    ASSERT_TRUE(host.settle(host.log->last()));
    EXPECT_LT(deepest, 16U);
    for (const SubscriptionStatus& one : host.dispatcher->status()) {
        EXPECT_EQ(one.failed, 0) << one.last_error;
        EXPECT_EQ(one.dead, 0);
    }
    const auto page = host.records->list(
        Principal::system(), "relation", {.sort = "", .limit = 100, .after = {}, .deleted = false}
    );
    ASSERT_TRUE(page);
    EXPECT_EQ(page->rows.size(), 61U);
}

TEST(Dispatcher, SetsAPoisonEventAsideAndGoesOn)
{
    EventHost host;
    std::mutex mutex;
    std::vector<std::int64_t> handled;
    std::atomic<std::int64_t> poison{0};
    const auto id = host.dispatcher->attach(host.spec("poison"), [&](auto batch, const CallContext&) {
        DeliveryOutcome outcome;
        for (const Event& event : batch) {
            if (event.subject.number == poison.load()) {
                outcome.error = Error{.code = ErrorCode::exception, .message = "cannot digest"};
                break;
            }
            ++outcome.handled;
        }
        const std::scoped_lock lock{mutex};
        for (const Event& event : batch.first(outcome.handled))
            handled.push_back(event.number);
        return outcome;
    });
    ASSERT_TRUE(id);
    poison = host.records->reserve(1)->number;
    ASSERT_TRUE(host.commit(
        {.operation = Operation::create,
         .type = "contact",
         .id = Id{poison.load()},
         .version = {},
         .values = {{"name", "bad"}}}
    ));
    for (int i = 0; i < 20; ++i)
        host.contact("good " + std::to_string(i));
    ASSERT_TRUE(host.commit(
        {.operation = Operation::update,
         .type = "contact",
         .id = Id{poison.load()},
         .version = {},
         .values = {{"nickname", "worse"}}}
    ));
    ASSERT_TRUE(host.dispatcher->wait_until(host.log->last(), 10s));
    {
        const std::scoped_lock lock{mutex};
        EXPECT_EQ(handled.size(), 20U) << "the others are not held up";
    }
    ASSERT_TRUE(host.settle(host.log->last()));
    auto letters = host.dispatcher->dead_letters();
    ASSERT_TRUE(letters) << letters.error().message;
    ASSERT_EQ(letters->size(), 2U) << "both events of the bad subject";
    EXPECT_EQ(letters->front().attempts, 10);
    EXPECT_EQ(letters->front().error, "cannot digest");

    poison = 0;
    EXPECT_EQ(*host.dispatcher->retry_dead(*id, 0), 2);
    ASSERT_TRUE(host.settle(host.log->last()));
    EXPECT_TRUE(host.dispatcher->dead_letters()->empty());
    const std::scoped_lock lock{mutex};
    EXPECT_EQ(handled.size(), 22U);
    EXPECT_LT(handled[20], handled[21]) << "in order per subject";
}

TEST(Dispatcher, KeepsItsPlaceAcrossRestarts)
{
    EventHost host;
    std::atomic<int> seen{0};
    const auto handler = [&](auto batch, const CallContext&) {
        seen += static_cast<int>(batch.size());
        return all(batch);
    };
    ASSERT_TRUE(host.dispatcher->attach(host.spec("place"), handler));
    host.contact("one");
    ASSERT_TRUE(host.dispatcher->wait_until(host.log->last(), 10s));
    host.dispatcher->stop();
    host.contact("two");
    host.contact("three");
    host.start_dispatcher();
    ASSERT_TRUE(host.dispatcher->attach(host.spec("place"), handler));
    ASSERT_TRUE(host.dispatcher->wait_until(host.log->last(), 10s));
    EXPECT_EQ(seen.load(), 3);
}

TEST(Dispatcher, Replays)
{
    EventHost host;
    std::atomic<int> seen{0};
    const auto id = host.dispatcher->attach(host.spec("again"), [&](auto batch, const CallContext&) {
        seen += static_cast<int>(batch.size());
        return all(batch);
    });
    for (int i = 0; i < 5; ++i)
        host.contact("c");
    ASSERT_TRUE(host.dispatcher->wait_until(host.log->last(), 10s));
    ASSERT_TRUE(host.dispatcher->replay(*id, 0));
    ASSERT_TRUE(host.dispatcher->wait_until(host.log->last(), 10s));
    EXPECT_EQ(seen.load(), 10);
    const auto unknown = host.dispatcher->replay(4711, 0);
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().code, ErrorCode::not_found);
}

TEST(EventLog, FindsTheEventsOfARecordAndOfAMoment)
{
    EventHost host;
    const Id organisation = host.contact("Engines");
    const std::int64_t before = host.log->last();
    const Instant moment = host.clock.now();
    host.clock.advance(Duration{1'000'000});
    ASSERT_TRUE(host.create("contact", {{"name", "Ada"}, {"organisation", organisation}}));
    const auto events = host.log->list(
        Principal::system(),
        {.subject = organisation, .type = {}, .since = 0, .until = 0, .limit = 10, .newest_first = false}
    );
    ASSERT_TRUE(events);
    ASSERT_EQ(events->size(), 2U);
    EXPECT_EQ((*events)[1].links.front().role, "organisation");
    EXPECT_EQ((*events)[1].data["record"]["name"], Value{"Ada"});
    EXPECT_EQ(*host.log->number_at(moment), before);
    EXPECT_EQ(*host.log->number_at(host.clock.now()), host.log->last());
}

TEST(EventLog, GivesTheLatestOfARecordOnceEach)
{
    EventHost host;
    const Id person = host.contact("Ann");
    host.contact("somebody else");
    UnitOfWork unit;
    for (int i = 0; i < 3; ++i)
        unit.events.push_back(
            {.type = "test.met", .subject = person, .subject_type = "contact", .links = {{person, "host"}}}
        );
    CallContext context;
    context.principal = Principal::system();
    const auto commit = host.records->commit(context, std::move(unit));
    ASSERT_TRUE(commit) << commit.error().message;
    const auto latest = host.log->list(
        Principal::system(),
        {.subject = person, .type = {}, .since = 0, .until = 0, .limit = 2, .newest_first = true}
    );
    ASSERT_TRUE(latest) << latest.error().message;
    ASSERT_EQ(latest->size(), 2U);
    EXPECT_EQ(latest->at(0).number, commit->number);
    EXPECT_EQ(latest->at(1).number, commit->number - 1) << "linked in two roles, told once";
}

TEST(EventLog, TakesNoEventAboutARecordThatIsNotThere)
{
    EventHost host;
    CallContext context;
    context.principal = Principal::system();
    const auto publish = [&](Id subject, std::string type, std::vector<Change> changes = {}) {
        UnitOfWork unit;
        unit.changes = std::move(changes);
        unit.events.push_back({.type = "test.met", .subject = subject, .subject_type = std::move(type)});
        return host.records->commit(context, std::move(unit));
    };
    const Id person = host.contact("Ann");
    EXPECT_TRUE(publish(person, "contact"));
    EXPECT_TRUE(publish(person, {}));
    EXPECT_TRUE(publish({}, "contact")) << "about none";
    for (const std::string type : {"contact", ""}) {
        const auto refused = publish(Id{987'654}, type);
        ASSERT_FALSE(refused) << type;
        EXPECT_EQ(refused.error().code, ErrorCode::not_found);
        EXPECT_EQ(refused.error().key, "events.unknown_subject");
        EXPECT_NE(refused.error().message.find("987654"), std::string::npos);
    }
    EXPECT_FALSE(publish(person, "relation")) << "there is no relation of that id";
    const auto reserved = host.records->reserve(1);
    ASSERT_TRUE(reserved);
    const Change create{
        .operation = Operation::create,
        .type = "contact",
        .id = *reserved,
        .version = {},
        .values = {{"name", "Ben"}}
    };
    EXPECT_TRUE(publish(*reserved, "contact", {create})) << "made by the same unit";
    const Change remove{
        .operation = Operation::remove, .type = "contact", .id = person, .version = {}, .values = {}
    };
    EXPECT_TRUE(publish(person, "contact", {remove}));
    EXPECT_TRUE(publish(person, "contact")) << "deleted, and still there to be told of";
}

TEST(Events, MatchPatterns)
{
    EXPECT_TRUE(matches("*", "contact.created"));
    EXPECT_TRUE(matches("contact.*", "contact.created"));
    EXPECT_FALSE(matches("contact.*", "contact_point.created"));
    EXPECT_FALSE(matches("contact.created", "contact.updated"));
}

} // namespace
} // namespace mortise::host
