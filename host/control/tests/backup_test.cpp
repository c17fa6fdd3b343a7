#include "base/disk_file.hpp"
#include "base/json.hpp"
#include "control/backup/backup.hpp"
#include "control/host.hpp"
#include "control/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <iterator>
#include <optional>
#include <random>
#include <sys/stat.h>
#include <thread>

namespace mortise::host {
namespace {

std::string read_file(const std::filesystem::path& path)
{
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

void write_file(const std::filesystem::path& path, std::string_view text)
{
    std::ofstream file{path, std::ios::binary};
    file << text;
}

CallContext system_context()
{
    CallContext context;
    context.principal = Principal::system();
    return context;
}

Result<Commit> create(Host& host, std::string name)
{
    UnitOfWork unit;
    unit.changes.push_back(
        {.operation = Operation::create,
         .type = "contact",
         .id = {},
         .version = {},
         .values = {{"name", std::move(name)}}}
    );
    return host.records().commit(system_context(), std::move(unit));
}

std::size_t count_contacts(Host& host)
{
    std::size_t count = 0;
    ListOptions options{.sort = {}, .limit = 500, .after = {}, .deleted = false};
    do {
        const auto page = host.records().list(Principal::system(), "contact", options);
        count += page->rows.size();
        options.after = page->next;
    } while (!options.after.empty());
    return count;
}

class Backup : public testing::Test {
protected:
    void SetUp() override
    {
        ASSERT_TRUE(Host::init(data));
        auto opened = Host::open({.folder = data});
        ASSERT_TRUE(opened) << opened.error().message;
        host = *std::move(opened);
        for (int i = 0; i < 20; ++i)
            ASSERT_TRUE(create(*host, "c" + std::to_string(i)));
        std::filesystem::create_directories(data / "plugins" / "some" / "1.0");
        write_file(data / "plugins" / "some" / "1.0" / "plugin.json", "{}");
        ::chmod((data / "plugins" / "some" / "1.0" / "plugin.json").c_str(), 0640);
        write_file(data / "blobs" / "abc", std::string(100'000, 'b'));
    }

    Result<BackupOutcome> back_up(bool replace = false)
    {
        return make_backup(host->database(), host->folder(), file, replace, {});
    }

    TemporaryFolder temporary = *TemporaryFolder::create();
    std::filesystem::path data = temporary.path() / "data";
    std::filesystem::path file = temporary.path() / "b.backup";
    std::filesystem::path other = temporary.path() / "other";
    std::unique_ptr<Host> host;
};

TEST_F(Backup, ComesBackAsItWas)
{
    const auto made = back_up();
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(made->contents.about.at("records").as_object().at("contact"), 20);
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator{temporary.path()}, {}), 2)
        << "nothing beside it";
    ASSERT_TRUE(create(*host, "later"));
    const auto restored = restore_backup(file, other, {.replace = false}, {});
    ASSERT_TRUE(restored) << restored.error().message << restored.error().hint;
    EXPECT_TRUE(restored->kept.empty());
    const auto again = Host::open({.folder = other});
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(count_contacts(**again), 20U);
    EXPECT_EQ((*again)->source(), host->source() + ".2");
    EXPECT_EQ(read_file(other / "blobs" / "abc"), std::string(100'000, 'b'));
    struct stat status{};
    ASSERT_EQ(::stat((other / "plugins" / "some" / "1.0" / "plugin.json").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0640U);
    ASSERT_EQ(::stat(other.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0700U);
    EXPECT_TRUE(create(**again, "new"));
}

TEST_F(Backup, LeavesTheKeyOfSecretsAndTheSearchIndexOut)
{
    write_file(data / "secrets.key", "the key that opens every secret");
    ASSERT_TRUE(back_up());
    const std::string bytes = read_file(file);
    EXPECT_EQ(bytes.find("the key that opens"), std::string::npos);
    EXPECT_EQ(bytes.find("secrets.key"), std::string::npos);
    EXPECT_EQ(bytes.find("\"search.db"), std::string::npos);
}

TEST_F(Backup, IsOneMomentWhileOthersWrite)
{
    std::atomic<bool> stop{false};
    std::atomic<int> written{0};
    std::thread writer{[&] {
        while (!stop) {
            EXPECT_TRUE(create(*host, "w"));
            ++written;
        }
    }};
    for (int i = 0; i < 5; ++i) {
        const auto made = back_up(true);
        EXPECT_TRUE(made) << made.error().message;
        EXPECT_TRUE(made && is_sound(made->checks));
    }
    stop = true;
    writer.join();
    EXPECT_GT(written, 0);
    EXPECT_TRUE(verify_backup(file, {}));
}

TEST_F(Backup, DoesNotReplaceAFileUnasked)
{
    write_file(file, "precious");
    EXPECT_EQ(back_up().error().code, ErrorCode::exists);
    EXPECT_EQ(read_file(file), "precious");
    EXPECT_TRUE(back_up(true));
}

TEST_F(Backup, LeavesNothingWhenItIsStopped)
{
    const std::atomic<bool> cancel{true};
    const auto stopped
        = make_backup(host->database(), host->folder(), file, false, {.on_progress = {}, .cancel = &cancel});
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, ErrorCode::cancelled);
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator{temporary.path()}, {}), 1);
}

TEST_F(Backup, TakesAwayWhatAKilledOneLeft)
{
    write_file(file.native() + ".part", "half a backup");
    write_file(file.native() + ".part-journal", "its journal");
    ASSERT_TRUE(back_up());
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator{temporary.path()}, {}), 2);
}

TEST_F(Backup, IsRefusedWhereverItWasCut)
{
    ASSERT_TRUE(back_up());
    const std::string whole = read_file(file);
    std::mt19937_64 random{7};
    std::vector<std::size_t> lengths{0, 1, 55, 56, whole.size() - 1, whole.size() - 16, whole.size() - 57};
    for (int i = 0; i < 100; ++i)
        lengths.push_back(random() % whole.size());
    const std::filesystem::path cut = temporary.path() / "cut";
    for (const std::size_t length : lengths) {
        write_file(cut, whole.substr(0, length));
        const auto restored = restore_backup(cut, other, {.replace = false}, {});
        ASSERT_FALSE(restored) << length;
        EXPECT_EQ(restored.error().key, "backup.damaged") << length;
        EXPECT_FALSE(std::filesystem::exists(other)) << length;
    }
    write_file(cut, whole + "x");
    EXPECT_FALSE(verify_backup(cut, {}));
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator{temporary.path()}, {}), 3)
        << "nothing is left";
}

