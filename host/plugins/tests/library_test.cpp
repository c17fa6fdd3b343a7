#include "base/sanitizers.hpp"
#include "base/sha256.hpp"
#include "plugins/library.hpp"
#include "plugins/library_copy.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <thread>
#include <unistd.h>
#include <vector>

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
    /// Lines of /proc/self/maps that are of a library in memory.
    static int mapped_as(const std::string& name)
    {
        std::ifstream maps{"/proc/self/maps"};
        int count = 0;
        for (std::string line; std::getline(maps, line);)
            count
                += line.find("/memfd:") != std::string::npos && line.find(name) != std::string::npos ? 1 : 0;
        return count;
    }
    bool leaves_nothing() const { return fs::is_empty(m_copies); }

    fs::path m_folder;
    fs::path m_copies;
    fs::path m_file;
};

TEST_F(LibraryTest, MapsMemoryThatNobodyCanChange)
{
    auto library = Library::load(m_file, m_copies);
    ASSERT_TRUE(library) << library.error().message;
    EXPECT_TRUE(leaves_nothing()) << "no file, not even while it is mapped";
    const int image = (*library)->image();
    ASSERT_GE(image, 0);
    constexpr int all = F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL;
    EXPECT_EQ(::fcntl(image, F_GET_SEALS) & all, all);
    EXPECT_LT(::pwrite(image, "x", 1, 0), 0);
    const std::string memory = bytes_of("/proc/self/fd/" + std::to_string(image));
    EXPECT_TRUE(memory.starts_with(bytes_of(m_file).substr(0, 64)));
#if !defined(MORTISE_ASAN) && !defined(MORTISE_TSAN) // their code names its source itself
    EXPECT_EQ(memory.find("plugin.cpp"), std::string::npos) << "what only a debugger reads";
#endif
    EXPECT_GT(mapped_as("sample.so"), 0);
    EXPECT_TRUE((*library)->unload().unmapped);
    EXPECT_EQ(mapped_as("sample.so"), 0);
    EXPECT_EQ((*library)->image(), -1);
}

/// The loader knows libraries by their names, and names come again once they are free.
TEST_F(LibraryTest, IsNeverTakenForAnotherOne)
{
    const fs::path other = m_folder / "other.so";
    fs::copy_file(fs::path{MORTISE_FIXTURES} / "com.test.other/other.so", other);
    for (int round = 0; round < 3; ++round) {
        const auto first = Library::load(m_file, m_copies);
        const auto second = Library::load(other, m_copies);
        const auto third = Library::load(m_file, m_copies);
        ASSERT_TRUE(first && second && third);
        EXPECT_NE((*first)->entry(), (*second)->entry());
        EXPECT_NE((*first)->entry(), (*third)->entry()) << "each load has a copy of its own";
        EXPECT_GT(mapped_as("sample.so"), 0);
        EXPECT_GT(mapped_as("other.so"), 0);
        EXPECT_TRUE((*first)->unload().unmapped);
        const auto fourth = Library::load(other, m_copies); // gets the number that became free
        ASSERT_TRUE(fourth);
        EXPECT_NE((*fourth)->entry(), (*second)->entry());
        EXPECT_NE((*fourth)->entry(), (*third)->entry());
    }
    EXPECT_EQ(mapped_as("sample.so") + mapped_as("other.so"), 0);
}

/// The names of libraries are numbers of descriptors: a plugin that closes one that is not its own must not
/// make the host run it under the name of the next.
TEST_F(LibraryTest, IsNotTakenForOneWhoseDescriptorSomebodyClosed)
{
    const fs::path other = m_folder / "other.so";
    fs::copy_file(fs::path{MORTISE_FIXTURES} / "com.test.other/other.so", other);
    const auto first = Library::load(m_file, m_copies);
    ASSERT_TRUE(first) << first.error().message;
    const int closed = (*first)->image();
    ::close(closed);
    const auto second = Library::load(other, m_copies);
    ASSERT_TRUE(second) << second.error().message;
    EXPECT_NE((*second)->image(), closed);
    EXPECT_NE((*second)->entry(), (*first)->entry());
    EXPECT_GT(mapped_as("other.so"), 0);
    EXPECT_TRUE((*second)->unload().unmapped);
    EXPECT_EQ(::fcntl(closed, F_GETFD), FD_CLOEXEC) << "the number stays taken";
    EXPECT_TRUE((*first)->unload().unmapped);
    EXPECT_LT(::fcntl(closed, F_GETFD), 0);
}

/// A debugger opens what the loader has in its list. By /proc/self it would open a file of its own.
TEST_F(LibraryTest, IsCalledByANameThatADebuggerCanOpen)
{
    const auto library = Library::load(m_file, m_copies);
    ASSERT_TRUE(library) << library.error().message;
    Dl_info info{};
    ASSERT_NE(::dladdr(reinterpret_cast<const void*>((*library)->entry()), &info), 0);
    EXPECT_EQ(
        info.dli_fname, "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string((*library)->image())
    );
}

