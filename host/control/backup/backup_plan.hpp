#pragma once

/// \file
/// The plan by which backups are made by themselves, what came of it, and which of them are kept: as rows of
/// the database, so that nothing is taken away that this host did not write by a plan.

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mortise::host {

class Connection;

/// How many are kept. The newest of all is kept whatever they say. Days, weeks (from Monday) and months are
/// those of UTC; those without a backup do not count.
struct BackupKeep {
    std::uint32_t last{3}; ///< the newest
    std::uint32_t daily{7}; ///< the newest of each of so many days
    std::uint32_t weekly{4};
    std::uint32_t monthly{12};

    friend bool operator==(const BackupKeep&, const BackupKeep&) = default;
};

struct BackupPlan {
    std::filesystem::path folder; ///< where they go; absolute, and not in the data folder
    std::uint32_t every_hours{24};
    BackupKeep keep;
    std::filesystem::path key_file{}; ///< empty: they are not encrypted
    Instant since; ///< when it was made
    std::string source; ///< the incarnation of the database that it was made for
};

/// A backup that the plan made, and that was whole and sound then.
struct PlannedBackup {
    std::int64_t id{0};
    std::filesystem::path file;
    Instant made;
    std::int64_t bytes{0};
    bool encrypted{false};
    std::string source; ///< the incarnation of the database that made it
};

/// How it went so last.
struct BackupState {
    Instant made; ///< the last that was made; 0: none
    Instant failed; ///< the last that was not; 0: none, or one was made since
    std::string failure; ///< why
};

/// Makes the tables where they are not there.
Result<void> open_backup_tables(Connection& connection);
Result<std::optional<BackupPlan>> read_backup_plan(Connection& connection);
/// Nothing: there is no plan any more. What it made stays listed.
Result<void> write_backup_plan(Connection& connection, const std::optional<BackupPlan>& plan);
Result<BackupState> read_backup_state(Connection& connection);
Result<void> write_backup_state(Connection& connection, const BackupState& state);
/// Newest first.
Result<std::vector<PlannedBackup>> read_planned_backups(Connection& connection);
Result<void> add_planned_backup(Connection& connection, const PlannedBackup& backup);
Result<void> forget_planned_backup(Connection& connection, std::int64_t id);

/// Which of them are not kept, as positions. `made`: when each was, newest first.
std::vector<std::size_t> backups_to_remove(std::span<const Instant> made, const BackupKeep& keep);

} // namespace mortise::host