TEST_F(Backup, IsRefusedWhereverABitWasTurned)
{
    ASSERT_TRUE(back_up());
    const std::string whole = read_file(file);
    const auto check = [&](std::size_t at, unsigned bit) {
        std::string turned = whole;
        turned[at] = static_cast<char>(static_cast<unsigned char>(turned[at]) ^ (1U << bit));
        const std::filesystem::path path = temporary.path() / "turned";
        write_file(path, turned);
        const auto checked = check_backup(path, {});
        ASSERT_FALSE(checked) << at;
        EXPECT_TRUE(checked.error().key == "backup.damaged" || checked.error().key == "backup.newer") << at;
    };
    std::mt19937_64 random{11};
    for (int i = 0; i < 1000; ++i)
        check(random() % whole.size(), static_cast<unsigned>(random() % 8));
    for (std::size_t from_end = 1; from_end <= 400; ++from_end) // list and seal
        check(whole.size() - from_end, from_end % 8);
}

TEST_F(Backup, AFolderThatARestoreDidNotFinishIsNobodysData)
{
    ASSERT_TRUE(back_up());
    ASSERT_TRUE(restore_backup(file, other, {}, {}));
    EXPECT_TRUE(Host::open({.folder = other}));
    write_file(DataFolder{other}.unfinished(), "");
    const auto opened = Host::open({.folder = other});
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().key, "folder.unfinished");
}

TEST_F(Backup, LeavesTheLedgerOfErasuresOut)
{
    ASSERT_TRUE(std::filesystem::exists(host->folder().erasures())) << "a host makes it at its start";
    ASSERT_TRUE(back_up());
    EXPECT_EQ(read_file(file).find("erasures.ledger"), std::string::npos);
}

TEST_F(Backup, LeavesOutContentsThatAnErasureTookMeanwhile)
{
    BackupSteps steps;
    const auto take = [&](const std::filesystem::path& path) {
        steps.on_progress = [path](const std::string& step, std::uint64_t, std::uint64_t) {
            if (step == "seal") std::filesystem::remove(path); // the files have been listed by then
        };
    };
    take(data / "blobs" / "abc");
    const auto made = make_backup(host->database(), host->folder(), file, false, steps);
    ASSERT_TRUE(made) << made.error().message;
    ASSERT_TRUE(restore_backup(file, other, {}, {}));
    EXPECT_FALSE(std::filesystem::exists(other / "blobs" / "abc"));
    EXPECT_TRUE(std::filesystem::exists(other / "plugins" / "some" / "1.0" / "plugin.json"));
    take(data / "plugins" / "some" / "1.0" / "plugin.json");
    const auto missing = make_backup(host->database(), host->folder(), file, true, steps);
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::not_found) << missing.error().message;
}

TEST_F(Backup, OfAnErasureThatWasNotDoneIsRestoredWithoutItsContents)
{
    const std::string digest(64, 'a');
    std::filesystem::create_directory(data / "blobs" / "aa");
    write_file(data / "blobs" / "aa" / digest, "a letter of hers");
    ASSERT_TRUE(host->writer().run([&](Connection& connection) {
        return connection.execute(R"(INSERT INTO "mt$doomed_file" VALUES (')" + digest + "')");
    }));
    ASSERT_TRUE(back_up());
    ASSERT_TRUE(restore_backup(file, other, {}, {}));
    EXPECT_FALSE(std::filesystem::exists(other / "blobs" / "aa" / digest));
    EXPECT_TRUE(std::filesystem::exists(data / "blobs" / "aa" / digest)) << "it was in the backup";
}

