#include "base/sha256.hpp"
#include "plugins/library.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <elf.h>
#include <fstream>
#include <iterator>

namespace mortise::host {
namespace {

namespace fs = std::filesystem;

std::string bytes_of(const fs::path& file)
{
    std::ifstream in{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

class LibraryTest : public testing::Test {
protected:
    void SetUp() override
    {
        std::string pattern = (fs::temp_directory_path() / "mortise-library-XXXXXX").string();
        m_folder = ::mkdtemp(pattern.data());
        m_copies = m_folder / "run";
        m_file = m_folder / "sample.so";
        fs::create_directories(m_copies);
        fs::copy_file(fs::path{MORTISE_FIXTURES} / "com.test.sample/sample.so", m_file);
    }
    void TearDown() override
    {
        ::unsetenv("MORTISE_WHOLE_PLUGINS");
        std::error_code ignored;
        fs::remove_all(m_folder, ignored);
    }

    fs::path only_copy() const
    {
        const fs::directory_iterator found{m_copies};
        return found == end(found) ? fs::path{} : found->path();
    }
    bool leaves_nothing() const { return fs::is_empty(m_copies); }

    fs::path m_folder;
    fs::path m_copies;
    fs::path m_file;
};

TEST_F(LibraryTest, MapsACopyWithoutWhatOnlyADebuggerReads)
{
    auto library = Library::load(m_file, m_copies);
    ASSERT_TRUE(library) << library.error().message;
    const std::string original = bytes_of(m_file);
    const std::string copy = bytes_of(only_copy());
    ASSERT_NE(original.find("plugin.cpp"), std::string::npos) << "this test wants debug information";
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) // their code names its source itself
    EXPECT_EQ(copy.find("plugin.cpp"), std::string::npos);
#endif
    const auto facts = read_elf(m_file);
    ASSERT_TRUE(facts);
    EXPECT_EQ((*library)->facts().exports, facts->exports);
    EXPECT_EQ((*library)->facts().needed, facts->needed);
    EXPECT_TRUE((*library)->unload().unmapped);
    EXPECT_TRUE(leaves_nothing());
}

TEST_F(LibraryTest, CopiesAllOfItForADebugger)
{
    ::setenv("MORTISE_WHOLE_PLUGINS", "1", 1);
    const auto library = Library::load(m_file, m_copies);
    ASSERT_TRUE(library) << library.error().message;
    EXPECT_TRUE(bytes_of(only_copy()) == bytes_of(m_file));
}

TEST_F(LibraryTest, StaysAsItWasWhenItsFileIsOverwritten)
{
    const auto library = Library::load(m_file, m_copies);
    ASSERT_TRUE(library) << library.error().message;
    const auto code = [&] {
        std::string bytes(64, '\0');
        std::memcpy(bytes.data(), reinterpret_cast<const void*>((*library)->entry()), bytes.size());
        return bytes;
    };
    const std::string before = code();
    std::ofstream{m_file, std::ios::binary} << std::string(fs::file_size(m_file), '\0');
    EXPECT_TRUE(code() == before);
}

TEST_F(LibraryTest, ChecksEveryByteOfTheFileAgainstItsDigest)
{
    std::string bytes = bytes_of(m_file);
    const Digest wanted = sha256(bytes);
    {
        const auto library = Library::load(m_file, m_copies, wanted);
        ASSERT_TRUE(library) << library.error().message;
    }
    const std::size_t in_debug_information = bytes.find("plugin.cpp");
    ASSERT_NE(in_debug_information, std::string::npos);
    for (const std::size_t at : {in_debug_information, bytes.size() / 50}) {
        std::string changed = bytes;
        changed[at] ^= 1;
        std::ofstream{m_file, std::ios::binary} << changed;
        const auto refused = Library::load(m_file, m_copies, wanted);
        ASSERT_FALSE(refused) << at;
        EXPECT_EQ(refused.error().key, "package.changed");
        EXPECT_TRUE(leaves_nothing());
    }
}

TEST_F(LibraryTest, RefusesAFileThatWasCutShort)
{
    const auto size = fs::file_size(m_file);
    for (const std::uintmax_t left : {size / 2, size / 50, std::uintmax_t{40}, std::uintmax_t{0}}) {
        fs::resize_file(m_file, left);
        EXPECT_FALSE(Library::load(m_file, m_copies)) << left;
        EXPECT_TRUE(leaves_nothing());
    }
}

TEST_F(LibraryTest, RefusesSegmentsThatReachBehindTheEndOfTheFile)
{
    std::string bytes = bytes_of(m_file);
    Elf64_Ehdr header;
    std::memcpy(&header, bytes.data(), sizeof header);
    for (std::size_t i = 0; i < header.e_phnum; ++i) {
        Elf64_Phdr segment;
        char* const at = bytes.data() + header.e_phoff + i * sizeof segment;
        std::memcpy(&segment, at, sizeof segment);
        if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) == 0) continue;
        segment.p_filesz = segment.p_memsz = bytes.size() + 100'000; // the loader writes there
        std::memcpy(at, &segment, sizeof segment);
    }
    std::ofstream{m_file, std::ios::binary} << bytes;
    for (const char* whole : {"0", "1"}) {
        ::setenv("MORTISE_WHOLE_PLUGINS", whole, 1);
        const auto refused = Library::load(m_file, m_copies);
        ASSERT_FALSE(refused);
        EXPECT_NE(refused.error().message.find("is cut short"), std::string::npos) << refused.error().message;
        EXPECT_TRUE(leaves_nothing());
    }
}

} // namespace
} // namespace mortise::host
