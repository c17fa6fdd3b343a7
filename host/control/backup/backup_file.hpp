#pragma once

/// \file
/// The file that a backup is: the database's file as it is, behind it the other files of the data folder,
/// then a JSON text that lists them all with their digests, and 56 bytes that find and seal that text. So
/// each byte of the file is checked by a digest, and a file that was cut or changed anywhere is seen to be.

#include "base/hash.hpp"

#include <mortise/result.hpp>

#include <boost/json/object.hpp>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace mortise::host {

/// Grows when older hosts could not read what is written.
inline constexpr std::int64_t backup_format = 1;
/// Where the database stands among the files.
inline constexpr std::string_view backup_database = "mortise.db";

struct BackupEntry {
    std::string path; ///< in the data folder, with / between
    std::uint64_t size{0};
    std::uint32_t mode{0}; ///< its rights, as far as they are the user's
    std::string digest; ///< BLAKE2b, hexadecimal
};

struct BackupContents {
    boost::json::object about; ///< what it was made of
    std::vector<BackupEntry> entries; ///< in the order in which they stand in the file
    std::uint64_t size{0}; ///< of the whole file
};

struct BackupProgress {
    std::function<void(std::uint64_t done, std::uint64_t all)> on_bytes{};
    const std::atomic<bool>* cancel{nullptr};
};

/// Makes a backup of a file that holds the copy of a database and nothing else: adds `files` (their paths in
/// `folder`) and seals it. Durable when it returns. A blob that is gone by then is left out: an erasure took
/// it away since the files were listed. Any other file that is gone is an error.
Result<BackupContents> seal_backup(
    const std::filesystem::path& file,
    const std::filesystem::path& folder,
    const std::vector<std::filesystem::path>& files,
    boost::json::object about
);

/// Reads what is in it; of the entries only the list. Errors: `not_found`; `invalid` (key "backup.damaged")
/// if it is none or was cut or changed; `unsupported` (key "backup.newer").
Result<BackupContents> read_backup(const std::filesystem::path& file);

/// Compares every entry with its digest. Errors: those of `read_backup`, `cancelled`.
Result<BackupContents> check_backup(const std::filesystem::path& file, const BackupProgress& progress);

/// Writes every entry into `folder`, which must be empty, comparing as it goes. Durable when it returns.
Result<BackupContents> extract_backup(
    const std::filesystem::path& file, const std::filesystem::path& folder, const BackupProgress& progress
);

} // namespace mortise::host
