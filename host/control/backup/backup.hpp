#pragma once

/// \file
/// Backups of a data folder: taken while the host works, checked when they are taken, and put back.

#include "control/backup/backup_file.hpp"
#include "control/data_folder.hpp"
#include "records/verify.hpp"

#include <mortise/result.hpp>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace mortise::host {

class Database;

struct BackupSteps {
    /// "copy", "check", "seal", "extract"; in bytes or pages. `all` 0: not known.
    std::function<void(const std::string& step, std::uint64_t done, std::uint64_t all)> on_progress{};
    const std::atomic<bool>* cancel{nullptr};
};

struct BackupOutcome {
    BackupContents contents;
    std::vector<DatabaseCheck> checks; ///< of the database in it
};

/// Writes the backup under another name beside `file`, checks it, and gives it its name: what is called
/// `file` is whole. Writers go on meanwhile. Errors: `exists` unless `replace`; `state` (key
/// "backup.unsound") if the database itself is damaged; of the disk; `cancelled`.
Result<BackupOutcome> make_backup(
    Database& database,
    const DataFolder& folder,
    const std::filesystem::path& file,
    bool replace,
    const BackupSteps& steps
);

/// Checks each byte of it, and the database in it where it stands.
Result<BackupOutcome> verify_backup(const std::filesystem::path& file, const BackupSteps& steps);

struct RestoreOutcome {
    BackupOutcome backup;
    std::filesystem::path kept; ///< where what was there before is now; empty: nothing was there
    std::int64_t incarnation{0};
};

/// Puts a backup into a folder that is new or empty, or with `replace` in the place of one that holds data,
/// which is kept beside it under another name. Until the last step nothing of it is to be seen, and what was
/// there stays. The database that is restored is another incarnation of the one that was saved. Errors: those
/// of `verify_backup`; `exists` without `replace`; `busy` (key "lease.held") if a host has the folder.
Result<RestoreOutcome> restore_backup(
    const std::filesystem::path& file,
    const std::filesystem::path& folder,
    bool replace,
    const BackupSteps& steps
);

/// Whether anything was wrong.
bool is_sound(const std::vector<DatabaseCheck>& checks);
/// The first things that are wrong, in one sentence.
std::string unsoundness(const std::vector<DatabaseCheck>& checks);

} // namespace mortise::host
