#include "store/copy.hpp"

#include "base/disk_file.hpp"
#include "store/database.hpp"
#include "store/sqlite_error.hpp"

#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>

#include <sqlite3.h>
#include <system_error>

namespace mortise::host {

namespace {

/// The copy says that it is in WAL mode, as its source was; a file that only needs itself can be read where
/// nothing may be written.
Result<void> end_log(const std::filesystem::path& file)
{
    try {
        SQLite::Database copy{file, SQLite::OPEN_READWRITE};
        copy.exec("PRAGMA synchronous = FULL");
        const std::string mode = copy.execAndGet("PRAGMA journal_mode = DELETE").getText();
        if (mode == "delete") return {};
        return Error{
            ErrorCode::io, "the copy stays in the journal mode " + mode, "store.copy", file.string(), {}
        };
    } catch (const SQLite::Exception& problem) {
        return sqlite_error(problem.getExtendedErrorCode(), problem.what());
    }
}

} // namespace

Result<void> copy_database(Database& database, const std::filesystem::path& file, const CopyOptions& options)
{
    constexpr int pages_at_once = 1024;
    std::error_code failure;
    if (std::filesystem::exists(file, failure))
        return Error{
            ErrorCode::exists, file.string() + " is there already", "store.exists", file.string(), {}
        };
    const ReadLease source = database.read();
    // One snapshot for all steps: without it, each write in between would begin the copy anew.
    MORTISE_CHECK(source->begin());
    MORTISE_CHECK(source->execute("SELECT count(*) FROM sqlite_schema"));
    const auto copy = [&]() -> Result<void> {
        // Of its own user alone: SQLite takes an empty file as it is, and would make one that others can
        // read.
        MORTISE_CHECK(DiskFile::create(file, 0600));
        try {
            SQLite::Database target{file, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
            SQLite::Backup backup{target, source->sqlite()};
            while (backup.executeStep(pages_at_once) != SQLITE_DONE) {
                if (options.cancel && options.cancel->load(std::memory_order_relaxed))
                    return Error{ErrorCode::cancelled, "the copy was stopped", "store.cancelled", {}, {}};
                const std::int64_t all = backup.getTotalPageCount();
                if (options.on_progress) options.on_progress(all - backup.getRemainingPageCount(), all);
            }
            return {};
        } catch (const SQLite::Exception& problem) {
            return sqlite_error(problem.getExtendedErrorCode(), problem.what());
        }
    };
    auto copied = copy();
    if (copied) copied = end_log(file);
    if (!copied)
        for (const char* ending : {"", "-journal", "-wal", "-shm"})
            std::filesystem::remove(file.string() + ending, failure);
    return copied;
}

} // namespace mortise::host
