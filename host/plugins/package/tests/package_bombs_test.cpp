/// \file
/// P9 and P12: what would fill memory or disk is refused, and costs little until then. Each package is read
/// in a process of its own, whose peak of memory is measured.

#include "plugins/package/package_reader.hpp"
#include "plugins/package/tests/raw_packages.hpp"
#include "plugins/package/tests/temporary.hpp"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace mortise::host {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t mebibyte = std::size_t{1} << 20;
constexpr std::size_t most_memory = 64 * mebibyte;

/// A line of /proc/self/status, in bytes.
std::size_t memory(const std::string& what)
{
    std::ifstream in{"/proc/self/status"};
    for (std::string line; std::getline(in, line);)
        if (line.starts_with(what + ':'))
            return std::strtoull(line.c_str() + what.size() + 1, nullptr, 10) * 1024;
    return 0;
}

struct Outcome {
    std::string key{};
    std::size_t peak{0}; ///< of memory, beyond what the process had
    double seconds{0}; ///< of the processor
    std::uintmax_t on_disk{0};
};

class PackageBombsTest : public PackageFolderTest {
protected:
    Outcome unpack(const fs::path& file)
    {
        const fs::path folder = m_folder / "out";
        const fs::path told = m_folder / "told";
        fs::remove_all(folder);
        fs::create_directories(folder);
        const pid_t child = ::fork();
        if (child == 0) {
            std::ofstream{"/proc/self/clear_refs"} << '5'; // the peak begins anew
            const std::size_t before = memory("VmRSS");
            rusage began{};
            ::getrusage(RUSAGE_SELF, &began);
            const auto package = unpack_package(file, folder);
            rusage ended{};
            ::getrusage(RUSAGE_SELF, &ended);
            const auto seconds = [](const timeval& time) {
                return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
            };
            const double spent = seconds(ended.ru_utime) + seconds(ended.ru_stime) - seconds(began.ru_utime)
                - seconds(began.ru_stime);
            const std::size_t peak = memory("VmHWM");
            std::ofstream{told} << (package ? "taken" : package.error().key) << ' '
                                << (peak > before ? peak - before : 0) << ' ' << spent;
            ::_exit(0);
        }
        int how = 0;
        ::waitpid(child, &how, 0);
        EXPECT_TRUE(WIFEXITED(how) && WEXITSTATUS(how) == 0);
        Outcome outcome;
        std::ifstream{told} >> outcome.key >> outcome.peak >> outcome.seconds;
        for (const auto& entry : fs::recursive_directory_iterator{folder})
            if (entry.is_regular_file()) outcome.on_disk += entry.file_size();
        std::printf(
            "%s: %s, peak %.1f MiB, %.3f s of the processor\n",
            file.filename().c_str(),
            outcome.key.c_str(),
            static_cast<double>(outcome.peak) / mebibyte,
            outcome.seconds
        );
        return outcome;
    }
    void expect_refused(const std::string& name, const std::string& bytes, const std::string& key)
    {
        const Outcome outcome = unpack(write(name, bytes));
        EXPECT_EQ(outcome.key, key) << name;
        EXPECT_LE(outcome.peak, most_memory) << name;
        EXPECT_LE(outcome.on_disk, 2 * mebibyte) << name;
    }

    /// A zstd frame of so many zeros behind `head`, made piece by piece.
    static std::string frame_of_zeros(const std::string& head, std::size_t zeros)
    {
        ZSTD_CCtx* context = ZSTD_createCCtx();
        std::string out;
        const auto feed = [&](const std::string& piece, ZSTD_EndDirective end) {
            ZSTD_inBuffer in{piece.data(), piece.size(), 0};
            std::string buffer(ZSTD_CStreamOutSize(), '\0');
            std::size_t left = 1;
            while (in.pos < in.size || (end == ZSTD_e_end && left != 0)) {
                ZSTD_outBuffer into{buffer.data(), buffer.size(), 0};
                left = ZSTD_compressStream2(context, &into, &in, end);
                out.append(buffer, 0, into.pos);
            }
        };
        feed(head, ZSTD_e_continue);
        const std::string piece(mebibyte, '\0');
        for (std::size_t done = 0; done < zeros; done += piece.size())
            feed(piece, ZSTD_e_continue);
        feed({}, ZSTD_e_end);
        ZSTD_freeCCtx(context);
        return out;
    }
    /// The beginning of an archive whose list has a file of so many zeros; of that file only the header.
    static std::string head_of(std::size_t zeros)
    {
        PackageList list{"com.test.packed", "1.0.0", {{"plugin.json", plain.size(), sha256(plain)}}};
        list.files.push_back({"zeros", zeros, zeros > mebibyte ? Digest{} : sha256(std::string(zeros, '\0'))}
        );
        std::string tar = tar_of(
            {{std::string{package_list_name}, package_list_text(list)}, {"plugin.json", plain}, {"zeros"}}
        );
        tar.resize(tar.size() - 1024);
        put_octal(&tar[tar.size() - 512 + 124], 12, zeros);
        std::memset(&tar[tar.size() - 512 + 148], ' ', 8);
        unsigned sum = 0;
        for (const char byte : tar.substr(tar.size() - 512))
            sum += static_cast<unsigned char>(byte);
        put_octal(&tar[tar.size() - 512 + 148], 7, sum);
        return tar;
    }