/// The file that was checked is the plugin's own: what lies beside it nobody verifies when it is loaded.
TEST_F(LibraryTest, SaysThatNothingIsLoadedFromThePluginsFolder)
{
    const fs::path brings = m_folder / "brings.so";
    fs::copy_file(fs::path{MORTISE_FIXTURES} / "com.test.brings/brings.so", brings);
    fs::copy_file(fs::path{MORTISE_FIXTURES} / "com.test.brings/libbrought.so", m_folder / "libbrought.so");
    const auto refused = Library::load(brings, m_copies);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::invalid);
    EXPECT_NE(refused.error().message.find("libbrought.so: cannot open"), std::string::npos)
        << refused.error().message;
    EXPECT_NE(refused.error().hint.find("link libbrought.so statically"), std::string::npos)
        << refused.error().hint;
}

/// Somebody changes the installed file all the time: what is mapped is what was checked, or nothing is.
TEST_F(LibraryTest, RunsWhatWasVerifiedWhateverBecomesOfTheFile)
{
    const std::string good = bytes_of(m_file);
    const Digest wanted = sha256(good);
    const auto facts = read_elf(m_file);
    ASSERT_TRUE(facts);
    std::string bad = good; // the same but for its code, as far as that can be told from outside
    for (std::size_t at = 0x1000; at < bad.size() && at < 0x8000; ++at)
        bad[at] = static_cast<char>(bad[at] ^ 0x5a);
    const std::jthread changer{[&](const std::stop_token& stop) {
        for (bool turn = false; !stop.stop_requested(); turn = !turn) {
            std::fstream file{m_file, std::ios::in | std::ios::out | std::ios::binary};
            file << (turn ? good : bad) << std::flush;
            std::this_thread::sleep_for(std::chrono::milliseconds{turn ? 10 : 1});
        }
    }};
    int loaded = 0;
    int refused = 0;
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    while ((loaded < 5 || refused < 5) && std::chrono::steady_clock::now() < end) {
        const auto library = Library::load(m_file, m_copies, wanted);
        if (!library) {
            ++refused;
            continue;
        }
        ++loaded;
        const std::string memory = bytes_of("/proc/self/fd/" + std::to_string((*library)->image()));
        ASSERT_GT(memory.size(), 0x8000U);
        EXPECT_TRUE(std::equal(memory.begin() + 0x1000, memory.begin() + 0x8000, good.begin() + 0x1000));
        EXPECT_EQ((*library)->facts().exports, facts->exports);
    }
    EXPECT_GT(loaded, 0);
    EXPECT_GT(refused, 0);
    EXPECT_TRUE(leaves_nothing());
}

TEST_F(LibraryTest, MapsAFileForADebuggerWithoutWhatItsLinesNeed)
{
    auto library = Library::load(m_file, m_copies, std::nullopt, CopyForm::file);
    ASSERT_TRUE(library) << library.error().message;
    const std::string original = bytes_of(m_file);
    const std::string copy = bytes_of(only_copy());
    ASSERT_NE(original.find("plugin.cpp"), std::string::npos) << "this test wants debug information";
#if !defined(MORTISE_ASAN) && !defined(MORTISE_TSAN) // their code names its source itself
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
    const auto library = Library::load(m_file, m_copies, sha256(bytes_of(m_file)));
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

/// A library with `tables` tables of a thousand symbols, whose names all begin where five thousand letters
/// lie.
std::string library_of_names(int tables)
{
    constexpr std::uint64_t symbols = 1000;
    const auto sections = static_cast<std::uint16_t>(tables + 1);
    Elf64_Ehdr header{};
    std::memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = ELFCLASS64;
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_machine = reinterpret_cast<const Elf64_Ehdr*>(bytes_of("/proc/self/exe").data())->e_machine;
    header.e_type = ET_DYN;
    header.e_shoff = sizeof header;
    header.e_shnum = sections;
    Elf64_Shdr names{};
    names.sh_type = SHT_STRTAB;
    names.sh_offset = sizeof header + sections * sizeof names + symbols * sizeof(Elf64_Sym);
    Elf64_Shdr table{};
    table.sh_type = SHT_DYNSYM;
    table.sh_offset = sizeof header + sections * sizeof names;
    table.sh_size = symbols * sizeof(Elf64_Sym);
    Elf64_Sym symbol{};
    symbol.st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC);
    symbol.st_shndx = 1;

    std::string bytes;
    const auto add
        = [&bytes](const auto& part) { bytes.append(reinterpret_cast<const char*>(&part), sizeof part); };
    add(header);
    add(names);
    for (int i = 0; i < tables; ++i)
        add(table);
    for (std::uint64_t i = 0; i < symbols; ++i)
        add(symbol);
    return bytes.append(5000, 'a');
}

TEST_F(LibraryTest, RefusesNamesThatLieOverEachOther)
{
    std::ofstream{m_file, std::ios::binary} << library_of_names(1);
    const auto refused = read_elf(m_file);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("longer together than the file"), std::string::npos)
        << refused.error().message;
}

