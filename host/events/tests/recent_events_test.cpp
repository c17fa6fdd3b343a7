#include "events/event_log.hpp"
#include "events/recent_events.hpp"
#include "records/tests/scratch_host.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>

namespace mortise::host {
namespace {

Event event_with(std::int64_t number, std::string text = {})
{
    Event event;
    event.number = number;
    event.data = Map{{"text", std::move(text)}};
    return event;
}

/// A log of so many events, each of which says how often it was loaded.
class Source {
public:
    explicit Source(std::int64_t last, std::size_t text_bytes = 10) : m_last{last}, m_bytes{text_bytes} { }

    Result<EventRun> load(std::int64_t after, std::int64_t to)
    {
        ++loads;
        EventRun run{.after = after, .seen_to = after, .events = {}};
        for (std::int64_t number = after + 1; number <= std::min(to, m_last); ++number) {
            run.events.push_back(event_with(number, std::string(m_bytes, 'x')));
            run.bytes += bytes_of(run.events.back());
            run.seen_to = number;
        }
        return run;
    }
    RecentEvents::Load loader()
    {
        return [this](std::int64_t after, std::int64_t to) { return load(after, to); };
    }

    std::atomic<int> loads{0};

private:
    std::int64_t m_last;
    std::size_t m_bytes;
};

TEST(RecentEvents, IsReadOnceForAllThatComeByTheSamePlace)
{
    RecentEvents recent;
    Source source{10 * RecentEvents::stretch};
    constexpr int readers = 10;
    std::latch start{readers};
    std::atomic<std::int64_t> wrong{0};
    {
        std::vector<std::jthread> threads;
        for (int reader = 0; reader < readers; ++reader)
            threads.emplace_back([&] {
                start.arrive_and_wait();
                std::int64_t at = 0;
                while (at < 10 * RecentEvents::stretch) {
                    const auto run = recent.after(at, source.loader());
                    if (!run || (*run)->events.empty()) {
                        ++wrong;
                        return;
                    }
                    for (const Event& event : (*run)->events)
                        if (event.number > at) wrong += event.number != ++at;
                }
            });
    }
    EXPECT_EQ(wrong, 0) << "events that are missing or twice";
    EXPECT_EQ(source.loads, 10);
}

TEST(RecentEvents, BringsTogetherWhoBeganAtDifferentPlaces)
{
    RecentEvents recent;
    Source source{1000};
    ASSERT_EQ((*recent.after(40, source.loader()))->seen_to, RecentEvents::stretch);
    ASSERT_EQ((*recent.after(70, source.loader()))->after, 40);
    ASSERT_EQ((*recent.after(3, source.loader()))->seen_to, RecentEvents::stretch);
    ASSERT_TRUE(recent.after(RecentEvents::stretch, source.loader()));
    ASSERT_TRUE(recent.after(RecentEvents::stretch, source.loader()));
    EXPECT_EQ(source.loads, 3);
}

TEST(RecentEvents, HoldsNoMoreThanItMay)
{
    RecentEvents recent{100'000};
    Source source{1'000'000, 1000};
    for (std::int64_t at = 0; at < 100 * RecentEvents::stretch; at += RecentEvents::stretch / 4) {
        ASSERT_TRUE(recent.after(at, [&](std::int64_t from, std::int64_t) {
            return source.load(from, from + 16);
        }));
        ASSERT_LE(recent.bytes(), 100'000U);
    }
    EXPECT_GT(recent.bytes(), 50'000U);
    const auto large = recent.after(0, source.loader());
    ASSERT_TRUE(large);
    EXPECT_EQ((*large)->events.size(), std::size_t{RecentEvents::stretch})
        << "given, though it is too large to hold";
    EXPECT_LE(recent.bytes(), 100'000U);
}

TEST(RecentEvents, GivesUpWhatWasNotUsedForLongest)
{
    Source source{1'000'000, 1000};
    const auto few = [&](std::int64_t from, std::int64_t) { return source.load(from, from + 10); };
    RecentEvents recent{45'000}; // four of these
    for (const std::int64_t at : {0, 1000, 2000, 0, 3000, 0, 4000, 0, 5000})
        ASSERT_TRUE(recent.after(at, few));
    const int before = source.loads;
    ASSERT_TRUE(recent.after(5, few));
    EXPECT_EQ(source.loads, before);
    ASSERT_TRUE(recent.after(1000, few));
    EXPECT_EQ(source.loads, before + 1);
}

TEST(RecentEvents, CountsWhatAnEventPointsAt)
{
    const std::size_t empty = bytes_of(event_with(1));
    EXPECT_GE(bytes_of(event_with(1, std::string(5000, 'x'))), empty + 5000);
    Event deep = event_with(1);
    deep.data = Map{{"list", List{Value{List(1000, Value{std::int64_t{1}})}}}};
    EXPECT_GE(bytes_of(deep), empty + 1000 * sizeof(Value));
    deep.links.push_back({Id{1}, std::string(200, 'r')});
    EXPECT_GE(bytes_of(deep), empty + 1000 * sizeof(Value) + sizeof(EventLink) + 200);
}

TEST(RecentEvents, KeepsNothingThatWasForgottenWhileItWasLoaded)
{
    RecentEvents recent;
    int loads = 0;
    const auto run = recent.after(0, [&](std::int64_t, std::int64_t) -> Result<EventRun> {
        ++loads;
        EventRun read{.after = 0, .seen_to = 1, .events = {}};
        read.events.push_back(event_with(1, loads == 1 ? "Anna" : ""));
        if (loads == 1) recent.forget(); // she is erased after this snapshot was taken
        return read;
    });
    ASSERT_TRUE(run);
    EXPECT_EQ(loads, 2);
    EXPECT_EQ((*run)->events.front().data["text"], Value{""});
}

TEST(RecentEvents, TriesAgainAfterAnError)
{
    RecentEvents recent;
    const auto failing
        = [](std::int64_t, std::int64_t) -> Result<EventRun> { return Error{.code = ErrorCode::io}; };
    EXPECT_FALSE(recent.after(0, failing));
    Source source{10};
    EXPECT_TRUE(recent.after(0, source.loader()));
    EXPECT_EQ((*recent.after(10, source.loader()))->events.size(), 0U) << "there is nothing yet";
    EXPECT_EQ(source.loads, 2);
}

class LogTest : public testing::Test {
protected:
    void SetUp() override
    {
        ASSERT_TRUE(m_log.open());
        m_host.writer->on_commit([this](std::int64_t last) { m_log.committed(last); });
        for (int i = 0; i < 700;) {
            UnitOfWork unit;
            for (const int end = i + 70; i < end; ++i)
                unit.events.push_back(numbered(i % 100 == 99 ? "test.rare" : "test.usual", i));
            ASSERT_TRUE(m_host.records->commit(ScratchHost::system(), std::move(unit)));
        }
    }

    static EventDraft numbered(std::string type, std::int64_t i)
    {
        EventDraft draft;
        draft.type = std::move(type);
        draft.data = Map{{"i", i}};
        return draft;
    }

    /// All that a subscription would see.
    std::vector<std::int64_t>
    read(const std::vector<std::string>& patterns, std::size_t limit, std::int64_t at = 0)
    {
        std::vector<std::int64_t> seen;
        while (at < m_log.last()) {
            const auto slice = m_log.read_after(at, patterns, limit, 1024);
            EXPECT_TRUE(slice);
            EXPECT_GT(slice->seen_to, at);
            EXPECT_LE(slice->events.size(), limit);
            for (const Event& event : slice->events)
                seen.push_back(event.data["i"].get_or<std::int64_t>(-1));
            at = slice->seen_to;
        }
        return seen;
    }

    ScratchHost m_host;
    EventLog m_log{*m_host.database};
};

TEST_F(LogTest, GivesEveryMatchingEventOnceAndInOrder)
{
    for (const std::size_t limit : {1, 7, 64, 1000}) {
        const auto rare = read({"test.rare"}, limit);
        EXPECT_EQ(rare, (std::vector<std::int64_t>{99, 199, 299, 399, 499, 599, 699})) << limit;
        const auto all = read({"test.*"}, limit);
        ASSERT_EQ(all.size(), 700U) << limit;
        for (std::int64_t i = 0; i < 700; ++i)
            ASSERT_EQ(all[static_cast<std::size_t>(i)], i);
    }
}

TEST_F(LogTest, GathersRareOnesIntoOneBatch)
{
    const std::vector<std::string> rare{"test.rare"};
    const auto slice = m_log.read_after(0, rare, 64, 1024);
    ASSERT_TRUE(slice);
    EXPECT_EQ(slice->events.size(), 7U);
    EXPECT_EQ(slice->seen_to, m_log.last());
}

TEST_F(LogTest, SeesWhatComesAfterTheEndOfWhatItHolds)
{
    EXPECT_EQ(read({"test.*"}, 64).size(), 700U);
    UnitOfWork unit;
    unit.events.push_back(numbered("test.late", 700));
    ASSERT_TRUE(m_host.records->commit(ScratchHost::system(), std::move(unit)));
    EXPECT_EQ(read({"test.*"}, 64).size(), 701U);
    EXPECT_EQ(read({"test.*"}, 64, m_log.last() - 1), std::vector<std::int64_t>{700});
}

} // namespace
} // namespace mortise::host
