#include "base/clock.hpp"
#include "base/hash.hpp"
#include "blobs/blob_store.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sys/stat.h>

namespace mortise::host {
namespace {

constexpr std::uint64_t most = 1'000'000;

class BlobStoreTest : public testing::Test {
protected:
    void SetUp() override
    {
        std::string pattern = (std::filesystem::temp_directory_path() / "mortise-blobs-XXXXXX").string();
        m_folder = ::mkdtemp(pattern.data());
        open();
    }
    void TearDown() override
    {
        m_store.reset();
        std::filesystem::remove_all(m_folder);
    }

    void open()
    {
        auto opened = BlobStore::open(m_folder / "blobs", m_folder / "run");
        ASSERT_TRUE(opened) << opened.error().message;
        m_store = *std::move(opened);
    }
    BlobFile put(std::string_view contents, std::string_view claimant = "user:1")
    {
        auto writer = m_store->begin(most);
        EXPECT_TRUE(writer);
        EXPECT_TRUE(writer->write(contents));
        auto kept = writer->finish(claimant);
        EXPECT_TRUE(kept) << kept.error().message;
        return kept ? *std::move(kept) : BlobFile{};
    }
    std::filesystem::path path_of(const BlobFile& file) const
    {
        return m_folder / "blobs" / file.digest.substr(0, 2) / file.digest;
    }
    std::size_t count(const char* folder) const
    {
        std::size_t files = 0;
        for (const auto& entry : std::filesystem::recursive_directory_iterator{m_folder / folder})
            files += entry.is_regular_file() ? 1 : 0;
        return files;
    }

    std::filesystem::path m_folder;
    std::unique_ptr<BlobStore> m_store;
};

TEST_F(BlobStoreTest, KeepsContentsUnderTheirDigestOnce)
{
    const BlobFile first = put("offer");
    EXPECT_EQ(first.digest, hex(sha256("offer")));
    EXPECT_EQ(first.size, 5U);
    EXPECT_EQ(put("offer", "user:2").digest, first.digest);
    EXPECT_EQ(count("blobs"), 1U);
    EXPECT_EQ(count("run"), 0U);
    struct stat status{};
    ASSERT_EQ(::stat(path_of(first).c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U) << "for nobody else on the machine";
    const auto file = m_store->read(first.digest);
    ASSERT_TRUE(file);
    std::string contents(10, ' ');
    EXPECT_EQ(*file->read_at(0, contents), 5U);
    EXPECT_EQ(contents.substr(0, 5), "offer");
}

TEST_F(BlobStoreTest, KeepsNothingThatIsNotFinished)
{
    {
        auto writer = m_store->begin(most);
        ASSERT_TRUE(writer);
        ASSERT_TRUE(writer->write("half"));
        EXPECT_EQ(count("run"), 1U);
    }
    EXPECT_EQ(count("run"), 0U);
    std::ofstream{m_folder / "run" / "blob-of-a-killed-process"} << "half";
    std::ofstream{m_folder / "run" / "something-else"} << "whole";
    open();
    EXPECT_EQ(count("run"), 1U) << "only what is ours goes";
    EXPECT_EQ(count("blobs"), 0U);
}

TEST_F(BlobStoreTest, RefusesWhatIsTooLarge)
{
    auto writer = m_store->begin(10);
    ASSERT_TRUE(writer);
    ASSERT_TRUE(writer->write("0123456789"));
    const auto more = writer->write("x");
    ASSERT_FALSE(more);
    EXPECT_EQ(more.error().key, "blobs.too_large");
    EXPECT_EQ(writer->size(), 10U);
    EXPECT_TRUE(writer->finish("user:1")) << "what was taken is still good";
}

TEST_F(BlobStoreTest, RemembersWhoHandedThemIn)
{
    const BlobFile file = put("offer", "user:1");
    EXPECT_TRUE(m_store->is_claimed("user:1", file.digest));
    EXPECT_FALSE(m_store->is_claimed("user:2", file.digest));
    open();
    EXPECT_FALSE(m_store->is_claimed("user:1", file.digest)) << "not for ever";
}

TEST_F(BlobStoreTest, CollectsOnlyWhatIsOldAndNobodyHolds)
{
    const BlobFile file = put("offer");
    const Instant now = system_clock_source().now();
    EXPECT_FALSE(*m_store->collect(file.digest, Instant{now.microseconds - 60'000'000}));
    const Instant later{now.microseconds + 60'000'000};
    {
        const auto hold = m_store->hold();
        const auto second = m_store->hold();
        EXPECT_FALSE(*m_store->collect(file.digest, later));
    }
    EXPECT_TRUE(*m_store->collect(file.digest, later));
    EXPECT_EQ(m_store->size_of(file.digest), std::nullopt);
    EXPECT_EQ(m_store->read(file.digest).error().key, "blobs.missing");
}

TEST_F(BlobStoreTest, MakesContentsNewThatAreHandedInAgain)
{
    const BlobFile file = put("offer");
    const auto long_ago = std::filesystem::file_time_type::clock::now() - std::chrono::hours{100};
    std::filesystem::last_write_time(path_of(file), long_ago);
    const Instant before{system_clock_source().now().microseconds - 3'600'000'000};
    ASSERT_LT(m_store->list()->front().touched.microseconds, before.microseconds);
    put("offer");
    EXPECT_FALSE(*m_store->collect(file.digest, before));
}

TEST_F(BlobStoreTest, AsksForNoFileBesideItsOwn)
{
    for (const std::string& text :
         std::vector<std::string>{"../../etc/passwd", "", "AB", std::string(64, 'A'), std::string(63, 'a')}) {
        EXPECT_FALSE(is_blob_digest(text)) << text;
        EXPECT_EQ(m_store->read(text).error().code, ErrorCode::not_found) << text;
        EXPECT_TRUE(m_store->remove(text)) << text;
    }
}

} // namespace
} // namespace mortise::host