    static inline const std::string plain{R"({"id": "com.test.packed", "version": "1.0.0"})"};
};

TEST_F(PackageBombsTest, OfZeros)
{
    // What lists its size honestly and what does not.
    expect_refused(
        "honest.mortise", sealed(frame_of_zeros(head_of(200 * mebibyte), 200 * mebibyte)), "package.bomb"
    );
    expect_refused(
        "endless.mortise", sealed(frame_of_zeros(head_of(mebibyte), 2'000 * mebibyte)), "package.too_large"
    );
    expect_refused("first.mortise", sealed(frame_of_zeros({}, 2'000 * mebibyte)), "package.too_large");
}

TEST_F(PackageBombsTest, OfBombs)
{
    const std::string inner = sealed(frame_of_zeros({}, 100 * mebibyte));
    const std::string outer = packed(tar_of({{std::string{package_list_name}, inner}}));
    expect_refused("nested.mortise", outer, "package.bad_list");
}

TEST_F(PackageBombsTest, OfManyFiles)
{
    std::vector<RawEntry> files{{"plugin.json", plain}};
    std::string list = R"({"format": 1, "id": "com.test.packed", "version": "1.0.0", "files": [)";
    const std::string digest = hex(sha256(""));
    for (int i = 0; i < 8'000; ++i)
        list += R"({"path":"f)" + std::to_string(i) + R"(","size":0,"sha256":")" + digest + R"("},)";
    list.back() = ']';
    list += '}';
    expect_refused(
        "listed.mortise", packed(tar_of({{std::string{package_list_name}, list}})), "package.too_many_files"
    );
    std::vector<RawEntry> million{
        {std::string{package_list_name},
         package_list_text({"com.test.packed", "1.0.0", {{"plugin.json", plain.size(), sha256(plain)}}})},
        {"plugin.json", plain}
    };
    million.resize(100'000, {"plugin.json", plain});
    expect_refused("million.mortise", packed(tar_of(million)), "package.duplicate");
}

/// A list of the largest size that is read, made to cost its reader as much as it can.
TEST_F(PackageBombsTest, OfLists)
{
    std::string nested = R"({"format": 1, "files": [)";
    while (nested.size() < mebibyte - 64)
        nested += "[],";
    nested.back() = ']';
    nested += '}';
    expect_refused(
        "list.mortise", packed(tar_of({{std::string{package_list_name}, nested}})), "package.bad_list"
    );
    std::string keys = "{";
    for (int i = 0; keys.size() < mebibyte - 64; ++i)
        keys += '"' + std::to_string(i) + "\":0,";
    keys.back() = '}';
    expect_refused(
        "keys.mortise", packed(tar_of({{std::string{package_list_name}, keys}})), "package.bad_list"
    );
}

/// Headers that hold long names or attributes are read whole by readers of tar.
TEST_F(PackageBombsTest, OfHeaders)
{
    const std::string long_text(30 * mebibyte, 'a');
    PackageList list{"com.test.packed", "1.0.0", {{"plugin.json", plain.size(), sha256(plain)}}};
    list.files.push_back({"big", 100 * mebibyte, {}});
    const std::string text = package_list_text(list);
    for (const char kind : {'x', 'g', 'L', 'K'}) {
        const std::string tar = tar_of(
            {{std::string{package_list_name}, text}, {"header", long_text, kind}, {"plugin.json", plain}}
        );
        // Stored, not packed: it is not small.
        std::string frame(ZSTD_compressBound(tar.size()), '\0');
        frame.resize(ZSTD_compress(frame.data(), frame.size(), tar.data(), tar.size(), -100));
        frame += std::string(mebibyte, '\0'); // behind the end: it is not read so far
        const Outcome outcome = unpack(write(std::string{"header-"} + kind + ".mortise", sealed(frame)));
        EXPECT_NE(outcome.key, "taken");
        EXPECT_LE(outcome.peak, most_memory) << kind;
    }
}

/// More than the package may have is not even read.
TEST_F(PackageBombsTest, OfEndlessFiles)
{
    const fs::path file = write("endless.mortise", frame_of_zeros(head_of(mebibyte), mebibyte));
    fs::resize_file(file, std::uintmax_t{64} << 30); // a hole
    const Outcome outcome = unpack(file);
    EXPECT_NE(outcome.key, "taken");
    EXPECT_LE(outcome.peak, most_memory);
}

} // namespace
} // namespace mortise::host
