#include "control/backup/backup_file.hpp"

#include "base/disk_file.hpp"
#include "base/json.hpp"
#include "control/data_folder.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <sys/stat.h>

namespace mortise::host {
namespace {

constexpr std::string_view magic = "mortise-backup\n\x1a"; // 16 bytes
constexpr std::size_t seal_bytes = 8 + sizeof(Digest) + magic.size();
constexpr std::uint64_t longest_list = std::uint64_t{256} << 20;
constexpr std::size_t block = std::size_t{1} << 20;
static_assert(magic.size() == 16);

Error damaged(const std::filesystem::path& file, std::string what)
{
    return {
        ErrorCode::invalid,
        file.native() + " cannot be used: " + std::move(what),
        "backup.damaged",
        file.native(),
        "take another backup; nothing was changed"
    };
}

std::string number_bytes(std::uint64_t number)
{
    std::string bytes;
    for (int i = 0; i < 8; ++i)
        bytes += static_cast<char>((number >> (8 * i)) & 0xffU);
    return bytes;
}

std::uint64_t number_of(std::string_view bytes)
{
    std::uint64_t number = 0;
    for (int i = 7; i >= 0; --i)
        number = number << 8U | static_cast<unsigned char>(bytes[static_cast<std::size_t>(i)]);
    return number;
}

bool is_cancelled(const BackupProgress& progress)
{
    return progress.cancel != nullptr && progress.cancel->load(std::memory_order_relaxed);
}

Error cancelled()
{
    return {ErrorCode::cancelled, "stopped, and nothing was changed", "backup.cancelled", {}, {}};
}

/// The part of a file, through `take`; returns its digest.
template <class Take>
Result<std::string> pass(const DiskFile& file, std::uint64_t begin, std::uint64_t size, Take take)
{
    std::vector<char> buffer(
        static_cast<std::size_t>(std::min<std::uint64_t>(block, std::max<std::uint64_t>(size, 1)))
    );
    Hasher hasher;
    for (std::uint64_t done = 0; done < size;) {
        const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), size - done));
        MORTISE_TRY(const std::size_t count, file.read_at(begin + done, std::span{buffer}.first(wanted)));
        if (count == 0) break; // the digest will tell
        const std::string_view bytes{buffer.data(), count};
        hasher.add(bytes);
        MORTISE_CHECK(take(bytes));
        done += count;
    }
    return hex(hasher.finish());
}

boost::json::object entry_json(const BackupEntry& entry)
{
    return {{"path", entry.path}, {"size", entry.size}, {"mode", entry.mode}, {"blake2b", entry.digest}};
}

/// Whether it stays in the folder.
bool is_safe(std::string_view path)
{
    if (path.empty() || path.front() == '/' || path.find('\0') != std::string_view::npos) return false;
    const std::filesystem::path parts{path};
    return std::ranges::none_of(parts, [](const auto& part) {
        return part == ".." || part == "." || part.empty();
    });
}

std::optional<std::uint64_t> whole_number(const boost::json::value* json)
{
    if (json && json->is_uint64()) return json->get_uint64();
    if (json && json->is_int64() && json->get_int64() >= 0)
        return static_cast<std::uint64_t>(json->get_int64());
    return std::nullopt;
}

Result<BackupEntry> read_entry(const std::filesystem::path& file, const boost::json::value& json)
{
    const boost::json::object* object = json.if_object();
    const auto member = [&](const char* name) { return object ? object->if_contains(name) : nullptr; };
    const auto* path = member("path");
    const auto size = whole_number(member("size"));
    const auto mode = whole_number(member("mode"));
    const auto* digest = member("blake2b");
    if (!path || !path->is_string() || !size || !mode || !digest || !digest->is_string()
        || !is_safe(path->get_string()))
        return damaged(file, "its list of files is not what a backup has");
    return BackupEntry{
        std::string{path->get_string()},
        *size,
        static_cast<std::uint32_t>(*mode & 0777U),
        std::string{digest->get_string()}
    };
}

Result<BackupContents>
read_list(const std::filesystem::path& file, std::string_view text, std::uint64_t file_size)
{
    const auto parsed = parse_json(text, "the list of a backup");
    const boost::json::object* list = parsed ? parsed->if_object() : nullptr;
    const auto* format = list ? list->if_contains("format") : nullptr;
    if (!format || !format->is_int64()) return damaged(file, "its list of files is not what a backup has");
    if (format->get_int64() > backup_format)
        return Error{
            ErrorCode::unsupported,
            file.native() + " was written by a newer mortise: it has format "
                + std::to_string(format->get_int64()) + " when this one reads up to "
                + std::to_string(backup_format),
            "backup.newer",
            file.native(),
            "restore it with the mortise that wrote it, or a newer one"
        };
    const auto* about = list->if_contains("about");
    const auto* files = list->if_contains("files");
    if (!about || !about->is_object() || !files || !files->is_array())
        return damaged(file, "its list of files is not what a backup has");
    BackupContents contents{about->get_object(), {}, file_size};
    std::uint64_t total = text.size() + seal_bytes;
    for (const boost::json::value& json : files->get_array()) {
        MORTISE_TRY(BackupEntry entry, read_entry(file, json));
        if (entry.size > file_size - std::min(total, file_size))
            return damaged(file, "it is shorter than what it lists");
        total += entry.size;
        contents.entries.push_back(std::move(entry));
    }
    if (total != file_size || contents.entries.empty() || contents.entries.front().path != backup_database)
        return damaged(file, "its size is not that of what it lists");
    return contents;
}

