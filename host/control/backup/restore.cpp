#include "base/clock.hpp"
#include "base/disk_file.hpp"
#include "base/time_text.hpp"
#include "control/backup/backup.hpp"
#include "control/backup/name_lock.hpp"
#include "control/database_identity.hpp"
#include "control/lease.hpp"
#include "control/os_user.hpp"
#include "records/audit/act_scope.hpp"
#include "records/catalog.hpp"
#include "records/event_writer.hpp"
#include "store/database.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <optional>

namespace mortise::host {
namespace {

std::filesystem::path beside(const std::filesystem::path& folder, const std::string& ending)
{
    std::filesystem::path path = folder;
    return path += ending;
}

/// "20260131-120000"
std::string time_name()
{
    std::string text = format_instant(system_clock_source().now()).substr(0, 19);
    std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
    std::ranges::replace(text, 'T', '-');
    return text;
}

/// A name beside the folder that nothing has.
std::filesystem::path free_name(const std::filesystem::path& folder)
{
    std::error_code failed;
    const std::string name = ".before-restore-" + time_name();
    std::filesystem::path path = beside(folder, name);
    for (int i = 2; std::filesystem::exists(path, failed); ++i)
        path = beside(folder, name + "-" + std::to_string(i));
    return path;
}

/// One restore at a time: a second one would take the folder of the first for what a killed one left.
Result<NameLock> lock_against_others(const std::filesystem::path& target)
{
    return NameLock::take(
        beside(target, ".restoring-lock"),
        {ErrorCode::busy,
         "another restore into " + target.native() + " is at work",
         "restore.busy",
         target.native(),
         "wait until it is done, or name another folder with --data"}
    );
}

/// A folder beside the target that takes its place in the end.
class NewFolder {
public:
    static Result<NewFolder> create(const std::filesystem::path& target)
    {
        std::error_code failed;
        const auto parent = target.parent_path();
        if (!parent.empty()) std::filesystem::create_directories(parent, failed);
        if (failed) return system_failure("make " + parent.native(), failed.value());
        MORTISE_TRY(NameLock lock, lock_against_others(target));
        NewFolder made{beside(target, ".restoring"), std::move(lock)};
        if (std::filesystem::exists(made.m_path, failed)) MORTISE_CHECK(clear_away(made.m_path, target));
        std::filesystem::create_directory(made.m_path, failed);
        if (!failed) std::filesystem::permissions(made.m_path, std::filesystem::perms::owner_all, failed);
        if (failed) return system_failure("make " + made.m_path.native(), failed.value());
        MORTISE_TRY(DiskFile mark, DiskFile::create(DataFolder{made.m_path}.unfinished(), 0600));
        MORTISE_CHECK(mark.sync());
        made.m_owned = true;
        return made;
    }
    NewFolder(NewFolder&& other) noexcept
        : m_lock{std::move(other.m_lock)},
          m_path{std::move(other.m_path)},
          m_owned{std::exchange(other.m_owned, false)}
    {
    }
    NewFolder& operator=(NewFolder&&) = delete;
    NewFolder(const NewFolder&) = delete;
    NewFolder& operator=(const NewFolder&) = delete;
    ~NewFolder()
    {
        std::error_code ignored;
        if (m_owned) std::filesystem::remove_all(m_path, ignored);
    }

    const std::filesystem::path& path() const noexcept { return m_path; }

    /// Moves it to `target`; what is there goes to `aside` (empty: an empty folder or nothing is there).
    Result<void> take_place_of(const std::filesystem::path& target, const std::filesystem::path& aside)
    {
        std::error_code failed;
        std::filesystem::remove(DataFolder{m_path}.unfinished(), failed);
        if (failed) return system_failure("finish " + m_path.native(), failed.value());
        MORTISE_CHECK(sync_folder(m_path));
        if (aside.empty()) {
            if (::rename(m_path.c_str(), target.c_str()) != 0)
                return system_failure("name the folder " + target.native(), errno);
        } else {
            MORTISE_CHECK(exchange(target, aside));
        }
        m_owned = false;
        return sync_folder(target.parent_path());
    }

private:
    NewFolder(std::filesystem::path path, NameLock lock)
        : m_lock{std::move(lock)},
          m_path{std::move(path)} { }

