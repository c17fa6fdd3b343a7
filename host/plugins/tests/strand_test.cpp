#include "plugins/strand.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <ctime>
#include <latch>
#include <memory>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace mortise::host {
namespace {

using namespace std::chrono_literals;

/// Its thread has ended when it is gone, so that nothing that it still waits for goes before.
class EndedStrand : public Strand {
public:
    using Strand::Strand;
    EndedStrand(EndedStrand&&) = delete;
    EndedStrand& operator=(EndedStrand&&) = delete;
    EndedStrand(const EndedStrand&) = delete;
    EndedStrand& operator=(const EndedStrand&) = delete;
    ~EndedStrand()
    {
        close();
        EXPECT_TRUE(wait_for_end(10s));
    }
};

TEST(Strand, RunsCommandsFirstThenEventsThenAnswers)
{
    std::latch go{1};
    std::latch done{4};
    EndedStrand strand{"test"};
    std::vector<std::string> order; // the strand's thread alone writes it
    ASSERT_TRUE(strand.post(Lane::answer, [&] { go.wait(); }));
    while (strand.depth() != 0) { }
    const auto note = [&](std::string what) {
        return [&, what] {
            order.push_back(what);
            done.count_down();
        };
    };
    ASSERT_TRUE(strand.post(Lane::answer, note("answer")));
    ASSERT_TRUE(strand.post(Lane::events, note("events")));
    ASSERT_TRUE(strand.post(Lane::command, note("command")));
    ASSERT_TRUE(strand.post(Lane::command, note("command")));
    go.count_down();
    done.wait();
    EXPECT_EQ(order, (std::vector<std::string>{"command", "command", "events", "answer"}));
}

TEST(Strand, LetsEventsThroughManyCommands)
{
    std::latch go{1};
    std::latch done{101};
    EndedStrand strand{"test"};
    std::size_t place = 0;
    std::size_t event_place = 0;
    ASSERT_TRUE(strand.post(Lane::command, [&] { go.wait(); }));
    ASSERT_TRUE(strand.post(Lane::events, [&] {
        event_place = place++;
        done.count_down();
    }));
    for (int i = 0; i < 100; ++i)
        ASSERT_TRUE(strand.post(Lane::command, [&] {
            ++place;
            done.count_down();
        }));
    go.count_down();
    done.wait();
    EXPECT_LT(event_place, 20U);
}

TEST(Strand, LetsThoseGoWhoGiveUp)
{
    std::latch busy{1};
    std::latch go{1};
    EndedStrand strand{"test"};
    const auto running = std::make_shared<Ticket>();
    const auto queued = std::make_shared<Ticket>();
    std::atomic<bool> counted{true};
    std::atomic<bool> has_begun{false};
    std::thread one{[&] {
        const auto waited = strand.run(Lane::command, running, 1min, 1min, [&] {
            busy.count_down();
            go.wait();
            counted = running->begin_finishing();
        });
        EXPECT_TRUE(waited && *waited == Waited::given_up);
    }};
    busy.wait();
    std::thread other{[&] {
        const auto waited = strand.run(Lane::command, queued, 1min, 1min, [&] { has_begun = true; });
        EXPECT_TRUE(waited && *waited == Waited::given_up);
    }};
    while (strand.depth() == 0) { }
    queued->give_up();
    other.join();
    running->give_up();
    one.join(); // it need not wait for what runs
    go.count_down();
    strand.close();
    ASSERT_TRUE(strand.wait_for_end(1min));
    strand.join();
    EXPECT_FALSE(counted) << "what it does from then on does not count";
    EXPECT_FALSE(has_begun);
}

TEST(Strand, TellsWhatIsRunningToWhoWaitsBehindIt)
{
    std::latch go{1};
    std::latch begun{1};
    EndedStrand strand{"test"};
    std::jthread first{[&] {
        const auto ticket = std::make_shared<Ticket>("command slow");
        EXPECT_TRUE(strand.run(Lane::command, ticket, 10s, 1ms, [&] {
            begun.count_down();
            go.wait();
        }));
    }};
    begun.wait();
    const auto waited = strand.run(Lane::command, std::make_shared<Ticket>("command quick"), 5ms, 1s, [] { });
    ASSERT_TRUE(waited);
    EXPECT_EQ(*waited, Waited::not_started);
    EXPECT_TRUE(strand.is_hung());
    EXPECT_EQ(strand.running(), "command slow");
    go.count_down();
    first.join();
    strand.close();
    EXPECT_TRUE(strand.wait_for_end(5s));
    EXPECT_EQ(strand.running(), "");
}

TEST(Strand, FinishesWhatIsBeingWritten)
{
    Strand strand{"test"};
    const auto ticket = std::make_shared<Ticket>();
    const auto waited = strand.run(Lane::command, ticket, 1min, 1min, [&] {
        EXPECT_TRUE(ticket->begin_finishing());
        ticket->give_up(); // too late
    });
    EXPECT_TRUE(waited && *waited == Waited::done);
}

TEST(Strand, TellsWhenWorkDidNotBegin)
{
    std::latch go{1};
    EndedStrand strand{"test"};
    bool ran = false;
    ASSERT_TRUE(strand.post(Lane::command, [&] { go.wait(); }));
    const auto waited = strand.run(Lane::command, std::make_shared<Ticket>(), 1ms, 1s, [&] { ran = true; });
    EXPECT_EQ(*waited, Waited::not_started);
    go.count_down();
    strand.close();
    EXPECT_TRUE(strand.wait_for_end(10s));
    EXPECT_FALSE(ran);
}

TEST(Strand, TellsWhenWorkTakesTooLong)
{
    std::latch go{1};
    EndedStrand strand{"test"};
    auto ticket = std::make_shared<Ticket>();
    bool counts = true;
    const auto waited = strand.run(Lane::command, ticket, 5ms, 1ms, [&] {
        go.wait();
        counts = ticket->begin_finishing();
    });
    EXPECT_EQ(*waited, Waited::overdue);
    EXPECT_TRUE(strand.is_hung());
    go.count_down();
    strand.close();
    EXPECT_TRUE(strand.wait_for_end(10s));
    EXPECT_FALSE(counts) << "what nobody waits for must not become true";
}

/// Stops this process for 1.2 s, 50 ms from now. Gives the process that does it.
::pid_t stand_still_soon()
{
    const ::pid_t self = ::getpid();
    const ::pid_t stopper = ::fork();
    if (stopper == 0) { // only what a forked child of a process with threads may call
        const ::timespec soon{.tv_sec = 0, .tv_nsec = 50'000'000};
        const ::timespec later{.tv_sec = 1, .tv_nsec = 200'000'000};
        ::nanosleep(&soon, nullptr);
        ::kill(self, SIGSTOP);
        ::nanosleep(&later, nullptr);
        ::kill(self, SIGCONT);
        ::_exit(0);
    }
    return stopper;
}

TEST(Strand, TellsAHangFromAMachineThatStoodStill)
{
    const ::pid_t stopper = stand_still_soon();
    ASSERT_GT(stopper, 0);
    Strand strand{"test"};
    std::atomic<bool> over{false};
    const auto begin = std::chrono::steady_clock::now();
    std::jthread first{[&] {
        EXPECT_TRUE(strand.run(Lane::command, std::make_shared<Ticket>("command slow"), 1min, 900ms, [&] {
            while (!over)
                std::this_thread::sleep_for(1ms);
        }));
    }};
    while (strand.running().empty()) { }
    const auto wait = [&](std::chrono::milliseconds patience) {
        const auto waited = strand.run(Lane::command, std::make_shared<Ticket>(), patience, 1s, [] { });
        EXPECT_TRUE(waited && *waited == Waited::not_started);
    };
    {
        std::vector<std::jthread> others; // all of them see that it stood still
        for (int i = 0; i < 8; ++i)
            others.emplace_back([&] { wait(300ms); });
    }
    EXPECT_GT(std::chrono::steady_clock::now() - begin, 1200ms) << "or else this test shows nothing";
    EXPECT_FALSE(strand.is_hung());
    wait(1s);
    EXPECT_TRUE(strand.is_hung()) << "it had its time, and the others' waiting gives it no more";
    over = true;
    first.join();
    ::waitpid(stopper, nullptr, 0);
}

TEST(Strand, IsNotHungWhenTheMachineStoodStill)
{
    const ::pid_t stopper = stand_still_soon();
    ASSERT_GT(stopper, 0);
    Strand strand{"test"};
    const auto work = [] {
        for (int i = 0; i < 30; ++i)
            std::this_thread::sleep_for(10ms);
    };
    const auto begin = std::chrono::steady_clock::now();
    const auto waited
        = strand.run(Lane::command, std::make_shared<Ticket>("command slow"), 700ms, 700ms, work);
    ASSERT_TRUE(waited);
    EXPECT_EQ(*waited, Waited::done);
    EXPECT_GT(std::chrono::steady_clock::now() - begin, 1200ms) << "or else this test shows nothing";
    EXPECT_FALSE(strand.is_hung());
    ::waitpid(stopper, nullptr, 0);
}

TEST(Strand, DoesNotCountTimeInTheHost)
{
    std::latch entered{1};
    std::latch go{1};
    EndedStrand strand{"test"};
    ASSERT_TRUE(strand.post(Lane::command, [&] {
        strand.enter_host();
        entered.count_down();
        go.wait();
        strand.leave_host();
    }));
    entered.wait();
    const auto before = strand.own_time();
    const auto end = std::chrono::steady_clock::now() + 5ms;
    while (std::chrono::steady_clock::now() < end) { }
    EXPECT_LT(strand.own_time() - before, 1ms);
    go.count_down();
    // What was posted uses what stands here: it is over when what comes behind it has run.
    ASSERT_TRUE(strand.run(Lane::command, std::make_shared<Ticket>(), 10s, 10s, [] { }));
}

TEST(Strand, RefusesToWaitForItself)
{
    Strand strand{"test"};
    ErrorCode code{};
    const auto work = [&] {
        const auto inner = strand.run(Lane::command, std::make_shared<Ticket>(), 1s, 1s, [] { });
        code = inner ? ErrorCode{} : inner.error().code;
    };
    ASSERT_TRUE(strand.run(Lane::command, std::make_shared<Ticket>(), 10s, 10s, work));
    EXPECT_EQ(code, ErrorCode::deadlock);
}

TEST(Strand, RefusesWorkWhenTooMuchWaitsAndWhenClosed)
{
    std::latch go{1};
    EndedStrand strand{"test"};
    ASSERT_TRUE(strand.post(Lane::command, [&] { go.wait(); }));
    while (strand.depth() != 0) { }
    for (std::size_t i = 0; i < Strand::most_queued; ++i)
        ASSERT_TRUE(strand.post(Lane::events, [] { }));
    EXPECT_EQ(strand.post(Lane::events, [] { }).error().code, ErrorCode::busy);
    EXPECT_TRUE(strand.post(Lane::command, [] { }));
    strand.close();
    EXPECT_EQ(strand.post(Lane::command, [] { }).error().code, ErrorCode::state);
    go.count_down();
}

} // namespace
} // namespace mortise::host