TEST_F(LibraryTest, RefusesASecondTableOfSymbols)
{
    std::string bytes = bytes_of(m_file);
    Elf64_Ehdr header;
    std::memcpy(&header, bytes.data(), sizeof header);
    std::vector<Elf64_Shdr> tables(header.e_shnum);
    std::memcpy(tables.data(), bytes.data() + header.e_shoff, tables.size() * sizeof(Elf64_Shdr));
    const auto symbols = std::ranges::find(tables, std::uint32_t{SHT_DYNSYM}, &Elf64_Shdr::sh_type);
    ASSERT_NE(symbols, tables.end());
    std::memcpy(bytes.data() + header.e_shoff, &*symbols, sizeof *symbols); // the first is of no use
    std::ofstream{m_file, std::ios::binary} << bytes;
    const auto refused = read_elf(m_file);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("twice"), std::string::npos) << refused.error().message;
}

/// What the kernel does by itself while it compacts memory: a page of the file is in use, by a pipe here.
TEST(LibraryMemory, IsSealedWhenThePagesInUseAreFreeAgain)
{
    const int memory = ::memfd_create("page", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    ASSERT_GE(memory, 0);
    const std::string page(4096, 'x');
    ASSERT_EQ(::pwrite(memory, page.data(), page.size(), 0), static_cast<ssize_t>(page.size()));
    void* const mapped = ::mmap(nullptr, page.size(), PROT_READ, MAP_PRIVATE, memory, 0);
    ASSERT_NE(mapped, MAP_FAILED);
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const ::iovec held{.iov_base = mapped, .iov_len = page.size()};
    ASSERT_EQ(::vmsplice(ends[1], &held, 1, 0), static_cast<ssize_t>(page.size()));
    ::munmap(mapped, page.size());

    int answer = -1;
    std::thread sealing{[&answer, memory] { answer = seal_memory(memory, std::chrono::seconds{10}); }};
    std::this_thread::sleep_for(std::chrono::milliseconds{600}); // more than the kernel itself waits
    std::string read(page.size(), ' ');
    EXPECT_EQ(::read(ends[0], read.data(), read.size()), static_cast<ssize_t>(read.size()));
    sealing.join();
    EXPECT_EQ(answer, 0) << std::strerror(answer);
    EXPECT_EQ(::pwrite(memory, page.data(), page.size(), 0), -1);
    for (const int descriptor : {ends[0], ends[1], memory})
        ::close(descriptor);
}

TEST(LibraryMemory, IsNotWaitedForWhenItIsNone)
{
    EXPECT_EQ(seal_memory(-1, std::chrono::seconds{10}), EBADF);
}

/// Puts the first page of a file of memory into a pipe, which holds it until the pipe is read or closed.
bool hold_page(int memory, int pipe)
{
    constexpr std::size_t size = 4096;
    void* const mapped = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, memory, 0);
    if (mapped == MAP_FAILED) return false;
    const ::iovec held{.iov_base = mapped, .iov_len = size};
    const bool is_held = ::vmsplice(pipe, &held, 1, 0) == static_cast<ssize_t>(size);
    ::munmap(mapped, size);
    return is_held;
}

/// The first file of memory of that name that this process opens while others look on.
int wait_for_memory(const std::string& name, const std::atomic<bool>& stop)
{
    while (!stop) {
        for (const auto& item : std::filesystem::directory_iterator{"/proc/self/fd"}) {
            std::error_code gone;
            const auto target = std::filesystem::read_symlink(item.path(), gone).string();
            if (target.find(name) == std::string::npos || target.find("/memfd:") != 0) continue;
            if (const int own = ::open(item.path().c_str(), O_RDONLY | O_CLOEXEC); own >= 0) return own;
        }
    }
    return -1;
}

TEST(LibraryMemory, IsCopiedAnewWhenOthersKeepItsPages)
{
    const auto folder = std::filesystem::temp_directory_path() / "mortise-kept-pages";
    std::filesystem::create_directories(folder);
    const auto file = folder / "kept.so";
    const std::string bytes(std::size_t{32} << 20, 'k'); // long enough to be seen while it is copied
    std::ofstream{file, std::ios::binary} << bytes;
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    std::atomic<bool> stop{false};
    bool is_held = false;
    std::thread holder{[&] {
        const int memory = wait_for_memory("kept.so", stop);
        struct stat facts{};
        while (memory >= 0 && ::fstat(memory, &facts) == 0 && facts.st_size < 4096) { }
        is_held = memory >= 0 && hold_page(memory, ends[1]);
        ::close(memory);
    }};
    const auto image = library_image(file, CopyExtent::whole, std::nullopt);
    stop = true;
    holder.join();
    EXPECT_TRUE(is_held) << "or else this test shows nothing";
    ASSERT_TRUE(image) << image.error().message;
    std::string start(4, ' ');
    EXPECT_EQ(::pread(*image, start.data(), start.size(), 0), 4);
    EXPECT_EQ(start, "kkkk");
    EXPECT_EQ(::fcntl(*image, F_GET_SEALS) & F_SEAL_WRITE, F_SEAL_WRITE);
    for (const int descriptor : {ends[0], ends[1], *image})
        ::close(descriptor);
    std::filesystem::remove_all(folder);
}

} // namespace
} // namespace mortise::host