    /// What a restore that was killed left: half a folder goes, a whole one may be what was there before.
    static Result<void> clear_away(const std::filesystem::path& path, const std::filesystem::path& target)
    {
        std::error_code failed;
        const bool unfinished = std::filesystem::exists(DataFolder{path}.unfinished(), failed)
            || std::filesystem::is_empty(path, failed);
        if (unfinished)
            std::filesystem::remove_all(path, failed);
        else
            std::filesystem::rename(path, free_name(target), failed);
        if (failed) return system_failure("clear away " + path.native(), failed.value());
        return {};
    }

    Result<void> exchange(const std::filesystem::path& target, const std::filesystem::path& aside)
    {
        // In one step, so that there is a folder of that name at every moment.
        if (::renameat2(AT_FDCWD, m_path.c_str(), AT_FDCWD, target.c_str(), RENAME_EXCHANGE) == 0) {
            m_owned = false; // it is what was there before
            if (::rename(m_path.c_str(), aside.c_str()) != 0)
                return system_failure("name what was there before " + aside.native(), errno);
            return {};
        }
        if (errno != EINVAL && errno != ENOSYS)
            return system_failure("take the place of " + target.native(), errno);
        if (::rename(target.c_str(), aside.c_str()) != 0)
            return system_failure("put " + target.native() + " aside", errno);
        if (::rename(m_path.c_str(), target.c_str()) != 0) {
            const int number = errno;
            static_cast<void>(::rename(aside.c_str(), target.c_str()));
            return system_failure("take the place of " + target.native(), number);
        }
        return {};
    }

