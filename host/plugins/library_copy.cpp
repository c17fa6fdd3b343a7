#include "plugins/library_copy.hpp"

#include "base/sha256.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <elf.h>
#include <fcntl.h>
#include <span>
#include <sys/mman.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace mortise::host {

namespace {

constexpr std::size_t piece_size = std::size_t{128} << 10;
/// For as long a copy's pages may be in use by others; then it is made anew, of other pages.
constexpr std::chrono::milliseconds longest_seal{500};
constexpr int most_copies = 20;

Error copy_error(
    const std::filesystem::path& file,
    const std::filesystem::path& copy,
    std::string why,
    std::string hint = {}
)
{
    return {
        .code = ErrorCode::io,
        .message = "cannot copy to " + copy.string() + ": " + std::move(why),
        .key = "plugins.library",
        .where = file.string(),
        .hint = std::move(hint),
    };
}

Error system_error(const std::filesystem::path& file, const std::filesystem::path& copy, int reason)
{
    return copy_error(file, copy, std::strerror(reason), reason == ENOSPC ? "make room on the disk" : "");
}

/// What is mapped behind the end of a file cannot be read: who touches it is ended.
Error cut_short(const std::filesystem::path& file, std::uint64_t needed, std::uint64_t size)
{
    return {
        .code = ErrorCode::invalid,
        .message = file.filename().string() + " is cut short: its code needs " + std::to_string(needed)
            + " bytes, the file has " + std::to_string(size),
        .key = "plugins.library",
        .where = file.string(),
        .hint = "build the plugin again, or install it once more",
    };
}

class Descriptor {
public:
    explicit Descriptor(int number) : m_number{number} { }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor()
    {
        if (m_number >= 0) ::close(m_number);
    }
    int get() const noexcept { return m_number; }
    int release() noexcept { return std::exchange(m_number, -1); }
    /// 0, or why the last of what was written may be lost.
    int close() noexcept { return ::close(std::exchange(m_number, -1)) == 0 ? 0 : errno; }

private:
    int m_number;
};

/// From `begin` up to, not including, `end`.
struct Extent {
    std::uint64_t begin;
    std::uint64_t end;
};
using Extents = std::array<Extent, 2>;

constexpr Extents everything{{{0, UINT64_MAX}, {0, 0}}};

/// The parts of a library that begins with `start` that are mapped or described by its table of sections.
/// Everything, where that cannot be told from its beginning.
Extents loaded_extents(std::span<const std::byte> start)
{
    Elf64_Ehdr header;
    if (start.size() < sizeof header) return everything;
    std::memcpy(&header, start.data(), sizeof header);
    const std::size_t table_size = std::size_t{header.e_phnum} * sizeof(Elf64_Phdr);
    if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_phentsize != sizeof(Elf64_Phdr)
        || header.e_phnum == PN_XNUM || header.e_phoff > start.size()
        || table_size > start.size() - header.e_phoff)
        return everything;
    std::uint64_t loaded = header.e_phoff + table_size;
    for (std::size_t i = 0; i < header.e_phnum; ++i) {
        Elf64_Phdr segment;
        std::memcpy(&segment, start.data() + header.e_phoff + i * sizeof segment, sizeof segment);
        if (segment.p_offset > UINT64_MAX - segment.p_filesz) return everything;
        if (segment.p_type == PT_LOAD) loaded = std::max(loaded, segment.p_offset + segment.p_filesz);
    }
    const std::uint64_t sections = std::uint64_t{header.e_shnum} * header.e_shentsize;
    if (header.e_shoff > UINT64_MAX - sections) return everything;
    return {{{0, loaded}, {header.e_shoff, header.e_shoff + sections}}};
}

