#include "control/backup/backup.hpp"

#include "base/clock.hpp"
#include "base/disk_file.hpp"
#include "base/time_text.hpp"
#include "control/database_identity.hpp"
#include "control/temporary_folder.hpp"
#include "records/catalog.hpp"
#include "store/copy.hpp"
#include "store/database.hpp"

#include <mortise/abi/version.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mortise::host {
namespace {

/// A file that belongs to us until it gets its name.
class PartFile {
public:
    /// Beside `file`. What a backup that was killed left there is taken away; one that is still at work holds
    /// a lock.
    static Result<PartFile> create(
        const std::filesystem::path& file,
        const char* when_taken = "wait until it is done, or name another file"
    )
    {
        std::filesystem::path lock = file;
        lock += ".part-lock";
        for (;;) {
            const int descriptor = ::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
            if (descriptor < 0) return system_failure("write " + file.native(), errno);
            PartFile part{file, lock, descriptor};
            if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
                part.m_lock.clear(); // another's
                return Error{
                    ErrorCode::busy,
                    "another backup is being written to " + file.native(),
                    "backup.busy",
                    file.native(),
                    when_taken
                };
            }
            if (!part.has_its_name()) { // its last holder took the name away in between
                part.m_lock.clear();
                continue;
            }
            part.remove();
            return part;
        }
    }
    PartFile(PartFile&& other) noexcept
        : m_file{std::move(other.m_file)},
          m_lock{std::exchange(other.m_lock, {})},
          m_descriptor{std::exchange(other.m_descriptor, -1)}
    {
    }
    PartFile& operator=(PartFile&&) = delete;
    PartFile(const PartFile&) = delete;
    PartFile& operator=(const PartFile&) = delete;
    ~PartFile()
    {
        if (m_descriptor < 0) return;
        std::error_code ignored;
        if (!m_lock.empty()) {
            remove();
            std::filesystem::remove(m_lock, ignored);
        }
        ::close(m_descriptor);
    }

    std::filesystem::path path() const
    {
        std::filesystem::path path = m_file;
        return path += ".part";
    }

    Result<void> keep() const
    {
        if (::rename(path().c_str(), m_file.c_str()) != 0)
            return system_failure("name the backup " + m_file.native(), errno);
        return sync_folder(m_file.parent_path());
    }

private:
    PartFile(std::filesystem::path file, std::filesystem::path lock, int descriptor)
        : m_file{std::move(file)},
          m_lock{std::move(lock)},
          m_descriptor{descriptor}
    {
    }

    bool has_its_name() const
    {
        struct stat named{};
        struct stat open{};
        return ::stat(m_lock.c_str(), &named) == 0 && ::fstat(m_descriptor, &open) == 0
            && named.st_ino == open.st_ino && named.st_dev == open.st_dev;
    }

    void remove() const
    {
        std::error_code ignored;
        for (const char* ending : {"", "-journal", "-wal", "-shm"})
            std::filesystem::remove(path() += ending, ignored);
    }

    std::filesystem::path m_file;
    std::filesystem::path m_lock;
    int m_descriptor;
};

/// What else the data folder holds: blobs, plugins that were installed. Not what belongs to the running host,
/// nor the indexes of search and duplicates, which are made anew, nor the ledger of erasures, which must not
/// go back in time, nor the key of secrets: whoever finds a backup is to find none in it.
Result<std::vector<std::filesystem::path>> other_files(const DataFolder& folder)
{
    const auto is_ours = [&](const std::filesystem::path& top) {
        const std::string& name = top.native();
        return name.starts_with("mortise.db") || name.starts_with("search.db")
            || name.starts_with("duplicates.db") || name == "run" || name == "lease" || name == "secrets.key"
            || name == folder.erasures().filename();
    };
    std::vector<std::filesystem::path> files;
    std::error_code failed;
    std::filesystem::recursive_directory_iterator walk{folder.path, failed};
    for (; !failed && walk != std::filesystem::recursive_directory_iterator{}; walk.increment(failed)) {
        const auto path = walk->path().lexically_relative(folder.path);
        if (is_ours(*path.begin())) {
            walk.disable_recursion_pending();
            continue;
        }
        if (walk->is_regular_file(failed) && !walk->is_symlink(failed)) files.push_back(path);
    }
    if (failed)
        return Error{
            ErrorCode::io,
            "cannot read " + folder.path.native() + ": " + failed.message(),
            "backup.io",
            {},
            {}
        };
    std::ranges::sort(files);
    return files;
}