Result<BackupContents> read_seal(const std::filesystem::path& path, const DiskFile& file)
{
    MORTISE_TRY(const std::uint64_t size, file.size());
    std::array<char, seal_bytes> seal{};
    if (size < seal.size()) return damaged(path, "it is no backup of mortise");
    MORTISE_TRY(const std::size_t read, file.read_at(size - seal.size(), seal));
    const std::string_view text{seal.data(), read};
    if (!text.ends_with(magic)) return damaged(path, "it is no backup of mortise, or its end is missing");
    const std::uint64_t list_size = number_of(text);
    if (list_size > longest_list || list_size > size - seal.size())
        return damaged(path, "its end was changed");
    std::string list(static_cast<std::size_t>(list_size), '\0');
    MORTISE_TRY(const std::size_t got, file.read_at(size - seal.size() - list_size, list));
    if (got != list.size() || std::memcmp(hash(list).data(), seal.data() + 8, sizeof(Digest)) != 0)
        return damaged(path, "its list of files was changed");
    return read_list(path, list, size);
}

/// Calls `take(entry, bytes)` for all that it holds and compares the digests; `begin` and `end` frame an
/// entry.
template <class Begin, class Take, class End>
Result<BackupContents>
walk(const std::filesystem::path& path, const BackupProgress& progress, Begin begin, Take take, End end)
{
    MORTISE_TRY(const DiskFile file, DiskFile::open(path));
    MORTISE_TRY(BackupContents contents, read_seal(path, file));
    std::uint64_t done = 0;
    for (const BackupEntry& entry : contents.entries) {
        MORTISE_CHECK(begin(entry));
        MORTISE_TRY(
            const std::string digest,
            pass(
                file,
                done,
                entry.size,
                [&](std::string_view bytes) -> Result<void> {
                    if (is_cancelled(progress)) return cancelled();
                    MORTISE_CHECK(take(bytes));
                    done += bytes.size();
                    if (progress.on_bytes) progress.on_bytes(done, contents.size);
                    return {};
                }
            )
        );
        if (digest != entry.digest) return damaged(path, entry.path + " in it was changed");
        MORTISE_CHECK(end());
    }
    return contents;
}

Result<void> make_folders(const std::filesystem::path& folder)
{
    std::error_code failed;
    std::filesystem::create_directories(folder, failed);
    if (failed) return system_failure("make " + folder.native(), failed.value());
    return {};
}

} // namespace

Result<BackupContents> seal_backup(
    const std::filesystem::path& file,
    const std::filesystem::path& folder,
    const std::vector<std::filesystem::path>& files,
    boost::json::object about
)
{
    const std::filesystem::path blobs = DataFolder{}.blobs();
    MORTISE_TRY(DiskFile backup, DiskFile::open_end(file));
    MORTISE_TRY(const std::uint64_t database_size, backup.size());
    MORTISE_TRY(std::string digest, pass(backup, 0, database_size, [](std::string_view) -> Result<void> {
                    return {};
                }));
    BackupContents contents{std::move(about), {}, 0};
    contents.entries.push_back({std::string{backup_database}, database_size, 0600, std::move(digest)});
    for (const std::filesystem::path& path : files) {
        auto opened = DiskFile::open(folder / path);
        if (!opened && opened.error().code == ErrorCode::not_found && *path.begin() == blobs) continue;
        MORTISE_TRY(const DiskFile source, std::move(opened));
        MORTISE_TRY(const std::uint64_t size, source.size());
        struct stat status{};
        const bool known = ::stat((folder / path).c_str(), &status) == 0;
        std::uint64_t written = 0;
        MORTISE_TRY(digest, pass(source, 0, size, [&](std::string_view bytes) {
                        written += bytes.size();
                        return backup.write(bytes);
                    }));
        contents.entries.push_back(
            {path.generic_string(), written, known ? status.st_mode & 0777U : 0600U, std::move(digest)}
        );
    }
    boost::json::array list;
    for (const BackupEntry& entry : contents.entries)
        list.emplace_back(entry_json(entry));
    const std::string text = to_json(
        boost::json::object{{"format", backup_format}, {"about", contents.about}, {"files", std::move(list)}}
    );
    const Digest seal = hash(text);
    MORTISE_CHECK(backup.write(text));
    MORTISE_CHECK(backup.write(number_bytes(text.size())));
    MORTISE_CHECK(backup.write({reinterpret_cast<const char*>(seal.data()), seal.size()}));
    MORTISE_CHECK(backup.write(magic));
    MORTISE_CHECK(backup.sync());
    MORTISE_TRY(contents.size, backup.size());
    return contents;
}

Result<BackupContents> read_backup(const std::filesystem::path& file)
{
    MORTISE_TRY(const DiskFile opened, DiskFile::open(file));
    return read_seal(file, opened);
}

Result<BackupContents> check_backup(const std::filesystem::path& file, const BackupProgress& progress)
{
    return walk(
        file,
        progress,
        [](const BackupEntry&) -> Result<void> { return {}; },
        [](std::string_view) -> Result<void> { return {}; },
        []() -> Result<void> { return {}; }
    );
}

Result<BackupContents> extract_backup(
    const std::filesystem::path& file, const std::filesystem::path& folder, const BackupProgress& progress
)
{
    std::optional<DiskFile> out;
    std::filesystem::path inner;
    return walk(
        file,
        progress,
        [&](const BackupEntry& entry) -> Result<void> {
            const std::filesystem::path path = folder / entry.path;
            inner = path.parent_path();
            MORTISE_CHECK(make_folders(inner));
            MORTISE_TRY(out, DiskFile::create(path, 0600));
            return out->set_mode(entry.mode | 0600U);
        },
        [&](std::string_view bytes) { return out->write(bytes); },
        [&]() -> Result<void> {
            MORTISE_CHECK(out->sync());
            return sync_folder(inner);
        }
    );
}

} // namespace mortise::host