/// 0, or the reason.
int write_at(int descriptor, std::span<const std::byte> bytes, std::uint64_t offset)
{
    while (!bytes.empty()) {
        const ssize_t written = ::pwrite(descriptor, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return written < 0 ? errno : EIO;
        bytes = bytes.subspan(static_cast<std::size_t>(written));
        offset += static_cast<std::uint64_t>(written);
    }
    return 0;
}

/// Writes what a piece has of the extents.
int write_parts(
    int descriptor, std::span<const std::byte> piece, std::uint64_t offset, const Extents& extents
)
{
    for (const Extent& extent : extents) {
        const std::uint64_t begin = std::max(extent.begin, offset);
        const std::uint64_t end = std::min(extent.end, offset + piece.size());
        if (begin >= end) continue;
        if (const int failed = write_at(descriptor, piece.subspan(begin - offset, end - begin), begin))
            return failed;
    }
    return 0;
}

/// Where reading goes on when nobody asks for all bytes: the first that an extent has at or behind `offset`.
std::uint64_t next_wanted(std::uint64_t offset, std::uint64_t size, const Extents& extents)
{
    std::uint64_t next = size;
    for (const Extent& extent : extents)
        if (offset < extent.end) next = std::min(next, std::max(offset, extent.begin));
    return next;
}

/// What is copied of a file that begins with `start`; an error if the file ends before what is loaded of it.
Result<Extents> extents_of(
    std::span<const std::byte> start, const std::filesystem::path& file, std::uint64_t size, CopyExtent extent
)
{
    const Extents loaded = loaded_extents(start);
    const std::uint64_t needed = loaded.front().end;
    if (needed > size && needed != UINT64_MAX) return cut_short(file, needed, size);
    return extent == CopyExtent::loaded ? loaded : everything;
}

/// Into `out`, which is empty. `copy` is what messages call it.
Result<void> copy_into(
    int out,
    const std::filesystem::path& file,
    const std::filesystem::path& copy,
    CopyExtent extent,
    const std::optional<Digest>& wanted
)
{
    const Descriptor in{::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
    struct stat facts{};
    if (in.get() < 0 || ::fstat(in.get(), &facts) != 0) return system_error(file, copy, errno);

    Sha256 digest;
    std::vector<std::byte> piece(piece_size);
    const auto size = static_cast<std::uint64_t>(facts.st_size);
    Extents extents = everything;
    for (std::uint64_t offset = 0; offset < size;) {
        const ssize_t count = ::pread(in.get(), piece.data(), piece.size(), static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return system_error(file, copy, errno);
        if (count == 0)
            return copy_error(file, copy, "the file became shorter while it was read", "try again");
        const std::span bytes{piece.data(), static_cast<std::size_t>(count)};
        if (offset == 0) {
            MORTISE_TRY(extents, extents_of(bytes, file, size, extent));
        }
        if (wanted) digest.add(bytes);
        if (const int failed = write_parts(out, bytes, offset, extents))
            return system_error(file, copy, failed);
        offset += bytes.size();
        if (!wanted) offset = next_wanted(offset, size, extents);
    }
    if (!wanted || equal_digests(digest.finish(), *wanted)) return {};
    return Error{
        .code = ErrorCode::refused,
        .message = file.filename().string() + " was changed after the plugin was installed",
        .key = "package.changed",
        .where = file.string(),
        .hint = "install the package that it came from once more",
    };
}

/// What lists of mappings show: the last of its folders tells the plugin, or its version.
std::string name_in_memory(const std::filesystem::path& file)
{
    constexpr std::size_t longest = 200;
    const std::string name = (file.parent_path().filename() / file.filename()).string();
    return name.substr(name.size() - std::min(name.size(), longest));
}

/// What is mapped runs although the file system of memory calls it no program; kernels before 6.3 do not know
/// to say so.
int open_memory(const char* name)
{
    constexpr unsigned int not_executable = 8; // MFD_NOEXEC_SEAL
    constexpr unsigned int usual = MFD_CLOEXEC | MFD_ALLOW_SEALING;
    const int descriptor = ::memfd_create(name, usual | not_executable);
    return descriptor < 0 && errno == EINVAL ? ::memfd_create(name, usual) : descriptor;
}

} // namespace

int seal_memory(int descriptor, std::chrono::milliseconds patience)
{
    using std::chrono::steady_clock;
    constexpr int everything_sealed = F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL;
    const steady_clock::time_point give_up = steady_clock::now() + patience;
    while (::fcntl(descriptor, F_ADD_SEALS, everything_sealed) != 0) {
        if (errno != EBUSY && errno != EINTR) return errno;
        if (steady_clock::now() >= give_up) return errno;
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    return 0;
}

Result<void> copy_library(
    const std::filesystem::path& file,
    const std::filesystem::path& copy,
    CopyExtent extent,
    const std::optional<Digest>& wanted
)
{
    Descriptor out{::open(copy.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRWXU)};
    if (out.get() < 0) return system_error(file, copy, errno);
    MORTISE_CHECK(copy_into(out.get(), file, copy, extent, wanted));
    if (const int failed = out.close()) return system_error(file, copy, failed);
    return {};
}

Result<int>
library_image(const std::filesystem::path& file, CopyExtent extent, const std::optional<Digest>& wanted)
{
    const std::filesystem::path copy{"memory"};
    for (int copies = 1;; ++copies) {
        Descriptor out{open_memory(name_in_memory(file).c_str())};
        if (out.get() < 0) return system_error(file, copy, errno);
        MORTISE_CHECK(copy_into(out.get(), file, copy, extent, wanted));
        const int failed = seal_memory(out.get(), longest_seal);
        if (failed == 0) return out.release();
        if (failed != EBUSY || copies == most_copies) return system_error(file, copy, failed);
    }
}

} // namespace mortise::host