TEST_F(Backup, IsRestoredIntoAFolderByOneAtATime)
{
    ASSERT_TRUE(back_up());
    const std::filesystem::path lock = other.native() + ".restoring-lock";
    write_file(lock, ""); // of one that was killed
    std::optional<Error> second;
    BackupSteps steps;
    steps.on_progress = [&](const std::string&, std::uint64_t, std::uint64_t) {
        if (second) return;
        second.emplace();
        const auto restored = restore_backup(file, other, {}, {});
        if (!restored) second = restored.error();
    };
    const auto first = restore_backup(file, other, {}, steps);
    ASSERT_TRUE(first) << first.error().message;
    ASSERT_TRUE(second);
    EXPECT_EQ(second->key, "restore.busy") << second->message;
    EXPECT_EQ(second->code, ErrorCode::busy);
    EXPECT_EQ(count_contacts(**Host::open({.folder = other})), 20U);
    EXPECT_FALSE(std::filesystem::exists(lock));
}

TEST_F(Backup, OfANewerKindIsRefusedPolitely)
{
    ASSERT_TRUE(host->writer().run([](Connection& connection) {
        return connection.execute("UPDATE \"mt$meta\" SET value = 99 WHERE name = 'format'");
    }));
    ASSERT_TRUE(back_up());
    const auto restored = restore_backup(file, other, {.replace = false}, {});
    ASSERT_FALSE(restored);
    EXPECT_EQ(restored.error().code, ErrorCode::unsupported);
    EXPECT_NE(restored.error().message.find("99"), std::string::npos);
    host.reset();
    const auto opened = Host::open({.folder = data});
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::unsupported) << opened.error().message;
}

TEST_F(Backup, IsNotMadeOfADamagedDatabase)
{
    ASSERT_TRUE(host->writer().run([](Connection& connection) {
        return connection.execute("DELETE FROM \"mt$event\" WHERE number = 3");
    }));
    const auto made = back_up();
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().key, "backup.unsound");
    EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(Backup, KeepsWhatItReplaces)
{
    ASSERT_TRUE(back_up());
    ASSERT_TRUE(create(*host, "later"));
    EXPECT_EQ(restore_backup(file, data, {.replace = true}, {}).error().key, "lease.held")
        << "the host is at work";
    host.reset();
    EXPECT_EQ(restore_backup(file, data, {.replace = false}, {}).error().key, "restore.exists");
    const auto restored = restore_backup(file, data, {.replace = true}, {});
    ASSERT_TRUE(restored) << restored.error().message;
    ASSERT_FALSE(restored->kept.empty());
    EXPECT_EQ(count_contacts(**Host::open({.folder = restored->kept})), 21U);
    EXPECT_EQ(count_contacts(**Host::open({.folder = data})), 20U);
    const auto twice = restore_backup(file, data, {.replace = true}, {});
    ASSERT_TRUE(twice) << twice.error().message;
    EXPECT_EQ(twice->incarnation, 3) << "greater than that of what it replaces";
    EXPECT_NE(twice->kept, restored->kept);
}

TEST_F(Backup, DoesNotPushAsideWhatIsNoDataOfOurs)
{
    ASSERT_TRUE(back_up());
    std::filesystem::create_directory(other);
    write_file(other / "thesis", "years of work");
    const auto restored = restore_backup(file, other, {.replace = true}, {});
    ASSERT_FALSE(restored);
    EXPECT_EQ(restored.error().key, "restore.foreign");
    EXPECT_EQ(read_file(other / "thesis"), "years of work");
}

TEST_F(Backup, ClearsAwayWhatAKilledRestoreLeft)
{
    ASSERT_TRUE(back_up());
    const std::filesystem::path left = other.native() + ".restoring";
    std::filesystem::create_directory(left);
    write_file(left / "restore-unfinished", "");
    write_file(left / "mortise.db", "half");
    ASSERT_TRUE(restore_backup(file, other, {.replace = false}, {}));
    EXPECT_FALSE(std::filesystem::exists(left));
    // A whole folder may be the data from before; it is never removed.
    std::filesystem::create_directory(left);
    write_file(left / "mortise.db", "what was there before");
    ASSERT_TRUE(restore_backup(file, other, {.replace = true}, {}));
    bool kept = false;
    for (const auto& entry : std::filesystem::directory_iterator{temporary.path()})
        kept |= read_file(entry.path() / "mortise.db") == "what was there before";
    EXPECT_TRUE(kept);
}

} // namespace
} // namespace mortise::host
