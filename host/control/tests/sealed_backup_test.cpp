#include "control/backup/backup.hpp"
#include "control/host.hpp"
#include "control/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <random>

namespace mortise::host {
namespace {

constexpr const char* marker = "zqxmarker of a person";

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

class SealedBackup : public testing::Test {
protected:
    void SetUp() override
    {
        ASSERT_TRUE(Host::init(data));
        auto opened = Host::open({.folder = data});
        ASSERT_TRUE(opened) << opened.error().message;
        host = *std::move(opened);
        CallContext context;
        context.principal = Principal::system();
        UnitOfWork unit;
        unit.changes.push_back(
            {.operation = Operation::create,
             .type = "contact",
             .id = {},
             .version = {},
             .values = {{"name", marker}}}
        );
        ASSERT_TRUE(host->records().commit(context, unit));
    }

    Result<BackupOutcome> back_up(const BackupKey& with)
    {
        BackupSteps steps;
        steps.key = &with;
        return make_backup(host->database(), host->folder(), file, true, steps);
    }

    static BackupSteps with(const BackupKey& one)
    {
        BackupSteps steps;
        steps.key = &one;
        return steps;
    }

    TemporaryFolder temporary = *TemporaryFolder::create();
    std::filesystem::path data = temporary.path() / "data";
    std::filesystem::path file = temporary.path() / "b.backup";
    std::filesystem::path other = temporary.path() / "other";
    std::unique_ptr<Host> host;
    BackupKey key = *make_backup_key(BackupKey::Kind::file, std::string(32, 'k'));
};

TEST_F(SealedBackup, ShowsNothingAndComesBackWithItsKey)
{
    const auto made = back_up(key);
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(made->contents.size, std::filesystem::file_size(file));
    const std::string bytes = read_file(file);
    for (const char* text : {marker, "SQLite", "mortise.db", "blake2b"})
        EXPECT_EQ(bytes.find(text), std::string::npos) << text;
    for (const auto& entry : std::filesystem::directory_iterator{data})
        EXPECT_FALSE(entry.path().filename().native().starts_with("mortise.db-backup")) << entry.path();
    const auto verified = verify_backup(file, with(key));
    ASSERT_TRUE(verified) << verified.error().message;
    EXPECT_TRUE(is_sound(verified->checks));
    const auto restored = restore_backup(file, other, {}, with(key));
    ASSERT_TRUE(restored) << restored.error().message;
    EXPECT_EQ(restored->backup.contents.about.at("records").as_object().at("contact"), 1);
    EXPECT_FALSE(std::filesystem::exists(DataFolder{other}.backup_scratch()));
    EXPECT_TRUE(Host::open({.folder = other}));
}

TEST_F(SealedBackup, IsOpenedByNoOtherKey)
{
    ASSERT_TRUE(back_up(key));
    const BackupKey another = *make_backup_key(BackupKey::Kind::file, std::string(31, 'k') + "l");
    const BackupKey words = *make_backup_key(BackupKey::Kind::passphrase, std::string(32, 'k'));
    EXPECT_EQ(restore_backup(file, other, {}, with(another)).error().key, "backup.damaged");
    EXPECT_EQ(restore_backup(file, other, {}, with(words)).error().key, "backup.key");
    EXPECT_EQ(restore_backup(file, other, {}, {}).error().key, "backup.key");
    EXPECT_EQ(verify_backup(file, {}).error().key, "backup.key");
    EXPECT_FALSE(std::filesystem::exists(other));
    ASSERT_TRUE(make_backup(host->database(), host->folder(), file, true, {}));
    EXPECT_EQ(verify_backup(file, with(key)).error().key, "backup.key")
        << "nobody puts an open one in its place";
}

TEST_F(SealedBackup, TakesAPassphrase)
{
    const BackupKey words = *make_backup_key(BackupKey::Kind::passphrase, "correct horse battery staple");
    ASSERT_TRUE(back_up(words));
    EXPECT_TRUE(verify_backup(file, with(words)));
    const BackupKey wrong = *make_backup_key(BackupKey::Kind::passphrase, "correct horse battery stable");
    EXPECT_EQ(verify_backup(file, with(wrong)).error().key, "backup.damaged");
    EXPECT_FALSE(make_backup_key(BackupKey::Kind::passphrase, "short"));
    EXPECT_FALSE(make_backup_key(BackupKey::Kind::file, "0123456789"));
}

TEST_F(SealedBackup, IsRefusedWhereverABitWasTurned)
{
    ASSERT_TRUE(back_up(key));
    const std::string whole = read_file(file);
    const std::filesystem::path turned = temporary.path() / "turned";
    std::mt19937_64 random{11};
    const auto check = [&](std::size_t at, unsigned bit) {
        std::string bytes = whole;
        bytes[at] = static_cast<char>(static_cast<unsigned char>(bytes[at]) ^ (1U << bit));
        write_file(turned, bytes);
        auto checked = check_backup_key(turned, &key);
        if (checked)
            checked = unseal_file(turned, key, {}, [](std::string_view) -> Result<void> { return {}; });
        ASSERT_FALSE(checked) << at;
        const std::string& told = checked.error().key;
        EXPECT_TRUE(told == "backup.damaged" || told == "backup.newer" || told == "backup.key") << at << told;
        EXPECT_FALSE(checked.error().hint.empty());
    };
    for (int i = 0; i < 1000; ++i)
        check(random() % whole.size(), static_cast<unsigned>(random() % 8));
    for (std::size_t at = 0; at < 80; ++at) // its head
        check(at, at % 8);
}

TEST_F(SealedBackup, IsRefusedWhereverItWasCutOrPutTogether)
{
    ASSERT_TRUE(back_up(key));
    const std::string whole = read_file(file);
    ASSERT_GT(whole.size(), std::size_t{200'000});
    constexpr std::size_t head = 80;
    constexpr std::size_t piece = 65'536 + 17;
    std::vector<std::string> wrong{
        whole + "x",
        whole.substr(0, head),
        whole.substr(0, head + piece),
        whole.substr(0, head + 2 * piece),
        whole.substr(0, head) + whole.substr(head + piece),
        whole.substr(0, head) + whole.substr(head + piece, piece) + whole.substr(head, piece)
            + whole.substr(head + 2 * piece)
    };
    std::mt19937_64 random{7};
    for (int i = 0; i < 100; ++i)
        wrong.push_back(whole.substr(0, random() % whole.size()));
    for (const std::string& bytes : wrong) {
        write_file(temporary.path() / "cut", bytes);
        const auto restored = restore_backup(temporary.path() / "cut", other, {}, with(key));
        ASSERT_FALSE(restored) << bytes.size();
        EXPECT_FALSE(std::filesystem::exists(other)) << bytes.size();
    }
}

} // namespace
} // namespace mortise::host
