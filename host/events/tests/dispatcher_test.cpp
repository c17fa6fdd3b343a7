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
                     .type = "contact_point",
                     .id = {},
                     .version = {},
                     .values = {{"contact", event.subject}, {"kind", "messenger"}, {"value", "hello"}}}
                );
            return outcome;
        }
    ));
    for (int i = 0; i < 50; ++i)
        host.contact("c" + std::to_string(i));
    ASSERT_TRUE(host.settle(host.log->last()));
    const auto page = host.records->list(
        Principal::system(), "contact_point", {.sort = "", .limit = 100, .after = {}, .deleted = false}
    );
    ASSERT_TRUE(page);
    EXPECT_EQ(page->rows.size(), 50U);
    const auto events = host.log->list(
        Principal::system(),
        {.subject = {},
         .type = "contact_point.created",
         .since = 0,
         .until = 0,
         .limit = 1,
         .newest_first = false}
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
        host.spec("busy", {"contact.created", "contact_point.created"}),
        [&](auto batch, const CallContext& context) {
            DeliveryOutcome outcome = all(batch);
            deepest = std::max(deepest.load(), context.depth);
            for (const Event& event : batch)
                if (event.type == "contact.created")
                    outcome.work.changes.push_back(
                        {.operation = Operation::create,
                         .type = "contact_point",
                         .id = {},
                         .version = {},
                         .values = {{"contact", event.subject}, {"kind", "messenger"}, {"value", "hello"}}}
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
        EXPECT_EQ(one.failed, 0) << one.last_error();
        EXPECT_EQ(one.dead, 0);
    }
    const auto page = host.records->list(
        Principal::system(), "contact_point", {.sort = "", .limit = 100, .after = {}, .deleted = false}
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

/// A handler that cannot digest anything as long as `ill` is not 0.
struct Stomach {
    std::atomic<int> ill{0};
    ErrorCode code{ErrorCode::exception};
    std::mutex mutex{};
    std::vector<DeliveryFailure> told{};

    EventHandler handler()
    {
        return [this](auto batch, const CallContext&) {
            if (ill == 0) return all(batch);
            --ill;
            return DeliveryOutcome{
                .handled = 0, .work = {}, .error = Error{.code = code, .message = "cannot digest"}
            };
        };
    }
    FailureObserver observer()
    {
        return [this](const DeliveryFailure& failure) {
            const std::scoped_lock lock{mutex};
            told.push_back(failure);
        };
    }
    std::vector<DeliveryFailure> failures()
    {
        const std::scoped_lock lock{mutex};
        return told;
    }
};

TEST(Dispatcher, TellsAtWhichEventItFailsAndWhenItIsTriedAgain)
{
    EventHost host;
    Stomach stomach;
    SubscriptionSpec spec = host.spec("ill", {"contact.created"});
    spec.on_failure = stomach.observer();
    ASSERT_TRUE(host.dispatcher->attach(spec, stomach.handler()));
    stomach.ill = 2;
    host.contact("bad");
    const std::int64_t number = host.log->last();
    ASSERT_TRUE(host.dispatcher->wait_until(number, 10s));

    const SubscriptionStatus failing = host.dispatcher->status().front();
    ASSERT_TRUE(failing.failing);
    EXPECT_EQ(failing.failing->number, number);
    EXPECT_EQ(failing.failing->type, "contact.created");
    EXPECT_EQ(failing.failing->attempts, 1);
    EXPECT_EQ(failing.failing->error, "cannot digest");
    EXPECT_EQ(failing.failing->next->microseconds, host.clock.now().microseconds + 1'000'000);
    EXPECT_EQ(failing.last_error(), "cannot digest");
    EXPECT_FALSE(failing.last_failure->succeeded_at);

    ASSERT_TRUE(host.settle(host.log->last()));
    const auto told = stomach.failures();
    ASSERT_EQ(told.size(), 2U);
    for (std::size_t i = 0; i < told.size(); ++i) {
        EXPECT_EQ(told[i].number, number);
        EXPECT_EQ(told[i].attempts, static_cast<std::int64_t>(i) + 1);
        EXPECT_EQ(told[i].next->microseconds - told[i].at.microseconds, 1'000'000 << i);
    }
    const SubscriptionStatus well = host.dispatcher->status().front();
    EXPECT_FALSE(well.failing);
    EXPECT_EQ(well.last_error(), "") << "that is over";
    EXPECT_EQ(well.last_failure->failure.attempts, 2);
    ASSERT_TRUE(well.last_failure->succeeded_at);
    EXPECT_GT(*well.last_failure->succeeded_at, well.last_failure->failure.at);
}

TEST(Dispatcher, TellsWhatItGivesUp)
{
    EventHost host;
    Stomach stomach;
    SubscriptionSpec spec = host.spec("ill", {"contact.created"});
    spec.on_failure = stomach.observer();
    ASSERT_TRUE(host.dispatcher->attach(spec, stomach.handler()));
    stomach.ill = 10;
    host.contact("bad");
    ASSERT_TRUE(host.settle(host.log->last()));
    const auto told = stomach.failures();
    ASSERT_EQ(told.size(), 10U);
    EXPECT_TRUE(told[8].next);
    EXPECT_FALSE(told[9].next) << "never again";
    const SubscriptionStatus status = host.dispatcher->status().front();
    EXPECT_FALSE(status.failing);
    EXPECT_EQ(status.dead, 1);
    EXPECT_EQ(status.last_error(), "cannot digest") << "it has not succeeded since";
}

TEST(Dispatcher, TellsWhatOnlyWaitsWhenItWaitsLong)
{
    EventHost host;
    Stomach stomach{.code = ErrorCode::busy};
    SubscriptionSpec spec = host.spec("busy", {"contact.created"});
    spec.on_failure = stomach.observer();
    ASSERT_TRUE(host.dispatcher->attach(spec, stomach.handler()));
    stomach.ill = 5;
    host.contact("patient");
    const std::int64_t number = host.log->last();
    ASSERT_TRUE(host.dispatcher->wait_until(number, 20s));
    const auto told = stomach.failures();
    ASSERT_EQ(told.size(), 1U) << "a moment is nothing to tell of";
    EXPECT_EQ(told.front().attempts, 4);
    EXPECT_EQ(told.front().number, number);
    const SubscriptionStatus status = host.dispatcher->status().front();
    EXPECT_FALSE(status.failing);
    EXPECT_EQ(status.last_error(), "");
    EXPECT_EQ(status.dead, 0);
}

TEST(Dispatcher, KnowsAfterARestartWhatWaits)
{
    EventHost host;
    Stomach stomach;
    ASSERT_TRUE(host.dispatcher->attach(host.spec("ill", {"contact.created"}), stomach.handler()));
    stomach.ill = 1;
    host.contact("bad");
    const std::int64_t number = host.log->last();
    ASSERT_TRUE(host.dispatcher->wait_until(number, 10s));
    host.dispatcher->stop();
    host.start_dispatcher();
    const SubscriptionStatus status = host.dispatcher->status().front();
    ASSERT_TRUE(status.failing);
    EXPECT_EQ(status.failing->number, number);
    EXPECT_EQ(status.failing->type, "contact.created");
    EXPECT_EQ(status.failing->attempts, 1);
    EXPECT_TRUE(status.failing->next);
    EXPECT_EQ(status.last_error(), "cannot digest");
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
