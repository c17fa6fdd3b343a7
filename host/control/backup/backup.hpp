#pragma once

/// \file
/// Backups of a data folder: taken while the host works, checked when they are taken, and put back.

#include "control/backup/backup_file.hpp"
#include "control/backup/restored_erasures.hpp"
#include "control/backup/sealed_file.hpp"
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
    const BackupKey* key{nullptr}; ///< null: the backup is not encrypted
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

/// Whether it is encrypted where a key is given, and is not where none is. Errors: `invalid`, key
/// "backup.key".
Result<void> check_backup_key(const std::filesystem::path& file, const BackupKey* key);

/// Checks each byte of it, and the database in it where it stands; of an encrypted one in a temporary folder.
Result<BackupOutcome> verify_backup(const std::filesystem::path& file, const BackupSteps& steps);

struct RestoreOptions {
    bool replace{false}; ///< what is there may be put aside
    std::filesystem::path erasures{}; ///< a ledger of erasures; empty: none is given
};

struct RestoreOutcome {
    BackupOutcome backup;
    RestoredErasures erasures;
    std::filesystem::path kept; ///< where what was there before is now; empty: nothing was there
    std::int64_t incarnation{0};
};

/// Puts a backup into a folder that is new or empty, or with `replace` in the place of one that holds data,
/// which is kept beside it under another name. Persons that were erased after the backup was made are erased
/// in it again: those that the folder or the ledger given names. Until the last step nothing of it is to be
/// seen, and what was there stays. The database that is restored is another incarnation of the one that was
/// saved. Errors: those of `verify_backup`; `exists` without `replace`; `busy` (key "lease.held") if a host
/// has the folder, or (key "restore.busy") another restore fills it; of a ledger that cannot be read, was cut
/// or was changed.
Result<RestoreOutcome> restore_backup(
    const std::filesystem::path& file,
    const std::filesystem::path& folder,
    const RestoreOptions& options,
    const BackupSteps& steps
);

/// Whether anything was wrong.
bool is_sound(const std::vector<DatabaseCheck>& checks);
/// The first things that are wrong, in one sentence.
std::string unsoundness(const std::vector<DatabaseCheck>& checks);

} // namespace mortise::host
