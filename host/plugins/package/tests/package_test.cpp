#include "plugins/package/package_reader.hpp"
#include "plugins/package/package_writer.hpp"
#include "plugins/package/tests/temporary.hpp"

#include <random>

namespace mortise::host {
namespace {

namespace fs = std::filesystem;

class PackageTest : public PackageFolderTest {
protected:
    fs::path
    pack(const std::string& name = "a.mortise", const std::optional<std::string>& signature = std::nullopt)
    {
        const auto files = package_files_in(plugin());
        EXPECT_TRUE(files) << files.error().message;
        const auto written = write_package(*files, m_folder / name, signature);
        EXPECT_TRUE(written) << written.error().message;
        return m_folder / name;
    }
};

TEST_F(PackageTest, GivesBackWhatWasPacked)
{
    const fs::path file = pack();
    fs::create_directory(m_folder / "out");
    const auto package = unpack_package(file, m_folder / "out");
    ASSERT_TRUE(package) << package.error().key << ": " << package.error().message;
    EXPECT_EQ(package->list.id, "com.test.packed");
    EXPECT_EQ(package->list.version, "1.2.3");
    EXPECT_FALSE(package->signature);
    ASSERT_EQ(package->list.files.size(), 4U);
    for (const PackageFile& listed : package->list.files)
        EXPECT_EQ(read(m_folder / "out" / listed.path), read(m_folder / "plugin" / listed.path))
            << listed.path;
    EXPECT_EQ(read(m_folder / "out" / package_list_name), package->list_text);
    EXPECT_EQ(check_package(file)->list, package->list);
}

TEST_F(PackageTest, TheSameFilesGiveTheSameBytes)
{
    const std::string first = read(pack("a.mortise"));
    fs::last_write_time(
        m_folder / "plugin/packed.so", fs::file_time_type::clock::now() - std::chrono::hours{24}
    );
    EXPECT_EQ(read(pack("b.mortise")), first);
}

TEST_F(PackageTest, KeepsASignatureAsItIs)
{
    const auto package = check_package(pack("signed.mortise", "any bytes"));
    ASSERT_TRUE(package) << package.error().message;
    EXPECT_EQ(package->signature, "any bytes");
}

TEST_F(PackageTest, PacksWhatWasUnpackedOnceMore)
{
    const fs::path first = pack("a.mortise", "signature");
    fs::create_directory(m_folder / "out");
    ASSERT_TRUE(unpack_package(first, m_folder / "out"));
    ASSERT_TRUE(write_package(*package_files_in(m_folder / "out"), m_folder / "b.mortise", "signature"));
    EXPECT_EQ(read(m_folder / "b.mortise"), read(first));
}

TEST_F(PackageTest, LeavesTheFormerPackageWhenItCannotPack)
{
    const fs::path file = pack();
    const std::string before = read(file);
    fs::remove(m_folder / "plugin/plugin.json");
    const auto refused = write_package(*package_files_in(m_folder / "plugin"), file);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().key, "package.no_manifest");
    EXPECT_EQ(read(file), before);
    std::size_t entries = 0;
    for ([[maybe_unused]] const auto& entry : fs::directory_iterator{m_folder})
        ++entries;
    EXPECT_EQ(entries, 2U); // the plugin and the package
}

TEST_F(PackageTest, PacksPlainFilesOnly)
{
    plugin();
    fs::create_symlink("packed.so", m_folder / "plugin/also.so");
    EXPECT_EQ(package_files_in(m_folder / "plugin").error().key, "package.link");
    fs::remove(m_folder / "plugin/also.so");
    write("plugin/.hidden", "x");
    EXPECT_EQ(package_files_in(m_folder / "plugin").error().key, "package.hidden");
    fs::remove(m_folder / "plugin/.hidden");
    write("plugin/two words.txt", "x");
    EXPECT_EQ(package_files_in(m_folder / "plugin").error().key, "package.bad_name");
    EXPECT_EQ(package_files_in(m_folder / "nowhere").error().code, ErrorCode::not_found);
}

TEST_F(PackageTest, NoticesFlippedBits)
{
    const std::string bytes = read(pack());
    const auto expect_refused = [&](std::size_t bit) {
        std::string other = bytes;
        other[bit / 8] = static_cast<char>(other[bit / 8] ^ (1 << (bit % 8)));
        EXPECT_FALSE(check_package(write("flipped.mortise", other))) << "bit " << bit;
    };
    constexpr std::size_t ends = 256; // bits at the begin and the end: all of them
    for (std::size_t bit = 0; bit < ends; ++bit) {
        expect_refused(bit);
        expect_refused(bytes.size() * 8 - 1 - bit);
    }
    std::mt19937_64 random{20'260'101}; // NOLINT: the same bits in every run
    for (int i = 0; i < 500; ++i)
        expect_refused(random() % (bytes.size() * 8));
}

TEST_F(PackageTest, NoticesEveryMissingEnd)
{
    const std::string bytes = read(pack());
    for (std::size_t size = 0; size < bytes.size(); size += 1 + bytes.size() / 200) {
        const auto package = check_package(write("cut.mortise", bytes.substr(0, size)));
        ASSERT_FALSE(package) << size;
        EXPECT_EQ(package.error().key, size == 0 ? "package.not_a_package" : "package.truncated") << size;
    }
}

TEST_F(PackageTest, ReadsFilesThatAreNoPackages)
{
    EXPECT_EQ(check_package(write("text", "no package at all")).error().key, "package.not_a_package");
    EXPECT_EQ(check_package(write("zip", "PK\x03\x04 something")).error().key, "package.not_a_package");
    EXPECT_EQ(check_package(m_folder / "none").error().code, ErrorCode::not_found);
    EXPECT_EQ(check_package(write("more", read(pack()) + "more")).error().key, "package.trailing");
    EXPECT_EQ(check_package(write("twice", read(pack()) + read(pack()))).error().key, "package.trailing");
}

TEST_F(PackageTest, HoldsLimits)
{
    const fs::path file = pack();
    EXPECT_EQ(check_package(file, {.packed_bytes = 100}).error().key, "package.too_large");
    EXPECT_EQ(check_package(file, {.total_bytes = 1000}).error().key, "package.too_large");
    EXPECT_EQ(check_package(file, {.file_bytes = 1000}).error().key, "package.too_large");
    EXPECT_EQ(check_package(file, {.files = 3}).error().key, "package.too_many_files");
    EXPECT_EQ(check_package(file, {.list_bytes = 50}).error().key, "package.too_large");
}

} // namespace
} // namespace mortise::host
