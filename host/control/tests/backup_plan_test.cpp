#include "base/json.hpp"
#include "control/backup/backup.hpp"
#include "control/backup/backup_keeper.hpp"
#include "control/host.hpp"
#include "control/temporary_folder.hpp"
#include "jobs/job_queue.hpp"
#include "records/audit/audit_verify.hpp"
#include "store/database.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <random>
#include <set>
#include <sys/stat.h>
#include <unistd.h>

namespace mortise::host {
namespace {

constexpr std::int64_t hour = 3'600'000'000;
constexpr std::int64_t day = 24 * hour;

void write_file(const std::filesystem::path& path, std::string_view text)
{
    std::ofstream file{path, std::ios::binary};
    file << text;
}

/// Days ago, newest first, as moments of noon.
std::vector<Instant> noons(std::initializer_list<int> days_ago, Instant today)
{
    std::vector<Instant> made;
    for (const int days : days_ago)
        made.push_back(Instant{today.microseconds - days * day});
    return made;
}

using Positions = std::vector<std::size_t>;

TEST(BackupKeeping, KeepsTheNewestOfEachPeriod)
{
    // Wednesday, 2026-11-25 12:00 UTC
    const Instant today{1'795'608'000'000'000};
    const auto made = noons({0, 1, 2, 3, 9, 10, 40, 41, 400}, today);
    EXPECT_EQ(
        backups_to_remove(made, {.last = 2, .daily = 0, .weekly = 0, .monthly = 0}),
        (Positions{2, 3, 4, 5, 6, 7, 8})
    );
    EXPECT_EQ(
        backups_to_remove(made, {.last = 0, .daily = 3, .weekly = 0, .monthly = 0}),
        (Positions{3, 4, 5, 6, 7, 8})
    );
    // Weeks from Monday: 0 to 2 are of this one, 3 (Sunday) and 9 (Monday) of the one before, 10 of one
    // before that.
    EXPECT_EQ(
        backups_to_remove(made, {.last = 0, .daily = 0, .weekly = 3, .monthly = 0}),
        (Positions{1, 2, 4, 6, 7, 8})
    );
    // November, October, and that of last year: months without one do not count.
    EXPECT_EQ(
        backups_to_remove(made, {.last = 0, .daily = 0, .weekly = 0, .monthly = 3}),
        (Positions{1, 2, 3, 4, 5, 7})
    );
    EXPECT_EQ(
        backups_to_remove(made, {.last = 0, .daily = 0, .weekly = 0, .monthly = 0}).size(), made.size() - 1
    ) << "the newest is never taken away";
    EXPECT_TRUE(backups_to_remove({}, {}).empty());
}

TEST(BackupKeeping, NeverTakesAwayWhatAnyRuleKeeps)
{
    std::mt19937_64 random{7};
    for (int round = 0; round < 300; ++round) {
        std::vector<Instant> made;
        std::int64_t at = 1'795'608'000'000'000;
        for (std::size_t i = random() % 60; i > 0; --i)
            made.push_back(Instant{at -= static_cast<std::int64_t>(random() % (5 * day)) + 1});
        const auto some = [&] { return static_cast<std::uint32_t>(random() % 8); };
        const BackupKeep keep{.last = some(), .daily = some(), .weekly = some(), .monthly = some()};
        const Positions all = backups_to_remove(made, keep);
        const std::set<std::size_t> gone{all.begin(), all.end()};
        std::set<std::size_t> kept_alone;
        for (const BackupKeep& one : {
                 BackupKeep{.last = keep.last, .daily = 0, .weekly = 0, .monthly = 0},
                 BackupKeep{.last = 0, .daily = keep.daily, .weekly = 0, .monthly = 0},
                 BackupKeep{.last = 0, .daily = 0, .weekly = keep.weekly, .monthly = 0},
                 BackupKeep{.last = 0, .daily = 0, .weekly = 0, .monthly = keep.monthly},
             }) {
            const Positions without = backups_to_remove(made, one);
            for (std::size_t i = 0; i < made.size(); ++i)
                if (!std::ranges::binary_search(without, i)) kept_alone.insert(i);
        }
        for (std::size_t i = 0; i < made.size(); ++i)
            ASSERT_EQ(gone.contains(i), !kept_alone.contains(i)) << "round " << round << ", backup " << i;
    }
}

class BackupPlanTest : public testing::Test {
protected:
    void SetUp() override
    {
        context.principal = Principal::system();
        ASSERT_TRUE(Host::init(data));
        std::filesystem::create_directory(target);
        open();
        for (int i = 0; i < 5; ++i)
            create("c" + std::to_string(i));
    }

    void open()
    {
        host.reset();
        auto opened = Host::open({.folder = data, .clock = &clock, .job_start = JobStart::by_hand});
        ASSERT_TRUE(opened) << opened.error().message;
        host = *std::move(opened);
    }

    void create(const std::string& name)
    {
        UnitOfWork unit;
        unit.changes.push_back(
            {.operation = Operation::create,
             .type = "contact",
             .id = {},
             .version = {},
             .values = {{"name", name}}}
        );
        ASSERT_TRUE(host->records().commit(context, unit));
    }

    void plan(BackupPlan plan = {})
    {
        if (plan.folder.empty()) plan.folder = target;
        const auto set = host->backups().set(context, plan);
        ASSERT_TRUE(set) << set.error().message;
    }
    /// Only the newest so many.
    static BackupPlan keeping(std::uint32_t last)
    {
        BackupPlan plan;
        plan.keep = {.last = last, .daily = 0, .weekly = 0, .monthly = 0};
        return plan;
    }
    std::string refusal(BackupPlan plan)
    {
        const auto set = host->backups().set(context, std::move(plan));
        return set ? "" : set.error().where;
    }

    /// Looks whether one is due, and makes it. The job, if one was.
    std::optional<Job> turn()
    {
        const auto queued = host->backups().look();
        EXPECT_TRUE(queued) << queued.error().message;
        if (!queued || *queued == 0) return std::nullopt;
        EXPECT_TRUE(host->jobs().run_due(std::chrono::seconds{60}));
        return *host->jobs().find(*queued);
    }

    std::set<std::string> files()
    {
        std::set<std::string> names;
        for (const auto& entry : std::filesystem::directory_iterator{target})
            names.insert(entry.path().filename());
        return names;
    }
    std::size_t backups() const { return host->backups().list()->size(); }
    std::string warning() const { return *host->backups().warning(); }

    std::uint64_t entries(const std::string& kind)
    {
        const ReadLease reader = host->database().read();
        auto select = reader->prepare(R"(SELECT count(*) FROM "mt$audit" WHERE kind = ?1)");
        EXPECT_TRUE(select);
        select->bind(1, std::string_view{kind});
        EXPECT_TRUE(select->step());
        return static_cast<std::uint64_t>(select->integer(0));
    }

    TemporaryFolder temporary = *TemporaryFolder::create();
    std::filesystem::path data = temporary.path() / "house";
    std::filesystem::path target = temporary.path() / "disk";
    std::filesystem::path key = temporary.path() / "house.key";
    ManualClock clock{Instant{1'795'608'000'000'000}};
    CallContext context;
    std::unique_ptr<Host> host;
};

TEST_F(BackupPlanTest, MakesOneWheneverItIsTime)
{
    EXPECT_FALSE(turn()) << "there is no plan";
    plan();
    const auto first = turn();
    ASSERT_TRUE(first);
    EXPECT_EQ(first->state, JobState::done) << first->error;
    EXPECT_EQ(files(), (std::set<std::string>{"erasures.ledger", "house-20261125T120000Z.backup"}));
    EXPECT_FALSE(turn());
    clock.advance(Duration{23 * hour});
    EXPECT_FALSE(turn());
    clock.advance(Duration{hour});
    open(); // the plan outlives the process
    ASSERT_TRUE(turn());
    EXPECT_TRUE(files().contains("house-20261126T120000Z.backup"));
    EXPECT_EQ(backups(), 2U);
    EXPECT_EQ(entries("backup.made"), 2U);
    EXPECT_EQ(warning(), "");

    const std::filesystem::path other = temporary.path() / "other";
    const auto restored = restore_backup(
        target / "house-20261126T120000Z.backup",
        other,
        {.replace = false, .erasures = target / "erasures.ledger"},
        {}
    );
    EXPECT_TRUE(restored) << restored.error().message;
}

TEST_F(BackupPlanTest, TakesOldOnesAwayAndNothingElse)
{
    plan(keeping(2));
    write_file(target / "house-20200101T000000Z.backup", "somebody else's");
    for (int i = 0; i < 4; ++i) {
        ASSERT_TRUE(turn());
        clock.advance(Duration{day});
    }
    EXPECT_EQ(
        files(),
        (std::set<std::string>{
            "erasures.ledger",
            "house-20200101T000000Z.backup",
            "house-20261127T120000Z.backup",
            "house-20261128T120000Z.backup"
        })
    );
    EXPECT_EQ(backups(), 2U);
    // One that somebody took away is forgotten when its turn comes.
    std::filesystem::remove(target / "house-20261127T120000Z.backup");
    const auto next = turn();
    ASSERT_TRUE(next);
    EXPECT_EQ(next->result["removed"], Value{std::int64_t{0}});
    EXPECT_EQ(backups(), 2U);
}

TEST_F(BackupPlanTest, RestsInACopyOfTheHouse)
{
    plan(keeping(1));
    ASSERT_TRUE(turn());
    const std::filesystem::path first = host->backups().list()->front().file;
    clock.advance(Duration{day});
    const std::filesystem::path by_hand = temporary.path() / "by hand.backup";
    ASSERT_TRUE(make_backup(host->database(), host->folder(), by_hand, false, {}));
    host.reset();
    data = temporary.path() / "copy";
    ASSERT_TRUE(restore_backup(by_hand, data, {}, {}));
    open();
    EXPECT_FALSE(turn()) << "two houses would write and clear away in one place";
    EXPECT_NE(warning().find("make it again"), std::string::npos) << warning();
    const auto refused = host->backups().make_now(context);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().key, "backup.no_plan");
    ASSERT_EQ(backups(), 1U);
    plan(keeping(1));
    ASSERT_TRUE(turn());
    EXPECT_TRUE(std::filesystem::exists(first)) << "what the other house made is not the copy's to take away";
    EXPECT_EQ(warning(), "");
}

TEST_F(BackupPlanTest, TellsWhenOneFailsAndTriesAgainAfterAnHour)
{
    plan();
    ASSERT_TRUE(turn());
    clock.advance(Duration{day});
    std::filesystem::rename(target, temporary.path() / "taken away");
    const auto failed = turn();
    ASSERT_TRUE(failed);
    EXPECT_EQ(failed->state, JobState::failed);
    EXPECT_NE(warning().find("is no folder"), std::string::npos) << warning();
    EXPECT_NE(warning().find("the last was made at 2026-11-25T12:00:00Z"), std::string::npos) << warning();
    EXPECT_EQ(entries("backup.failed"), 1U);
    EXPECT_FALSE(turn()) << "not each minute";
    EXPECT_FALSE(std::filesystem::exists(target)) << "a disk that is not there is not made up";
    clock.advance(Duration{hour});
    std::filesystem::rename(temporary.path() / "taken away", target);
    ASSERT_TRUE(turn());
    EXPECT_EQ(warning(), "");
    EXPECT_EQ(backups(), 2U);
}

TEST_F(BackupPlanTest, TellsWhenNoneWasMadeForLong)
{
    plan();
    EXPECT_EQ(warning(), "");
    clock.advance(Duration{2 * day});
    EXPECT_NE(warning().find("no backup was made"), std::string::npos) << warning();
    ASSERT_TRUE(turn());
    EXPECT_EQ(warning(), "");
}

TEST_F(BackupPlanTest, EncryptsWithAKeyThatLiesElsewhere)
{
    write_file(key, std::string(32, 'k'));
    BackupPlan sealed;
    sealed.folder = target;
    sealed.key_file = key;
    plan(sealed);
    ASSERT_TRUE(turn());
    const auto made = host->backups().list()->front();
    EXPECT_TRUE(made.encrypted);
    EXPECT_TRUE(*is_sealed(made.file));
    struct stat status{};
    ASSERT_EQ(::stat(made.file.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
    const BackupKey read = *read_backup_key(key);
    BackupSteps steps;
    steps.key = &read;
    EXPECT_TRUE(verify_backup(made.file, steps));

    std::filesystem::remove(key);
    clock.advance(Duration{day});
    const auto failed = turn();
    ASSERT_TRUE(failed);
    EXPECT_EQ(failed->state, JobState::failed) << "it must not be made in the open instead";
    EXPECT_EQ(backups(), 1U);
}

TEST_F(BackupPlanTest, RefusesPlansThatCannotWork)
{
    const auto in = [](const std::filesystem::path& folder) {
        BackupPlan plan;
        plan.folder = folder;
        return plan;
    };
    EXPECT_EQ(refusal(in("disk")), "/folder");
    EXPECT_EQ(refusal(in(temporary.path() / "nowhere")), "/folder");
    EXPECT_EQ(refusal(in(data)), "/folder");
    EXPECT_EQ(refusal(in(data / "blobs")), "/folder") << "a backup would hold the ones before it";
    std::filesystem::create_directory_symlink(data / "blobs", temporary.path() / "link");
    EXPECT_EQ(refusal(in(temporary.path() / "link")), "/folder");
    BackupPlan never = in(target);
    never.every_hours = 0;
    EXPECT_EQ(refusal(never), "/every_hours");
    BackupPlan beside = in(target);
    beside.key_file = target / "house.key";
    write_file(beside.key_file, std::string(32, 'k'));
    EXPECT_EQ(refusal(beside), "/key_file");
    BackupPlan missing = in(target);
    missing.key_file = key;
    EXPECT_FALSE(host->backups().set(context, missing));
    EXPECT_FALSE(*host->backups().plan()) << "what was refused changes nothing";
    EXPECT_EQ(host->backups().make_now(context).error().key, "backup.no_plan");
}

TEST_F(BackupPlanTest, EndsWithItsPlanAndLeavesWhatItMade)
{
    plan();
    ASSERT_TRUE(turn());
    clock.advance(Duration{day});
    const auto queued = host->backups().look();
    ASSERT_TRUE(queued);
    ASSERT_TRUE(host->backups().forget(context));
    ASSERT_TRUE(host->jobs().run_due(std::chrono::seconds{60}));
    EXPECT_EQ(backups(), 1U) << "one that waited when the plan ended makes none";
    EXPECT_EQ(files().size(), 2U);
    clock.advance(Duration{10 * day});
    EXPECT_FALSE(turn());
    EXPECT_EQ(warning(), "");
}

} // namespace
} // namespace mortise::host