    NameLock m_lock;
    std::filesystem::path m_path;
    bool m_owned{false};
};

/// What stands where the backup is to go.
struct Target {
    std::filesystem::path path;
    bool holds_something{false};
    DatabaseIdentity identity; ///< of the database there, as far as it can be read
};

Result<Target> look_at(const std::filesystem::path& folder, bool replace)
{
    std::error_code failed;
    Target target;
    target.path = std::filesystem::absolute(folder, failed).lexically_normal();
    if (target.path.filename().empty()) target.path = target.path.parent_path();
    // A link stays one: what it leads to is put in place.
    if (std::filesystem::is_symlink(target.path, failed))
        target.path = std::filesystem::weakly_canonical(target.path, failed);
    const auto status = std::filesystem::status(target.path, failed);
    if (!std::filesystem::exists(status)) return target;
    if (!std::filesystem::is_directory(status))
        return Error{
            ErrorCode::exists,
            target.path.native() + " is there and is no folder",
            "folder.exists",
            target.path.native(),
            "name another place with --data"
        };
    target.holds_something = !std::filesystem::is_empty(target.path, failed);
    if (failed) return system_failure("look into " + target.path.native(), failed.value());
    if (target.holds_something && !std::filesystem::exists(DataFolder{target.path}.database(), failed))
        return Error{
            ErrorCode::exists,
            target.path.native() + " holds something that is no data of mortise",
            "restore.foreign",
            target.path.native(),
            "name a new or an empty folder with --data"
        };
    if (target.holds_something && !replace)
        return Error{
            ErrorCode::exists,
            "there is data in " + target.path.native(),
            "restore.exists",
            target.path.native(),
            "name a new folder with --data, or add --yes: what is there is then kept beside it under another "
            "name"
        };
    return target;
}

Result<DatabaseIdentity> identity_of(const std::filesystem::path& database)
{
    std::error_code failed;
    if (!std::filesystem::exists(database, failed)) return DatabaseIdentity{};
    MORTISE_TRY(
        const auto reader,
        Connection::open({.file = database.native(), .role = ConnectionSettings::Role::reader})
    );
    return read_identity(*reader);
}

/// The audit trail goes on from where it was when the backup was made.
Result<void> tell_of_restore(Connection& writer, std::int64_t incarnation)
{
    const Instant now = system_clock_source().now();
    const AuditAct act{
        .actor = "system",
        .account = own_os_user(),
        .client = "cli",
        .way = "restore",
        .detail = R"({"incarnation":)" + std::to_string(incarnation) + '}',
    };
    EventWriter events;
    MORTISE_CHECK(events.open(writer, now));
    events.set_act(&act);
    return events.tell(writer, "database.restored", act.detail, now);
}

Result<std::int64_t>
raise_incarnation(const std::filesystem::path& database, const DatabaseIdentity& replaced)
{
    MORTISE_TRY(const auto opened, Database::open(database, {.readers = 1}));
    Connection& writer = opened->writer();
    MORTISE_CHECK(writer.begin());
    MORTISE_TRY(const DatabaseIdentity saved, read_identity(writer));
    MORTISE_CHECK(check_format(saved.format));
    std::int64_t incarnation = saved.incarnation;
    if (replaced.id == saved.id) incarnation = std::max(incarnation, replaced.incarnation);
    ++incarnation;
    MORTISE_CHECK(set_incarnation(writer, incarnation));
    MORTISE_CHECK(tell_of_restore(writer, incarnation));
    MORTISE_CHECK(writer.commit());
    MORTISE_CHECK(opened->checkpoint_truncate());
    return incarnation;
}

/// Whether this host can read the database in it.
Result<void> check_kind(const std::filesystem::path& file)
{
    MORTISE_TRY(const BackupContents listed, read_backup(file));
    const auto* format = listed.about.if_contains("database_format");
    return format && format->is_int64() ? check_format(format->get_int64()) : Result<void>{};
}

Error not_sound(const std::filesystem::path& file, const std::vector<DatabaseCheck>& checks)
{
    return {
        ErrorCode::invalid,
        "the database in " + file.native() + " is not sound: " + unsoundness(checks),
        "backup.unsound",
        file.native(),
        "restore another backup; nothing was changed"
    };
}

} // namespace

Result<RestoreOutcome> restore_backup(
    const std::filesystem::path& file,
    const std::filesystem::path& folder,
    const RestoreOptions& options,
    const BackupSteps& steps
)
{
    RestoreOutcome outcome;
    MORTISE_TRY(Target target, look_at(folder, options.replace));
    std::optional<Lease> lease;
    if (target.holds_something) {
        MORTISE_TRY(lease, Lease::take(DataFolder{target.path}, {}));
        // What is there may be damaged: a reason to restore, and none not to.
        target.identity = identity_of(DataFolder{target.path}.database()).value_or(DatabaseIdentity{});
    }
    // Before anything is written: a ledger that cannot be used is told at once.
    MORTISE_TRY(
        const ErasuresToApply erasures,
        find_erasures(target.holds_something ? DataFolder{target.path} : DataFolder{}, options.erasures)
    );
    MORTISE_CHECK(check_backup_key(file, steps.key));
    if (!steps.key) MORTISE_CHECK(check_kind(file));
    MORTISE_TRY(NewFolder fresh, NewFolder::create(target.path));
    // Another restore may have come to its end meanwhile.
    if (!target.holds_something) MORTISE_CHECK(look_at(target.path, false));
    BackupProgress progress{.on_bytes = {}, .cancel = steps.cancel};
    if (steps.on_progress)
        progress.on_bytes
            = [&](std::uint64_t done, std::uint64_t all) { steps.on_progress("extract", done, all); };
    std::filesystem::path plain = file;
    if (steps.key) {
        plain = DataFolder{fresh.path()}.backup_scratch();
        MORTISE_CHECK(unseal_file(file, plain, *steps.key, progress));
        MORTISE_CHECK(named_as(check_kind(plain), plain, file));
    }
    MORTISE_TRY(
        outcome.backup.contents, named_as(extract_backup(plain, fresh.path(), progress), plain, file)
    );
    if (steps.key) {
        std::error_code failed;
        std::filesystem::remove(plain, failed);
        if (failed) return system_failure("remove " + plain.native(), failed.value());
    }
    const DataFolder made{fresh.path()};
    for (const auto& inner : {made.blobs(), made.plugins()}) {
        std::error_code failed;
        std::filesystem::create_directory(inner, failed);
        if (failed) return system_failure("make " + inner.native(), failed.value());
    }
    {
        MORTISE_TRY(
            const auto reader,
            Connection::open(
                {.file = made.database().native(),
                 .role = ConnectionSettings::Role::reader,
                 .vfs = "unix-none"}
            )
        );
        VerifyOptions checking{.on_check = {}, .cancel = steps.cancel};
        if (steps.on_progress)
            checking.on_check = [&](const std::string& check) { steps.on_progress("check " + check, 0, 0); };
        MORTISE_TRY(outcome.backup.checks, verify_database(*reader, checking));
    }
    if (!is_sound(outcome.backup.checks)) return not_sound(file, outcome.backup.checks);
    MORTISE_TRY(outcome.incarnation, raise_incarnation(made.database(), target.identity));
    if (steps.on_progress) steps.on_progress("erase again", 0, 0);
    MORTISE_TRY(outcome.erasures, apply_erasures(made, erasures));
    if (target.holds_something) outcome.kept = free_name(target.path);
    MORTISE_CHECK(fresh.take_place_of(target.path, outcome.kept));
    return outcome;
}

} // namespace mortise::host
