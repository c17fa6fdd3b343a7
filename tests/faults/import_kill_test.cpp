// Kills a process that takes many contacts into an empty database, again and again, while indexes are aside
// too; looks at what it left, and goes on with the import until all is in.

#include "exchange/import/import_job.hpp"
#include "records/bulk_load.hpp"
#include "store/tests/temp_folder.hpp"
#include "writing_house.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <random>
#include <set>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace mortise::host::test {
namespace {

constexpr unsigned longest_round_seconds = 120;
constexpr int rows = 40'000;

std::string contacts_file()
{
    std::string text = "name,email,job_title\n";
    for (int i = 0; i < rows; ++i) {
        const std::string number = std::to_string(i * 7919LL % 1'000'003);
        text += "Person " + number + ",p" + number + "@example.com,Engineer\n";
    }
    return text;
}

Result<std::unique_ptr<WritingHouse>> open_house(const std::filesystem::path& file)
{
    DatabaseOptions options;
    options.create = true;
    options.checkpoint_bytes = 2 << 20; // some while indexes are made
    return WritingHouse::open(file, options);
}

/// Imports until it is killed, or done: then it ends with 0. `resume` 0: from the beginning.
[[noreturn]] void import_until_killed(const std::filesystem::path& file, Id resume)
{
    ::alarm(longest_round_seconds);
    const auto house = open_house(file);
    if (!house) _exit(3);
    const std::string text = contacts_file();
    MemorySource source{text};
    CallContext context;
    context.principal = Principal::system();
    const auto done = run_import(
        *(*house)->database,
        *(*house)->records,
        context,
        source,
        ImportRequest{.file = "contacts.csv", .resume = resume}
    );
    if (!done) std::cerr << done.error().key << ": " << done.error().message << std::endl;
    _exit(done ? 0 : 4);
}

std::int64_t number(Database& database, std::string_view sql)
{
    const ReadLease reader = database.read();
    auto select = reader->prepare(sql);
    EXPECT_TRUE(select) << select.error().message;
    EXPECT_TRUE(select && select->step()) << sql;
    return select->integer(0);
}

std::set<std::string> indexes(Database& database)
{
    const ReadLease reader = database.read();
    auto select = reader->prepare("SELECT sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL");
    EXPECT_TRUE(select);
    std::set<std::string> all;
    while (*select->step())
        all.emplace(select->text(0));
    return all;
}

/// Counts of what must not be: a contact without its event in its batch, an event without its contact or
/// data, a hole in the numbers.
constexpr const char* breaches[] = {
    R"(SELECT count(*) FROM "mt$contact" c WHERE NOT EXISTS (SELECT 1 FROM "mt$event_link" l
        JOIN "mt$event" e ON e.number = l.number WHERE l.record = c.id AND e.subject = c.id AND e.unit = c.since))",
    R"(SELECT count(*) FROM "mt$event" e JOIN "mt$name" n ON n.id = e.type
        WHERE n.text = 'contact.created' AND e.subject NOT IN (SELECT id FROM "mt$contact"))",
    R"(SELECT count(*) FROM "mt$event" WHERE number NOT IN (SELECT number FROM "mt$event_data"))",
    R"(SELECT coalesce(max(number), 0) - count(*) FROM "mt$event")",
};

struct Kills {
    int kills{0};
    int while_aside{0}; ///< of these
    int imports{0}; ///< that came to their end
};

/// One import, killed until it is done.
void import_with_kills(const std::set<std::string>& expected, std::mt19937& random, Kills& counts)
{
    const TempFolder folder{TempFolder::in_memory};
    const std::filesystem::path file = folder / "mortise.db";
    std::uniform_int_distribution<int> delay_ms{20, 900};
    Id import;
    for (bool done = false; !done && !::testing::Test::HasFailure();) {
        const pid_t child = ::fork();
        if (child == 0) import_until_killed(file, import);
        std::this_thread::sleep_for(std::chrono::milliseconds{delay_ms(random)});
        ::kill(child, SIGKILL);
        int status = 0;
        ::waitpid(child, &status, 0);
        const bool ended = WIFEXITED(status);
        if (ended)
            ASSERT_EQ(WEXITSTATUS(status), 0) << "the import failed";
        else
            ASSERT_EQ(WTERMSIG(status), SIGKILL) << "the import hung, or crashed";
        counts.kills += ended ? 0 : 1;
        {
            const auto left = Database::open(file, {});
            if (!left) continue; // killed before there was one
            const ReadLease reader = (*left)->read();
            const auto aside = has_indexes_aside(*reader);
            if (!aside) continue; // before its tables
            counts.while_aside += *aside ? 1 : 0;
            EXPECT_FALSE(*aside && ended);
        }
        const auto house = open_house(file);
        ASSERT_TRUE(house) << house.error().message;
        Database& database = *(*house)->database;
        EXPECT_EQ(structure_of(database), "ok");
        EXPECT_EQ(indexes(database), expected);
        EXPECT_EQ(number(database, "SELECT count(*) FROM \"mt$meta\" WHERE name = 'indexes_aside'"), 0);
        for (const char* breach : breaches)
            EXPECT_EQ(number(database, breach), 0) << breach;
        const std::int64_t taken = number(database, "SELECT count(*) FROM \"mt$contact\"");
        EXPECT_EQ(taken, number(database, "SELECT coalesce(max(created), 0) FROM \"mt$import\""));
        EXPECT_EQ(taken, number(database, "SELECT count(*) FROM \"mt$contact_point\""));
        import = Id{number(database, "SELECT coalesce(max(id), 0) FROM \"mt$import\"")};
        // The kill may come behind its last commit: then there is nothing to go on with.
        done = number(database, "SELECT count(*) FROM \"mt$import\" WHERE state = 'done'") == 1;
        if (!done) {
            EXPECT_FALSE(ended) << "it ended well and is not done";
            continue;
        }
        EXPECT_EQ(taken, rows);
        EXPECT_EQ(number(database, "SELECT count(DISTINCT email) FROM \"mt$contact\""), rows);
        ++counts.imports;
    }
}

TEST(ImportKill, LeavesASoundDatabaseThatTheImportGoesOnWith)
{
    std::set<std::string> expected;
    {
        const TempFolder folder{TempFolder::in_memory};
        const auto empty = open_house(folder / "mortise.db");
        ASSERT_TRUE(empty);
        expected = indexes(*(*empty)->database);
    }
    std::mt19937 random{20261127};
    const char* given = std::getenv("MORTISE_IMPORT_KILLS");
    const int wanted = given ? std::atoi(given) : 60;
    Kills counts;
    while (counts.kills < wanted && !HasFailure())
        import_with_kills(expected, random, counts);
    EXPECT_GT(counts.while_aside, 0);
    std::cout << counts.kills << " kills, " << counts.while_aside << " of them while indexes were aside; "
              << counts.imports << " imports came to their end\n";
}

} // namespace
} // namespace mortise::host::test