Result<std::unique_ptr<Connection>> open_frozen(const std::filesystem::path& file)
{
    return Connection::open({
        .file = file.native(),
        .role = ConnectionSettings::Role::reader,
        .vfs = "unix-none", // nobody writes it: no locks, and nothing is made beside it
        .cache_bytes = 16LL << 20,
        .mmap_bytes = 0,
    });
}

Result<std::vector<DatabaseCheck>> check_database(const std::filesystem::path& file, const BackupSteps& steps)
{
    MORTISE_TRY(const auto reader, open_frozen(file));
    VerifyOptions options{.on_check = {}, .cancel = steps.cancel};
    if (steps.on_progress)
        options.on_check = [&](const std::string& check) { steps.on_progress("check " + check, 0, 0); };
    return verify_database(*reader, options);
}

Result<boost::json::object> describe(const std::filesystem::path& file)
{
    MORTISE_TRY(const auto reader, open_frozen(file));
    MORTISE_TRY(const DatabaseIdentity identity, read_identity(*reader));
    MORTISE_TRY(const auto counts, count_records(*reader));
    boost::json::object records;
    for (const auto& [name, count] : counts)
        records[name] = count;
    return boost::json::object{
        {"database", identity.id},
        {"incarnation", identity.incarnation},
        {"database_format", identity.format},
        {"created_at", format_instant(system_clock_source().now())},
        {"mortise",
         std::to_string(MORTISE_VERSION_MAJOR) + '.' + std::to_string(MORTISE_VERSION_MINOR) + '.'
             + std::to_string(MORTISE_VERSION_PATCH)},
        {"records", std::move(records)},
    };
}

/// A whole backup that is not encrypted, at `path`.
Result<BackupOutcome> write_plain(
    Database& database, const DataFolder& folder, const std::filesystem::path& path, const BackupSteps& steps
)
{
    CopyOptions copying{.on_progress = {}, .cancel = steps.cancel};
    if (steps.on_progress)
        copying.on_progress = [&](std::int64_t done, std::int64_t all) {
            steps.on_progress("copy", static_cast<std::uint64_t>(done), static_cast<std::uint64_t>(all));
        };
    // The database first: what it refers to is there then, since files are added, never changed, and held.
    MORTISE_CHECK(copy_database(database, path, copying));
    MORTISE_TRY(const auto others, other_files(folder));
    BackupOutcome outcome;
    MORTISE_TRY(outcome.checks, check_database(path, steps));
    if (!is_sound(outcome.checks))
        return Error{
            ErrorCode::state,
            "the database is not sound, so that no backup was made: " + unsoundness(outcome.checks),
            "backup.unsound",
            database.file().native(),
            "look at it with: mortise verify; and restore an older backup"
        };
    MORTISE_TRY(boost::json::object about, describe(path));
    if (steps.on_progress) steps.on_progress("seal", 0, 0);
    MORTISE_CHECK(seal_backup(path, folder.path, others, std::move(about)));
    // Read again, as it is on the disk.
    MORTISE_TRY(outcome.contents, check_backup(path, {.on_bytes = {}, .cancel = steps.cancel}));
    return outcome;
}

/// A folder for a decrypted copy, named after this process. Those of processes that were killed are taken
/// away: nobody else would, and they hold everything in the open.
Result<TemporaryFolder> open_scratch()
{
    constexpr std::string_view prefix = "mortise-verify-";
    std::error_code failed;
    for (const auto& entry :
         std::filesystem::directory_iterator{std::filesystem::temp_directory_path(), failed}) {
        const std::string name = entry.path().filename().native();
        if (!name.starts_with(prefix)) continue;
        const int process = std::atoi(name.c_str() + prefix.size());
        struct stat status{};
        if (process <= 0 || ::lstat(entry.path().c_str(), &status) != 0 || !S_ISDIR(status.st_mode)
            || status.st_uid != ::getuid() || ::kill(process, 0) == 0 || errno != ESRCH)
            continue;
        std::error_code ignored;
        std::filesystem::remove_all(entry.path(), ignored);
    }
    return TemporaryFolder::create(std::string{prefix} + std::to_string(::getpid()));
}

} // namespace

