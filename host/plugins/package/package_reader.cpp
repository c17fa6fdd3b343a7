#include "plugins/package/package_reader.hpp"

#include "base/sha256.hpp"
#include "plugins/package/folder_writer.hpp"
#include "plugins/package/tar_reader.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <functional>
#include <set>
#include <sys/stat.h>
#include <unistd.h>

namespace mortise::host {

namespace {

/// What tar adds to each file at most: its header, a long name's, and padding; and to the whole.
constexpr std::uint64_t entry_overhead = 4096;
constexpr std::uint64_t tail_overhead = 65536;

class Reading {
public:
    Reading(int descriptor, const PackageLimits& limits, FolderWriter* writer)
        : m_descriptor{descriptor},
          m_limits{limits},
          m_writer{writer},
          m_source{descriptor, limits.packed_bytes},
          m_tar{m_source}
    {
    }

    Result<Package> run()
    {
        m_source.set_limit(m_limits.list_bytes + m_limits.signature_bytes + tail_overhead);
        MORTISE_CHECK(read_list());
        MORTISE_CHECK(read_files());
        for (const PackageFile& file : m_package.list.files)
            if (!m_seen.contains(file.path))
                return package_error(
                    ErrorCode::refused, "missing", file.path + " is listed and is not there", file.path
                );
        if (m_writer) MORTISE_CHECK(m_writer->finish());
        return std::move(m_package);
    }

private:
    Result<std::string> read_text(const TarEntry& entry, std::size_t most)
    {
        if (entry.size > most)
            return package_error(
                ErrorCode::limit,
                "too_large",
                entry.path + " has " + std::to_string(entry.size) + " bytes; at most " + std::to_string(most)
                    + " are taken",
                entry.path
            );
        std::string text;
        MORTISE_CHECK(each_piece([&](std::span<const std::byte> piece) -> Result<void> {
            text.append(reinterpret_cast<const char*>(piece.data()), piece.size());
            return {};
        }));
        return text;
    }

    Result<void> each_piece(const std::function<Result<void>(std::span<const std::byte>)>& take)
    {
        while (true) {
            MORTISE_TRY(const auto piece, m_tar.read());
            if (piece.empty()) return {};
            MORTISE_CHECK(take(piece));
        }
    }

    Result<void> read_list()
    {
        MORTISE_TRY(const auto first, m_tar.next());
        if (!first || first->path != package_list_name)
            return package_error(
                ErrorCode::refused,
                "no_list",
                "the first file in the package is not " + std::string{package_list_name},
                first ? first->path : std::string{},
                "make packages with \"mortise-sdk pack\""
            );
        MORTISE_TRY(m_package.list_text, read_text(*first, m_limits.list_bytes));
        MORTISE_TRY(m_package.list, read_package_list(m_package.list_text, m_limits));
        MORTISE_CHECK(check_ratio());
        m_source.set_limit(
            first->size + m_limits.signature_bytes + m_package.list.total_bytes()
            + (m_package.list.files.size() + 2) * entry_overhead + tail_overhead
        );
        if (m_writer)
            MORTISE_CHECK(m_writer->write_file(std::string{package_list_name}, m_package.list_text));
        return {};
    }

    /// What says of itself that it is a bomb is not unpacked up to its limit.
    Result<void> check_ratio() const
    {
        struct stat facts{};
        const std::uint64_t total = m_package.list.total_bytes();
        if (total <= m_limits.small_bytes || ::fstat(m_descriptor, &facts) != 0 || !S_ISREG(facts.st_mode))
            return {};
        if (total / m_limits.ratio <= static_cast<std::uint64_t>(facts.st_size)) return {};
        return package_error(
            ErrorCode::limit,
            "bomb",
            "the package has " + std::to_string(facts.st_size) + " bytes and lists " + std::to_string(total)
                + ": more than " + std::to_string(m_limits.ratio) + " times as many",
            std::string{package_list_name}
        );
    }

    Result<void> read_files()
    {
        for (bool is_first = true;; is_first = false) {
            MORTISE_TRY(const auto entry, m_tar.next());
            if (!entry) return {};
            if (is_first && entry->path == package_signature_name) {
                MORTISE_TRY(m_package.signature, read_text(*entry, m_limits.signature_bytes));
                if (m_writer) MORTISE_CHECK(m_writer->write_file(entry->path, *m_package.signature));
                continue;
            }
            MORTISE_CHECK(read_file(*entry));
        }
    }

    Result<void> read_file(const TarEntry& entry)
    {
        const PackageFile* listed = m_package.list.find(entry.path);
        if (!listed)
            return package_error(
                ErrorCode::refused,
                "unlisted",
                entry.path + " is in the package and not in its list",
                entry.path
            );
        if (!m_seen.insert(entry.path).second)
            return package_error(
                ErrorCode::refused, "duplicate", entry.path + " is in the package twice", entry.path
            );
        if (entry.size != listed->size)
            return package_error(
                ErrorCode::refused,
                "wrong_size",
                entry.path + " has " + std::to_string(entry.size) + " bytes and is listed with "
                    + std::to_string(listed->size),
                entry.path
            );
        Sha256 digest;
        if (m_writer) MORTISE_CHECK(m_writer->begin(entry.path));
        MORTISE_CHECK(each_piece([&](std::span<const std::byte> piece) -> Result<void> {
            digest.add(piece);
            return m_writer ? m_writer->write(piece) : Result<void>{};
        }));
        if (m_writer) MORTISE_CHECK(m_writer->end());
        if (digest.finish() != listed->sha256)
            return package_error(
                ErrorCode::refused,
                "wrong_digest",
                entry.path + " is not the file that the list names: its SHA-256 is another",
                entry.path,
                "the package was changed after it was made: fetch it once more from its vendor"
            );
        return {};
    }

    const int m_descriptor;
    const PackageLimits& m_limits;
    FolderWriter* m_writer;
    ZstdSource m_source;
    TarReader m_tar;
    Package m_package;
    std::set<std::string, std::less<>> m_seen;
};

template <class Use>
Result<Package> with_file(const std::filesystem::path& file, Use use)
{
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return package_error(
            errno == ENOENT ? ErrorCode::not_found : ErrorCode::io,
            "io",
            "cannot open " + file.string() + ": " + std::strerror(errno),
            file.string()
        );
    auto result = use(descriptor);
    ::close(descriptor);
    return result;
}

} // namespace

Result<Package> check_package(int descriptor, const PackageLimits& limits)
{
    return Reading{descriptor, limits, nullptr}.run();
}

Result<Package> check_package(const std::filesystem::path& file, const PackageLimits& limits)
{
    return with_file(file, [&](int descriptor) { return check_package(descriptor, limits); });
}

Result<Package>
unpack_package(int descriptor, const std::filesystem::path& folder, const PackageLimits& limits)
{
    MORTISE_TRY(const auto writer, FolderWriter::open(folder));
    return Reading{descriptor, limits, writer.get()}.run();
}

Result<Package> unpack_package(
    const std::filesystem::path& file, const std::filesystem::path& folder, const PackageLimits& limits
)
{
    return with_file(file, [&](int descriptor) { return unpack_package(descriptor, folder, limits); });
}

} // namespace mortise::host
