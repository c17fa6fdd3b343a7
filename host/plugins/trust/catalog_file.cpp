#include "plugins/trust/catalog_file.hpp"

#include "base/sha256.hpp"
#include "plugins/manifest.hpp"
#include "plugins/package/package_reader.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

namespace mortise::host {
namespace {

namespace fs = std::filesystem;

Error catalog_error(std::string_view name, std::string message, const fs::path& where, std::string hint = {})
{
    return {
        .code = name == "other_file" ? ErrorCode::refused : ErrorCode::not_found,
        .message = std::move(message),
        .key = "catalog." + std::string{name},
        .where = where.string(),
        .hint = std::move(hint),
    };
}

/// Closes what it holds.
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

private:
    int m_number;
};

bool write_all(int descriptor, std::span<const std::byte> bytes)
{
    while (!bytes.empty()) {
        const ssize_t done = ::write(descriptor, bytes.data(), bytes.size());
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return false;
        bytes = bytes.subspan(static_cast<std::size_t>(done));
    }
    return true;
}

/// Reads a file once, to its end or to `most` bytes, and gives every piece away.
template <class Take>
Result<std::uint64_t> read_once(const fs::path& file, std::uint64_t most, Take take)
{
    const Descriptor in{::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
    if (in.get() < 0)
        return catalog_error("missing", "cannot open " + file.string() + ": " + std::strerror(errno), file);
    std::vector<std::byte> piece(std::size_t{128} << 10);
    std::uint64_t size = 0;
    while (size <= most) {
        const ssize_t count = ::read(in.get(), piece.data(), piece.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0)
            return catalog_error(
                "missing", "cannot read " + file.string() + ": " + std::strerror(errno), file
            );
        if (count == 0) return size;
        size += static_cast<std::uint64_t>(count);
        if (!take(std::span{piece}.first(static_cast<std::size_t>(count))))
            return catalog_error(
                "missing", "cannot keep " + file.string() + ": " + std::strerror(errno), file
            );
    }
    return size;
}

/// The text of plugin.json inside of a package, which has been checked.
Result<CatalogEntry> describe(const fs::path& file, const fs::path& folder)
{
    MORTISE_TRY(const Package package, unpack_package(file, folder));
    const ManifestReading reading = read_manifest_in(folder);
    if (!reading.errors.empty()) return reading.errors.front();
    CatalogEntry entry;
    entry.id = reading.manifest.id;
    entry.version = reading.manifest.version;
    entry.name = reading.manifest.name;
    entry.summary = reading.manifest.summary;
    entry.vendor = reading.manifest.vendor;
    entry.needs = reading.manifest.requires_plugins;
    entry.file = file.filename().string();
    Sha256 digest;
    MORTISE_TRY(
        entry.size,
        read_once(
            file,
            PackageLimits{}.packed_bytes,
            [&](std::span<const std::byte> bytes) {
                digest.add(bytes);
                return true;
            }
        )
    );
    entry.sha256 = digest.finish();
    return entry;
}

} // namespace

Result<std::string> read_catalog_index(const fs::path& folder)
{
    const fs::path file = folder / catalog_index_name;
    std::string text;
    auto size = read_once(file, max_statement_bytes, [&](std::span<const std::byte> bytes) {
        text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        return true;
    });
    if (!size) {
        Error error = std::move(size).error();
        error.key = "catalog.unreadable";
        error.hint = "\"mortise-sdk catalog FOLDER --key KEY\" writes the index";
        return error;
    }
    return text;
}

Result<CatalogStatement> index_packages(const fs::path& folder)
{
    std::vector<fs::path> files;
    std::error_code trouble;
    for (fs::directory_iterator at{folder, trouble}, end; !trouble && at != end; at.increment(trouble))
        if (at->path().extension() == ".mortise") files.push_back(at->path());
    if (trouble) return catalog_error("unreadable", "cannot look into " + folder.string(), folder);
    std::ranges::sort(files);
    CatalogStatement statement;
    for (const fs::path& file : files) {
        std::string pattern = (fs::temp_directory_path() / "mortise-catalog-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr)
            return catalog_error("unreadable", "cannot make a folder in " + pattern, pattern);
        auto entry = describe(file, pattern);
        fs::remove_all(pattern, trouble);
        if (!entry) {
            Error error = std::move(entry).error();
            error.where = file.string() + (error.where.empty() ? "" : ": " + error.where);
            return error;
        }
        statement.packages.push_back(*std::move(entry));
    }
    return statement;
}

Result<int> open_catalog_package(const fs::path& folder, const CatalogEntry& entry)
{
    const fs::path file = folder / entry.file;
    Descriptor copy{::memfd_create("mortise-package", MFD_CLOEXEC)};
    if (copy.get() < 0) return catalog_error("missing", std::strerror(errno), file);
    Sha256 digest;
    MORTISE_TRY(const std::uint64_t size, read_once(file, entry.size, [&](std::span<const std::byte> bytes) {
                    digest.add(bytes);
                    return write_all(copy.get(), bytes);
                }));
    if (size != entry.size || !equal_digests(digest.finish(), entry.sha256))
        return catalog_error(
            "other_file",
            entry.file + " is not the package that the catalog's index names",
            file,
            "fetch the catalog anew: its files are of different times, or were changed"
        );
    if (::lseek(copy.get(), 0, SEEK_SET) != 0) return catalog_error("missing", std::strerror(errno), file);
    return copy.release();
}

} // namespace mortise::host