bool is_sound(const std::vector<DatabaseCheck>& checks)
{
    return std::ranges::all_of(checks, [](const DatabaseCheck& check) { return check.wrong == 0; });
}

std::string unsoundness(const std::vector<DatabaseCheck>& checks)
{
    std::string text;
    for (const DatabaseCheck& check : checks) {
        if (check.wrong == 0) continue;
        text += (text.empty() ? "" : "; ") + check.name + ": " + std::to_string(check.wrong) + " wrong";
        if (!check.findings.empty()) text += ", such as: " + check.findings.front();
    }
    return text;
}

Result<BackupOutcome> make_backup(
    Database& database,
    const DataFolder& folder,
    const std::filesystem::path& file,
    bool replace,
    const BackupSteps& steps
)
{
    std::error_code failed;
    if (std::filesystem::is_directory(file, failed))
        return Error{
            ErrorCode::invalid,
            file.native() + " is a folder",
            "backup.no_file",
            file.native(),
            "name a file in it"
        };
    if (!replace && std::filesystem::exists(file, failed))
        return Error{
            ErrorCode::exists,
            file.native() + " is there already",
            "backup.exists",
            file.native(),
            "name another file, or add --yes to put the backup in its place"
        };
    MORTISE_TRY(const PartFile part, PartFile::create(file));
    BackupOutcome outcome;
    if (!steps.key) {
        MORTISE_TRY(outcome, write_plain(database, folder, part.path(), steps));
    } else {
        // In the data folder, where the same lies open anyway, and not where the backup goes.
        MORTISE_TRY(
            const PartFile plain,
            PartFile::create(
                folder.backup_scratch(),
                "another encrypted backup of this folder is being made; wait until it is done"
            )
        );
        MORTISE_TRY(outcome, write_plain(database, folder, plain.path(), steps));
        if (steps.on_progress) steps.on_progress("encrypt", 0, 0);
        const BackupProgress progress{.on_bytes = {}, .cancel = steps.cancel};
        MORTISE_CHECK(seal_file(plain.path(), part.path(), *steps.key, progress));
        // Read again, as it is on the disk.
        MORTISE_CHECK(unseal_file(part.path(), *steps.key, progress, [](std::string_view) -> Result<void> {
            return {};
        }));
        outcome.contents.size = std::filesystem::file_size(part.path(), failed);
    }
    MORTISE_CHECK(part.keep());
    return outcome;
}

Result<void> check_backup_key(const std::filesystem::path& file, const BackupKey* key)
{
    MORTISE_TRY(const bool sealed, is_sealed(file));
    if (sealed == (key != nullptr)) return {};
    return Error{
        ErrorCode::invalid,
        file.native() + (sealed ? " is encrypted" : " is not encrypted, or is no backup of mortise"),
        "backup.key",
        file.native(),
        sealed ? "give its key with --key-file or --passphrase-file"
               : "leave the key out if this is the file that you mean"
    };
}

Result<BackupOutcome> verify_backup(const std::filesystem::path& file, const BackupSteps& steps)
{
    MORTISE_CHECK(check_backup_key(file, steps.key));
    BackupOutcome outcome;
    BackupProgress progress{.on_bytes = {}, .cancel = steps.cancel};
    if (steps.on_progress)
        progress.on_bytes
            = [&](std::uint64_t done, std::uint64_t all) { steps.on_progress("read", done, all); };
    if (steps.key) {
        MORTISE_TRY(const TemporaryFolder scratch, open_scratch());
        const std::filesystem::path plain = scratch.path() / "backup";
        MORTISE_CHECK(unseal_file(file, plain, *steps.key, progress));
        MORTISE_TRY(
            outcome.contents,
            named_as(check_backup(plain, {.on_bytes = {}, .cancel = steps.cancel}), plain, file)
        );
        MORTISE_TRY(outcome.checks, named_as(check_database(plain, steps), plain, file));
        return outcome;
    }
    MORTISE_TRY(outcome.contents, check_backup(file, progress));
    MORTISE_TRY(outcome.checks, check_database(file, steps));
    return outcome;
}

} // namespace mortise::host
