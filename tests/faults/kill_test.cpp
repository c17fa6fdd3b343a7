// Kills a process that writes contacts, again and again, and looks at what it left.

#include "base/clock.hpp"
#include "events/dispatcher.hpp"
#include "records/records.hpp"
#include "records/writer.hpp"
#include "store/database.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace mortise::host {
namespace {

/// What is needed to write and to deliver.
struct House {
    static std::unique_ptr<House> open(const std::filesystem::path& file)
    {
        auto house = std::make_unique<House>();
        auto opened = Database::open(file, DatabaseOptions{.create = true});
        if (!opened) {
            std::cerr << opened.error().message << '\n';
            return nullptr;
        }
        house->database = *std::move(opened);
        house->writer = std::make_unique<Writer>(*house->database, system_clock_source());
        house->records = std::make_unique<Records>(*house->database, *house->writer, system_clock_source());
        house->log = std::make_unique<EventLog>(*house->database);
        house->dispatcher = std::make_unique<Dispatcher>(
            *house->database, *house->writer, *house->records, *house->log, system_clock_source()
        );
        house->writer->on_commit([raw = house.get()](std::int64_t last) { raw->dispatcher->notify(last); });
        if (!house->writer->open() || !house->records->open() || !house->log->open()) return nullptr;
        return house;
    }

    ~House()
    {
        if (dispatcher) dispatcher->stop();
    }

    std::unique_ptr<Database> database;
    std::unique_ptr<Writer> writer;
    std::unique_ptr<Records> records;
    std::unique_ptr<EventLog> log;
    std::unique_ptr<Dispatcher> dispatcher;
};

CallContext as_system(const std::string& client)
{
    CallContext context;
    context.principal = Principal::system();
    context.client = client;
    return context;
}

/// A subscriber that answers each new contact with one relation: an effect that must happen exactly once.
EventHandler answering()
{
    return [](std::span<const Event> batch, const CallContext&) {
        DeliveryOutcome outcome;
        outcome.handled = batch.size();
        for (const Event& event : batch)
            outcome.work.changes.push_back(
                {.operation = Operation::create,
                 .type = "relation",
                 .id = {},
                 .version = {},
                 .values = {{"source", event.subject}, {"target", event.subject}, {"kind", "greeted"}}}
            );
        return outcome;
    };
}

SubscriptionSpec greeting()
{
    return {
        .plugin = "test",
        .name = "greeting",
        .patterns = {"contact.created"},
        .principal = Principal::system(),
        .batch = 16,
        .from_start = true
    };
}

/// Writes until it is killed: contacts from four threads. Each number that it prints was acknowledged.
[[noreturn]] void write_until_killed(const std::filesystem::path& file, int acknowledgements, unsigned round)
{
    const auto house = House::open(file);
    if (!house || !house->dispatcher->attach(greeting(), answering())) _exit(3);
    const char ready = '+';
    if (::write(acknowledgements, &ready, 1) != 1) _exit(4);
    std::vector<std::thread> threads;
    for (unsigned thread = 0; thread < 4; ++thread)
        threads.emplace_back([&, thread] {
            for (unsigned i = 0;; ++i) {
                const std::string name
                    = std::to_string(round) + "/" + std::to_string(thread) + "/" + std::to_string(i);
                UnitOfWork unit;
                unit.changes.push_back(
                    {.operation = Operation::create,
                     .type = "contact",
                     .id = {},
                     .version = {},
                     .values = {{"name", name}}}
                );
                const auto commit = house->records->commit(as_system("kill"), std::move(unit));
                if (!commit) _exit(5);
                const std::int64_t id = commit->ids.front().number;
                if (::write(acknowledgements, &id, sizeof id) != sizeof id) _exit(6);
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
    ::close(ends[0]);
    return acknowledged;
}

std::int64_t count(Database& database, const std::string& sql)
{
    const ReadLease reader = database.read();
    auto statement = reader->prepare(sql);
    EXPECT_TRUE(statement) << sql;
    EXPECT_TRUE(statement->step());
    return statement->integer(0);
}

int wanted_kills()
{
    const char* given = std::getenv("MORTISE_KILLS");
    return given ? std::atoi(given) : 500;
}

TEST(Kill, LosesNothingThatWasAcknowledged)
{
    std::string pattern = (std::filesystem::temp_directory_path() / "mortise-kill-XXXXXX").string();
    const std::filesystem::path folder = ::mkdtemp(pattern.data());
    const std::filesystem::path file = folder / "mortise.db";
    std::mt19937 random{20261122};
    std::uniform_int_distribution<int> delay_us{0, 30'000};
    std::int64_t acknowledged_in_all = 0;
    const int kills = wanted_kills();
    for (int round = 0; round < kills; ++round) {
        const auto acknowledged
            = kill_once(file, static_cast<unsigned>(round), std::chrono::microseconds{delay_us(random)});
        acknowledged_in_all += static_cast<std::int64_t>(acknowledged.size());
        const auto opened = Database::open(file, {});
        ASSERT_TRUE(opened) << opened.error().message;
        Database& database = **opened;
        for (const std::int64_t id : acknowledged) {
            const std::string text = std::to_string(id);
            ASSERT_EQ(count(database, "SELECT count(*) FROM \"mt$contact\" WHERE id = " + text), 1)
                << "contact " << id << " was acknowledged and is gone, round " << round;
            ASSERT_GE(count(database, "SELECT count(*) FROM \"mt$event_link\" WHERE record = " + text), 1)
                << "contact " << id << " has no event, round " << round;
        }
        if (round % 100 == 99) {
            ASSERT_EQ(
                count(database, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"),
                0
            );
        }
    }

    const auto house = House::open(file);
    ASSERT_TRUE(house);
    ASSERT_TRUE(house->dispatcher->attach(greeting(), answering()));
    ASSERT_TRUE(house->dispatcher->wait_until(house->log->last(), std::chrono::seconds{120}));
    Database& database = *house->database;
    const std::int64_t contacts = count(database, "SELECT count(*) FROM \"mt$contact\"");
    EXPECT_GE(contacts, acknowledged_in_all);
    EXPECT_EQ(count(database, "SELECT max(number) - count(*) FROM \"mt$event\""), 0)
        << "numbers have no holes";
    EXPECT_EQ(
        count(
            database, R"(SELECT count(*) FROM "mt$contact" c WHERE NOT EXISTS (SELECT 1 FROM "mt$event" e
        JOIN "mt$name" n ON n.id = e.type WHERE e.number = c.since AND e.subject = c.id AND n.text = 'contact.created'))"
        ),
        0
    ) << "a contact without its event";
    EXPECT_EQ(
        count(
            database, R"(SELECT count(*) FROM "mt$event" e JOIN "mt$name" n ON n.id = e.type
        WHERE n.text = 'contact.created' AND NOT EXISTS (SELECT 1 FROM "mt$contact" c WHERE c.id = e.subject))"
        ),
        0
    ) << "an event without its contact";
    EXPECT_EQ(count(database, "SELECT count(*) FROM \"mt$relation\""), contacts)
        << "each contact was greeted once";
    EXPECT_EQ(count(database, "SELECT count(DISTINCT f.source) FROM \"mt$relation\" f"), contacts);
    std::cout << kills << " kills, " << acknowledged_in_all << " contacts acknowledged, 0 lost\n";
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
}

} // namespace
} // namespace mortise::host
