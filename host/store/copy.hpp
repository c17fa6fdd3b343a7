#pragma once

/// \file
/// Copies a database while others write it.

#include <mortise/result.hpp>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>

namespace mortise::host {

class Database;

struct CopyOptions {
    std::function<void(std::int64_t done, std::int64_t all)> on_progress{}; ///< in pages
    const std::atomic<bool>* cancel{nullptr};
};

/// Copies the whole database, as of one moment, into `file`, which must not exist. Any thread; writers go on.
/// The copy is one file without a log beside it, durable when this returns; on an error there is none.
Result<void>
copy_database(Database& database, const std::filesystem::path& file, const CopyOptions& options = {});

} // namespace mortise::host
