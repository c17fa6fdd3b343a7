// Kills a process that writes contacts, again and again, and looks at what it left.

#include "store/tests/temp_folder.hpp"
#include "writing_house.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <random>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace mortise::host::test {
namespace {

/// A round that hangs is ended by SIGALRM, and the test says so.
constexpr unsigned longest_round_seconds = 120;

/// So many rounds write into one file, before the next begins: the files stay small.
constexpr int rounds_on_one_file = 500;

/// Writes until it is killed: contacts from four threads. Each number that it prints was acknowledged.
[[noreturn]] void write_until_killed(const std::filesystem::path& file, int acknowledgements, unsigned round)
{
    ::alarm(longest_round_seconds);
    const auto house = WritingHouse::open(file, frequent_checkpoints());
    if (!house || !(*house)->greet()) _exit(3);
    const char ready = '+';
    if (::write(acknowledgements, &ready, 1) != 1) _exit(4);
    std::vector<std::thread> threads;
    for (unsigned thread = 0; thread < 4; ++thread)
        threads.emplace_back([&, thread] {
            for (unsigned i = 0;; ++i) {
                const auto id = (*house)->write_contact(
                    std::to_string(round) + "/" + std::to_string(thread) + "/" + std::to_string(i)
                );
                if (!id) _exit(5);
                if (::write(acknowledgements, &*id, sizeof *id) != sizeof *id) _exit(6);
            }
        });
    for (std::thread& thread : threads)
        thread.join();
    _exit(7);
}

/// Starts a writer, kills it after `delay`, and returns what it had acknowledged.
std::vector<std::int64_t>
kill_once(const std::filesystem::path& file, unsigned round, std::chrono::microseconds delay)
{
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        ::close(ends[0]);
        write_until_killed(file, ends[1], round);
    }
    ::close(ends[1]);
    std::vector<std::int64_t> acknowledged;
    char ready = 0;
    EXPECT_EQ(::read(ends[0], &ready, 1), 1) << "the writer did not start";
    std::jthread killer{[child, delay] {
        std::this_thread::sleep_for(delay);
        ::kill(child, SIGKILL);
    }};
    std::int64_t id = 0;
    while (::read(ends[0], &id, sizeof id) == static_cast<ssize_t>(sizeof id))
        acknowledged.push_back(id);
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status)) << "the writer ended by itself with " << WEXITSTATUS(status);
    EXPECT_EQ(WTERMSIG(status), SIGKILL) << "the writer hung, or crashed";
    ::close(ends[0]);
    return acknowledged;
}

/// Kills `rounds` times on a new file; looks at what was acknowledged after each, at all else now and then.
std::size_t kill_on_one_file(int rounds, std::mt19937& random)
{
    const TempFolder folder{TempFolder::in_memory}; // a kill leaves what the system holds, wherever that is
    const std::filesystem::path file = folder / "mortise.db";
    std::uniform_int_distribution<int> delay_us{0, 30'000};
    std::vector<std::int64_t> all;
    for (int round = 0; round < rounds && !::testing::Test::HasFailure(); ++round) {
        const auto acknowledged
            = kill_once(file, static_cast<unsigned>(round), std::chrono::microseconds{delay_us(random)});
        all.insert(all.end(), acknowledged.begin(), acknowledged.end());
        const auto left = Database::open(file, {});
        EXPECT_TRUE(left) << left.error().message;
        if (!left) break;
        for (const std::string& each : lost(**left, acknowledged))
            ADD_FAILURE() << "round " << round << ": " << each;
        if (round % 50 == 49 || round + 1 == rounds) {
            for (const std::string& each : broken_promises(**left))
                ADD_FAILURE() << "round " << round << ": " << each;
            EXPECT_EQ(structure_of(**left), "ok") << "round " << round;
        }
    }

    // Whoever was cut short in the middle of a delivery goes on where it stopped.
    auto house = WritingHouse::open(file, frequent_checkpoints());
    EXPECT_TRUE(house) << house.error().message;
    if (house) {
        EXPECT_TRUE((*house)->greet());
        EXPECT_TRUE((*house)->dispatcher->wait_until((*house)->log->last(), std::chrono::seconds{120}));
        for (const std::string& each : lost(*(*house)->database, all))
            ADD_FAILURE() << "in the end: " << each;
        for (const std::string& each : broken_promises(*(*house)->database))
            ADD_FAILURE() << "in the end: " << each;
    }
    return all.size();
}

int wanted_kills()
{
    const char* given = std::getenv("MORTISE_KILLS");
    return given ? std::atoi(given) : 500;
}

TEST(Kill, LosesNothingThatWasAcknowledged)
{
    std::mt19937 random{20261122};
    const int kills = wanted_kills();
    std::size_t acknowledged = 0;
    for (int done = 0; done < kills && !HasFailure(); done += rounds_on_one_file)
        acknowledged += kill_on_one_file(std::min(rounds_on_one_file, kills - done), random);
    EXPECT_GT(acknowledged, 0U);
    std::cout << kills << " kills, " << acknowledged << " contacts acknowledged\n";
}

} // namespace
} // namespace mortise::host::test
